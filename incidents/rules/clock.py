"""The 72-hour clock: exact elapsed hours from awareness, and what else may be said about the end as information.

GDPR 33(1). Weekends, holidays and daylight saving neither stop the clock nor move its end (Regulation 1182/71,
Art. 3(3) and 3(4)); the reasons stand in docs/decisions/0004.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from incidents.base.dated import NoSuchLawError, in_force, of_version
from incidents.base.time import BUDAPEST, ZonedInstant, utc, zone
from incidents.rules.calendar import Calendar, CalendarHorizonError, eu_1182_71
from incidents.rules.escalation import Policy, plan_stages, stage_label
from incidents.rules.pace import REAL_TIME, Pace

HOUR = timedelta(hours=1)
SEVENTY_TWO_HOURS = 72 * HOUR


@dataclass(frozen=True)
class Regime:
    """One duty with a period: whose authority, counted from which event, how long, from which dated source."""

    id: str
    version: str
    authority: str
    anchor: str
    period: timedelta
    label: Mapping[str, str]
    certainty: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Disputed:
    """Three readings of Regulation 1182/71, Art. 3(5), in UTC: information only, never a deadline."""

    touch: datetime
    forty_eight_hours: datetime
    full: datetime


def regime_for(regime_id: str, on: date) -> Regime:
    """The regime of that id as it applies to an anchor on that day (in Hungary).

    Of a regime with several reports this is the first one; all of them are in rules/regimes.

    Raises:
        NoSuchLawError: none applies, or its first report has no plain period in hours.
    """
    return _regime(in_force("regimes", regime_id, on))


def regime_of_version(regime_id: str, version: str) -> Regime:
    """The regime an older incident was judged under.

    Raises:
        NoSuchLawError: there is none.
    """
    return _regime(of_version("regimes", regime_id, version))


def _regime(law: Mapping[str, Any]) -> Regime:
    anchor, hours = _first_period(law)
    plain = {key: law[key] for key in ("id", "version", "authority", "label", "certainty")}
    return Regime(**plain, anchor=anchor, period=timedelta(hours=hours), sources=tuple(law["sources"]))


def _first_period(law: Mapping[str, Any]) -> tuple[str, float]:
    """The anchor and the hours of a regime's only or first report."""
    if "period_hours" in law:
        return law["anchor"], law["period_hours"]
    first = law["reports"][0]
    if first["kind"] != "hours" or "amount" not in first or first.keys() & {"not_after", "office_relief_level"}:
        raise NoSuchLawError(f"{law['id']} has no period that runs from one instant alone")
    return first["anchor"], first["amount"]


def deadline(anchor: datetime, regime: Regime, pace: Pace = REAL_TIME) -> datetime:
    """The end of the period, in UTC: the anchor plus exactly its elapsed hours, squeezed in a drill. GDPR 33(1).

    Raises:
        NaiveDatetimeError: the anchor has no offset.
    """
    return utc(anchor) + pace.day_time(regime.period)


def lateness(filed_at: datetime, deadline: datetime) -> timedelta:
    """How long after the deadline something was filed; zero when in time (GDPR 33(1): then reasons are due)."""
    return max(utc(filed_at) - utc(deadline), timedelta(0))


def _next_full_hour(anchor: datetime) -> datetime:
    """Where counting starts: the hour in which the event falls does not count, even when it has just begun."""
    return utc(anchor).replace(minute=0, second=0, microsecond=0) + HOUR


def strict_1182_71_end(anchor: datetime, period: timedelta = SEVENTY_TWO_HOURS) -> datetime:
    """The end under Regulation 1182/71, Art. 3(1) and 3(2)(a), in UTC: next full hour plus the period.

    Always later than the exact deadline, by one hour at most. Information, not the deadline.
    """
    return _next_full_hour(anchor) + period


def _working_spans(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """From and to (00:00 and 24:00 there, in UTC) of each working day from the one that holds an instant."""
    place = zone(calendar.zone)
    for day in calendar.working_days(start.astimezone(place).date()):
        yield _midnight(day, place), _midnight(day + timedelta(days=1), place)


def _midnight(day: date, place: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), place).astimezone(UTC)


def _after_working_hours(hours: timedelta, start: datetime, spans: list[tuple[datetime, datetime]]) -> datetime:
    """The instant by which so much time has passed on working days."""
    for begin, end in spans:
        begin = max(begin, start)  # noqa: PLW2901  the first day counts from the start on
        if end - begin >= hours:
            return begin + hours
        hours -= end - begin
    raise ValueError("the days given are too few")


def disputed_3_5(anchor: datetime, period: timedelta = SEVENTY_TWO_HOURS) -> Disputed:
    """The end if "at least two working days" (Regulation 1182/71, Art. 3(5)) held for hours; authorities say no.

    Working days are those of Hungary, where the action is to be taken (Art. 2(1)).

    Raises:
        CalendarHorizonError: the list of a year that is needed is not known.
    """
    start, end = _next_full_hour(anchor), strict_1182_71_end(anchor, period)
    calendar = eu_1182_71(start.astimezone(zone(BUDAPEST)).date())
    spans = list(islice(_working_spans(start, calendar), 3))  # one begun day and two whole ones suffice
    whole = [span for span in spans if span[0] >= start]
    return Disputed(
        touch=end if spans[1][0] < end else spans[1][1],
        forty_eight_hours=max(end, _after_working_hours(48 * HOUR, start, spans)),
        full=max(end, whole[1][1]),
    )


def explain(anchor: ZonedInstant, regime: Regime, policy: Policy) -> dict[str, Any]:
    """What a clock says, as JSON values: times are ISO 8601 with the offsets of the anchor's zone.

    The deadline comes even where the working-day calendar ends; then the disputed readings carry that message.
    """
    end = deadline(anchor.at, regime)
    stages = plan_stages(policy, opened_at=anchor.at, anchor=anchor.at, deadline=end)
    return {
        "anchor": _iso(anchor.at, anchor.zone),
        "zone": anchor.zone,
        "regime": regime.id,
        "rule_version": regime.version,
        "authority": regime.authority,
        "deadline": _iso(end, anchor.zone),
        "strict_1182_71": _iso(strict_1182_71_end(anchor.at, regime.period), anchor.zone),
        "disputed_3_5": _explain_disputed(anchor, regime.period),
        "policy": f"{policy.id}-{policy.version}",
        "stages": [
            {
                "name": stage.name,
                "due_at": _iso(stage.due_at, anchor.zone),
                "label": {lang: stage_label(policy, stage.name, lang) for lang in ("hu", "en")},
            }
            for stage in stages
        ],
    }


def _explain_disputed(anchor: ZonedInstant, period: timedelta) -> dict[str, Any]:
    words = in_force("calendars", "eu_1182_71-hu", anchor.at.date())["readings"]
    shown: dict[str, Any] = {"note": dict(words["note"])}
    try:
        readings = disputed_3_5(anchor.at, period)
    except CalendarHorizonError as error:
        return shown | {"unavailable": {"code": error.code, "message": str(error)}}
    for name, instant in vars(readings).items():
        shown[name] = {"at": _iso(instant, anchor.zone), "label": dict(words[name])}
    return shown


def _iso(instant: datetime, zone_name: str) -> str:
    return instant.astimezone(zone(zone_name)).isoformat(timespec="seconds")
