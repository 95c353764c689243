"""The one question every step asks first: may this actor do this, here?"""

from collections.abc import Mapping
from uuid import UUID

from incidents.base.errors import Forbidden
from incidents.rules.access import may
from incidents.store.uow import UnitOfWork


def require(uow: UnitOfWork, controller_id: UUID, act: str) -> None:
    """Refuse an act that neither the actor's roles at the controller nor the link the actor came by allow.

    That the unit of work is open for every controller allows nothing by itself.

    Raises:
        NotFound: the controller is not the actor's at all.
        Forbidden: it is, but no role there allows the act.
    """
    uow.require(controller_id)
    actor = uow.actor
    if actor.is_process or (actor.is_operator and act == "manage"):
        return
    if act not in actor.by_link.get(controller_id, ()) and not may(actor.roles.get(controller_id, frozenset()), act):
        raise Forbidden


def where_roles_allow(roles: Mapping[UUID, frozenset[str]], act: str) -> frozenset[UUID]:
    """The controllers at which one's roles allow an act; each set of roles is judged once, however many there are."""
    enough = {held for held in set(roles.values()) if may(held, act)}
    return frozenset(key for key, held in roles.items() if held in enough)


def where_may(uow: UnitOfWork, act: str) -> frozenset[UUID] | None:
    """The controllers of the unit of work at which the actor may do an act; None means all it was opened for.

    A list needs this: the unit of work is open for every controller where the person holds any role at all.
    """
    if uow.actor.is_process:
        return None
    return uow.remember(("may", act), lambda: _where_may(uow, act))


def _where_may(uow: UnitOfWork, act: str) -> frozenset[UUID] | None:
    allowed = frozenset(key for key in where_roles_allow(uow.actor.roles, act) if uow.sees(key))
    return None if allowed == uow.scope else allowed


def require_operator(uow: UnitOfWork) -> None:
    """Refuse whoever does not run this installation.

    Raises:
        Forbidden: not an operator.
    """
    if not (uow.actor.is_operator or uow.actor.is_process):
        raise Forbidden
