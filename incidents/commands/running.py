"""Running the service: all in one process, or the web server alone."""

import click

from incidents import __version__
from incidents.base.settings import Settings
from incidents.commands.saying import fail, settings
from incidents.serve import migrated, serve, setup_address
from workers.inprocess import worker_and_beat


@click.command()
def up() -> None:
    """Serve with worker and beat in this process: nothing else to install or start."""
    chosen = settings()
    if not chosen.embedded:
        fail("`up` is the one-process mode. With REDIS_URL run `incidens72 web`, a Celery worker and beat.")
    _announce(chosen)
    serve(chosen, [worker_and_beat(chosen)])


def _announce(chosen: Settings) -> None:
    database = migrated(chosen)
    address = setup_address(database, chosen)
    database.dispose()
    click.echo(f"incidens72 {__version__}: {chosen.public_url}")
    if address:
        click.echo(f"Nobody has an account yet. Create the first one here (works once, for 24 hours):\n  {address}")
    if not chosen.smtp_url:
        click.echo("SMTP_URL is not set: no mail can leave. Every page says so until it is.")


@click.command()
def web() -> None:
    """Serve the pages and the API only; the worker and beat run as processes of their own."""
    serve(settings())


@click.command()
def migrate() -> None:
    """Bring the database to the newest shape; prints the set-up address of an empty one."""
    chosen = settings()
    database = migrated(chosen)
    if address := setup_address(database, chosen):
        click.echo(f"Create the first account here (works once, for 24 hours):\n  {address}")
    database.dispose()
