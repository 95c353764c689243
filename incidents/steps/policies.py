"""Policies: the ladder a clock escalates by, in the version its stages were planned under."""

from uuid import UUID

from incidents.rules.escalation import Policy, at_pace, policy_for, policy_of_version
from incidents.store import drills
from incidents.store.tables import ClockRow
from incidents.store.uow import UnitOfWork

NOTIFICATION = "default"
"""The ladder of the 72-hour clock (law/policies)."""
DUTY = "duty"
"""The ladder of every other report."""


def ladder_today(uow: UnitOfWork, controller_id: UUID, policy: str) -> Policy:
    """The ladder a new clock of a controller is planned by."""
    del controller_id
    return policy_for(policy, uow.now.date())


def ladder_of(uow: UnitOfWork, clock: ClockRow) -> Policy:
    """The ladder a clock was planned by.

    Raises:
        NoSuchLawError: there is no such version.
    """
    return at_pace_of(uow, clock.incident_id, policy_of_version(clock.policy, clock.policy_version))


def at_pace_of(uow: UnitOfWork, incident_id: UUID, ladder: Policy) -> Policy:
    """The ladder at the pace of a case: real time, unless it is a drill."""
    return at_pace(ladder, drills.pace_of(uow, incident_id))
