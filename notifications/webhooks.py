"""Delivery of webhooks: apart from the mails, so that no slow address ever keeps one waiting."""

import logging
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from uuid import UUID

from incidents.base.errors import IncidentError
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.rules.webhooks import signed
from incidents.steps.webhooks import PURPOSE, end
from incidents.store import audit, channels, heartbeat, outbox
from incidents.store.engine import Database
from incidents.store.secrets import Seal
from incidents.store.tables import OutboxMail, Webhook
from incidents.store.uow import SYSTEM, UnitOfWork, unit_of_work
from notifications import outgoing, webhook_bodies
from notifications.failures import FinalFailure
from notifications.mails import UNWRITABLE
from notifications.outgoing import Failure, HandOver
from notifications.post import Gone, post

log = logging.getLogger("notifications.webhooks")
LONGEST_RUN = timedelta(seconds=60)
"""No new message is begun later than this after the start of a run."""


def deliver_webhooks(engine: Database, clock: Clock, settings: Settings) -> int:
    """Hand over every message that waits; returns how many were taken."""
    taken = outgoing.run(engine, clock, WebhookCourier(clock, settings))
    with unit_of_work(engine, clock, SYSTEM) as uow:
        heartbeat.beat(uow, "webhooks")
    return taken


def seal_of(settings: Settings) -> Seal:
    """What addresses and secrets of webhooks are kept under."""
    return Seal((settings.secret_key, *settings.old_secret_keys), PURPOSE)


class WebhookCourier:
    """Calls the addresses; one that fails is left alone for the rest of the run."""

    channel = "webhook"

    def __init__(self, clock: Clock, settings: Settings) -> None:
        """A courier for one run that starts now."""
        self._clock, self._settings = clock, settings
        self._until = clock.now() + LONGEST_RUN
        self._seal = seal_of(settings)
        self._failed: set[str] = set()

    def without(self) -> Collection[str] | None:
        """The addresses that failed in this run; None when its time is up."""
        return None if self._clock.now() >= self._until else self._failed

    def write(self, uow: UnitOfWork, row: OutboxMail) -> HandOver:
        """The signed call, said as things stand now.

        Raises:
            FinalFailure: it cannot be written, or nobody wants it any more.
        """
        try:
            hook = channels.webhook(uow, UUID(row.recipient))
            message = webhook_bodies.compose(uow, row, self._settings)
            body = webhook_bodies.body(message, hook.shape)
            secrets, url = self._secrets(uow, hook), self._seal.open(hook.sealed_url).decode()
        except (IncidentError, *UNWRITABLE) as error:
            log.exception("webhook message %s cannot be written", row.id)
            raise FinalFailure(f"the message cannot be written: {error}") from error
        headers = signed(secrets, message.id, uow.now, body)
        return partial(post, url, body, headers, private=self._settings.webhooks_private)

    def _secrets(self, uow: UnitOfWork, hook: Webhook) -> list[str]:
        """The secret and, for a day after a change, the one before."""
        kept = [hook.sealed_secret]
        if hook.sealed_old_secret and hook.old_secret_until and uow.now < hook.old_secret_until:
            kept.append(hook.sealed_old_secret)
        return [self._seal.open(one).decode() for one in kept]

    def settle(self, uow: UnitOfWork, row: OutboxMail, failure: Failure | None) -> None:
        """Taken, tried again later, or given up aloud; 410 ends the webhook."""
        hook = channels.find_webhook(uow, UUID(row.recipient))
        if failure is None:
            outbox.mark_sent(uow, row)
            _remember_success(uow, hook, row)
            return
        self._failed.add(row.recipient)
        dead = outbox.mark_failed(uow, row, str(failure), final=isinstance(failure, FinalFailure))
        if hook is not None:
            _remember_failure(uow, hook, row, gone=isinstance(failure, Gone))
        if dead and row.template != "ping":
            audit.append(uow, _event(row, "webhook.dead", failure=row.last_error))


def _remember_failure(uow: UnitOfWork, hook: Webhook, row: OutboxMail, *, gone: bool) -> None:
    if gone:
        end(uow, hook, "410")
    elif row.state == "dead" and row.template != "ping":
        hook.failing_since = hook.failing_since or uow.now
    hook.last_error = row.last_error


def _remember_success(uow: UnitOfWork, hook: Webhook | None, row: OutboxMail) -> None:
    if hook is not None:
        hook.last_ok_at, hook.last_error, hook.failing_since = uow.now, "", None
    if row.template != "ping":
        audit.append(uow, _event(row, "webhook.sent"))


def _event(row: OutboxMail, kind: str, **more: str) -> audit.NewEvent:
    data = {"name": row.name, "template": row.template, "stage": row.payload.get("stage", ""), **more}
    return audit.NewEvent(row.controller_id, row.incident_id, kind, data)
