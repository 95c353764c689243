"""How people of a firm get in: what every table of it needs to hold a row; authenticators that tests can read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pyotp

from incidents.steps import second_step, sign_in_rules
from incidents.steps.sessions import Visit
from incidents.store.secrets import Seal
from incidents.store.uow import UnitOfWork
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from tests.builders import CaseFile

SEAL = Seal(("k" * 40,), second_step.PURPOSE)


def busy_accounts(case: "CaseFile") -> None:
    """A firm that demands a second step of its administrators."""
    with case.town.uow() as uow:
        sign_in_rules.demand(uow, case.firm.id, ["admin"])


@dataclass
class Authenticator:
    """A program on somebody's telephone, set to the clock of the test."""

    secret: str
    clock: FakeClock
    recovery: tuple[str, ...] = ()

    def code(self, *, seconds: int = 0) -> str:
        """The code it shows, or showed some seconds away from now."""
        return pyotp.TOTP(self.secret.replace(" ", "")).at(int(self.clock.now().timestamp()) + seconds)

    def next_code(self) -> str:
        """Half a minute later: a code that was not used yet."""
        self.clock.advance(seconds=30)
        return self.code()


def with_second_step(uow: UnitOfWork, user_id: UUID, clock: FakeClock) -> Authenticator:
    """Somebody who has set the second step up."""
    setting = second_step.begin(uow, user_id, SEAL)
    phone = Authenticator(setting.secret, clock)
    phone.recovery = tuple(second_step.confirm(uow, user_id, phone.code(), SEAL, Visit()))
    return phone
