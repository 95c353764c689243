"""A duty beside Art. 33 in one case: what confirming it asks, what may be answered, and what a report must say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.base.errors import FieldError
from incidents.base.time import ZonedInstant, to_the_minute
from incidents.rules.decide import has_substance
from incidents.rules.office import WorkingHours
from incidents.rules.regimes import Duty, Kind, Params, ReportRule, duty_of_version
from incidents.rules.send import CLOCK_TOLERANCE, FORMS_OF_TELLING

TELLING = "gdpr-34"
"""Telling the people: the decision confirms it, a recorded communication ends it."""
CONTRACT = "processor-contract"
ORDER = "naih-order"
PROMISE = "follow-up"
ADDED_BY_HAND = (ORDER, PROMISE, CONTRACT)
"""Of these a case may have several, each with its own subject."""

PREVIOUS = "previous:"
OF_THE_CASE = ("awareness", "first_signal")
"""The anchors a duty takes from its case, unless it has its own."""
MAY_LIE_AHEAD = ("given", "promised")
CHANNELS = ("online", "email", "phone", "krid", "epapir", "post", "other")
EVENTS = ("vulnerability", "incident")
LONGEST_HOURS = 8760
LONGEST_DAYS = 365
LEVELS = (1, 2, 3)
NOT_ASKED = "This duty does not ask for this."
HOURS_RANGE = "Give the hours as a number between 1 and 8760."
DAYS_RANGE = "Give the days as a whole number between 1 and 365."
DEADLINE_OF_ORDER = "Give the deadline of the order, or the day it was received and the days it gives."
NOT_SENT_YET = "This time lies in the future: record the report after it was sent."
CHAIN = "The report before this one is not recorded yet: record it first, this one is counted from it."
WHY_LATE = "The deadline had passed: say in a full sentence why the report is late."


@dataclass(frozen=True)
class Asked:
    """What a person may say about a duty: its own anchors, and the fields of ``Params`` the law leaves open."""

    anchors: tuple[str, ...]
    params: tuple[str, ...]


@dataclass(frozen=True)
class ReportForm:
    """A report that was sent, as a person records it; late ones say in ``note`` why."""

    sent_at: ZonedInstant
    channel: str = ""
    identifier: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sent:
    """When a report was sent first, and when its latest version was."""

    first: ZonedInstant
    latest: ZonedInstant


def asked(duty: Duty) -> Asked:
    """What confirming a duty asks for, in the order of its reports; awareness is that of the case."""
    rules = [*duty.reports, *(rule.otherwise for rule in duty.reports if rule.otherwise)]
    anchors = [rule.anchor for rule in rules if rule.anchor not in OF_THE_CASE and not rule.anchor.startswith(PREVIOUS)]
    return Asked(tuple(dict.fromkeys(anchors)), tuple(dict.fromkeys(key for rule in rules for key in _params(rule))))


def _params(rule: ReportRule) -> Iterator[str]:
    if rule.param:
        yield rule.param
    if rule.noon == "unless_excluded":
        yield "noon_rule_excluded"
    if rule.office_relief_level is not None:
        yield "level"
    if rule.only_event:
        yield "event"


def anchors_of(stored: Mapping[str, Any]) -> dict[str, ZonedInstant]:
    """Anchors as kept in a row."""
    return {name: ZonedInstant(datetime.fromisoformat(one["at"]), one["zone"]) for name, one in stored.items()}


def stored_anchors(anchors: Mapping[str, ZonedInstant]) -> dict[str, Any]:
    """Anchors as a row keeps them."""
    return {name: {"at": one.at.isoformat(), "zone": one.zone} for name, one in anchors.items()}


def params_of(stored: Mapping[str, Any], office: WorkingHours | None = None) -> Params:
    """Settings as kept in a row, with the hours of the office."""
    known = {key: stored[key] for key in Params.__dataclass_fields__ if key in stored}
    return Params(**known, office=office)


def anchors_at(
    duty: Duty, own: Mapping[str, ZonedInstant], case: Mapping[str, ZonedInstant], sent: Mapping[str, Sent]
) -> dict[str, ZonedInstant]:
    """Every anchor of a duty: those of the case, its own instead of them, and when its reports were sent."""
    latest = {rule.anchor for rule in duty.reports if rule.from_latest}
    chained = {PREVIOUS + name: one.latest if PREVIOUS + name in latest else one.first for name, one in sent.items()}
    return {**case, **own, **chained}


def is_over(duty: Duty, params: Params, sent: Mapping[str, Sent]) -> bool:
    """Whether every report that applies was sent."""
    return all(rule.name in sent for rule in duty.reports if applies(rule, params))


def applies(rule: ReportRule, params: Params) -> bool:
    """Whether a report is owed; one of another kind of event is not."""
    return not (rule.only_event and params.event and rule.only_event != params.event)


def report_rule(duty: Duty, name: str) -> ReportRule | None:
    """The report of that name."""
    return next((rule for rule in duty.reports if rule.name == name), None)


def answer_faults(
    duty: Duty, anchors: Mapping[str, ZonedInstant], params: Mapping[str, Any], first_signal: datetime, now: datetime
) -> list[FieldError]:
    """Every anchor and setting that cannot stand; what is left out may be said later."""
    wanted = asked(duty)
    allowed = {*wanted.anchors, *OF_THE_CASE}
    errors = [FieldError(name, "not-asked", NOT_ASKED) for name in anchors if name not in allowed]
    errors += [FieldError(name, "not-asked", NOT_ASKED) for name in params if name not in wanted.params]
    for name, at in anchors.items():
        errors += _anchor_faults(name, at, first_signal, now)
    taken = {name: value for name, value in params.items() if name in wanted.params}
    return errors + [fault for name, value in taken.items() if (fault := _param_fault(name, value))]


def _anchor_faults(name: str, at: ZonedInstant, first_signal: datetime, now: datetime) -> list[FieldError]:
    errors = []
    if at.at < to_the_minute(first_signal):
        errors.append(FieldError(name, "too-early", "This is before the first signal of the incident."))
    if name not in MAY_LIE_AHEAD and at.at > now + CLOCK_TOLERANCE:
        errors.append(FieldError(name, "future", "This time lies in the future: record it once it has happened."))
    return errors


def _param_fault(name: str, value: object) -> FieldError | None:
    if name in {"contract_hours", "target_hours"}:
        return None if _within(value, LONGEST_HOURS) else FieldError(name, "range", HOURS_RANGE)
    if name == "order_days":
        return (
            None if _within(value, LONGEST_DAYS) and isinstance(value, int) else FieldError(name, "range", DAYS_RANGE)
        )
    choices: tuple[object, ...] = {"level": LEVELS, "event": ("", *EVENTS)}.get(name, (True, False, None))
    fits = any(value == choice and type(value) is type(choice) for choice in choices)  # 1 is no truth here
    return None if fits else FieldError(name, "choice", "Choose one of the answers offered.")


def _within(value: object, most: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most


def start_faults(duty: Duty, anchors: Mapping[str, ZonedInstant], params: Mapping[str, Any]) -> list[FieldError]:
    """What a duty with an end somebody sets cannot do without: the deadline of an order, the day of a promise."""
    if duty.id == PROMISE and "promised" not in anchors:
        return [FieldError("promised", "required", "Say by when the missing information was promised.")]
    if duty.id == ORDER and "given" not in anchors and not ("received" in anchors and "order_days" in params):
        return [FieldError("given", "required", DEADLINE_OF_ORDER)]
    return []


def report_faults(
    duty: Duty, rule: ReportRule, form: ReportForm, sent: Mapping[str, Sent], first_signal: datetime, now: datetime
) -> list[FieldError]:
    """Every field of a report that cannot stand; whether it is late is asked apart (``lateness_faults``)."""
    errors = []
    if form.channel not in (FORMS_OF_TELLING if duty.id == TELLING else CHANNELS):
        errors.append(FieldError("channel", "required", "Choose the channel it was sent through."))
    if form.sent_at.at > now + CLOCK_TOLERANCE:
        errors.append(FieldError("sent_at", "future", NOT_SENT_YET))
    if form.sent_at.at < to_the_minute(first_signal):
        errors.append(FieldError("sent_at", "too-early", "This is before the first signal of the incident."))
    if rule.anchor.startswith(PREVIOUS) and rule.anchor.removeprefix(PREVIOUS) not in sent:
        errors.append(FieldError("report", "chain", CHAIN))
    return errors


def lateness_faults(rule: ReportRule, form: ReportForm, deadline: datetime | None) -> list[FieldError]:
    """A report after the end the law, a contract or an order gives owes its reasons; an own target does not ask."""
    if deadline is None or form.sent_at.at <= deadline or rule.kind is Kind.INTERNAL or has_substance(form.note):
        return []
    return [FieldError("note", "required", WHY_LATE)]


def is_provisional(regime_id: str, version: str, report: str, anchor: str) -> bool:
    """Whether a clock runs from the first signal only because nobody has set awareness yet.

    Raises:
        NoSuchLawError: there is no such version.
    """
    rule = report_rule(duty_of_version(regime_id, version), report)
    return anchor == "first_signal" and not (rule and rule.anchor == "first_signal")
