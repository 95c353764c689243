"""Keeping the service: is it well, is the register whole, take it out, copy it, lay it back."""

import sys
from pathlib import Path

import click

from incidents import doctor as examination
from incidents.base.time import SystemClock
from incidents.commands.saying import fail, settings
from incidents.serve import migrated
from incidents.steps import controllers, register
from incidents.store import backup as copies
from incidents.store import heartbeat
from incidents.store.engine import create_engine_for
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from notifications.documents import registerfile

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--language", type=click.Choice(["hu", "en"]), default="en", show_default=True)
def doctor(language: str) -> None:
    """Say whether this installation is well, and the way out where not. Exit code 0: yes, 1: warnings, 2: failures."""
    chosen = settings()
    database = create_engine_for(chosen.database_url)
    code = examination.report(chosen, database, SystemClock(), click.echo, language)
    database.dispose()
    sys.exit(code)


@click.command()
@click.argument("short_code")
@click.argument("target", type=FILE)
@click.option("--language", type=click.Choice(["hu", "en"]), default="hu", show_default=True)
def export(short_code: str, target: Path, language: str) -> None:
    """Write the register of the controller SHORT_CODE into TARGET: .xlsx, .csv or .pdf by its ending."""
    form = target.suffix.lstrip(".").lower()
    if form not in registerfile.FORMATS:
        fail("export: the file must end in .xlsx, .csv or .pdf")
    known = settings()
    database = migrated(known)
    with unit_of_work(database, SystemClock(), SYSTEM, EVERY_CONTROLLER) as uow:
        chosen = next((one for one in controllers.controllers_of(uow) if one.short_code == short_code.upper()), None)
        if chosen is None:
            fail("export: there is no such controller")
        found = register.entries(uow, register.RegisterFilter(controller_id=chosen.id))
        head = register.signed_head(uow, chosen.id, known.secret_key)
        content = registerfile.write(registerfile.Edition(found, language, uow.now, [head]), form)
        register.record_export(uow, chosen.id, form, content)
        target.write_bytes(content)
    database.dispose()


@click.command()
@click.option("--controller", "short_code", help="Short code of one controller; all without it.")
def verify_register(short_code: str | None) -> None:
    """Find every altered, removed or reordered row of the register. Exit code 1 when there is one."""
    database = migrated(settings())
    found = 0
    with unit_of_work(database, SystemClock(), SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        chosen = [one for one in controllers.controllers_of(uow) if short_code in {None, one.short_code}]
        if short_code and not chosen:
            fail("verify-register: there is no such controller")
        for one in chosen:
            breaks = register.verify(uow, one.id)
            found += len(breaks)
            click.echo(f"{one.short_code}: {'intact' if not breaks else f'{len(breaks)} breaks'}")
            for fault in breaks:
                click.echo(f"  entry {fault.seq}: {fault.problem}")
    database.dispose()
    sys.exit(1 if found else 0)


@click.command()
@click.argument("target", type=FILE)
def backup(target: Path) -> None:
    """Copy the embedded database into TARGET while the service may go on running."""
    chosen = settings()
    try:
        copies.backup(chosen.database_url, target)
    except FileExistsError:
        fail(f"backup: {target} exists; name a new file")
    except copies.NotAFileError as error:
        fail(f"backup: {error}")
    database = create_engine_for(chosen.database_url)
    with unit_of_work(database, SystemClock(), SYSTEM) as uow:
        heartbeat.beat(uow, "backup")
    database.dispose()


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
def restore(source: Path) -> None:
    """Lay the backup SOURCE back. Stop the service first; the present database is kept beside it."""
    chosen = settings()
    try:
        copies.restore(chosen.database_url, source)
    except FileNotFoundError:
        fail(f"restore: there is no file {source}")
    except copies.NotAFileError as error:
        fail(f"restore: {error}")
    migrated(chosen).dispose()
