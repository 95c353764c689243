"""The triage of mails: a saved mail becomes a card with all it says and a report that only waits for a press."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Forbidden, IncidentError, InvalidInput
from incidents.base.time import BUDAPEST, zone
from incidents.rules import inbox as rules
from incidents.rules.access import may
from incidents.rules.evidence import NewFile
from incidents.rules.report import LONGEST_CONTACT, LONGEST_TEXT
from incidents.steps import controllers, inbox
from incidents.store.tables import Controller, InboundMail
from incidents.web.forms import Form
from incidents.web.rendering import page, see_other
from incidents.web.report import NO_CONTROLLER, report_choices, typed_report
from incidents.web.sessions import PageRequest, actor_of, clock_of, page_uow
from incidents.web.uploads import LARGEST_BODY, WITH_FILE

Page = Response[str]


def _mine(request: PageRequest) -> list[Controller]:
    """The controllers whose mails the person judges."""
    roles = actor_of(request).roles
    with page_uow(request, read_only=True) as uow:
        found = [one for one in controllers.controllers_of(uow) if may(roles.get(one.id, frozenset()), inbox.ACT)]
    if not found:
        raise Forbidden
    return found


def _inbox(request: PageRequest, form: Form) -> Page:
    mine = _mine(request)
    with page_uow(request, read_only=True) as uow:
        waiting = inbox.waiting(uow)
    status = form.problem.status if form.problem else 200
    names = {one.id: one.name for one in mine}
    return page(request, "pages/inbox.html", form=form, status=status, controllers=mine, waiting=waiting, names=names)


@get("/inbox", sync_to_thread=True)
def show_inbox(request: PageRequest) -> Page:
    """What waits, and the form for another mail."""
    return _inbox(request, Form())


@post("/inbox", sync_to_thread=True, dependencies=WITH_FILE, request_max_body_size=LARGEST_BODY)
def bring_mail(request: PageRequest, form: NamedDependency[Form], file: NamedDependency[NewFile | None]) -> Page:
    """Take a saved mail in and go on to its card."""
    mine = {str(one.id): one.id for one in _mine(request)}
    chosen = mine.get(form.value("controller", next(iter(mine))))
    try:
        if chosen is None:
            raise InvalidInput([NO_CONTROLLER])
        with page_uow(request) as uow:
            row = inbox.bring(uow, chosen, file)
    except InvalidInput as refused:
        return _inbox(request, form.refused(refused))
    return see_other(f"/inbox/{row.id}")


def _prefilled(request: PageRequest, row: InboundMail, mail: rules.Mail) -> Form:
    """The report as the mail tells it; the person only reads it through."""
    told = min(mail.sent_at or row.brought_at, clock_of(request).now())
    local = told.astimezone(zone(BUDAPEST))
    return Form(
        {
            "what_happened": [rules.story(mail, LONGEST_TEXT)],
            "noticed_when": ["at"],
            "noticed_at.date": [f"{local:%Y-%m-%d}"],
            "noticed_at.time": [f"{local:%H:%M}"],
            "kind": ["other"],
            "contact": [mail.sender[:LONGEST_CONTACT]],
        }
    )


def _card(request: PageRequest, mail_id: UUID, form: Form | None = None) -> Page:
    with page_uow(request, read_only=True) as uow:
        row, mail = inbox.look(uow, mail_id)
        [controller] = [one for one in controllers.controllers_of(uow) if one.id == row.controller_id]
    status = form.problem.status if form and form.problem else 200
    said: dict[str, Any] = {"row": row, "mail": mail, "controller": controller, "kinds": report_choices()}
    return page(request, "pages/triage.html", form=form or _prefilled(request, row, mail), status=status, **said)


@get("/inbox/{mail_id:uuid}", sync_to_thread=True)
def show_mail(request: PageRequest, mail_id: FromPath[UUID]) -> Page:
    """The card of a mail, with the report it would become."""
    return _card(request, mail_id)


@post("/inbox/{mail_id:uuid}/accept", sync_to_thread=True)
def accept_mail(request: PageRequest, mail_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Open the case and go on to it."""
    try:
        with page_uow(request) as uow:
            opened = inbox.accept(uow, mail_id, typed_report(request, form))
    except InvalidInput as refused:
        return _card(request, mail_id, form.refused(refused))
    return see_other(f"/incidents/{opened.incident_id}", done="reported")


@post("/inbox/{mail_id:uuid}/dismiss", sync_to_thread=True)
def dismiss_mail(request: PageRequest, mail_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Put the mail aside, with a reason."""
    try:
        with page_uow(request) as uow:
            inbox.dismiss(uow, mail_id, form.text("reason"))
    except InvalidInput as refused:
        return _card(request, mail_id, _beside(request, mail_id, form, refused))
    return see_other("/inbox", done="put_aside")


def _beside(request: PageRequest, mail_id: UUID, form: Form, refused: IncidentError) -> Form:
    """The report stays as the mail tells it, with what was typed as the reason."""
    with page_uow(request, read_only=True) as uow:
        row, mail = inbox.look(uow, mail_id)
    told = _prefilled(request, row, mail)
    return Form({**told.data, "reason": [form.value("reason")]}).refused(refused)


handlers: list[Any] = [show_inbox, bring_mail, show_mail, accept_mail, dismiss_mail]
