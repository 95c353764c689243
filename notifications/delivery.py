"""Delivery: claim one mail, commit, send it, settle it with fencing (docs/decisions/0001).

At least once, visibly: a crash between the server's «250 OK» and our commit repeats one mail under the same Message-ID.
"""

import logging
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.rules.escalation import Person
from incidents.steps.escalate import named_in_profile
from incidents.store import audit, heartbeat, outbox, people
from incidents.store.engine import Database
from incidents.store.tables import Controller, OutboxMail
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work
from notifications import mails
from notifications.smtp import FinalFailure, Mailer, RetryableFailure, parse_url

log = logging.getLogger("notifications.delivery")
CHAIN = ("deputy", "dpo", "manager", "admin")
"""Who is told when a mail is dead: the next person in this order who has not been written to about it."""


@dataclass(frozen=True)
class Claim:
    """A mail in our hand: the lease says until when, the attempt number fences off whoever held it before."""

    mail_id: UUID
    attempt: int
    message: EmailMessage | FinalFailure
    """The mail, or why it cannot be written at all."""


def deliver(engine: Database, clock: Clock, settings: Settings) -> int:
    """Send everything that waits, one mail after the other; returns how many were handed over.

    Without SMTP_URL nothing is claimed: the mails wait, and every page says so.
    """
    sent = 0
    if settings.smtp_url:
        with Mailer(parse_url(settings.smtp_url)) as mailer:
            while (claim := _claim(engine, clock, settings)) is not None:
                sent += _send(engine, clock, mailer, claim)
    with unit_of_work(engine, clock, SYSTEM) as uow:
        heartbeat.beat(uow, "deliver")
    return sent


def _claim(engine: Database, clock: Clock, settings: Settings) -> Claim | None:
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        row = outbox.claim_one(uow)
        return Claim(row.id, row.attempts, _written(uow, row, settings)) if row else None


def _written(uow: UnitOfWork, row: OutboxMail, settings: Settings) -> EmailMessage | FinalFailure:
    """The mail of a row. One that cannot be written must not hold up those behind it for ever."""
    try:
        return mails.compose(uow, row, settings)
    except mails.UNWRITABLE as error:
        log.exception("mail %s cannot be written", row.id)
        return FinalFailure(f"the mail cannot be written: {error}")


def _send(engine: Database, clock: Clock, mailer: Mailer, claim: Claim) -> int:
    failure = _hand_over(mailer, claim.message)
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        row = outbox.claimed(uow, claim.mail_id, claim.attempt)
        if row is None:
            return 0  # somebody else holds it by now and will settle it
        return _settle(uow, row, failure)


def _hand_over(mailer: Mailer, message: EmailMessage | FinalFailure) -> RetryableFailure | FinalFailure | None:
    if isinstance(message, FinalFailure):
        return message
    try:
        mailer.send(message)
    except (RetryableFailure, FinalFailure) as failure:
        return failure
    return None


def _settle(uow: UnitOfWork, row: OutboxMail, failure: RetryableFailure | FinalFailure | None) -> int:
    if failure is None:
        outbox.mark_sent(uow, row)
        audit.append(uow, _event(row, "mail.sent"))
        return 1
    if outbox.mark_failed(uow, row, str(failure), final=isinstance(failure, FinalFailure)):
        audit.append(uow, _event(row, "mail.dead", failure=row.last_error))
        _tell_next(uow, row)
    return 0


def _event(row: OutboxMail, kind: str, **more: str) -> audit.NewEvent:
    data = {"to": row.recipient, "template": row.template, "stage": row.payload.get("stage", ""), **more}
    return audit.NewEvent(row.controller_id, row.incident_id, kind, data)


def _tell_next(uow: UnitOfWork, dead: OutboxMail) -> None:
    """A warning nobody got must reach somebody: the next contact, in the end the controller's own mailbox."""
    if dead.incident_id is None:
        return
    told = {mail.recipient.casefold() for mail in outbox.mails_of(uow, dead.incident_id) if _same_warning(mail, dead)}
    person = next((one for one in _chain(uow, dead.controller_id) if one.email.casefold() not in told), None)
    if person is None:
        return  # everybody was tried: the red banner and the log say so
    outbox.add(
        uow,
        outbox.NewMail(
            key=f"{dead.key}:next:{person.email.casefold()}",
            template="undeliverable",
            recipient=person.email,
            name=person.name,
            language=person.language,
            payload={
                **dead.payload,
                "about": dead.payload.get("about", dead.template),
                "folded": [],
                "failed_recipient": dead.recipient,
                "failure": dead.last_error,
            },
            controller_id=dead.controller_id,
            incident_id=dead.incident_id,
            user_id=UUID(person.user_id) if person.user_id else None,
        ),
    )


def _same_warning(mail: OutboxMail, dead: OutboxMail) -> bool:
    said, lost = (tuple(one.payload.get(key) for key in ("clock_id", "stage", "notice")) for one in (mail, dead))
    return said == lost


def _chain(uow: UnitOfWork, controller_id: UUID) -> list[Person]:
    controller = uow.session.get_one(Controller, controller_id)
    known = [*people.people_of(uow, [controller_id])[controller_id], *named_in_profile(controller)]
    ordered = [
        person for word in CHAIN for person in known if (person.deputy if word == "deputy" else word in person.roles)
    ]
    last = Person("", controller.name, controller.email, controller.language, frozenset())
    return [person for person in (*ordered, last) if person.email]
