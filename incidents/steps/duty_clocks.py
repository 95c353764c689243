"""The clocks of a duty beside Art. 33: started, moved and stopped as its anchors become known; what was sent stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules import duties as rules
from incidents.rules import escalation, regimes
from incidents.steps.policies import DUTY, ladder_of, ladder_today
from incidents.store import audit, deadlines
from incidents.store import duties as stored
from incidents.store.tables import Acknowledgement, ClockRow, DutyReport, DutyRow, Incident
from incidents.store.uow import UnitOfWork

DECLINED = "declined"
FILED = "filed"
NOT_OWED = "not_applicable"


@dataclass(frozen=True)
class _Running:
    """What moving the clocks of one duty needs to know."""

    incident: Incident
    row: DutyRow
    anchors: Mapping[str, ZonedInstant]
    reason: str


def law_of(row: DutyRow) -> regimes.Duty:
    """The regime of a duty in the version it keeps.

    Raises:
        NoSuchLawError: that version is gone.
    """
    return regimes.duty_of_version(row.regime, row.regime_version)


def sent_of(reports: Sequence[DutyReport]) -> dict[str, rules.Sent]:
    """By report, when it was sent first and when its latest version was."""
    found: dict[str, rules.Sent] = {}
    for row in sorted(reports, key=lambda one: one.version):
        at = ZonedInstant(row.sent_at, row.sent_zone)
        found[row.report] = rules.Sent(found[row.report].first if row.report in found else at, at)
    return found


def anchors_of_case(incident: Incident, main: ClockRow) -> dict[str, ZonedInstant]:
    """The first signal, and awareness once somebody has set it."""
    anchors = {"first_signal": ZonedInstant(incident.first_signal_at, incident.first_signal_zone)}
    if main.anchor_kind == "awareness":
        anchors["awareness"] = ZonedInstant(main.anchor_at, main.anchor_zone)
    return anchors


def run(uow: UnitOfWork, incident: Incident, row: DutyRow, reason: str = "") -> None:
    """Bring the clocks of a confirmed duty in line with its anchors and settings.

    A report that can be computed gets a clock, one whose end has moved a new version of it; one that waits for another
    anchor has none yet, and one that was sent is never touched again. Whoever lets a clock start has taken the case.
    """
    law, sent = law_of(row), sent_of(stored.reports_of(uow, row))
    case = anchors_of_case(incident, stored.main_clock(uow, incident.id))
    anchors = rules.anchors_at(law, rules.anchors_of(row.anchors), case, sent)
    params = rules.params_of(row.params, ladder_today(uow, incident.controller_id, DUTY).office)
    reports = {one.name: one for one in regimes.due(law, {name: one.at for name, one in anchors.items()}, params)}
    clocks = stored.clocks_of(uow, row)
    here = _Running(incident, row, anchors, reason)
    for name in {**reports, **clocks}:
        if name not in sent:
            _settle(uow, here, reports.get(name), clocks.get(name, []))
    if any(one.due_at for name, one in reports.items() if name not in sent and name not in clocks):
        _take(uow, incident)


def _take(uow: UnitOfWork, incident: Incident) -> None:
    """Note that the acting person has the case in hand, so that nobody is reminded of a duty they have just started."""
    if uow.actor.user_id is None or stored.took_now(uow, incident.id, uow.actor.user_id):
        return
    row = Acknowledgement(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        user_id=uow.actor.user_id,
        name=uow.actor.name,
        stage="",
        via="page",
        at=uow.now,
    )
    uow.add(row)
    incident.acknowledged_at = incident.acknowledged_at or uow.now
    audit.append(uow, audit.about(incident, "case.acknowledged", row, name=row.name, stage="", via="page"))


def _settle(uow: UnitOfWork, here: _Running, report: regimes.DueReport | None, versions: Sequence[ClockRow]) -> None:
    """Start, move, stop or leave the clock of one report."""
    newest = versions[-1] if versions else None
    if report is None or report.due_at is None:
        if newest and newest.state == "running":
            stop(uow, here.incident, newest, NOT_OWED)
    elif newest is None:
        _start(uow, here, report, report.due_at)
    elif newest.state != "running" or not _says(newest, report, here.anchors[report.anchor]):
        _move(uow, here, report, report.due_at, versions)


def _says(clock: ClockRow, report: regimes.DueReport, anchor: ZonedInstant) -> bool:
    return (clock.anchor_kind, clock.anchor_at, clock.deadline_at) == (report.anchor, anchor.at, report.due_at)


def _start(uow: UnitOfWork, here: _Running, report: regimes.DueReport, end: datetime) -> None:
    ladder = ladder_today(uow, here.incident.controller_id, DUTY)
    clock = deadlines.add_clock(uow, here.incident, _new(here, report, end, ladder))
    planned = escalation.plan_stages(ladder, opened_at=uow.now, anchor=clock.anchor_at, deadline=clock.deadline_at)
    deadlines.add_stages(uow, clock, planned)
    audit.append(uow, _event(here.incident, clock, "clock.started"))


def _move(
    uow: UnitOfWork, here: _Running, report: regimes.DueReport, end: datetime, versions: Sequence[ClockRow]
) -> None:
    """A new version of a clock; what was told is not told again, and what is planned follows the new end."""
    old = versions[-1]
    kind = "clock.corrected" if old.state == "running" else "clock.restarted"
    deadlines.cancel_scheduled(uow, old, "superseded")
    old.state = "superseded"
    new = replace(_new(here, report, end, ladder_of(uow, old)), version=old.version + 1)
    clock = deadlines.add_clock(uow, here.incident, new)
    ids = {one.id for one in versions}
    fired = {
        one.name for one in deadlines.stages_of(uow, here.incident.id) if one.clock_id in ids and one.state == "fired"
    }
    planned = escalation.replan(
        ladder_of(uow, clock),
        opened_at=versions[0].set_at,
        anchor=clock.anchor_at,
        deadline=clock.deadline_at,
        now=uow.now,
        already_fired=fired,
    )
    deadlines.add_stages(uow, clock, planned)
    audit.append(uow, _event(here.incident, clock, kind, replaces=old.version))


def _new(here: _Running, report: regimes.DueReport, end: datetime, ladder: escalation.Policy) -> deadlines.NewClock:
    return deadlines.NewClock(
        regime=report.regime_id,
        regime_version=report.version,
        anchor=here.anchors[report.anchor],
        anchor_kind=report.anchor,
        deadline_at=end,
        policy=ladder,
        reason=here.reason,
        subject=here.row.subject,
        report=report.name,
    )


def stop(uow: UnitOfWork, incident: Incident, clock: ClockRow, reason: str) -> None:
    """Stop a running clock of a duty with a reason code, and call off what was planned on it."""
    cancelled = deadlines.stop(uow, clock, reason)
    names = [stage.name for stage in cancelled]
    audit.append(uow, _event(incident, clock, "clock.stopped", stop_reason=reason, cancelled=names))


def stop_all(uow: UnitOfWork, incident: Incident, row: DutyRow, reason: str) -> None:
    """Stop every clock of a duty that still runs."""
    for versions in stored.clocks_of(uow, row).values():
        if versions[-1].state == "running":
            stop(uow, incident, versions[-1], reason)


def _event(incident: Incident, clock: ClockRow, kind: str, **more: object) -> audit.NewEvent:
    return audit.about(
        incident,
        kind,
        regime=clock.regime,
        rule_version=clock.regime_version,
        subject=clock.subject,
        report=clock.report,
        version=clock.version,
        anchor_kind=clock.anchor_kind,
        anchor_at=clock.anchor_at.isoformat(),
        zone=clock.anchor_zone,
        deadline_at=clock.deadline_at.isoformat(),
        reason=clock.reason,
        **more,
    )
