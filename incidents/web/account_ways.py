"""What the account page says of how somebody gets in."""

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.steps import second_step, sessions
from incidents.store import accounts, passkeys
from incidents.store.tables import AccountEvent, OutsideIdentity, User
from incidents.store.uow import UnitOfWork
from incidents.web.arrival import Arrival, before
from incidents.web.entrance import outside_name
from incidents.web.sessions import PageRequest, settings_of


@dataclass(frozen=True)
class Ways:
    """How a person gets in, who demands it, and what happened with that lately."""

    second_step: bool
    demanded: bool
    codes_left: int
    passkeys: int
    outside: Sequence[OutsideIdentity]
    outside_name: str
    events: Sequence[AccountEvent]
    last: Arrival


def read(uow: UnitOfWork, request: PageRequest, person: User) -> Ways:
    """The ways of a person."""
    has = accounts.has_factor(uow, person.id)
    return Ways(
        second_step=has,
        demanded=sessions.must_prove_twice(uow, person, settings_of(request).second_step),
        codes_left=second_step.codes_left(uow, person.id) if has else 0,
        passkeys=len(passkeys.of_person(uow, person.id)),
        outside=accounts.outside_of(uow, person.id),
        outside_name=outside_name(request),
        events=accounts.events_of(uow, person.id),
        last=before(request),
    )
