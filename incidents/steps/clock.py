"""Clock: the 72 hours start, are corrected, are acknowledged, warn and stop (Art. 33(1); Guidelines 9/2022 §31-36)."""

from datetime import datetime
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant, to_the_minute
from incidents.rules import clock as law
from incidents.rules import escalation
from incidents.rules.decide import has_substance
from incidents.steps import following
from incidents.steps.guard import require
from incidents.steps.policies import NOTIFICATION, at_pace_of, ladder_of, ladder_today
from incidents.store import audit, deadlines, incidents
from incidents.store.tables import Acknowledgement, ClockRow, Incident
from incidents.store.uow import UnitOfWork

LONGEST_STAGE = 40
"""Signs in the name of a stage."""
CLOSE_ENOUGH_SECONDS = 3600
"""An awareness this near to the first signal needs no explaining."""


def start_provisional(uow: UnitOfWork, incident: Incident, opened: audit.NewEvent) -> ClockRow:
    """Start the clock from the first signal, so that a report nobody has read still escalates.

    ``opened`` says in the log, just before, how the case came to be.
    """
    anchor = ZonedInstant(incident.first_signal_at, incident.first_signal_zone)
    ladder = at_pace_of(uow, incident.id, ladder_today(uow, incident.controller_id, NOTIFICATION))
    clock = uow.hold(_add_clock(uow, incident, ladder, anchor, "first_signal"))
    deadlines.add_stages(
        uow,
        clock,
        escalation.plan_stages(ladder, opened_at=incident.opened_at, anchor=anchor.at, deadline=clock.deadline_at),
    )
    audit.append(uow, opened, _clock_event(clock, "clock.started"))
    return clock


def _add_clock(
    uow: UnitOfWork,
    incident: Incident,
    ladder: escalation.Policy,
    anchor: ZonedInstant,
    kind: str,
    version: int = 1,
    reason: str = "",
) -> ClockRow:
    """A version of the Art. 33 clock, by the rule in force on the day of its anchor."""
    regime = law.regime_for(deadlines.GDPR_33, anchor.local.date())
    end = law.deadline(anchor.at, regime, ladder.pace)
    new = deadlines.NewClock(regime.id, regime.version, anchor, kind, end, ladder, version, reason)
    return deadlines.add_clock(uow, incident, new)


def _clock_event(clock: ClockRow, kind: str, **more: object) -> audit.NewEvent:
    return audit.NewEvent(
        clock.controller_id,
        clock.incident_id,
        kind,
        {
            "regime": clock.regime,
            "rule_version": clock.regime_version,
            "version": clock.version,
            "anchor_kind": clock.anchor_kind,
            "anchor_at": clock.anchor_at.isoformat(),
            "zone": clock.anchor_zone,
            "deadline_at": clock.deadline_at.isoformat(),
            "reason": clock.reason,
            **more,
        },
    )


def _awareness_faults(incident: Incident, at: ZonedInstant, reason: str, now: datetime) -> list[FieldError]:
    errors = []
    if at.at > now:
        errors.append(FieldError("awareness_at", "future", "Awareness cannot lie in the future."))
    if at.at < to_the_minute(incident.first_signal_at):
        errors.append(
            FieldError(
                "awareness_at",
                "before-signal",
                "Awareness cannot come before the first signal of the incident.",
            )
        )
    differs = abs((at.at - incident.first_signal_at).total_seconds()) > CLOSE_ENOUGH_SECONDS
    if differs and not has_substance(reason):
        errors.append(
            FieldError(
                "reason",
                "substance",
                "Say in a full sentence why awareness came later than the first signal: "
                "what had to be found out, and when reasonable certainty was reached.",
            )
        )
    return errors


