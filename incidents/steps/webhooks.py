"""Webhooks: a controller's own addresses for its warnings, and what is queued for them beside the mails."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from incidents.base.errors import Conflict, InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.rules import webhooks as rules
from incidents.rules.webhooks import WebhookForm
from incidents.steps.guard import require
from incidents.store import audit, channels, controllers, outbox
from incidents.store.deadlines import AnyClock, DueStage
from incidents.store.secrets import Seal
from incidents.store.tables import Incident, OutboxMail, Webhook
from incidents.store.uow import UnitOfWork

BOTH_SECRETS = timedelta(hours=24)
"""How long the old secret signs beside the new one."""
SHOWN = 5
"""Newest messages shown beside each webhook."""
FOR_ALL = frozenset({"verdict_changed", "approval_wanted", "exemption_reopened"})
"""The notices that are not addressed to one person."""
PURPOSE = "webhooks"
"""What the seal of addresses and secrets is for."""


class TooManyWebhooks(Conflict):
    """Each warning goes to every webhook of a controller."""

    code = "too-many-webhooks"
    message = "There are ten webhooks already. Revoke one that is not used any more."


@dataclass(frozen=True)
class Known:
    """A live webhook with its newest messages, newest first."""

    webhook: Webhook
    messages: Sequence[OutboxMail]


def listing(uow: UnitOfWork, controller_id: UUID) -> list[Known]:
    """The live webhooks of a controller, oldest first.

    Raises:
        NotFound, Forbidden: not this actor's to manage.
    """
    require(uow, controller_id, "manage")
    rows = channels.webhooks_of(uow, [controller_id])[controller_id]
    return [Known(row, outbox.to_recipient(uow, str(row.id), SHOWN)) for row in rows]


def add(
    uow: UnitOfWork, controller_id: UUID, form: WebhookForm, seal: Seal, *, private: bool = False
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown once and never again.

    ``private``: whether addresses inside the house are allowed (WEBHOOKS_PRIVATE).

    Raises:
        InvalidInput: some fields cannot be used.
        TooManyWebhooks: there are ten already.
    """
    require(uow, controller_id, "manage")
    if errors := rules.faults(form, private=private):
        raise InvalidInput(errors)
    controllers.lock(uow, controller_id)  # two added at once are counted one after the other
    if len(channels.webhooks_of(uow, [controller_id])[controller_id]) >= rules.MOST:
        raise TooManyWebhooks
    secret, url = rules.new_secret(os.urandom(32)), form.url.strip()
    row = Webhook(
        id=new_id(uow.now),
        controller_id=controller_id,
        name=form.name.strip(),
        shown=rules.shown(url),
        sealed_url=seal.close(url.encode()),
        sealed_secret=seal.close(secret.encode()),
        shape=form.shape,
        kinds=list(form.kinds),
        created_by=uow.actor.name,
        created_at=uow.now,
        last_error="",
    )
    uow.add(row)
    _log(uow, row, "webhook.made", address=row.shown)
    return row, secret


def rotate(uow: UnitOfWork, controller_id: UUID, webhook_id: UUID, seal: Seal) -> tuple[Webhook, str]:
    """A webhook's new secret; for a day the old one signs beside it.

    Raises:
        NotFound: there is no such live webhook here.
    """
    row = _mine(uow, controller_id, webhook_id)
    secret = rules.new_secret(os.urandom(32))
    row.sealed_old_secret, row.old_secret_until = row.sealed_secret, uow.now + BOTH_SECRETS
    row.sealed_secret = seal.close(secret.encode())
    _log(uow, row, "webhook.rotated")
    return row, secret


def revoke(uow: UnitOfWork, controller_id: UUID, webhook_id: UUID) -> None:
    """End a webhook at once; what waits for it goes nowhere.

    Raises:
        NotFound: there is no such live webhook here.
    """
    end(uow, _mine(uow, controller_id, webhook_id), "revoked")


