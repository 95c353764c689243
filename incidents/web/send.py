"""Send: record what was filed with the authority, and when and how the people concerned were told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.send import CommunicationForm, FilingForm
from incidents.steps import send
from incidents.steps.cases import Case
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import see_other, words
from incidents.web.sessions import PageRequest, clock_of, page_uow

CHANNEL_WORDS = {
    "online": msgid("NAIH online breach form"),
    "epapir": msgid("e-Papír"),
    "krid": msgid("Official gateway (KRID)"),
    "post": msgid("Post or in person"),
    "email": msgid("E-mail"),
    "other": msgid("Other"),
}
TELLING_WORDS = {
    "email": msgid("E-mail"),
    "post": msgid("Letter"),
    "sms": msgid("Text message"),
    "in_person": msgid("In person"),
    "public": msgid("Public communication"),
    "other": msgid("Other"),
}


def _worded(request: PageRequest, choices: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, words(request)(sentence)) for code, sentence in choices.items()]


def _send_page(
    request: PageRequest, found: Case, filing: Form | None = None, telling: Form | None = None
) -> Response[str]:
    """Both forms on one page; the refused one keeps what was typed."""
    kind = "follow_up" if found.filing else "new"
    return case_page(
        request,
        "pages/send.html",
        found,
        filing or telling,
        filing_form=filing or Form.of(kind=kind, channel="", complete=""),
        telling_form=telling or Form(),
        channels=_worded(request, CHANNEL_WORDS),
        forms_of_telling=_worded(request, TELLING_WORDS),
    )


@get("/incidents/{incident_id:uuid}/send", sync_to_thread=True)
def show_sending(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """What was sent so far, and the forms to record what has been sent now."""
    return _send_page(request, load(request, incident_id))


@post("/incidents/{incident_id:uuid}/send", sync_to_thread=True)
def record_filing(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record one filing with the authority; how late it was is settled here for good."""
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
    )
    try:
        with page_uow(request) as uow, typed.refusing():
            send.record_filing(uow, incident_id, filing)
    except (InvalidInput, Conflict) as refused:
        return _send_page(request, load(request, incident_id), filing=form.refused(refused))
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
        return _send_page(request, load(request, incident_id), telling=form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="told")


handlers: list[Any] = [show_sending, record_filing, record_communication]
