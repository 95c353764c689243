"""Who would get this now? The real answer, from the real people, absences and ladder, for any stage at any instant."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from incidents.base.errors import NotFound
from incidents.rules.absence import Answer, who_would_get
from incidents.rules.escalation import Moot, Policy, outcome, rule_named
from incidents.steps.guard import require
from incidents.steps.policies import ladder_of, ladder_today
from incidents.steps.sweep_batch import state_of
from incidents.steps.telling import staff_of
from incidents.store import deadlines, incidents
from incidents.store.tables import ClockRow
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Who:
    """The answer, the ladder it was asked of, and why the stage would not go out at all (a code of the ladder)."""

    ladder: Policy
    answer: Answer
    moot: str = ""


def at_controller(uow: UnitOfWork, controller_id: UUID, ladder: str, stage: str, at: datetime) -> Who:
    """Who would get a stage of the present ladder of a controller, were a case to reach it at an instant.

    Raises:
        NotFound: the ladder has no such stage.
        Forbidden: the actor may not read there.
    """
    require(uow, controller_id, "read")
    policy = ladder_today(uow, controller_id, ladder)
    return Who(policy, _answer(uow, controller_id, policy, stage, at))


def in_case(uow: UnitOfWork, clock_id: UUID, stage: str, at: datetime) -> Who:
    """Who would get a stage of a clock at an instant: with whoever holds the case, and every deadline in view.

    Raises:
        NotFound: the ladder has no such stage, or there is no such clock.
        Forbidden: the actor may not read there.
    """
    clock = deadlines.load(uow, clock_id)
    require(uow, clock.controller_id, "read")
    incident = incidents.load(uow, clock.incident_id)
    policy = ladder_of(uow, clock)
    ends = tuple(one.deadline_at for one in running(uow, incident.id))
    answer = _answer(uow, clock.controller_id, policy, stage, at, ends, str(incident.held_by_id or ""))
    if clock.state != "running":
        return Who(policy, answer, clock.stop_reason or "stopped")
    verdict = outcome(rule_named(policy, stage), state_of(uow, incident, clock))
    return Who(policy, answer, verdict.reason_code if isinstance(verdict, Moot) else "")


def running(uow: UnitOfWork, incident_id: UUID) -> list[ClockRow]:
    """The running clocks of a case, the nearest deadline first."""
    clocks = (one for one in deadlines.clocks_of_cases(uow, [incident_id]) if one.state == "running")
    return sorted(clocks, key=lambda one: one.deadline_at)


def _answer(
    uow: UnitOfWork,
    controller_id: UUID,
    policy: Policy,
    stage: str,
    at: datetime,
    ends: tuple[datetime, ...] = (),
    holder: str = "",
) -> Answer:
    staff = staff_of(uow, {controller_id}, at)[controller_id]
    try:
        found = who_would_get(
            policy, stage, at, staff.people, staff.away, fallback_email=staff.fallback, deadlines=ends, holder=holder
        )
    except LookupError as error:
        raise NotFound from error
    return replace(found, told=tuple(one for one in found.told if one.person.email))
