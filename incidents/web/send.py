"""Send: record what was filed with the authority, and when and how the people concerned were told."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.rules.send import CommunicationForm, FilingForm
from incidents.steps import send
from incidents.web import orders, receipts, sign_off
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import see_other
from incidents.web.sessions import PageRequest, clock_of, page_uow
from incidents.web.thread import thread_page
from notifications.documents import sheets


@get("/incidents/{incident_id:uuid}/send", sync_to_thread=True)
def show_sending(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The thread with the authority, and the forms to record what has been sent now."""
    return thread_page(request, incident_id)


@post("/incidents/{incident_id:uuid}/send", sync_to_thread=True)
def record_filing(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record one filing with the authority: what it said and how late it was are settled here for good."""
    typed = Reader(form, clock_of(request).now())
    filing = FilingForm(
        kind=form.text("kind"),
        complete=typed.truth("complete"),
        channel=form.text("channel"),
        filed_at=typed.moment("filed_at"),
        authority_identifier=form.text("authority_identifier"),
        delay_reasons=form.text("delay_reasons"),
        document_id=typed.key("document_id"),
        note=form.text("note"),
        promised_on=typed.day("promised_on"),
        unsigned_because=form.text("unsigned_because"),
    )
    try:
        with page_uow(request) as uow, typed.refusing():
            sheets.record_filing(uow, incident_id, filing)
    except (InvalidInput, Conflict) as refused:
        return thread_page(request, incident_id, filing=form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="filed")


@post("/incidents/{incident_id:uuid}/tell", sync_to_thread=True)
def record_communication(
    request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Record that the people concerned were told: when, in what form, with what content, how many were reached."""
    typed = Reader(form, clock_of(request).now())
    told = CommunicationForm(
        sent_at=typed.moment("sent_at"),
        form=form.text("form"),
        reached=typed.number("reached"),
        document_id=typed.key("tell_document"),
        note=form.text("tell_note"),
    )
    try:
        with page_uow(request) as uow, typed.refusing():
            send.record_communication(uow, incident_id, told)
    except (InvalidInput, Conflict) as refused:
        return thread_page(request, incident_id, telling=form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="told")


handlers: list[Any] = [
    show_sending,
    record_filing,
    record_communication,
    *receipts.handlers,
    *sign_off.handlers,
    *orders.handlers,
]
