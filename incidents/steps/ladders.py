"""Ladders: a controller makes the escalation its own, version by version; running clocks keep theirs or follow."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules import escalation
from incidents.rules.escalation import PlannedStage, Policy, split_name
from incidents.rules.policies import policy_faults
from incidents.steps.guard import require
from incidents.steps.policies import LADDERS, at_pace_of, ladder_of, ladder_today
from incidents.steps.telling import lineage
from incidents.store import audit, controllers, deadlines, incidents
from incidents.store import policies as stored
from incidents.store.tables import ClockRow, EscalationPolicy, Incident
from incidents.store.uow import UnitOfWork

SAY_WHY = "Say in a sentence why the ladder changes: it stands beside your name in the list of versions."


def save_policy(
    uow: UnitOfWork, controller_id: UUID, ladder: str, data: Mapping[str, Any], reason: str, *, also_running: bool
) -> EscalationPolicy:
    """A new version of a controller's own ladder; ``data`` has the shape of law/policies.

    New clocks are planned by it; running ones keep theirs unless ``also_running``.

    Raises:
        InvalidInput: the ladder cannot stand, or no reason; every faulty field is named.
        Forbidden: the actor may not change the escalation of this controller.
    """
    kept = {key: data[key] for key in ("stages", "moot_reasons", "working_hours", "quiet") if key in data}
    errors = policy_faults(kept) + _reason_faults(reason)
    return _save(uow, controller_id, ladder, kept, reason, errors, also_running=also_running)


def back_to_standard(
    uow: UnitOfWork, controller_id: UUID, ladder: str, reason: str, *, also_running: bool
) -> EscalationPolicy:
    """From now on the standard ladder again; the own versions stay in the list.

    Raises:
        InvalidInput: no reason.
        Conflict: it is the standard ladder already.
        Forbidden: the actor may not change the escalation of this controller.
    """
    own = stored.newest(uow, controller_id, ladder)
    if own is None or not own.data:
        raise Conflict("The standard ladder applies already.")
    return _save(uow, controller_id, ladder, {}, reason, _reason_faults(reason), also_running=also_running)


def _reason_faults(reason: str) -> list[FieldError]:
    return [] if reason.strip() else [FieldError("reason", "required", SAY_WHY)]


def _save(
    uow: UnitOfWork,
    controller_id: UUID,
    ladder: str,
    data: dict[str, Any],
    reason: str,
    errors: list[FieldError],
    *,
    also_running: bool,
) -> EscalationPolicy:
    require(uow, controller_id, "policy")
    if ladder not in LADDERS:
        raise NotFound
    if errors:
        raise InvalidInput(errors)
    controllers.lock(uow, controller_id)  # two who save at once must not make one version twice
    earlier = stored.newest(uow, controller_id, ladder)
    row = EscalationPolicy(
        id=new_id(uow.now),
        controller_id=controller_id,
        ladder=ladder,
        version=earlier.version + 1 if earlier else 1,
        data=data,
        reason=reason.strip(),
        made_by=uow.actor.name,
        made_by_id=uow.actor.user_id,
        made_at=uow.now,
    )
    uow.add(row)
    followed = _follow(uow, controller_id, ladder) if also_running else 0
    said = {"ladder": ladder, "version": row.version, "standard": not data, "reason": row.reason, "clocks": followed}
    audit.append(uow, audit.NewEvent(controller_id, None, "policy.changed", said, row))
    return row


def _follow(uow: UnitOfWork, controller_id: UUID, ladder: str) -> int:
    """Plan the running clocks of a controller anew by its present ladder; drills go on as they began."""
    policy = ladder_today(uow, controller_id, ladder)
    ids = {clock.incident_id for clock in stored.running_clocks(uow, controller_id, ladder)}
    cases = {key: incidents.lock(uow, key) for key in sorted(ids)}  # always in one order: no two saves embrace
    clocks = [
        clock
        for clock in stored.running_clocks(uow, controller_id, ladder)  # once more, under the locks
        if clock.incident_id in cases and not cases[clock.incident_id].is_drill
    ]
    for clock in clocks:
        _replan(uow, cases[clock.incident_id], clock, policy)
    return len(clocks)


def _replan(uow: UnitOfWork, incident: Incident, old: ClockRow, policy: Policy) -> None:
    """A new version of a clock that differs in its ladder only."""
    planned = _planned(uow, old, at_pace_of(uow, incident.id, policy))
    deadlines.cancel_scheduled(uow, old, "ladder_changed")
    old.state = "superseded"
    new = deadlines.NewClock(
        old.regime,
        old.regime_version,
        ZonedInstant(old.anchor_at, old.anchor_zone),
        old.anchor_kind,
        old.deadline_at,
        policy,
        old.version + 1,
        old.reason,
        old.subject,
        old.report,
    )
    clock = deadlines.add_clock(uow, incident, new)
    deadlines.add_stages(uow, clock, planned)
    said = {
        "regime": clock.regime,
        "version": clock.version,
        "anchor_kind": clock.anchor_kind,
        "deadline_at": clock.deadline_at.isoformat(),
        "ladder": f"{policy.id} {policy.version}",
    }
    audit.append(uow, audit.about(incident, "clock.replanned", **said))


def _planned(uow: UnitOfWork, old: ClockRow, policy: Policy) -> list[PlannedStage]:
    """What the new ladder still has ahead; a rung the old one did not have is never told late."""
    versions = {
        one.id: one for one in deadlines.clocks_of(uow, old.incident_id, old.regime) if lineage(one) == lineage(old)
    }
    told = [one for one in deadlines.stages_of(uow, old.incident_id) if one.clock_id in versions]
    stages = escalation.replan(
        policy,
        opened_at=min(one.set_at for one in versions.values()),
        anchor=old.anchor_at,
        deadline=old.deadline_at,
        now=uow.now,
        already_fired={one.name for one in told if one.state == "fired"},
    )
    had = {rule.name for rule in ladder_of(uow, old).stages}
    ahead = (stage if split_name(stage.name)[0] in had else _next_ahead(uow, policy, stage) for stage in stages)
    return [stage for stage in ahead if stage]


def _next_ahead(uow: UnitOfWork, policy: Policy, stage: PlannedStage) -> PlannedStage | None:
    candidate: PlannedStage | None = stage
    while candidate and candidate.due_at <= uow.now:
        candidate = escalation.next_repeat(policy, candidate.name, candidate.due_at)
    return candidate
