"""Handing the register out from the command line: the same package as on the page."""

from pathlib import Path

import click

from incidents.base.time import BUDAPEST, SystemClock, zone
from incidents.commands.saying import fail, settings
from incidents.rules.register_asof import FIRST_DAY, period_of
from incidents.serve import migrated
from incidents.steps import controllers
from incidents.steps import handout as steps
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from notifications.documents.handout import write

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("short_code")
@click.argument("target", type=FILE)
@click.option("--first", default=FIRST_DAY.isoformat(), show_default=True, help="First day, as YYYY-MM-DD.")
@click.option("--last", default="", help="Last day; today without it.")
@click.option("--as-of", default="", help="The day at whose end the register is shown; today without it.")
@click.option("--whole", is_flag=True, help="With personal data and files; without it they are hidden.")
@click.option("--language", type=click.Choice(["hu", "en"]), default="hu", show_default=True)
def handout(short_code: str, target: Path, first: str, last: str, as_of: str, whole: bool, language: str) -> None:
    """Write the register of SHORT_CODE as it stood on a day into the ZIP file TARGET, with files and proof."""
    known, clock = settings(), SystemClock()
    today = clock.now().astimezone(zone(BUDAPEST)).date()
    period, errors = period_of(first, last or today.isoformat(), as_of or today.isoformat(), today)
    if period is None:
        fail(f"handout: {errors[0].message}")
    database = migrated(known)
    with unit_of_work(database, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        chosen = next((one for one in controllers.controllers_of(uow) if one.short_code == short_code.upper()), None)
        if chosen is None:
            fail("handout: there is no such controller")
        found = steps.gather(uow, steps.Wanted([chosen.id], period, redacted=not whole), known.secret_key)
        content = write(found, language)
    with unit_of_work(database, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        steps.record(uow, found, content)
    target.write_bytes(content)
    database.dispose()
