"""Controllers, the people who serve them, and how these prove who they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, Table, code


class Controller(Keyed, Table):
    """The organisation that owes the duties (GDPR Art. 4(7)): the tenant.

    ``subject_to``: the flags of ``rules.regimes.Profile`` it has answered; ``tell_target_hours``: its own target for
    telling people, for which Art. 34 names no hours.
    """

    __tablename__ = "controller"
    name: Mapped[str]
    short_code: Mapped[str] = mapped_column(String(12), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="hu")
    seat: Mapped[str] = mapped_column(default="")
    postal_address: Mapped[str] = mapped_column(default="")
    company_number: Mapped[str] = mapped_column(default="")
    tax_number: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    dpo_name: Mapped[str] = mapped_column(default="")
    dpo_email: Mapped[str] = mapped_column(default="")
    dpo_phone: Mapped[str] = mapped_column(default="")
    responsible_manager_name: Mapped[str] = mapped_column(default="")
    responsible_manager_title: Mapped[str] = mapped_column(default="")
    responsible_manager_email: Mapped[str] = mapped_column(default="")
    responsible_manager_phone: Mapped[str] = mapped_column(default="")
    representative: Mapped[str] = mapped_column(default="")
    letterhead: Mapped[str] = mapped_column(default="")
    is_public_body: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    subject_to: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tell_target_hours: Mapped[int | None]
    created_at: Mapped[datetime]


class Processor(Keyed, OfController, Table):
    """Who acts for a controller (Art. 28), with task, country and the safeguard of a transfer (Art. 46)."""

    __tablename__ = "processor"
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    task: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(String(2), default="HU")
    safeguard: Mapped[str] = mapped_column(default="")


class ProcessingActivity(Keyed, OfController, Table):
    """A processing activity (Art. 30) with the kinds of data and people it touches."""

    __tablename__ = "processing_activity"
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    data_categories: Mapped[list[Any]] = mapped_column(default=list)
    subject_categories: Mapped[list[Any]] = mapped_column(default=list)


class User(Keyed, Table):
    """A person with an account. ``second_step_by``: until when a demanded second step may wait to be set up."""

    __tablename__ = "user_account"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(String(2), default="hu")
    is_operator: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    second_step_by: Mapped[datetime | None]


class Membership(OfController, Table):
    """One role of one person at one controller."""

    __tablename__ = "membership"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(
        code("reporter", "handler", "dpo", "manager", "auditor", "admin"), primary_key=True
    )
    deputy: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class UserSession(Table):
    """A signed-in browser; the key is the hash of a random token made anew at each login.

    ``level``: all the way in (full), the second step is still asked (second), or a second step must be set up first
    (setup). ``sudo_until``: until when a dangerous act needs no new proof. ``failures``: how often somebody failed to
    sign in since the sign-in before.
    """

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    level: Mapped[str] = mapped_column(code("full", "second", "setup"), default="full", server_default="full")
    how: Mapped[str] = mapped_column(String(20), default="password", server_default="password")
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    seen_at: Mapped[datetime | None]
    idle_until: Mapped[datetime | None]
    sudo_until: Mapped[datetime | None]


class LoginFailure(Keyed, Table):
    """A failed sign-in or a link asked for, to slow guessing and flooding down; erased with time.

    ``browser``: the hash of the known browser it came from; failures elsewhere do not count against that browser.
    """

    __tablename__ = "login_failure"
    email: Mapped[str] = mapped_column(String(254), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(
        code("password", "code", "link", "passkey"), default="password", server_default="password"
    )
    browser: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))


class OneTimeLink(Table):
    """A link that works once (set-up, invitation, new password, unlocking); only the hash of its token is kept."""

    __tablename__ = "one_time_link"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(code("setup", "invite", "reset", "unlock"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ReportLink(Keyed, OfController, Table):
    """The address (and QR code) where staff of one controller report without an account."""

    __tablename__ = "report_link"
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiKey(Keyed, OfController, Table):
    """A key for /api/v1, one controller and one role each; only its hash is kept."""

    __tablename__ = "api_key"
    name: Mapped[str]
    role: Mapped[str] = mapped_column(code("reporter", "handler", "dpo", "auditor"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotentRequest(OfController, Table):
    """An answered API request that may be asked again under the same key."""

    __tablename__ = "idempotent_request"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    created_at: Mapped[datetime]
