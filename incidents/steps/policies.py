"""Policies: the ladder a clock escalates by, in the version its stages were planned under."""

from uuid import UUID

from incidents.rules.escalation import Policy, policy_for, policy_of_version
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
    del uow
    return policy_of_version(clock.policy, clock.policy_version)
