"""The page of the thread with the authority: what was sent and signed, and the forms to record what comes next."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from litestar import Response

from incidents.base.i18n import msgid
from incidents.rules.form import mark
from incidents.steps import thread_view
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.places import place_of
from incidents.web.rendering import language_of, words
from incidents.web.sessions import PageRequest, page_uow

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


def worded(request: PageRequest, choices: Mapping[str, str]) -> list[tuple[str, str]]:
    """Choices in the language of the page."""
    return [(code, words(request)(sentence)) for code, sentence in choices.items()]


def thread_page(
    request: PageRequest,
    incident_id: UUID,
    *,
    filing: Form | None = None,
    telling: Form | None = None,
    signing: Form | None = None,
) -> Response[str]:
    """The thread and its forms on one page; the refused one keeps what was typed."""
    case, lang = load(request, incident_id), language_of(request)
    with page_uow(request, read_only=True) as uow:
        found = thread_view.read(uow, incident_id)
    refused = filing or telling or signing
    return case_page(
        request,
        "pages/send.html",
        case,
        _without_rows(refused) if refused else None,
        thread=found,
        filing_form=filing or _next(found),
        telling_form=telling or Form(),
        signing_form=signing or Form.of(sign_kind=found.form.case.filing_kind),
        in_the_way=found.form.in_the_way if filing and _not_complete(filing) else (),
        channels=worded(request, CHANNEL_WORDS),
        forms_of_telling=worded(request, TELLING_WORDS),
        place=lambda name: place_of(name, case, lang, words(request)),
        mark=lambda name, group: mark(name, group).in_language(lang),
    )


def _next(found: thread_view.Thread) -> Form:
    """The form of the next filing as it starts: what the thread and the form of the authority already say."""
    reasons = str(found.form.answers.get("delay_reasons") or "")
    return Form.of(kind=found.form.case.filing_kind, channel="", complete="", delay_reasons=reasons)


def _not_complete(form: Form) -> bool:
    return any(error.code == "not-complete" for error in form.errors)


def _without_rows(form: Form) -> Form:
    """The rows that stand in the way are listed beside the choice, each with its link, and not on top once more."""
    return replace(form, errors=tuple(error for error in form.errors if not error.path.startswith("form.")))
