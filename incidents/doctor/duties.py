"""Whether it does its duty: signs of life, lost mails, controllers without people, gaps in the law data, backups."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from incidents.base.dated import every
from incidents.base.i18n import msgid
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.doctor.findings import Finding, fail, note, ok, warn
from incidents.rules.calendar import eu_1182_71, hu_domestic
from incidents.rules.escalation import RESPONSIBLE
from incidents.store import controllers, health, heartbeat, people
from incidents.store.engine import Database
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work

OLDEST_HEARTBEAT = timedelta(minutes=3)
OLDEST_BACKUP = timedelta(hours=26)
"""A nightly one, with time to run."""
HORIZON = timedelta(days=60)
WORKS = ("sweep", "deliver")


def look(settings: Settings, engine: Database, clock: Clock) -> Iterator[Finding]:
    """What the rows tell; needs a database in its newest shape."""
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        yield from signs_of_life(uow)
        yield mails(uow)
        yield from _unattended(uow)
        yield backups(settings, uow)


def signs_of_life(uow: UnitOfWork) -> Iterator[Finding]:
    """Whether sweep and delivery have shown themselves lately."""
    beats = heartbeat.read(uow)
    for work in WORKS:
        yield _sign(work, beats.get(work), uow.now)


def _sign(work: str, at: datetime | None, now: datetime) -> Finding:
    way_out = msgid("Start the worker and beat; `incidens72 up` runs both in one process.")
    if at is None:
        return fail(msgid("{work}: it never ran here"), way_out, work=work)
    said = {"work": work, "seconds": str(int((now - at).total_seconds()))}
    if now - at > OLDEST_HEARTBEAT:
        return fail(msgid("{work}: last seen {seconds} s ago"), way_out, **said)
    return ok(msgid("{work}: last seen {seconds} s ago"), **said)


def mails(uow: UnitOfWork) -> Finding:
    """Whether mails were given up or came back."""
    lost = health.warnings_lost(uow)
    if lost:
        return warn(
            msgid("mails: {count} could not be delivered"),
            msgid("Open the cases marked red, tell the people by telephone and correct the addresses."),
            count=str(lost),
        )
    return ok(msgid("mails: none was given up"))


def _unattended(uow: UnitOfWork) -> Iterator[Finding]:
    """Controllers at which nobody has an account that is warned: only mailboxes are."""
    found = controllers.all_by_name(uow)
    staff = people.people_of(uow, [one.id for one in found])
    for one in found:
        if not any(person.roles & {*RESPONSIBLE} for person in staff[one.id]):
            yield warn(
                msgid("people: at {controller} nobody with an account is warned, only mailboxes are"),
                msgid("Give somebody a role there: whoever has no account cannot work on a case."),
                controller=one.short_code,
            )


def backups(settings: Settings, uow: UnitOfWork) -> Finding:
    """How old the newest backup is, where this can be known."""
    way_out = msgid("Run `incidens72 backup FILE` every night and keep the files on another machine.")
    at = heartbeat.read(uow).get("backup")
    if not settings.sqlite:
        return note(
            msgid("backup: of PostgreSQL nothing is known here"),
            msgid("Make sure that pg_dump runs every night, and try the way back."),
        )
    if at is None:
        return warn(msgid("backup: none was made with `incidens72 backup` so far"), way_out)
    said = {"hours": str(int((uow.now - at).total_seconds() // 3600))}
    if uow.now - at > OLDEST_BACKUP:
        return warn(msgid("backup: the newest is {hours} hours old"), way_out, **said)
    return ok(msgid("backup: the newest is {hours} hours old"), **said)


def law(today: date) -> Iterator[Finding]:
    """Where the law data ends: calendars without the next year, contacts nobody could read at the source."""
    yield _calendars(today)
    if empty := gaps(today):
        yield note(
            msgid("law: not filled in, since no public source could be read: {names}"),
            msgid("Look these up at the authority before you need them; they are never guessed."),
            names="; ".join(f"{name} ({', '.join(keys)})" for name, keys in sorted(empty.items())),
        )


def _calendars(today: date) -> Finding:
    last = date(min(calendar(today).last_year for calendar in (eu_1182_71, hu_domestic)), 12, 31)
    way_out = msgid("Install a newer version, or add the official list of the next year to incidents/law/calendars.")
    said = {"year": str(last.year)}
    if today > last:
        return warn(msgid("calendar: holidays and swapped days were known until the end of {year}"), way_out, **said)
    if today + HORIZON > last:
        return note(
            msgid("calendar: holidays and swapped days are known only until the end of {year}"), way_out, **said
        )
    return ok(msgid("calendar: holidays and swapped days are known until the end of {year}"), **said)


def gaps(today: date) -> dict[str, list[str]]:
    """What the law data in force leave empty, by file: ``naih`` lacks its KRID."""
    authorities = [(file["id"], file) for file in _in_force("authorities", today)]
    regimes = [(file["id"], file["contact"]) for file in _in_force("regimes", today) if _is_gap(file)]
    empty = {name: sorted(key for key, value in parts.items() if value == "") for name, parts in authorities + regimes}
    return {name: keys for name, keys in empty.items() if keys}


def _in_force(kind: str, today: date) -> Iterator[Mapping[str, Any]]:
    return (one for one in every(kind) if one["applies_from"] <= today < one.get("applies_to", date.max))


def _is_gap(regime: Mapping[str, Any]) -> bool:
    return bool(regime.get("contact", {}).get("certainty") == "gap")