def set_awareness(uow: UnitOfWork, incident_id: UUID, at: ZonedInstant, reason: str) -> ClockRow:
    """Set or correct T1: a new clock version; what was filed, and how late it was, stays as it is.

    Raises:
        InvalidInput: before T0, in the future, or later than T0 without a reason of substance.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "set_awareness")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to correct the start of the clock.")
    if errors := _awareness_faults(incident, at, reason, uow.now):
        raise InvalidInput(errors)
    clock = _replace_clock(uow, incident, at, "awareness", reason)
    following.follow_awareness(uow, incident)
    return clock


def _replace_clock(uow: UnitOfWork, incident: Incident, anchor: ZonedInstant, kind: str, reason: str) -> ClockRow:
    """A new clock version in place of the newest; it runs only if the newest one did."""
    old = deadlines.clocks_of(uow, incident.id)[-1]
    clock = _next_version(uow, incident, old, anchor, kind, reason)
    if old.stop_reason:
        clock.state, clock.stop_reason, clock.stopped_at = "stopped", old.stop_reason, old.stopped_at
    else:
        _plan_again(uow, incident, clock)
    audit.append(uow, _clock_event(clock, "clock.corrected", replaces=old.version))
    return clock


def _next_version(
    uow: UnitOfWork, incident: Incident, old: ClockRow, anchor: ZonedInstant, kind: str, reason: str
) -> ClockRow:
    deadlines.cancel_scheduled(uow, old, "superseded")
    old.state = "superseded"
    return _add_clock(uow, incident, ladder_of(uow, old), anchor, kind, old.version + 1, reason)


def _plan_again(uow: UnitOfWork, incident: Incident, clock: ClockRow) -> None:
    versions = {one.id for one in deadlines.clocks_of(uow, incident.id)}
    stages = deadlines.stages_of(uow, incident.id)
    fired = {stage.name for stage in stages if stage.clock_id in versions and stage.state == "fired"}
    deadlines.add_stages(
        uow,
        clock,
        escalation.replan(
            ladder_of(uow, clock),
            opened_at=incident.opened_at,
            anchor=clock.anchor_at,
            deadline=clock.deadline_at,
            now=uow.now,
            already_fired=fired,
        ),
    )


def stop_clock(uow: UnitOfWork, incident: Incident, reason: str) -> None:
    """Stop the running clock with a reason code; on a stopped one this does nothing."""
    clock = deadlines.clocks_of(uow, incident.id)[-1]
    if clock.state != "running":
        return
    cancelled = deadlines.stop(uow, clock, reason)
    audit.append(
        uow, _clock_event(clock, "clock.stopped", stop_reason=reason, cancelled=[stage.name for stage in cancelled])
    )


def restart_clock(uow: UnitOfWork, incident: Incident, cause: str) -> None:
    """Let a stopped clock run on from the same anchor, as a new version: a decision was changed, a case reopened.

    The anchor keeps its own reason; why the clock runs again stands in the log as a code word.
    """
    old = deadlines.clocks_of(uow, incident.id)[-1]
    if old.state == "running":
        return
    anchor = ZonedInstant(old.anchor_at, old.anchor_zone)
    clock = _next_version(uow, incident, old, anchor, old.anchor_kind, old.reason)
    _plan_again(uow, incident, clock)
    audit.append(uow, _clock_event(clock, "clock.restarted", replaces=old.version, cause=cause))


def acknowledge(
    uow: UnitOfWork,
    incident_id: UUID,
    *,
    via: str,
    stage: str = "",
    clock_id: UUID | None = None,
    name: str | None = None,
    user_id: UUID | None = None,
) -> Acknowledgement:
    """A named person takes the case; the first one stops the reminder that nobody has (the later stages stay).

    With a stage of a clock, that warning is acknowledged as well: its repeats stop, for everybody or for this person.

    Raises:
        NotFound: the clock is not one of this case.
        Forbidden: the actor's role does not allow it.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "acknowledge")
    if clock_id is not None and deadlines.load(uow, clock_id).incident_id != incident.id:
        raise NotFound
    row = Acknowledgement(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        user_id=user_id or uow.actor.user_id,
        name=name or uow.actor.name,
        clock_id=clock_id,
        stage=stage[:LONGEST_STAGE],
        via=via,
        at=uow.now,
    )
    uow.add(row)
    if incident.acknowledged_at is None:
        incident.acknowledged_at = uow.now
    said = {"name": row.name, "stage": row.stage, "via": via} | ({"clock_id": str(clock_id)} if clock_id else {})
    audit.append(uow, audit.about(incident, "case.acknowledged", row, **said))
    return row
