"""The outbox: the only way out. Rows are claimed one at a time with a lease and settled with fencing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from incidents.base.ids import new_id
from incidents.store.tables import OutboxMail
from incidents.store.uow import UnitOfWork

LEASE = timedelta(minutes=5)
"""How long a claimed mail is left alone: longer than the longest SMTP conversation."""
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MAX_ATTEMPTS = 8


@dataclass(frozen=True)
class NewMail:
    """A mail to be queued; the key makes it unique for ever."""

    key: str
    template: str
    recipient: str
    name: str
    language: str
    payload: Mapping[str, Any]
    controller_id: UUID
    incident_id: UUID | None = None
    user_id: UUID | None = None


def add(uow: UnitOfWork, mail: NewMail, *, folded_into: UUID | None = None) -> OutboxMail:
    """Queue a mail, or record it as folded into a newer one."""
    row = OutboxMail(
        id=new_id(uow.now),
        controller_id=mail.controller_id,
        incident_id=mail.incident_id,
        key=mail.key,
        template=mail.template,
        user_id=mail.user_id,
        recipient=mail.recipient,
        name=mail.name,
        language=mail.language,
        payload=dict(mail.payload),
        state="folded" if folded_into else "queued",
        attempts=0,
        next_attempt_at=uow.now,
        created_at=uow.now,
        last_error="",
        folded_into=folded_into,
    )
    uow.session.add(row)
    return row


def waiting_stage_mails(uow: UnitOfWork, incident_ids: Sequence[UUID]) -> Sequence[OutboxMail]:
    """Stage mails of incidents that are queued and not in anybody's hand: a newer warning may take them in."""
    return uow.session.scalars(
        select(OutboxMail)
        .where(
            OutboxMail.incident_id.in_(incident_ids),
            OutboxMail.template == "stage",
            OutboxMail.state == "queued",
            OutboxMail.lease_until.is_(None),
        )
        .order_by(OutboxMail.id)
        .with_for_update(skip_locked=True)
    ).all()


def claim_one(uow: UnitOfWork) -> OutboxMail | None:
    """Lease the mail that has waited longest; commit before sending it."""
    row = uow.session.scalar(
        select(OutboxMail)
        .where(OutboxMail.state == "queued", OutboxMail.next_attempt_at <= uow.now)
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is not None:
        row.attempts += 1
        row.lease_until = row.next_attempt_at = uow.now + LEASE
    return row


def claimed(uow: UnitOfWork, mail_id: UUID, attempt: int) -> OutboxMail | None:
    """The row again, locked, if the attempt is still ours: a later claim fences an older sender off."""
    return uow.session.scalar(
        select(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.attempts == attempt, OutboxMail.state == "queued")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def mark_sent(uow: UnitOfWork, row: OutboxMail) -> None:
    """It was handed over. A one-time token is needed no longer and is forgotten here."""
    row.state, row.sent_at, row.lease_until, row.last_error = "sent", uow.now, None, ""
    row.payload = {key: value for key, value in row.payload.items() if key != "token"}


def mark_failed(uow: UnitOfWork, row: OutboxMail, error: str, *, final: bool) -> bool:
    """Try again later, or give up: returns whether the mail is dead."""
    row.lease_until, row.last_error = None, error[:500]
    if final or row.attempts >= MAX_ATTEMPTS:
        row.state = "dead"
        return True
    row.next_attempt_at = uow.now + BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    return False


def mails_of(uow: UnitOfWork, incident_id: UUID) -> Sequence[OutboxMail]:
    """Every mail of an incident, oldest first."""
    return uow.session.scalars(
        select(OutboxMail).where(OutboxMail.incident_id == incident_id).order_by(OutboxMail.id)
    ).all()


def counts(uow: UnitOfWork) -> dict[str, int]:
    """How many mails there are in each state."""
    rows = uow.session.execute(select(OutboxMail.state, func.count(OutboxMail.id)).group_by(OutboxMail.state))
    return {row.state: row[1] for row in rows}