def end(uow: UnitOfWork, row: Webhook, reason: str) -> None:
    """Take a webhook out of service: somebody revoked it, or the other side says it is gone."""
    outbox.call_off(uow, str(row.id), reason)  # before the webhook's own row: delivery locks them in this order
    row.revoked_at, row.failing_since = uow.now, None
    _log(uow, row, "webhook.revoked", reason=reason)


def ping(uow: UnitOfWork, controller_id: UUID, webhook_id: UUID) -> None:
    """Queue a test message, unless one waits already.

    Raises:
        NotFound: there is no such live webhook here.
    """
    row = _mine(uow, controller_id, webhook_id)
    waiting = outbox.to_recipient(uow, str(row.id), SHOWN)
    if not any(one.template == "ping" and one.state == "queued" for one in waiting):
        _queue(uow, row, "ping", uow.now.isoformat())


def _mine(uow: UnitOfWork, controller_id: UUID, webhook_id: UUID) -> Webhook:
    require(uow, controller_id, "manage")
    row = channels.webhook(uow, webhook_id)
    if row.controller_id != controller_id:
        raise NotFound
    return row


def queue_stage(uow: UnitOfWork, hooks: Iterable[Webhook], clock: AnyClock, stage: DueStage, at: datetime) -> None:
    """Queue a warning that has fired for the webhooks of its controller, in the transaction of its mails.

    ``at`` is when it may go out (aware UTC): quiet hours hold a message as they hold a mail.
    """
    wanting = _wanting(hooks, "overdue" if stage.due_at >= clock.deadline_at else "before")
    if not wanting:
        return
    payload = {
        "stage": stage.name,
        "clock_id": str(clock.id),
        "due_at": stage.due_at.isoformat(),
        "late_by_seconds": stage.late_by_seconds,
    }
    for row in wanting:
        _queue(uow, row, "stage", f"{clock.id}:{stage.name}", payload, clock.incident_id).next_attempt_at = at


def queue_notice(uow: UnitOfWork, incident: Incident, template: str, key: str) -> None:
    """Queue a change in a case that somebody must answer, beside its mails; what is said to one person stays a mail."""
    if template not in FOR_ALL:
        return
    for row in _wanting(channels.webhooks_of(uow, [incident.controller_id])[incident.controller_id], "notice"):
        _queue(uow, row, template, key, {"notice": key}, incident.id)


def queue_undelivered(uow: UnitOfWork, mail: OutboxMail) -> None:
    """A mail about a case was given up: say so where somebody may still see it."""
    if mail.incident_id is None:
        return
    for row in _wanting(channels.webhooks_of(uow, [mail.controller_id])[mail.controller_id], "trouble"):
        known: dict[str, object] = {key: mail.payload[key] for key in ("clock_id", "stage") if key in mail.payload}
        about = {"about": mail.payload.get("about", mail.template), **known}
        _queue(uow, row, "undeliverable", str(mail.id), about, mail.incident_id)


def queue_outage(uow: UnitOfWork, since: str) -> None:
    """The mail server has taken nothing for a while (``since``: ISO instant): tell every controller that wants it."""
    for row in _wanting(channels.every_webhook(uow), "trouble"):
        _queue(uow, row, "outage", since, {"since": since})


def _wanting(hooks: Iterable[Webhook], kind: str) -> list[Webhook]:
    return [row for row in hooks if kind in row.kinds]


def _queue(
    uow: UnitOfWork,
    row: Webhook,
    template: str,
    key: str,
    payload: Mapping[str, Any] | None = None,
    incident_id: UUID | None = None,
) -> OutboxMail:
    return outbox.add(
        uow,
        outbox.NewMail(
            key=f"{template}:{key}:webhook:{row.id}",
            channel="webhook",
            template=template,
            recipient=str(row.id),
            name=row.name,
            language="en",
            payload=payload or {},
            controller_id=row.controller_id,
            incident_id=incident_id,
        ),
    )


def _log(uow: UnitOfWork, row: Webhook, kind: str, **data: object) -> None:
    audit.append(uow, audit.NewEvent(row.controller_id, None, kind, {"name": row.name, **data}))
