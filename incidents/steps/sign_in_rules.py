"""Who must sign in with a second step at a controller, and how somebody gets in again who has lost theirs."""

from collections.abc import Collection, Sequence
from uuid import UUID

from incidents.base.errors import Conflict, Forbidden, NotFound
from incidents.rules import sign_in
from incidents.rules.access import ROLES, may
from incidents.steps import account_log
from incidents.steps.guard import require
from incidents.store import accounts, audit, controllers, passkeys, people
from incidents.store.tables import SignInRule, User
from incidents.store.uow import UnitOfWork


def roles_of(uow: UnitOfWork, controller_id: UUID) -> Sequence[str]:
    """The roles that must have a second step at a controller.

    Raises:
        NotFound: the controller is not the actor's.
    """
    uow.require(controller_id)
    row = accounts.rule(uow, controller_id)
    return row.roles if row else ()


def standard(uow: UnitOfWork) -> tuple[str, ...]:
    """The roles to begin with."""
    return sign_in.standard_roles(uow.now)


def demand(uow: UnitOfWork, controller_id: UUID, roles: Collection[str]) -> None:
    """Say which roles must have a second step from their next sign-in; none at all switches it off.

    Raises:
        NotFound, Forbidden: not this actor's to manage.
    """
    require(uow, controller_id, "manage")
    controllers.lock(uow, controller_id)
    wanted = [role for role in ROLES if role in roles]
    row = accounts.rule(uow, controller_id)
    if wanted == list(row.roles if row else ()):
        return
    if row is None:
        row = SignInRule(controller_id=controller_id, roles=[], said_by="", said_at=uow.now)
    row.roles, row.said_by, row.said_at = wanted, uow.actor.name, uow.now
    uow.add(row)
    audit.append(uow, audit.NewEvent(controller_id, None, "second_step.demanded", {"roles": wanted}))


def reset_second_step(uow: UnitOfWork, controller_id: UUID, user_id: UUID, served: Collection[UUID]) -> None:
    """Take a colleague's second step away, who has lost the telephone and the recovery codes; they are told by mail.

    ``served``: every controller the person serves, also those the actor cannot see. Whoever serves one the actor does
    not manage can be helped by the operator only: nobody weakens the way in to what is not theirs.

    Raises:
        NotFound: nobody of that key serves this controller, or has a second step.
        Conflict: it is one's own.
        Forbidden: it is the operator's to do.
    """
    require(uow, controller_id, "manage")
    if controller_id not in people.roles_of(uow, user_id) or not accounts.has_factor(uow, user_id):
        raise NotFound
    if user_id == uow.actor.user_id:
        raise Conflict("Nobody resets their own second step. Use a recovery code, or ask another administrator.")
    user = people.user(uow, user_id)
    if not (uow.actor.is_operator or uow.actor.is_process) and (user.is_operator or _more(uow, served)):
        raise Forbidden("Only the operator of this service can reset the second step of this person.")
    lose_second_step(uow, user)
    audit.append(uow, audit.NewEvent(controller_id, None, "second_step.reset", {"user": str(user_id)}))


def lose_second_step(uow: UnitOfWork, user: User) -> None:
    """Somebody else takes a person's second step away, and their passkeys: every sign-in ends, they are told."""
    accounts.remove_factor(uow, user.id)
    passkeys.forget_all(uow, user.id)
    people.revoke_sessions(uow, user_id=user.id)
    accounts.forget_browsers(uow, user.id)
    account_log.note(uow, user, "second_step_reset", actor=uow.actor.name)


def _more(uow: UnitOfWork, served: Collection[UUID]) -> bool:
    """Whether the person serves a controller the actor does not manage."""
    return not set(served) <= {key for key, roles in uow.actor.roles.items() if may(roles, "manage")}
