"""Accounts, sessions, roles, one-time links and keys."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from incidents.rules.escalation import Person
from incidents.store.tables import (
    ApiKey,
    LoginFailure,
    Membership,
    OneTimeLink,
    User,
    UserSession,
)
from incidents.store.uow import UnitOfWork


def hashed(token: str) -> str:
    """What is stored of a random token. Tokens carry 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def any_user(uow: UnitOfWork) -> bool:
    """Whether anybody has an account yet."""
    return uow.session.scalar(select(User.id).limit(1)) is not None


def user_by_email(uow: UnitOfWork, email: str) -> User | None:
    """The account of an address, whatever its case."""
    return uow.session.scalar(select(User).where(User.email == email.strip().lower()))


def session_by_token(uow: UnitOfWork, token: str) -> tuple[UserSession, User] | None:
    """The live session of a token and its active user."""
    row = uow.session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == hashed(token),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > uow.now,
            User.is_active,
        )
    ).first()
    return (row[0], row[1]) if row else None


def sessions_of(uow: UnitOfWork, user_id: UUID) -> Sequence[UserSession]:
    """The live sessions of a person, the newest first."""
    return uow.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > uow.now)
        .order_by(UserSession.created_at.desc())
    ).all()


def failures_since(uow: UnitOfWork, email: str, address: str, since: datetime) -> tuple[int, int]:
    """Failed sign-ins since an instant: for the account, and from the network address."""
    counted = select(func.count(LoginFailure.id)).where(LoginFailure.at > since)
    by_account = uow.session.scalar(counted.where(LoginFailure.email == email))
    by_address = uow.session.scalar(counted.where(LoginFailure.address == address))
    return by_account or 0, by_address or 0


def forget_failures(uow: UnitOfWork, before: datetime) -> None:
    """Erase failed sign-ins older than an instant."""
    uow.session.execute(delete(LoginFailure).where(LoginFailure.at < before))


def roles_of(uow: UnitOfWork, user_id: UUID) -> dict[UUID, frozenset[str]]:
    """The roles a person holds, by controller."""
    roles: dict[UUID, set[str]] = {}
    for row in uow.session.scalars(select(Membership).where(Membership.user_id == user_id)):
        roles.setdefault(row.controller_id, set()).add(row.role)
    return {controller: frozenset(held) for controller, held in roles.items()}


def memberships(uow: UnitOfWork, controller_ids: Collection[UUID]) -> Sequence[tuple[Membership, User]]:
    """Who serves these controllers in what role, active accounts only, by name."""
    rows = uow.session.execute(
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.controller_id.in_(controller_ids), User.is_active)
        .order_by(User.name, User.id, Membership.role)
    )
    return [(row[0], row[1]) for row in rows]


def people_of(uow: UnitOfWork, controller_ids: Collection[UUID]) -> dict[UUID, list[Person]]:
    """The people of each controller as the escalation policy sees them."""
    found: dict[UUID, dict[UUID, tuple[User, set[str], bool]]] = {key: {} for key in controller_ids}
    for membership, user in memberships(uow, controller_ids):
        _, roles, deputy = found[membership.controller_id].get(user.id, (user, set(), False))
        roles.add(membership.role)
        found[membership.controller_id][user.id] = (user, roles, deputy or membership.deputy)
    return {
        controller: [
            Person(str(user.id), user.name, user.email, user.language, frozenset(roles), deputy)
            for user, roles, deputy in people.values()
        ]
        for controller, people in found.items()
    }


def live_link(uow: UnitOfWork, token: str, purpose: str) -> OneTimeLink | None:
    """An unused, unexpired one-time link, locked so that it is used once."""
    return uow.session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.token_hash == hashed(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > uow.now,
        )
        .with_for_update()
    )


def live_key(uow: UnitOfWork, secret: str) -> ApiKey | None:
    """The API key of a secret, unless revoked."""
    return uow.session.scalar(select(ApiKey).where(ApiKey.key_hash == hashed(secret), ApiKey.revoked_at.is_(None)))
