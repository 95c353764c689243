"""What proves a person beside the password, the browsers they are known by, and what happened with their account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, Table


class SecondFactor(Table):
    """A person's authenticator program (TOTP, RFC 6238): its secret sealed, and the last time step it was used for.

    Until ``confirmed_at`` is set it is only being set up and opens nothing.
    """

    __tablename__ = "second_factor"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Keyed, Table):
    """A code that stands in once for a lost authenticator; ``hint`` is its beginning, the rest is kept hashed."""

    __tablename__ = "recovery_code"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    hint: Mapped[str] = mapped_column(String(4))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class OutsideIdentity(Table):
    """Who a person is at the organisation's own sign-in service (OpenID Connect): issuer and subject, for good."""

    __tablename__ = "outside_identity"
    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    linked_at: Mapped[datetime]


class KnownBrowser(Table):
    """A browser in which a person has signed in: guesses from elsewhere do not slow it down."""

    __tablename__ = "known_browser"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    seen_at: Mapped[datetime]


class AccountEvent(Keyed, Table):
    """Something that changed how a person gets in, for that person to see."""

    __tablename__ = "account_event"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    actor: Mapped[str]
    address: Mapped[str] = mapped_column(String(64), default="")


class SignInRule(OfController, Table):
    """The roles of a controller that must sign in with a second step."""

    __tablename__ = "sign_in_rule"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    roles: Mapped[list[Any]]
    said_by: Mapped[str]
    said_at: Mapped[datetime]
