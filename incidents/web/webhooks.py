"""The webhooks of an organisation: where its warnings go beside the mails."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import IncidentError
from incidents.base.i18n import msgid
from incidents.rules.webhooks import KINDS, SHAPES, WebhookForm
from incidents.steps import webhooks
from incidents.store.tables import Webhook
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.members import key_of
from incidents.web.rendering import language_of, page, see_other, words
from incidents.web.sessions import PageRequest, page_uow, settings_of
from incidents.web.sudo import sudo
from notifications.webhook_bodies import headline
from notifications.webhooks import seal_of

Page = Response[Any]

SHAPE_NAMES = {
    "json": msgid("JSON, for a program of your own"),
    "teams": msgid("Microsoft Teams (workflow)"),
    "slack": msgid("Slack"),
}
KIND_NAMES = {
    "before": msgid("Warnings before the deadline"),
    "overdue": msgid("Warnings at the deadline and after it"),
    "notice": msgid("Changes in a case that somebody has to answer"),
    "trouble": msgid("Trouble with e-mail: a warning did not arrive, the mail server is down"),
}


@get("/controllers/{controller_id:uuid}/webhooks", sync_to_thread=True)
def show_webhooks(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The webhooks with what became of their newest messages, for those who manage the organisation."""
    return _show(request, controller_id, Form.of(shape="json", kinds=KINDS))


def _show(
    request: PageRequest, controller_id: UUID, form: Form, *, secret: str = "", of: Webhook | None = None
) -> Page:
    lang, settings, say = language_of(request), settings_of(request), words(request)
    with page_uow(request, read_only=True) as uow:
        found, known = visible(request, uow, controller_id, "manage"), webhooks.listing(uow, controller_id)
        told = {row.id: headline(uow, row, settings, lang) for one in known for row in one.messages}
    return page(
        request,
        "pages/controller_webhooks.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        known=known,
        told=told,
        said=say,
        secret=secret,
        of=of,
        shapes=[(code, say(SHAPE_NAMES[code])) for code in SHAPES],
        kinds=[(code, say(KIND_NAMES[code])) for code in KINDS],
    )


@post("/controllers/{controller_id:uuid}/webhooks", sync_to_thread=True, status_code=200)
@sudo
def add_webhook(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Add a webhook and show its secret this one time."""
    settings = settings_of(request)
    wanted = WebhookForm(form.text("name"), form.text("url"), form.text("shape"), form.values("kinds"))
    try:
        with page_uow(request) as uow:
            made, secret = webhooks.add(
                uow, controller_id, wanted, seal_of(settings), private=settings.webhooks_private
            )
    except IncidentError as refused:
        return _show(request, controller_id, form.refused(refused))
    return _show(request, controller_id, Form.of(shape="json", kinds=KINDS), secret=secret, of=made)


@post("/controllers/{controller_id:uuid}/webhooks/ping", sync_to_thread=True, status_code=200)
def ping_webhook(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Send a test message the way every warning goes."""
    with page_uow(request) as uow:
        webhooks.ping(uow, controller_id, key_of(form.text("webhook")))
    return see_other(f"/controllers/{controller_id}/webhooks", done="pinged")


@post("/controllers/{controller_id:uuid}/webhooks/rotate", sync_to_thread=True, status_code=200)
@sudo
def rotate_secret(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """A new secret, shown this one time; for a day the old one signs as well."""
    with page_uow(request) as uow:
        changed, secret = webhooks.rotate(
            uow, controller_id, key_of(form.text("webhook")), seal_of(settings_of(request))
        )
    return _show(request, controller_id, Form.of(shape="json", kinds=KINDS), secret=secret, of=changed)


@post("/controllers/{controller_id:uuid}/webhooks/revoke", sync_to_thread=True, status_code=200)
@sudo
def revoke_webhook(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """End a webhook at once."""
    with page_uow(request) as uow:
        webhooks.revoke(uow, controller_id, key_of(form.text("webhook")))
    return see_other(f"/controllers/{controller_id}/webhooks", done="removed")


handlers: list[Any] = [show_webhooks, add_webhook, ping_webhook, rotate_secret, revoke_webhook]
