"""Units of work for lists: only the controllers at which the person may do the act the list is for."""

from contextlib import AbstractContextManager
from uuid import UUID

from incidents.steps.guard import where_roles_allow
from incidents.store.uow import UnitOfWork, unit_of_work
from incidents.web.sessions import PageRequest, actor_of


def where_may(request: PageRequest, act: str) -> frozenset[UUID]:
    """The controllers at which the person's roles allow an act."""
    return where_roles_allow(actor_of(request).roles, act)


def list_uow(request: PageRequest, act: str) -> AbstractContextManager[UnitOfWork]:
    """A read-only unit of work over those controllers: a list shows nothing of the others, whatever it asks."""
    state = request.app.state
    return unit_of_work(state.engine, state.clock, actor_of(request), where_may(request, act), read_only=True)
