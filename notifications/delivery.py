"""Delivery of mails: what one run does, and what follows when a mail is dead or comes back.

A mail server that takes nothing at all costs no mail any of its tries: one mail a minute asks whether it is back, the
others wait, and all leave as soon as it is.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from incidents.base import logs
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.rules.escalation import Person
from incidents.rules.office import local
from incidents.steps import webhooks
from incidents.steps.escalate import named_in_profile
from incidents.store import absences, audit, channels, heartbeat, outbox, people
from incidents.store.engine import Database
from incidents.store.tables import Controller, OutboxMail
from incidents.store.uow import SYSTEM, UnitOfWork, unit_of_work
from notifications import mails, outgoing, verp
from notifications.failures import FinalFailure, ServerFailure, Unwritable
from notifications.outgoing import Failure, HandOver
from notifications.smtp import Mailer, parse_url

log = logs.logger("notifications.delivery")
SIGN_OF_LIFE = timedelta(seconds=30)
LONGEST_RUN = timedelta(seconds=75)
"""No new mail is begun later than this after the start of a run: a worker is ended after two minutes at one task."""
CHAIN = ("deputy", "dpo", "manager", "admin")
"""Who is told when a mail is dead: the next person in this order who has not been written to about it, or else the
first of them whom this warning can still reach.
"""
LOST = frozenset({"dead", "bounced"})
"""States of a mail that nobody got."""


def deliver(engine: Database, clock: Clock, settings: Settings) -> int:
    """Send everything that waits, one mail after the other; returns how many were handed over.

    Without SMTP_URL nothing is claimed: the mails wait, and every page says so.
    """
    sent = 0
    if settings.smtp_url:
        with unit_of_work(engine, clock, SYSTEM) as uow:
            down = channels.outage(uow)
        if down is None or down.next_try_at <= clock.now():
            with Mailer(parse_url(settings.smtp_url)) as mailer:
                sent = outgoing.run(engine, clock, MailCourier(mailer, clock, settings, down=down is not None))
    with unit_of_work(engine, clock, SYSTEM) as uow:
        heartbeat.beat(uow, "deliver")
    return sent


class MailCourier:
    """Hands mails to the mail server; ends the run when the server takes none."""

    channel = "mail"

    def __init__(self, mailer: Mailer, clock: Clock, settings: Settings, *, down: bool) -> None:
        """``down``: the server was not to be reached the last time."""
        self._mailer, self._clock, self._settings, self._down = mailer, clock, settings, down
        self._until = clock.now() + LONGEST_RUN
        self._stopped = False
        self._shown_at: datetime | None = None

    def without(self) -> Collection[str] | None:
        """Nobody is left out; None once the server takes nothing, or the run has lasted long enough."""
        return None if self._stopped or self._clock.now() >= self._until else ()

    def write(self, uow: UnitOfWork, row: OutboxMail) -> HandOver:
        """The mail of a row, said as things stand now.

        Raises:
            FinalFailure: it cannot be written.
        """
        try:
            message = mails.compose(uow, row, self._settings)
        except mails.UNWRITABLE as error:
            log.exception("mail.unwritable", mail_id=row.id, incident_id=row.incident_id, channel=row.channel)
            raise Unwritable(f"the mail cannot be written: {error}") from error
        return partial(self._mailer.send, message, _sender(self._settings, row.id))

    def settle(self, uow: UnitOfWork, row: OutboxMail, failure: Failure | None) -> None:
        """Sent, tried again later, kept for a server that is down, or given up aloud."""
        self._show_life(uow)
        if isinstance(failure, ServerFailure):
            self._stopped = True
            down = channels.note_outage(uow, str(failure))
            if down.told_at is None and uow.now - down.since >= channels.ALARM_AFTER:
                webhooks.queue_outage(uow, down.since.isoformat())
                down.told_at = uow.now
            dead = outbox.put_back(uow, row, str(failure), down_since=down.since)
        else:
            if not isinstance(failure, Unwritable):
                self._server_is_back(uow)
            dead = _settle(uow, row, failure)
        if dead:
            _give_up(uow, row, "mail.dead")

    def _show_life(self, uow: UnitOfWork) -> None:
        """A run over very many mails is alive long before it ends."""
        if self._shown_at is None or uow.now - self._shown_at >= SIGN_OF_LIFE:
            heartbeat.beat(uow, "deliver")
            self._shown_at = uow.now

    def _server_is_back(self, uow: UnitOfWork) -> None:
        if self._down:
            channels.end_outage(uow)
            self._down = False


def _sender(settings: Settings, mail_id: UUID) -> str:
    """Where a server further on sends a mail back to: by it the bounce is known; empty without BOUNCE_ADDRESS."""
    if not settings.bounce_address:
        return ""
    return verp.encode(settings.secret_key, settings.bounce_address, "o", mail_id)


def _settle(uow: UnitOfWork, row: OutboxMail, failure: Failure | None) -> bool:
    """Record an answer of the server to this very mail; returns whether it is dead."""
    if failure is None:
        outbox.mark_sent(uow, row)
        audit.append(uow, _event(row, "mail.sent"))
        return False
    return outbox.mark_failed(uow, row, str(failure), final=isinstance(failure, FinalFailure))


def bounced(uow: UnitOfWork, mail_id: UUID, diagnostic: str) -> None:
    """A mail came back after it was sent: it shows red, and the next contact is told.

    A bounce that comes twice, or of a mail nobody knows, changes nothing. ``uow`` is open for every controller;
    ``diagnostic`` is what the server further on said.
    """
    row = outbox.lock(uow, mail_id)
    if row is not None and row.channel == "mail" and outbox.mark_bounced(row, diagnostic):
        _give_up(uow, row, "mail.bounced")


def _give_up(uow: UnitOfWork, row: OutboxMail, kind: str) -> None:
    audit.append(uow, _event(row, kind, failure=row.last_error))
    webhooks.queue_undelivered(uow, row)
    _tell_next(uow, row)


def _event(row: OutboxMail, kind: str, **more: str) -> audit.NewEvent:
    data = {"to": row.recipient, "template": row.template, "stage": row.payload.get("stage", ""), **more}
    return audit.NewEvent(row.controller_id, row.incident_id, kind, data)


def _tell_next(uow: UnitOfWork, dead: OutboxMail) -> None:
    """A warning somebody did not get must reach another: the next contact, in the end the controller's own mailbox.

    Where everybody has it, the first of them whose mail is not lost as well hears who has not.
    """
    if dead.incident_id is None:
        return
    mails = [mail for mail in outbox.mails_of(uow, dead.incident_id) if _same_warning(mail, dead)]
    told = {mail.recipient.casefold() for mail in mails}
    lost = {mail.recipient.casefold() for mail in mails if mail.state in LOST}
    chain = _chain(uow, dead.controller_id)
    person = _first_beside(told, chain) or _first_beside(lost, chain)
    if person is None:
        return  # everybody was tried in vain: the red banner and the log say so
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


def _first_beside(addresses: Collection[str], chain: Sequence[Person]) -> Person | None:
    return next((one for one in chain if one.email.casefold() not in addresses), None)


def _same_warning(mail: OutboxMail, dead: OutboxMail) -> bool:
    said, lost = (tuple(one.payload.get(key) for key in ("clock_id", "stage", "notice")) for one in (mail, dead))
    return said == lost


def _chain(uow: UnitOfWork, controller_id: UUID) -> list[Person]:
    """Who is told next, in this order; whoever is away today comes after everybody who is not."""
    controller = uow.session.get_one(Controller, controller_id)
    known = [*people.people_of(uow, [controller_id])[controller_id], *named_in_profile(controller)]
    ordered = [
        person for word in CHAIN for person in known if (person.deputy if word == "deputy" else word in person.roles)
    ]
    away = {one.user_id for one in absences.on(uow, local(uow.now).date())}
    last = Person("", controller.name, controller.email, controller.language, frozenset())
    return [person for person in (*sorted(ordered, key=lambda one: one.user_id in away), last) if person.email]
