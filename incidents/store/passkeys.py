"""Passkeys of people, and the questions that wait for an answer of a device."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from incidents.store.people import hashed
from incidents.store.tables import Passkey, PasskeyChallenge
from incidents.store.uow import UnitOfWork


def ask(uow: UnitOfWork, challenge: str, purpose: str, holder: str, until: datetime) -> None:
    """Remember a question; those that nobody answered in time are forgotten."""
    uow.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= uow.now))
    row = PasskeyChallenge(challenge_hash=hashed(challenge), purpose=purpose, holder=hashed(holder), expires_at=until)
    uow.add(row)


def take(uow: UnitOfWork, challenge: str, purpose: str, holder: str) -> bool:
    """Whether this browser was asked this, for this purpose and lately; it is good for one answer only."""
    taken = delete(PasskeyChallenge).where(
        PasskeyChallenge.challenge_hash == hashed(challenge),
        PasskeyChallenge.purpose == purpose,
        PasskeyChallenge.holder == hashed(holder),
        PasskeyChallenge.expires_at > uow.now,
    )
    return bool(uow.session.execute(taken.returning(PasskeyChallenge.challenge_hash)).all())


def of_person(uow: UnitOfWork, user_id: UUID) -> Sequence[Passkey]:
    """The passkeys of a person, the oldest first."""
    return uow.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def by_credential(uow: UnitOfWork, credential_id: str) -> Passkey | None:
    """The passkey a device names, locked."""
    wanted = select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    return uow.session.scalar(wanted.execution_options(populate_existing=True))


def remove(uow: UnitOfWork, user_id: UUID, passkey_id: UUID) -> bool:
    """Forget a passkey of a person; False where they have none of that key."""
    gone = delete(Passkey).where(Passkey.user_id == user_id, Passkey.id == passkey_id)
    return bool(uow.session.execute(gone.returning(Passkey.id)).all())


def forget_all(uow: UnitOfWork, user_id: UUID) -> None:
    """Forget every passkey of a person."""
    uow.session.execute(delete(Passkey).where(Passkey.user_id == user_id))
