"""A person's deadlines as a calendar (RFC 5545): one event a clock, stable over its versions, with alarms.

Nothing about a case but its number: calendars end up on phones and at providers nobody asked.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Event
from icalendar import Calendar as File

from incidents.base.hungarian import format_datetime
from incidents.base.i18n import msgid, translator
from incidents.base.time import BUDAPEST, utc, zone
from incidents.steps.calendar import Calendar
from incidents.store.calendar import Entry
from incidents.store.tables import ClockRow
from notifications.owed import owed
from notifications.webhook_bodies import DRILL, PROVISIONAL

ALARMS = (timedelta(hours=24), timedelta(hours=6), timedelta(hours=1))
"""Before the deadline."""
WORDING = "1"
"""To be raised when the file says the same in other words."""
REFRESH = timedelta(minutes=15)
"""How often a calendar program may ask again."""

NAME = msgid("Data breach deadlines")
SUMMARY = msgid("{reference} deadline: {duty}")
CONTROLLER = msgid("Controller: {code}")
FALLS = msgid("Falls at {when}, Hungarian time.")
STOPPED_AT = msgid("The clock has stopped: {when}.")


def write(calendar: Calendar, public_url: str) -> bytes:
    """The calendar as a file: the same bytes as long as nothing in it has changed."""
    lang = calendar.person.language
    file = File()
    file.add("prodid", "-//incidens72//incidens72//HU")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", translator(lang)(NAME))
    file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in calendar.entries:
        file.add_component(_event(entry, lang, public_url))
    file.add_missing_timezones()
    content: bytes = file.to_ical()
    return content


def mark(calendar: Calendar, public_url: str) -> str:
    """What changes with the file and only with it: an unchanged calendar need not be written to be known as such."""
    said = [WORDING, calendar.person.language, public_url]
    for entry in calendar.entries:
        clock = entry.clock
        said += [uid(clock), entry.reference, entry.short_code, str(entry.is_drill), clock.regime_version]
        said += [str(clock.version), clock.state, clock.anchor_kind]
        said += [str(instant) for instant in (clock.deadline_at, clock.set_at, clock.stopped_at)]
    return sha256("\n".join(said).encode()).hexdigest()[:32]


def _event(entry: Entry, lang: str, public_url: str) -> Event:
    clock, event = entry.clock, Event()
    changed = clock.stopped_at if clock.state != "running" and clock.stopped_at else clock.set_at
    event.add("uid", uid(clock))
    event.add("sequence", clock.version)
    event.add("dtstamp", utc(changed))
    event.add("last-modified", utc(changed))
    event.add("dtstart", _local(clock.deadline_at))
    event.add("summary", _summary(entry, lang))
    event.add("description", _description(entry, lang))
    event.add("url", f"{public_url}/incidents/{clock.incident_id}")
    event.add("status", "CONFIRMED" if clock.state == "running" else "CANCELLED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if clock.state == "running" and not entry.is_drill:
        for before in ALARMS:
            event.add_component(_alarm(_summary(entry, lang), before))
    return event


def uid(clock: ClockRow) -> str:
    """What all versions of a clock have in common."""
    return f"{clock.incident_id}.{clock.regime}.{clock.report}.{clock.subject or 'only'}@incidens72"


def _local(instant: datetime) -> datetime:
    """Hungarian time; of the hour that comes twice in autumn a calendar knows only the first, so the second is UTC."""
    local = utc(instant).astimezone(zone(BUDAPEST))
    return utc(instant) if local.fold else local


def _summary(entry: Entry, lang: str) -> str:
    say = translator(lang)
    drill = f"{say(DRILL)} – " if entry.is_drill else ""
    return drill + say(SUMMARY, reference=entry.reference, duty=owed(entry.clock, lang))


def _description(entry: Entry, lang: str) -> str:
    clock, say = entry.clock, translator(lang)
    lines = [say(CONTROLLER, code=entry.short_code), say(FALLS, when=format_datetime(clock.deadline_at, lang))]
    if clock.state != "running" and clock.stopped_at:
        lines.append(say(STOPPED_AT, when=format_datetime(clock.stopped_at, lang)))
    elif clock.anchor_kind == "first_signal":
        lines.append(say(PROVISIONAL))
    return "\n".join(lines)


def _alarm(text: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -before)
    return alarm
