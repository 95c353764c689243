"""The demo: one process with fictional organisations, its mails kept in a mailbox page."""

import click

from incidents.base.settings import SettingsError
from incidents.base.time import SystemClock
from incidents.commands.saying import fail, settings
from incidents.demo.staged import staged
from incidents.serve import serve
from workers.inprocess import worker_and_beat


@click.command()
def demo() -> None:
    """Serve fictional organisations with incidents at every point of their clocks; no mail leaves this machine."""
    try:
        with staged(settings(), SystemClock(), click.echo) as chosen:
            serve(chosen, [worker_and_beat(chosen)])
    except SettingsError as error:
        fail(f"demo: {error}")
