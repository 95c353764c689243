"""Policies: the ladder a clock escalates by, in the version its stages were planned under."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from incidents.base.dated import NoSuchLawError, in_force
from incidents.rules.escalation import Policy, at_pace, policy_for, policy_of_version, read_policy
from incidents.rules.pace import REAL_TIME, Pace
from incidents.store import drills
from incidents.store import policies as stored
from incidents.store.deadlines import AnyClock
from incidents.store.tables import ClockRow, EscalationPolicy
from incidents.store.uow import UnitOfWork

NOTIFICATION = "default"
"""The ladder of the 72-hour clock (law/policies)."""
DUTY = "duty"
"""The ladder of every other report."""
LADDERS = (NOTIFICATION, DUTY)
OWN = "own-"
"""Versions of a controller's own ladder are named so, with their number."""


def ladder_today(uow: UnitOfWork, controller_id: UUID, policy: str) -> Policy:
    """The ladder a new clock of a controller is planned by: its own, else the standard of the day."""
    own = stored.newest(uow, controller_id, policy)
    return own_ladder(own) if own and own.data else policy_for(policy, uow.now.date())


def data_today(uow: UnitOfWork, controller_id: UUID, policy: str) -> Mapping[str, Any]:
    """The data of the ladder a new clock of a controller is planned by, in the shape of law/policies."""
    own = stored.newest(uow, controller_id, policy)
    return own.data if own and own.data else in_force("policies", policy, uow.now.date())


def own_ladder(row: EscalationPolicy) -> Policy:
    """A version of a controller's own ladder."""
    return read_policy({**row.data, "id": row.ladder, "version": f"{OWN}{row.version}"})


def ladder_of(uow: UnitOfWork, clock: ClockRow) -> Policy:
    """The ladder a clock was planned by.

    Raises:
        NoSuchLawError: there is no such version.
    """
    found = ladders_of(uow, [clock])
    if clock.id not in found:
        raise NoSuchLawError(f"there is no version {clock.policy_version} of policies/{clock.policy}")
    return found[clock.id]


def ladders_of(
    uow: UnitOfWork, clocks: Iterable[AnyClock], paces: Mapping[UUID, Pace] | None = None
) -> dict[UUID, Policy]:
    """The ladders clocks were planned by, in one query; one that is lost is left out.

    ``paces`` are those of the drills among the cases, where somebody has read them; without it each case is asked.
    """
    known: dict[tuple[UUID, str, str], Policy | None] = {}
    wanted = list(clocks)
    own = stored.of_versions(uow, {key for clock in wanted if (key := _own_key(clock))})
    found = {}
    for clock in wanted:
        name = (clock.controller_id, clock.policy, clock.policy_version)
        if name not in known:
            key = _own_key(clock)
            known[name] = (own_ladder(own[key]) if key in own else None) if key else _standard(clock)
        if ladder := known[name]:
            case = clock.incident_id
            pace = drills.pace_of(uow, case) if paces is None else paces.get(case, REAL_TIME)
            found[clock.id] = at_pace(ladder, pace)
    return found


def _own_key(clock: AnyClock) -> tuple[UUID, str, int] | None:
    number = clock.policy_version.removeprefix(OWN)
    if number == clock.policy_version or not number.isdecimal():
        return None
    return clock.controller_id, clock.policy, int(number)


def _standard(clock: AnyClock) -> Policy | None:
    try:
        return policy_of_version(clock.policy, clock.policy_version)
    except NoSuchLawError:
        return None


def at_pace_of(uow: UnitOfWork, incident_id: UUID, ladder: Policy) -> Policy:
    """The ladder at the pace of a case: real time, unless it is a drill."""
    return at_pace(ladder, drills.pace_of(uow, incident_id))
