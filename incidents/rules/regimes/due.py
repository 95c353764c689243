"""When each report of a regime is due: one mechanism for hours, days, months, given and internal ends, chained or not.

Anchors and ends are instants in UTC. What cannot be computed says what it waits for; what is provisional says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from incidents.base.time import utc
from incidents.rules.office import WorkingHours
from incidents.rules.regimes.law import Duty, Kind, ReportRule
from incidents.rules.regimes.periods import end_of_days, end_of_months, noon_rule, office_relief

PREVIOUS = "previous:"


@dataclass(frozen=True)
class Params:
    """What the law leaves to the organisation, its contract or the case; None is not known.

    ``contract_hours``: of the processor contract; ``target_hours``: the own target for telling people; ``order_days``:
    days an order gives; ``noon_rule_excluded``: an entity of 2025/301, Art. 5(5) or (6), unknown counts as one;
    ``level``: of a CER event; ``event``: vulnerability or incident (CRA); ``office``: office hours.
    """

    contract_hours: float | None = None
    target_hours: float | None = None
    order_days: int | None = None
    noon_rule_excluded: bool | None = None
    level: int | None = None
    event: str = ""
    office: WorkingHours | None = None


@dataclass(frozen=True)
class DueReport:
    """One report: when due (None: not yet known), what it waits for, by which rule, and why so.

    ``waits_for`` is an anchor, ``param:<field>`` for a setting, or empty; with a due time beside it the end is
    provisional. ``anchor`` is what the end is counted from, empty without an end. ``sent_at`` is when it was sent.
    ``why`` and ``warnings`` are codes with words in law/texts.
    """

    regime_id: str
    version: str
    name: str
    label: Mapping[str, str]
    due_at: datetime | None
    waits_for: str = ""
    why: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sent_at: datetime | None = None
    anchor: str = ""


@dataclass(frozen=True)
class _End:
    at: datetime | None
    why: tuple[str, ...] = ()
    waits_for: str = ""
    warnings: tuple[str, ...] = ()
    anchor: str = ""


def due(duty: Duty, anchors: Mapping[str, datetime], params: Params | None = None) -> tuple[DueReport, ...]:
    """When each report of a regime is due, in the order of the law.

    ``anchors`` maps names (see ``ReportRule``) to aware instants; ``previous:<report>`` is when that report was sent
    (of several versions see ``ReportRule.from_latest``).

    Raises:
        NaiveDatetimeError: an anchor has no offset.
    """
    given = params or Params()
    instants = {name: utc(at) for name, at in anchors.items()}
    wanted = (rule for rule in duty.reports if _applies(rule, given))
    return tuple(_report(duty, rule, instants, given) for rule in wanted)


def _applies(rule: ReportRule, params: Params) -> bool:
    return not (rule.only_event and params.event and rule.only_event != params.event)


def _report(duty: Duty, rule: ReportRule, instants: Mapping[str, datetime], params: Params) -> DueReport:
    end = _relieved(rule, _end(rule, instants, params), instants, params)
    sent = instants.get(PREVIOUS + rule.name)
    return DueReport(
        duty.id,
        duty.version,
        rule.name,
        rule.label,
        end.at,
        end.waits_for,
        end.why,
        end.warnings,
        sent,
        end.anchor if end.at else "",
    )


def _end(rule: ReportRule, instants: Mapping[str, datetime], params: Params) -> _End:
    anchor, waits_for = _anchor(rule.anchor, instants)
    if anchor is None:
        return _without_anchor(rule, instants, params)
    end = replace(_counted(rule, anchor, params), anchor="first_signal" if waits_for else rule.anchor)
    if waits_for:
        end = replace(end, why=(*end.why, "from_first_signal"), waits_for=end.waits_for or waits_for)
    return _limited(rule, end, anchor, instants)


def _anchor(name: str, instants: Mapping[str, datetime]) -> tuple[datetime | None, str]:
    """An anchor, and its name when it is missing; awareness runs provisionally from the first signal."""
    if name not in instants and name == "awareness":
        return instants.get("first_signal"), name
    return instants.get(name), "" if name in instants else name


def _without_anchor(rule: ReportRule, instants: Mapping[str, datetime], params: Params) -> _End:
    """The end while the anchor is missing: that of the other way to count, the limit, or none yet."""
    if rule.otherwise and rule.otherwise.anchor in instants:
        return _end(rule.otherwise, instants, params)
    limit, counted_from = _limit(rule, instants)
    if limit is not None:
        return _End(limit, ("unless_classified_later",), rule.anchor, anchor=counted_from)
    return _End(None, waits_for=rule.anchor)


def _limit(rule: ReportRule, instants: Mapping[str, datetime]) -> tuple[datetime | None, str]:
    """The second end, and what it is counted from."""
    if rule.not_after is None:
        return None, ""
    anchor, waits_for = _anchor(rule.not_after.anchor, instants)
    counted_from = "first_signal" if waits_for else rule.not_after.anchor
    return (anchor + rule.not_after.after, counted_from) if anchor else (None, "")


def _limited(rule: ReportRule, end: _End, anchor: datetime, instants: Mapping[str, datetime]) -> _End:
    """The earlier of two ends, unless the anchor itself came after the limit (2025/301, Art. 5(1)(a) and 5(2))."""
    limit, counted_from = _limit(rule, instants)
    if limit is None or end.at is None:
        return end
    if anchor > limit:
        return replace(end, why=(*end.why, "classified_late"))
    return replace(end, at=limit, why=("limit_first",), anchor=counted_from) if limit < end.at else end


def _counted(rule: ReportRule, anchor: datetime, params: Params) -> _End:
    if rule.kind is Kind.GIVEN:
        return _End(anchor, ("given",))
    amount = getattr(params, rule.param) if rule.param else rule.amount
    if amount is None:
        return _End(None, ("no_statutory_hours",), f"param:{rule.param}")
    if rule.kind is Kind.MONTHS:
        end, clamped = end_of_months(anchor, int(amount))
        return _End(end, ("months", "last_of_month") if clamped else ("months",))
    if rule.kind is Kind.DAYS:
        return _End(end_of_days(anchor, int(amount)), ("days",))
    why = "own_target" if rule.kind is Kind.INTERNAL else "contract_hours" if rule.param else "elapsed_hours"
    return _End(anchor + timedelta(hours=amount), (why,))


def _relieved(rule: ReportRule, end: _End, instants: Mapping[str, datetime], params: Params) -> _End:
    """The end moved by a relief the law grants; a relief that depends on something unknown is not used."""
    if end.at is None:
        return end
    moved, warnings, why = _relief(rule, end.at, instants, params)
    codes = (*end.why, why) if moved != end.at else end.why
    return replace(end, at=moved, why=codes, warnings=(*end.warnings, *warnings))


def _relief(
    rule: ReportRule, end: datetime, instants: Mapping[str, datetime], params: Params
) -> tuple[datetime, tuple[str, ...], str]:
    if rule.noon == "always" or (rule.noon and params.noon_rule_excluded is False):
        return *noon_rule(end), "noon"
    anchor, _ = _anchor(rule.anchor, instants)
    if anchor and params.office and params.level is not None and params.level == rule.office_relief_level:
        return *office_relief(anchor, end, params.office), "office_relief"
    return end, (), ""
