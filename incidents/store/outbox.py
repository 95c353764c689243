"""The outbox: the only way out. Rows are claimed one at a time with a lease and settled with fencing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update

from incidents.base.ids import new_id
from incidents.store.among import no_index, one_of
from incidents.store.tables import OutboxMail
from incidents.store.uow import UnitOfWork

LEASE = timedelta(minutes=5)
"""How long a claimed mail is left alone: longer than the longest SMTP conversation."""
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MAX_ATTEMPTS = 8
MOST_SAID = 500
"""Signs kept of what a server answered."""
LONGEST_OUTAGE = timedelta(hours=72)
"""How long a mail waits for a server that takes nothing: the whole period of Art. 33(1)."""


class NewMail(NamedTuple):
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
    channel: str = "mail"


def add(uow: UnitOfWork, mail: NewMail, *, folded_into: UUID | None = None) -> OutboxMail:
    """Queue a mail, or record it as folded into a newer one."""
    row = OutboxMail(
        id=new_id(uow.now),
        controller_id=mail.controller_id,
        incident_id=mail.incident_id,
        key=mail.key,
        channel=mail.channel,
        template=mail.template,
        user_id=mail.user_id,
        recipient=mail.recipient,
        name=mail.name,
        language=mail.language,
        payload=dict(mail.payload),
        state="folded" if folded_into else "queued",
        attempts=0,
        excused=0,
        next_attempt_at=uow.now,
        created_at=uow.now,
        last_error="",
        folded_into=folded_into,
    )
    uow.add(row)
    return row


@dataclass(slots=True)
class Draft:
    """A mail about to be queued with many others: what may still change until ``add_all`` writes them."""

    id: UUID
    new: NewMail
    next_attempt_at: datetime
    state: str = "queued"
    folded_into: UUID | None = None
    attempts: int = 0

    @property
    def payload(self) -> Mapping[str, Any]:
        """What the mail will say."""
        return self.new.payload


def draft(uow: UnitOfWork, mail: NewMail) -> Draft:
    """A mail to be queued by ``add_all``."""
    return Draft(new_id(uow.now), mail, uow.now)


def add_all(uow: UnitOfWork, drafts: Iterable[Draft]) -> None:
    """Queue many mails at once."""
    uow.add_many(OutboxMail, [_row(uow, one) for one in drafts])


def _row(uow: UnitOfWork, draft: Draft) -> dict[str, object]:
    mail = draft.new
    return {
        "id": draft.id,
        "controller_id": mail.controller_id,
        "incident_id": mail.incident_id,
        "key": mail.key,
        "channel": "mail",
        "template": mail.template,
        "user_id": mail.user_id,
        "recipient": mail.recipient,
        "name": mail.name,
        "language": mail.language,
        "payload": mail.payload,
        "state": draft.state,
        "attempts": draft.attempts,
        "excused": 0,
        "next_attempt_at": draft.next_attempt_at,
        "lease_until": None,
        "created_at": uow.now,
        "sent_at": None,
        "last_error": "",
        "folded_into": draft.folded_into,
    }


def waiting_stage_mails(uow: UnitOfWork, incident_ids: Sequence[UUID]) -> Sequence[OutboxMail]:
    """Stage mails of incidents that are queued and not in anybody's hand: a newer warning may take them in."""
    return uow.session.scalars(
        select(OutboxMail)
        .where(
            one_of(OutboxMail.incident_id, uow.packed(incident_ids)),
            no_index(OutboxMail.channel) == "mail",  # or SQLite walks every mail that waits, of all cases
            OutboxMail.template == "stage",
            OutboxMail.state == "queued",
            OutboxMail.lease_until.is_(None),
        )
        .order_by(OutboxMail.id)
        .with_for_update(skip_locked=True)
    ).all()


def next_held(uow: UnitOfWork) -> datetime | None:
    """When the next mail leaves that is held until later (aware UTC); None when none is."""
    return uow.session.scalar(
        select(func.min(OutboxMail.next_attempt_at)).where(
            OutboxMail.state == "queued", OutboxMail.channel == "mail", OutboxMail.next_attempt_at > uow.now
        )
    )


