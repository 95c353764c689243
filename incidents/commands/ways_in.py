"""The way in that no mail opens: for the operator at the machine, when somebody cannot get in and nobody can help."""

import click

from incidents.base.time import SystemClock
from incidents.commands.saying import fail, settings
from incidents.serve import migrated
from incidents.steps import sign_in_rules, ways_back
from incidents.store import people
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work


@click.command()
@click.argument("email")
@click.option("--without-second-step", is_flag=True, help="Also remove the second step: telephone and codes are lost.")
def way_in(email: str, *, without_second_step: bool) -> None:
    """Print a link with which EMAIL chooses a new password; it works once, for an hour. Hand it over in person."""
    chosen = settings()
    database = migrated(chosen)
    with unit_of_work(database, SystemClock(), SYSTEM, EVERY_CONTROLLER) as uow:
        user = people.user_by_email(uow, email)
        if user is None or not user.is_active:
            fail("way-in: nobody has an account with that address")
        if without_second_step:
            sign_in_rules.lose_second_step(uow, user)
        token = ways_back.make_link(uow, user)
    database.dispose()
    click.echo(f"{chosen.public_url}/password/{token}")
