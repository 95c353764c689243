"""The command line: everything an operator does, and the two calculations anybody may ask for without a database."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
import yaml

from incidents import __version__
from incidents import doctor as examination
from incidents.base.errors import InvalidInput
from incidents.base.settings import Settings, SettingsError, load_settings
from incidents.base.time import BUDAPEST, LocalTimeError, SystemClock, parse_local
from incidents.rules import assess as risk
from incidents.rules import clock as clock_rules
from incidents.rules.escalation import policy_for
from incidents.serve import migrated, serve, setup_address
from incidents.steps import controllers, register
from incidents.store import backup as copies
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from notifications.documents import registerfile
from workers.inprocess import worker_and_beat


def _fail(message: str, code: int = 2) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(f"incidens72: {error}")


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@click.group()
@click.version_option(__version__)
def main() -> None:
    """incidens72: the 72-hour clock, the drafts and the register of GDPR Art. 33 and 34."""


@main.command()
def up() -> None:
    """Serve with worker and beat in this process: nothing else to install or start."""
    settings = _settings()
    if not settings.embedded:
        _fail("incidens72 up is the one-process mode. With REDIS_URL run `incidens72 web`, a Celery worker and beat.")
    _announce(settings)
    serve(settings, [worker_and_beat(settings)])


def _announce(settings: Settings) -> None:
    database = migrated(settings)
    address = setup_address(database, settings)
    database.dispose()
    click.echo(f"incidens72 {__version__}: {settings.public_url}")
    if address:
        click.echo(f"Nobody has an account yet. Create the first one here (works once, for 24 hours):\n  {address}")
    if not settings.smtp_url:
        click.echo("SMTP_URL is not set: no mail can leave. Every page says so until it is.")


@main.command()
def web() -> None:
    """Serve the pages and the API only; the worker and beat run as processes of their own."""
    serve(_settings())


@main.command()
def migrate() -> None:
    """Bring the database to the newest shape; prints the set-up address of an empty one."""
    settings = _settings()
    database = migrated(settings)
    if address := setup_address(database, settings):
        click.echo(f"Create the first account here (works once, for 24 hours):\n  {address}")
    database.dispose()


@main.command()
@click.argument("awareness")
@click.option("--zone", default=BUDAPEST, show_default=True, help="Zone of the given time.")
@click.option("--regime", default="gdpr-33", show_default=True, help="Whose clock.")
@click.option("--json", "as_json", is_flag=True, help="All of it, as JSON.")
def clock(awareness: str, zone: str, regime: str, as_json: bool) -> None:
    """The deadline of an AWARENESS such as 2026-10-23T16:20, with the warnings of the default policy."""
    try:
        anchor = parse_local(awareness, zone)
        law = clock_rules.regime_for(regime, anchor.at.date())
        answer = clock_rules.explain(anchor, law, policy_for("default", anchor.at.date()))
    except (LocalTimeError, LookupError) as error:
        _fail(f"incidens72 clock: {error}")
    if as_json:
        _print_json(answer)
    else:
        click.echo(answer["deadline"])


@main.command()
@click.argument("source", required=False)
@click.option("--json", "as_json", is_flag=True, help="All of it, as JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the facts instead.")
def assess(source: str | None, as_json: bool, schema: bool) -> None:
    """Run the risk test on the facts in SOURCE, a YAML or JSON file or - for standard input.

    Exit code 0 on a verdict, 2 on bad input; the message names the field.
    """
    if schema:
        _print_json(risk.schema())
        return
    if source is None:
        _fail("incidens72 assess: name a file with facts, or - for standard input")
    answer = risk.explain(_assessed(source))
    if as_json:
        _print_json(answer)
    else:
        click.echo(f"authority: {answer['notify_authority']}\npeople: {answer['tell_subjects']}")
    for one in answer["warnings"]:
        click.echo(f"warning: {one['message']['en']}", err=True)


def _assessed(source: str) -> risk.Verdict:
    try:
        facts = read_document(source)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        _fail(f"incidens72 assess: {source} cannot be read: {error}")
    if not isinstance(facts, dict):
        _fail("incidens72 assess: the document must be a mapping of facts, such as `cause: ransomware`")
    try:
        return risk.assess(facts)
    except InvalidInput as error:
        _fail("\n".join(f"{one.path}: {one.message.format(**one.params)}" for one in error.errors))


@main.command("verify-register")
@click.option("--controller", "short_code", help="Short code of one controller; all without it.")
def verify_register(short_code: str | None) -> None:
    """Find every altered, removed or reordered row of the register. Exit code 1 when there is one."""
    database = migrated(_settings())
    found = 0
    with unit_of_work(database, SystemClock(), SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        chosen = [one for one in controllers.controllers_of(uow) if short_code in {None, one.short_code}]
        if not chosen:
            _fail("incidens72 verify-register: there is no such controller")
        for one in chosen:
            breaks = register.verify(uow, one.id)
            found += len(breaks)
            click.echo(f"{one.short_code}: {'intact' if not breaks else f'{len(breaks)} breaks'}")
            for fault in breaks:
                click.echo(f"  entry {fault.seq}: {fault.problem}")
    database.dispose()
    sys.exit(1 if found else 0)


@main.command()
def doctor() -> None:
    """Say which mode is on and whether database, broker, mail and background work are well. Exit code 1 if not."""
    settings = _settings()
    database = migrated(settings)
    well = examination.report(settings, database, SystemClock(), click.echo)
    database.dispose()
    sys.exit(0 if well else 1)


@main.command("export")
@click.argument("short_code")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["hu", "en"]), default="hu", show_default=True)
def export_register(short_code: str, target: Path, language: str) -> None:
    """Write the register of the controller SHORT_CODE into TARGET: .xlsx, .csv or .pdf by its ending."""
    settings = _settings()
    database = migrated(settings)
    with unit_of_work(database, SystemClock(), SYSTEM, EVERY_CONTROLLER) as uow:
        chosen = next((one for one in controllers.controllers_of(uow) if one.short_code == short_code.upper()), None)
        if chosen is None:
            _fail("incidens72 export: there is no such controller")
        try:
            found = register.entries(uow, register.RegisterFilter(controller_id=chosen.id))
            content = registerfile.write(found, target.suffix.lstrip("."), language, uow.now)
        except KeyError:
            _fail("incidens72 export: the file must end in .xlsx, .csv or .pdf")
        register.record_export(uow, chosen.id, target.suffix.lstrip("."), content)
        target.write_bytes(content)
    database.dispose()


@main.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Copy the embedded database into TARGET while the service may go on running."""
    try:
        copies.backup(_settings().database_url, target)
    except FileExistsError:
        _fail(f"incidens72 backup: {target} exists; name a new file")
    except copies.NotAFileError as error:
        _fail(f"incidens72 backup: {error}")


@main.command()
@click.argument("source", type=click.Path(path_type=Path))
def restore(source: Path) -> None:
    """Lay the backup SOURCE back. Stop the service first; the present database is kept beside it."""
    settings = _settings()
    try:
        copies.restore(settings.database_url, source)
    except FileNotFoundError:
        _fail(f"incidens72 restore: there is no file {source}")
    except copies.NotAFileError as error:
        _fail(f"incidens72 restore: {error}")
    migrated(settings).dispose()


def read_document(source: str) -> Any:
    """A YAML or JSON document from a file or, for ``-``, from standard input."""
    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    return yaml.safe_load(text)
