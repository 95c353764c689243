"""Passkeys: keys kept by somebody's device, and the questions asked of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, Table, code


class Passkey(Keyed, Table):
    """A passkey of a person (WebAuthn): its public key, how often its device says it was used, and what it is called.

    ``credential_id`` is the name the device gave it, in base64url.
    """

    __tablename__ = "passkey"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Table):
    """A question asked of a device, good once, for minutes; ``holder``: the hash of what the browser was known by."""

    __tablename__ = "passkey_challenge"
    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(code("add", "sign_in", "prove"))
    holder: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
