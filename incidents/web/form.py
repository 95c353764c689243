"""The form of the authority, field by field: what the case fills in, what is answered here, what is still missing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from incidents.base.errors import Conflict, InvalidInput, NotFound
from incidents.rules.form import EDPB_BREACH, forms_to_fill, mark
from incidents.steps import form as steps
from incidents.steps.cases import Case
from incidents.web.casehead import case_page, load
from incidents.web.formfields import Look, fields_of, sections, stamps_of, typed, typed_over
from incidents.web.forms import Form
from incidents.web.rendering import language_of, see_other, words
from incidents.web.sessions import PageRequest, clock_of, page_uow


def look_at(request: PageRequest, case: Case, asked: steps.Asked) -> Look:
    """The form of a case in the person's language."""
    with page_uow(request, read_only=True) as uow:
        found = steps.read(uow, case.incident.id, asked)
    return Look(found, case, language_of(request), words(request))


def form_id_of(request: PageRequest, wanted: str) -> str:
    """The form somebody asked for, or the usual one.

    Raises:
        NotFound: there is no such form today.
    """
    chosen = wanted or EDPB_BREACH
    if chosen not in {one.id for one in forms_to_fill(clock_of(request).now().date())}:
        raise NotFound
    return chosen


def _form_page(request: PageRequest, look: Look, typed_in: Form | None = None) -> Response[str]:
    """The page, with what is recorded or with what was typed in."""
    recorded = fields_of(look.found, look.lang)
    return case_page(
        request,
        "pages/form.html",
        look.case,
        typed_over(typed_in, recorded) if typed_in else recorded,
        filing=look.found,
        sections=sections(look, stamps_of(typed_in) if typed_in else None),
        place=look.place,
        mark=lambda name, group: mark(name, group).in_language(look.lang),
        forms=forms_to_fill(clock_of(request).now().date()),
        today=clock_of(request).now().date().isoformat(),
    )


@get("/incidents/{incident_id:uuid}/form", sync_to_thread=True)
def show_form(request: PageRequest, incident_id: FromPath[UUID], which: FromQuery[str] = "") -> Response[str]:
    """The form as the case fills it, with how far it is and what stands in the way."""
    return _form_page(request, _look(request, incident_id, which))


def _look(request: PageRequest, incident_id: UUID, form_id: str) -> Look:
    return look_at(request, load(request, incident_id), steps.Asked(form_id=form_id_of(request, form_id)))


@post("/incidents/{incident_id:uuid}/form", sync_to_thread=True)
def save_answers(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record the answers that were changed on the page; everything else stays as it is."""
    look = _look(request, incident_id, form.text("form"))
    said, form_id = typed(form, look.found.form.fields), look.found.form.id
    try:
        with page_uow(request) as uow:
            if said.faults:
                raise InvalidInput(said.faults)
            steps.answer(uow, incident_id, said.answers, said.promises, form_id)
    except (InvalidInput, Conflict) as refused:
        return _form_page(request, look, form.refused(refused))
    which = f"?which={form_id}" if form_id != EDPB_BREACH else ""
    return see_other(f"/incidents/{incident_id}/form{which}", done="saved")


@post("/incidents/{incident_id:uuid}/form/preview", sync_to_thread=True, status_code=200)
def preview(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """The form with the answers as they are typed, so that fields come and go; nothing is kept."""
    look = _look(request, incident_id, form.text("form"))
    said = typed(form, look.found.form.fields)
    return _form_page(request, replace(look, found=look.found.as_if(said.answers)), form)


handlers: list[Any] = [show_form, save_answers, preview]
