"""A person's calendar: what stands in it, what never does, and that calendar programs can read it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from icalendar import Calendar as File
from icalendar import Event

from incidents.steps.calendar import Calendar
from incidents.store.calendar import Entry
from incidents.store.tables import ClockRow, User
from notifications import calendar

PUBLIC = "https://incidens.futar.example"


def _entry(deadline: datetime, *, drill: bool = False, **fields: object) -> Entry:
    clock = ClockRow(
        incident_id=UUID(int=7),
        regime="gdpr-33",
        regime_version="2018-05-25",
        subject="",
        report="notification",
        version=1,
        anchor_kind="awareness",
        deadline_at=deadline,
        set_at=deadline - timedelta(hours=72),
        state="running",
    )
    for name, value in fields.items():
        setattr(clock, name, value)
    return Entry(clock, "FUT-2026/0001", "FUT", drill)


def _read(*entries: Entry, lang: str = "hu") -> tuple[bytes, list[Event]]:
    content = calendar.write(Calendar(User(language=lang), entries), PUBLIC)
    return content, list(File.from_ical(content).walk("VEVENT"))


NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def test_a_deadline_is_an_event_at_its_hungarian_time_with_the_zone_beside_it() -> None:
    content, [event] = _read(_entry(NOON))
    assert event["dtstart"].dt == NOON
    assert event["dtstart"].params["TZID"] == "Europe/Budapest"
    assert b"DTSTART;TZID=Europe/Budapest:20261123T120000" in content
    assert [str(zone["tzid"]) for zone in File.from_ical(content).walk("VTIMEZONE")] == ["Europe/Budapest"]
    assert event["summary"] == "FUT-2026/0001 határidő: Bejelentés a felügyeleti hatóságnak (GDPR 33. cikk)"
    assert "Lejár: 2026. november 23. 12:00, magyar idő szerint." in event["description"]
    assert event["url"] == f"{PUBLIC}/incidents/{UUID(int=7)}"


def test_it_reminds_a_day_six_hours_and_an_hour_before() -> None:
    _, [event] = _read(_entry(NOON))
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [-before for before in calendar.ALARMS]
    assert {str(alarm["action"]) for alarm in event.walk("VALARM")} == {"DISPLAY"}


def test_a_corrected_clock_is_the_same_event_with_a_higher_sequence() -> None:
    _, [first] = _read(_entry(NOON))
    _, [second] = _read(_entry(NOON + timedelta(hours=3), version=2))
    assert first["uid"] == second["uid"]
    assert (int(first["sequence"]), int(second["sequence"])) == (1, 2)


def test_each_duty_of_a_case_is_an_event_of_its_own() -> None:
    others = ({"regime": "gdpr-34"}, {"report": "x"}, {"subject": "order-2"})
    uids = {calendar.uid(_entry(NOON, **fields).clock) for fields in ({}, *others)}
    assert len(uids) == 4


def test_a_stopped_clock_is_cancelled_and_reminds_nobody() -> None:
    _, [event] = _read(_entry(NOON, state="stopped", stopped_at=NOON - timedelta(hours=5)))
    assert event["status"] == "CANCELLED"
    assert event.walk("VALARM") == []
    assert "A számláló leállt: 2026. november 23. 7:00." in event["description"]


def test_a_drill_says_so_and_reminds_nobody() -> None:
    _, [event] = _read(_entry(NOON, drill=True))
    assert str(event["summary"]).startswith("GYAKORLAT – FUT-2026/0001")
    assert event.walk("VALARM") == []


def test_of_the_hour_that_comes_twice_the_second_is_written_in_utc() -> None:
    """RFC 5545 3.3.5 reads a local time of that hour as its first occurrence: an hour too early."""
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    content, events = _read(_entry(first), _entry(second))
    assert [event["dtstart"].dt.astimezone(UTC) for event in events] == [first, second]
    assert b"DTSTART;TZID=Europe/Budapest:20261025T023000" in content
    assert b"DTSTART:20261025T013000Z" in content


def test_lines_end_and_fold_as_the_standard_asks() -> None:
    content, _ = _read(*(_entry(NOON, regime=regime) for regime in ("gdpr-33", "gdpr-33")))
    lines = content.split(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert any(line.startswith(b" ") for line in lines)
    content.decode("utf-8")
    for line in lines:
        line.decode("utf-8")  # no sign is torn apart


def test_the_same_clocks_make_the_same_bytes_so_that_unchanged_calendars_are_not_sent_again() -> None:
    assert _read(_entry(NOON))[0] == _read(_entry(NOON))[0]


def test_the_mark_of_a_calendar_changes_whenever_the_file_does() -> None:
    def made(lang: str = "hu", **fields: object) -> tuple[str, bytes]:
        holder = Calendar(User(language=lang), [_entry(NOON, **fields)])
        return calendar.mark(holder, PUBLIC), calendar.write(holder, PUBLIC)

    variants = [
        made(),
        made("en"),
        made(version=2),
        made(anchor_kind="first_signal"),
        made(state="stopped", stopped_at=NOON),
        made(deadline_at=NOON + timedelta(minutes=1)),
    ]
    assert made() == variants[0]
    assert len({mark for mark, _ in variants}) == len({content for _, content in variants}) == len(variants)


def test_in_english_it_is_all_english() -> None:
    _, [event] = _read(_entry(NOON, anchor_kind="first_signal"), lang="en")
    assert event["summary"] == "FUT-2026/0001 deadline: Notification to the supervisory authority (GDPR Art. 33)"
    assert str(event["description"]).splitlines() == [
        "Controller: FUT",
        "Falls at 23 November 2026, 12:00, Hungarian time.",
        "provisional, from the first signal",
    ]
