"""Accounts, sessions, roles, one-time links and keys."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update

from incidents.base.errors import NotFound
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
    return uow.session.scalar(select(User).where(User.email == email.replace("\0", "").strip().lower()))


def user(uow: UnitOfWork, user_id: UUID) -> User:
    """The account of a key.

    Raises:
        NotFound: there is none.
    """
    found = uow.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def active(uow: UnitOfWork, user_id: UUID) -> User | None:
    """The account of a key while it may be used."""
    return uow.session.scalar(select(User).where(User.id == user_id, User.is_active))


def session_by_token(uow: UnitOfWork, token: str) -> tuple[UserSession, User] | None:
    """The live session of a token and its active user."""
    row = uow.session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == hashed(token),
            *_live(uow),
            User.is_active,
        )
    ).first()
    return (row[0], row[1]) if row else None


def sessions_of(uow: UnitOfWork, user_id: UUID) -> Sequence[UserSession]:
    """The live sessions of a person, the newest first."""
    return uow.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.level == "full", *_live(uow))
        .order_by(UserSession.created_at.desc())
    ).all()


def _live(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    """Neither ended, nor too old, nor left alone for too long."""
    return (
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > uow.now,
        or_(UserSession.idle_until.is_(None), UserSession.idle_until > uow.now),
    )


def revoke_sessions(
    uow: UnitOfWork, *, user_id: UUID | None = None, token_hash: str | None = None, keep: str | None = None
) -> None:
    """End live sessions: those of a person, the one of a hash, or both; ``keep`` is the hash of one that stays."""
    ending = update(UserSession).where(UserSession.revoked_at.is_(None)).values(revoked_at=uow.now)
    if user_id is None and token_hash is None:
        raise ValueError("whose sessions?")
    if user_id is not None:
        ending = ending.where(UserSession.user_id == user_id)
    if token_hash is not None:
        ending = ending.where(UserSession.token_hash == token_hash)
    if keep is not None:
        ending = ending.where(UserSession.token_hash != keep)
    uow.session.execute(ending)


def forget_failures(uow: UnitOfWork, before: datetime) -> None:
    """Erase failed sign-ins older than an instant."""
    uow.session.execute(delete(LoginFailure).where(LoginFailure.at < before))


def roles_of(uow: UnitOfWork, user_id: UUID) -> dict[UUID, frozenset[str]]:
    """The roles a person holds, by controller."""
    roles: dict[UUID, set[str]] = {}
    rows = uow.session.execute(select(Membership.controller_id, Membership.role).where(Membership.user_id == user_id))
    for controller_id, role in rows:
        roles.setdefault(controller_id, set()).add(role)
    return {controller: frozenset(held) for controller, held in roles.items()}


def membership(uow: UnitOfWork, controller_id: UUID, user_id: UUID, role: str) -> Membership | None:
    """A role somebody holds at a controller."""
    return uow.session.scalar(
        select(Membership).where(
            Membership.controller_id == controller_id, Membership.user_id == user_id, Membership.role == role
        )
    )


def remove(uow: UnitOfWork, row: Membership) -> None:
    """Take a role away."""
    uow.session.delete(row)


def other_admins(uow: UnitOfWork, controller_id: UUID, user_id: UUID) -> bool:
    """Whether somebody else with an active account administers a controller."""
    return any(user.id != user_id and row.role == "admin" for row, user in memberships(uow, [controller_id]))


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


def add_link(uow: UnitOfWork, token: str, purpose: str, expires_at: datetime, user_id: UUID | None = None) -> None:
    """Keep the hash of a one-time token."""
    uow.add(OneTimeLink(token_hash=hashed(token), purpose=purpose, user_id=user_id, expires_at=expires_at))


def forget_setup_links(uow: UnitOfWork) -> None:
    """Erase every set-up link."""
    uow.session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == "setup"))


def use_up_links(uow: UnitOfWork, user_id: UUID) -> None:
    """Mark every unused one-time link of a person as used."""
    uow.session.execute(
        update(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None)).values(used_at=uow.now)
    )


@dataclass(frozen=True)
class LiveKey:
    """An API key that is not revoked: its name, and its role at a controller."""

    name: str
    role: str
    controller_id: UUID


_LIVE_KEY = select(ApiKey.name, ApiKey.role, ApiKey.controller_id).where(
    ApiKey.key_hash == bindparam("key_hash"), ApiKey.revoked_at.is_(None)
)


def live_key(uow: UnitOfWork, secret: str) -> LiveKey | None:
    """The API key of a secret, unless revoked; the unit of work must be open for every controller."""
    found = uow.ask(_LIVE_KEY, key_hash=hashed(secret))
    return LiveKey(*found[0]) if found else None
