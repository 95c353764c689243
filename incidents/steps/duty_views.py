"""What is shown of the duties of a case: each with its law, its reports, when they are due and what they wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from incidents.rules import duties as rules
from incidents.rules import regimes
from incidents.rules.assess.breach import overlaid
from incidents.rules.escalation import Policy
from incidents.rules.facts import Facts
from incidents.rules.lifecycle import DutyMark
from incidents.rules.office import WorkingHours, local
from incidents.rules.profile import profile_of
from incidents.steps.duty_clocks import anchors_of_case, law_of, sent_of
from incidents.store.cases import CaseRows
from incidents.store.tables import ClockRow, DutyReport, DutyRow

Ladders = Mapping[UUID, Policy]
"""By clock version, the ladder it escalates by, with the office hours it was planned with."""
UNDECIDED = "proposed"
RUNNING = "confirmed"


@dataclass(frozen=True)
class ReportView:
    """One report of a duty: its rule, when it is due as far as that is known, its newest clock and what was sent."""

    rule: regimes.ReportRule
    due: regimes.DueReport
    clock: ClockRow | None
    versions: tuple[DutyReport, ...]

    @property
    def due_at(self) -> datetime | None:
        """When it is due: by its running clock; without one by the law, as long as nobody has confirmed the duty."""
        return self.clock.deadline_at if self.clock else self.due.due_at

    @property
    def is_open(self) -> bool:
        """Whether nothing was sent yet."""
        return not self.versions


@dataclass(frozen=True)
class DutyView:
    """One duty of a case, with the law it is under and the reports it owes."""

    row: DutyRow
    law: regimes.Duty
    contact: regimes.Contact
    why: Mapping[str, str]
    """Why it was proposed, ``hu`` and ``en``; empty for what somebody added by hand."""
    reports: tuple[ReportView, ...]

    @property
    def asked(self) -> rules.Asked:
        """What may be said about it."""
        return rules.asked(self.law)

    @property
    def nearest(self) -> ReportView | None:
        """The open report that is due first, of those whose end is known."""
        ends = [(one.due_at, place) for place, one in enumerate(self.reports) if one.is_open and one.due_at]
        return self.reports[min(ends)[1]] if ends else None

    @property
    def mark(self) -> DutyMark:
        """What the lifecycle asks of it."""
        return DutyMark(self.row.regime, self.row.state, self.nearest.due_at if self.nearest else None)


def views(rows: CaseRows, facts: Facts, groups: Mapping[str, Facts], ladders: Ladders) -> tuple[DutyView, ...]:
    """The duties of a case: undecided ones first, then running ones, by the nearest end."""
    if not rows.duty_rows:
        return ()
    reasons = _reasons(rows, facts, groups)
    found = [_view(rows, row, reasons, ladders) for row in rows.duty_rows]
    return tuple(sorted(found, key=_place))


def _place(view: DutyView) -> tuple[int, float, str, str]:
    ranks = {UNDECIDED: 0, RUNNING: 1, "ended": 2, "declined": 3}
    nearest = view.nearest.due_at if view.nearest else None
    end = nearest.timestamp() if nearest else float("inf")
    return ranks[view.row.state], end, view.row.regime, view.row.title


def _reasons(rows: CaseRows, facts: Facts, groups: Mapping[str, Facts]) -> dict[str, Mapping[str, str]]:
    """By regime, why it is proposed on the facts as they stand."""
    profile, on = profile_of(rows.controller.subject_to), _day(rows)
    read = [facts, *(overlaid(facts, own) for own in groups.values())]
    found = [one for facts in read for one in regimes.proposed(profile, facts.values(), on)]
    return {one.regime_id: one.reason for one in reversed(found)}


def _day(rows: CaseRows) -> date:
    return local(rows.clocks[-1].anchor_at).date()


def _view(rows: CaseRows, row: DutyRow, reasons: Mapping[str, Mapping[str, str]], ladders: Ladders) -> DutyView:
    law = law_of(row)
    why = reasons.get(row.regime) or (law.proposal or {}).get("reason", {})
    clocks = _newest(clock for clock in rows.duty_clocks if (clock.regime, clock.subject) == (row.regime, row.subject))
    sent = [one for one in rows.duty_reports if one.duty_id == row.id]
    hours = next((ladders[clock.id].office for clock in clocks.values() if clock.id in ladders), None)
    due = {one.name: one for one in _due(rows, row, law, sent, hours)}
    reports = tuple(_report(rule, due[rule.name], clocks, sent) for rule in law.reports if rule.name in due)
    return DutyView(row, law, regimes.contact_of(law, _day(rows)), why, reports)


def _newest(clocks: Iterable[ClockRow]) -> dict[str, ClockRow]:
    """By report, the newest version of its clock."""
    return {clock.report: clock for clock in sorted(clocks, key=lambda one: one.version)}


def _due(
    rows: CaseRows, row: DutyRow, law: regimes.Duty, sent: Sequence[DutyReport], office: WorkingHours | None
) -> tuple[regimes.DueReport, ...]:
    case = anchors_of_case(rows.incident, rows.clocks[-1])
    anchors = rules.anchors_at(law, rules.anchors_of(row.anchors), case, sent_of(sent))
    return regimes.due(law, {name: one.at for name, one in anchors.items()}, rules.params_of(row.params, office))


def _report(
    rule: regimes.ReportRule, due: regimes.DueReport, clocks: Mapping[str, ClockRow], sent: Sequence[DutyReport]
) -> ReportView:
    versions = tuple(sorted((one for one in sent if one.report == rule.name), key=lambda one: one.version))
    return ReportView(rule, due, clocks.get(rule.name), versions)
