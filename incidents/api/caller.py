"""Who calls: an API key acts for one controller in one role."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request

from incidents.base.errors import Unauthenticated
from incidents.base.time import Clock
from incidents.steps.controllers import key_actor
from incidents.store.engine import Database
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor, UnitOfWork, unit_of_work

ApiRequest = Request[Any, Any, Any]


class BadKey(Unauthenticated):
    """No key, or one that was revoked."""

    code = "bad-key"
    message = "Send a valid API key: Authorization: Bearer i72_…"


@dataclass(frozen=True)
class Caller:
    """An API key that was recognised: whom it acts for, and where."""

    actor: Actor
    controller_id: UUID
    database: Database
    clock: Clock

    def uow(self, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
        """A unit of work for the one controller of the key."""
        controllers = frozenset({self.controller_id})
        return unit_of_work(self.database, self.clock, self.actor, controllers, read_only=read_only)


def identify(request: ApiRequest) -> Caller:
    """The caller of a request.

    Raises:
        BadKey: the Authorization header carries no live key.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    state = request.app.state
    if scheme.lower() == "bearer" and secret:
        with unit_of_work(state.engine, state.clock, SYSTEM, EVERY_CONTROLLER, glance=True) as uow:
            if found := key_actor(uow, secret.strip()):
                return Caller(*found, state.engine, state.clock)
    raise BadKey
