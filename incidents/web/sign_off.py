"""Sign-off of the next filing: asked for, looked at with what is known and what is not, given or refused."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput, NotFound
from incidents.rules.form import difference, mark
from incidents.rules.thread import open_fields
from incidents.steps import sign_off
from incidents.steps.form import Asked
from incidents.web.casehead import case_page, load
from incidents.web.form import look_at
from incidents.web.forms import Form
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow, person_of
from incidents.web.thread import thread_page


@post("/incidents/{incident_id:uuid}/sign-off", sync_to_thread=True)
def ask_for_sign_off(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Ask the responsible manager about the form exactly as it stands."""
    asked = Asked(kind=form.text("sign_kind"), complete=form.has("sign_complete"))
    try:
        with page_uow(request) as uow:
            sign_off.request(uow, incident_id, asked)
    except (InvalidInput, Conflict) as refused:
        return thread_page(request, incident_id, signing=form.refused(refused))
    return see_other(f"/incidents/{incident_id}/send", done="asked")


@get("/incidents/{incident_id:uuid}/sign-off/{asked_id:uuid}", sync_to_thread=True)
def show_request(request: PageRequest, incident_id: FromPath[UUID], asked_id: FromPath[UUID]) -> Response[str]:
    """What is to be signed: how far it is, what is open, how much time is left."""
    return _page(request, incident_id, asked_id)


def _page(request: PageRequest, incident_id: UUID, asked_id: UUID, refused: Form | None = None) -> Response[str]:
    case, lang = load(request, incident_id), language_of(request)
    with page_uow(request, read_only=True) as uow:
        row, now = sign_off.look(uow, asked_id)
        answer = sign_off.answer_to(uow, row)
    if row.incident_id != incident_id:
        raise NotFound
    look = look_at(request, case, sign_off.asked_again(row))
    return case_page(
        request,
        "pages/sign_off.html",
        case,
        refused,
        asked=row,
        answer=answer,
        filing=now,
        place=look.place,
        unknown=open_fields(now.filled),
        changed=difference(row.content, now.filled),
        own=row.requested_by_id == person_of(request).id,
        mark=lambda name, group: mark(name, group).in_language(lang),
    )


@post("/incidents/{incident_id:uuid}/sign-off/{asked_id:uuid}", sync_to_thread=True)
def answer_request(
    request: PageRequest, incident_id: FromPath[UUID], asked_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Sign off exactly this version, or refuse it with a sentence: one press either way."""
    try:
        with page_uow(request) as uow:
            sign_off.answer(uow, asked_id, form.text("answer"), form.text("sentence"))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, asked_id, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/sign-off/{asked_id}", done="answered")


handlers: list[Any] = [ask_for_sign_off, show_request, answer_request]
