"""Duties: what else an incident owes beside Art. 33, confirmed or declined by a person, reported, ended.

Every change of a clock is a new version; what was sent, and how late it was, stays as it is.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from incidents.base.dated import NoSuchLawError
from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules import duties as rules
from incidents.rules import regimes
from incidents.rules.clock import lateness
from incidents.rules.decide import has_substance
from incidents.rules.duties import ReportForm
from incidents.rules.office import local
from incidents.steps import duty_clocks
from incidents.steps.guard import require
from incidents.store import audit, incidents
from incidents.store import duties as stored
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import ClockRow, DutyReport, DutyRow, Incident
from incidents.store.uow import UnitOfWork

CLOSED = "The case is closed. Reopen it to change its duties."
SAY_WHY_NOT = "Say in a full sentence why this duty does not apply: it stands in the register beside your name."
SAY_WHY_MOVED = "Say in a full sentence why this changes: it moves a deadline, and the log keeps the reason."
NOT_WAITING = "This duty was decided already."
WITH_THE_DECISION = "Whether the people are told is part of the decision of the case: decide there."
WITH_THE_TELLING = "Record the communication to the people itself: it ends this duty."


def open_duty(
    uow: UnitOfWork,
    incident: Incident,
    regime_id: str,
    *,
    subject: str = "",
    title: str = "",
    anchors: Mapping[str, ZonedInstant] | None = None,
    params: Mapping[str, Any] | None = None,
    reason: str = "",
) -> DutyRow:
    """A duty that somebody knows to apply, confirmed at once; the incident must be locked.

    Raises:
        Forbidden: the actor's role does not allow it.
        InvalidInput: an anchor or a setting cannot stand, or one it cannot do without is missing.
        Conflict: the case is closed, or has this duty already.
    """
    require(uow, incident.controller_id, "amend")
    if incident.closed_at is not None:
        raise Conflict(CLOSED)
    if any((row.regime, row.subject) == (regime_id, subject) for row in stored.of_case(uow, incident.id)):
        raise Conflict("The case has this duty already.")
    row = new_duty(uow, incident, _addable(uow, incident, regime_id), subject, title)
    _take(uow, incident, row, anchors or {}, params or {})
    uow.add(row)
    confirm_row(uow, incident, row, reason)
    return row


def add_duty(
    uow: UnitOfWork,
    incident_id: UUID,
    regime_id: str,
    *,
    title: str = "",
    anchors: Mapping[str, ZonedInstant] | None = None,
    params: Mapping[str, Any] | None = None,
    reason: str = "",
) -> DutyRow:
    """A duty added by hand; of orders, promises and clients a case may have several, each with a subject of its own.

    Raises:
        Forbidden, InvalidInput, Conflict: as for ``open_duty``.
        NotFound: there is no such case.
    """
    incident = incidents.lock(uow, incident_id)
    subject = new_id(uow.now).hex if regime_id in rules.ADDED_BY_HAND else ""
    return open_duty(
        uow, incident, regime_id, subject=subject, title=title, anchors=anchors, params=params, reason=reason
    )


def _addable(uow: UnitOfWork, incident: Incident, regime_id: str) -> regimes.Duty:
    """The regime in the version of the day; Art. 33 and 34 follow from the case and its decision alone."""
    with suppress(NoSuchLawError):
        if regime_id not in {GDPR_33, rules.TELLING}:
            return regimes.duty_for(regime_id, day_of_awareness(uow, incident))
    raise InvalidInput([FieldError("regime", "unknown", "There is no such duty that could be added to this case.")])


def new_duty(uow: UnitOfWork, incident: Incident, law: regimes.Duty, subject: str = "", title: str = "") -> DutyRow:
    """A row of a duty in its first state, not yet written."""
    return DutyRow(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        regime=law.id,
        regime_version=law.version,
        subject=subject,
        title=title.strip(),
        state="proposed",
        params={},
        anchors={},
        reason="",
        proposed_at=uow.now,
        decided_by="",
    )


def day_of_awareness(uow: UnitOfWork, incident: Incident) -> date:
    """The day in Hungary whose law binds the case: of awareness, until it is set of the first signal."""
    return local(stored.main_clock(uow, incident.id).anchor_at).date()


def _take(
    uow: UnitOfWork,
    incident: Incident,
    row: DutyRow,
    anchors: Mapping[str, ZonedInstant],
    params: Mapping[str, Any],
    *,
    wants_reason: bool = False,
) -> None:
    """Take over what was said about a duty, or refuse all of it."""
    law = duty_clocks.law_of(row)
    errors = rules.answer_faults(law, anchors, params, incident.first_signal_at, uow.now)
    errors += [FieldError("reason", "substance", SAY_WHY_MOVED)] if wants_reason else []
    known = {**rules.anchors_of(row.anchors), **anchors}
    settings = {key: value for key, value in {**row.params, **params}.items() if value is not None and value != ""}
    if errors := errors + rules.start_faults(law, known, settings):
        raise InvalidInput(errors)
    row.anchors, row.params = rules.stored_anchors(known), settings


def confirm_row(uow: UnitOfWork, incident: Incident, row: DutyRow, reason: str) -> None:
    """Write down that a duty applies, and start what can be counted."""
    row.state, row.reason = "confirmed", reason.strip()
    row.decided_by, row.decided_at = uow.actor.name, uow.now
    said = {"reason": row.reason, "anchors": row.anchors, "params": row.params}
    audit.append(uow, event(incident, row, "duty.confirmed", **said))
    duty_clocks.run(uow, incident, row, row.reason)


def event(
    incident: Incident, row: DutyRow, kind: str, record: DutyReport | None = None, /, **more: object
) -> audit.NewEvent:
    """An event of a duty, with what tells it apart from others."""
    return audit.about(
        incident,
        kind,
        record,
        regime=row.regime,
        rule_version=row.regime_version,
        subject=row.subject,
        title=row.title,
        **more,
    )


def _open(uow: UnitOfWork, duty_id: UUID, act: str) -> tuple[Incident, DutyRow]:
    """A duty and its locked case, both as they stand now."""
    incident = incidents.lock(uow, stored.load(uow, duty_id).incident_id)
    require(uow, incident.controller_id, act)
    if incident.closed_at is not None:
        raise Conflict(CLOSED)
    return incident, stored.load(uow, duty_id)


def confirm(
    uow: UnitOfWork,
    duty_id: UUID,
    anchors: Mapping[str, ZonedInstant] | None = None,
    params: Mapping[str, Any] | None = None,
    reason: str = "",
) -> DutyRow:
    """A person finds that a proposed duty applies: every report that can be computed gets its clock.

    Raises:
        InvalidInput: an anchor or a setting cannot stand.
        Conflict: it was decided before, or the case is closed.
    """
    incident, row = _open(uow, duty_id, "amend")
    if row.state != "proposed":
        raise Conflict(NOT_WAITING)
    _take(uow, incident, row, anchors or {}, params or {})
    confirm_row(uow, incident, row, reason)
    return row


def confirm_for_clients(uow: UnitOfWork, duty_id: UUID, contract_ids: Sequence[UUID], reason: str = "") -> None:
    """The proposed duty of a processor applies to these clients: each gets its own, with the hours of its contract.

    Raises:
        InvalidInput: no client, or one that is not there.
        Conflict: it was decided before, or the case is closed.
    """
    incident, row = _open(uow, duty_id, "amend")
    if row.state != "proposed" or row.regime != rules.CONTRACT:
        raise Conflict(NOT_WAITING)
    contracts = {one.id: one for one in stored.client_contracts(uow, incident.controller_id)}
    if not contract_ids or not contracts.keys() >= set(contract_ids):
        raise InvalidInput([FieldError("contracts", "required", "Choose the clients whose data are concerned.")])
    chosen = [contracts[key] for key in dict.fromkeys(contract_ids)]
    row.subject, row.title = chosen[0].id.hex, chosen[0].client
    row.params = {"contract_hours": chosen[0].hours} if chosen[0].hours else {}
    confirm_row(uow, incident, row, reason)
    for one in chosen[1:]:
        hours = {"contract_hours": one.hours} if one.hours else {}
        open_duty(uow, incident, rules.CONTRACT, subject=one.id.hex, title=one.client, params=hours, reason=reason)


def decline(uow: UnitOfWork, duty_id: UUID, reason: str) -> DutyRow:
    """A person finds, with a reason, that a duty does not apply (any more): its clocks stop, what was sent stays.

    Raises:
        InvalidInput: no reason of substance.
        Conflict: it is over, or is decided elsewhere, or the case is closed.
    """
    incident, row = _open(uow, duty_id, "decide")
    if row.regime == rules.TELLING:
        raise Conflict(WITH_THE_DECISION)
    if row.state not in {"proposed", "confirmed"}:
        raise Conflict(NOT_WAITING)
    if not has_substance(reason):
        raise InvalidInput([FieldError("reason", "substance", SAY_WHY_NOT)])
    give_up(uow, incident, row, reason)
    return row


def give_up(uow: UnitOfWork, incident: Incident, row: DutyRow, reason: str) -> None:
    """Write down that a duty does not apply, and stop its clocks."""
    row.state, row.reason = "declined", reason.strip()
    row.decided_by, row.decided_at = uow.actor.name, uow.now
    audit.append(uow, event(incident, row, "duty.declined", reason=row.reason))
    duty_clocks.stop_all(uow, incident, row, duty_clocks.DECLINED)


def reconsider(uow: UnitOfWork, duty_id: UUID, reason: str) -> DutyRow:
    """A declined duty stands as a proposal again.

    Raises:
        InvalidInput: no reason of substance.
        Conflict: it was not declined, or the case is closed.
    """
    incident, row = _open(uow, duty_id, "amend")
    if row.regime == rules.TELLING:
        raise Conflict(WITH_THE_DECISION)
    if row.state != "declined":
        raise Conflict(NOT_WAITING)
    if not has_substance(reason):
        raise InvalidInput([FieldError("reason", "substance", SAY_WHY_MOVED)])
    row.state, row.reason = "proposed", reason.strip()
    audit.append(uow, event(incident, row, "duty.reconsidered", reason=row.reason))
    return row


def set_anchor(uow: UnitOfWork, duty_id: UUID, name: str, instant: ZonedInstant, reason: str = "") -> DutyRow:
    """An anchor becomes known, or was wrong; see ``change``."""
    return change(uow, duty_id, {name: instant}, {}, reason)


def set_params(uow: UnitOfWork, duty_id: UUID, params: Mapping[str, Any], reason: str = "") -> DutyRow:
    """A setting becomes known, or was wrong: the level of the event, the hours of the contract; see ``change``."""
    return change(uow, duty_id, {}, params, reason)


def change(
    uow: UnitOfWork,
    duty_id: UUID,
    anchors: Mapping[str, ZonedInstant],
    params: Mapping[str, Any],
    reason: str = "",
) -> DutyRow:
    """Anchors and settings of a running duty: the clocks counted from them get new versions, sent reports stay.

    Raises:
        InvalidInput: one cannot stand, or replaces another one without a reason of substance.
        Conflict: the duty is not running, nothing changes, or the case is closed.
    """
    incident, row = _open(uow, duty_id, "set_awareness")
    if row.state != "confirmed":
        raise Conflict("This duty is not running: only a confirmed one has clocks to move.")
    known = rules.anchors_of(row.anchors)
    moved = {name: at for name, at in anchors.items() if name not in known or known[name].at != at.at}
    changed = {name: value for name, value in params.items() if row.params.get(name) != value}
    if not moved and not changed:
        raise Conflict("Nothing has changed here.")
    before = {name: row.anchors[name] for name in moved if name in known}
    before |= {name: row.params[name] for name in changed if row.params.get(name) is not None}
    _take(uow, incident, row, moved, changed, wants_reason=bool(before) and not has_substance(reason))
    said = {"anchors": rules.stored_anchors(moved), "params": changed, "before": before}
    audit.append(uow, event(incident, row, "duty.changed", reason=reason.strip(), **said))
    duty_clocks.run(uow, incident, row, reason.strip())
    return row


def record_report(uow: UnitOfWork, duty_id: UUID, report: str, form: ReportForm) -> DutyReport:
    """Record a sent report, or a later version of one. Its lateness is measured on the clock of this moment, for good.

    Raises:
        NotFound: the regime has no such report.
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the duty is not confirmed, is recorded elsewhere, or the case is closed.
    """
    incident, row = _open(uow, duty_id, "file")
    if row.regime == rules.TELLING:
        raise Conflict(WITH_THE_TELLING)
    if row.state not in {"confirmed", "ended"}:
        raise Conflict("This duty is not confirmed: confirm it before its reports.")
    return write_report(uow, incident, row, report, form)


def write_report(uow: UnitOfWork, incident: Incident, row: DutyRow, report: str, form: ReportForm) -> DutyReport:
    """Check and write a report of a duty; its clock stops, those counted from it start, the last one ends the duty."""
    law, earlier = duty_clocks.law_of(row), stored.reports_of(uow, row)
    rule = rules.report_rule(law, report)
    if rule is None:
        raise NotFound
    sent = duty_clocks.sent_of(earlier)
    clock = None if report in sent else next(reversed(stored.clocks_of(uow, row).get(report, [])), None)
    errors = rules.report_faults(law, rule, form, sent, incident.first_signal_at, uow.now)
    if errors := errors + rules.lateness_faults(rule, form, clock.deadline_at if clock else None):
        raise InvalidInput(errors)
    version = sum(one.report == report for one in earlier) + 1
    made = _report(uow, row, report, form, version, clock)
    uow.add(made)
    said = {"report": report, "version": version, "channel": made.channel, "identifier": made.identifier}
    times = {"sent_at": made.sent_at.isoformat(), "late_by_seconds": made.late_by_seconds}
    audit.append(uow, event(incident, row, "duty.reported", made, **said, **times))
    _go_on(uow, incident, row, rule, clock)
    return made


def _report(
    uow: UnitOfWork, row: DutyRow, report: str, form: ReportForm, version: int, clock: ClockRow | None
) -> DutyReport:
    late_by = int(lateness(form.sent_at.at, clock.deadline_at).total_seconds()) if clock else 0
    return DutyReport(
        id=new_id(uow.now),
        controller_id=row.controller_id,
        incident_id=row.incident_id,
        duty_id=row.id,
        report=report,
        version=version,
        clock_id=clock.id if clock else None,
        sent_at=form.sent_at.at,
        sent_zone=form.sent_at.zone,
        channel=form.channel,
        identifier=form.identifier.strip(),
        note=form.note.strip(),
        deadline_at=clock.deadline_at if clock else None,
        late_by_seconds=late_by,
        sent_by=uow.actor.name,
        recorded_at=uow.now,
    )


def _go_on(uow: UnitOfWork, incident: Incident, row: DutyRow, rule: regimes.ReportRule, clock: ClockRow | None) -> None:
    """What follows a recorded report: its clock is done, the next ones start, after the last the duty is over."""
    if clock and clock.state == "running":
        duty_clocks.stop(uow, incident, clock, duty_clocks.FILED)
    if rule.only_event and not row.params.get("event"):
        row.params = {**row.params, "event": rule.only_event}
    duty_clocks.run(uow, incident, row)
    sent = duty_clocks.sent_of(stored.reports_of(uow, row))
    if row.state == "confirmed" and rules.is_over(duty_clocks.law_of(row), rules.params_of(row.params), sent):
        row.state = "ended"
        audit.append(uow, event(incident, row, "duty.ended"))


def of_version_today(uow: UnitOfWork, incident: Incident, row: DutyRow) -> None:
    """Let a duty nobody has reported under follow the law of the day of awareness, once that has moved."""
    if stored.reports_of(uow, row):
        return
    with suppress(NoSuchLawError):
        row.regime_version = regimes.duty_for(row.regime, day_of_awareness(uow, incident)).version