def claim_one(uow: UnitOfWork, channel: str = "mail", *, without: Collection[str] = ()) -> OutboxMail | None:
    """Lease what has waited longest on a channel, leaving some recipients out; commit before sending it."""
    wanted = (
        select(OutboxMail)
        .where(
            OutboxMail.state == "queued",
            OutboxMail.channel == channel,
            OutboxMail.next_attempt_at <= uow.now,
        )
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = uow.session.scalar(wanted.where(OutboxMail.recipient.not_in(without)) if without else wanted)
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
    row.lease_until, row.last_error = None, error[:MOST_SAID]
    tried = row.attempts - row.excused
    if final or tried >= MAX_ATTEMPTS:
        row.state = "dead"
        return True
    row.next_attempt_at = uow.now + BACK_OFF[min(tried, len(BACK_OFF)) - 1]
    return False


def put_back(uow: UnitOfWork, row: OutboxMail, error: str, *, down_since: datetime) -> bool:
    """Let it wait for a server that takes nothing: the attempt does not count. Returns whether it has died waiting."""
    row.lease_until, row.last_error = None, error[:MOST_SAID]
    row.excused += 1
    row.next_attempt_at = uow.now
    if uow.now - max(row.created_at, down_since) >= LONGEST_OUTAGE:
        row.state = "dead"
        return True
    return False


def lock(uow: UnitOfWork, mail_id: UUID) -> OutboxMail | None:
    """A row by its key, locked."""
    return uow.session.scalar(
        select(OutboxMail).where(OutboxMail.id == mail_id).with_for_update().execution_options(populate_existing=True)
    )


def mark_bounced(row: OutboxMail, diagnostic: str) -> bool:
    """A server further on gave it back: returns whether that is news. What was dead or bounced before stays so."""
    if row.state not in {"sent", "queued"}:  # queued: sent, but the line broke before we heard «yes»
        return False
    row.state, row.lease_until, row.last_error = "bounced", None, diagnostic[:MOST_SAID]
    row.payload = {key: value for key, value in row.payload.items() if key != "token"}
    return True


def clock_set_back(uow: UnitOfWork) -> None:
    """What was queued to leave at once leaves now, and no lease is longer than a lease; see ``steps.setback``."""
    uow.session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.state == "queued",
            OutboxMail.attempts == 0,
            OutboxMail.next_attempt_at > uow.now,
            OutboxMail.next_attempt_at <= OutboxMail.created_at,
        )
        .values(next_attempt_at=uow.now)
    )
    uow.session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == "queued", OutboxMail.lease_until > uow.now + LEASE)
        .values(lease_until=uow.now + LEASE, next_attempt_at=uow.now + LEASE)
    )


def mails_of(uow: UnitOfWork, incident_id: UUID) -> Sequence[OutboxMail]:
    """Every mail of an incident, oldest first."""
    return uow.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.incident_id == incident_id, OutboxMail.channel == "mail")
        .order_by(OutboxMail.id)
    ).all()


def to_recipient(uow: UnitOfWork, recipient: str, most: int) -> Sequence[OutboxMail]:
    """The newest messages to a webhook (its key as text), newest first."""
    return uow.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.channel == "webhook", OutboxMail.recipient == recipient)
        .order_by(OutboxMail.id.desc())
        .limit(most)
    ).all()


def call_off(uow: UnitOfWork, recipient: str, reason: str) -> None:
    """What still waits for a webhook (its key as text) goes nowhere: nobody wants it there any more."""
    uow.session.execute(
        update(OutboxMail)
        .where(OutboxMail.channel == "webhook", OutboxMail.recipient == recipient, OutboxMail.state == "queued")
        .values(state="folded", lease_until=None, last_error=reason)
    )


def counts(uow: UnitOfWork, channel: str = "mail") -> dict[str, int]:
    """How many messages of a channel there are in each state."""
    rows = uow.session.execute(
        select(OutboxMail.state, func.count(OutboxMail.id))
        .where(OutboxMail.channel == channel)
        .group_by(OutboxMail.state)
    )
    return {row.state: row[1] for row in rows}
