"""The case: how long, what is known, what is missing, who has it, what is the next act; below, everything recorded."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import IncidentError
from incidents.base.i18n import msgid
from incidents.rules.lifecycle import obstacles_to_closing
from incidents.steps import clock, register
from incidents.web import facts
from incidents.web.casehead import case_page, load
from incidents.web.casework import work_of, work_words
from incidents.web.clock import readings
from incidents.web.facts import known, missing_labels, versions
from incidents.web.forms import Form
from incidents.web.handover import in_hand
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow
from incidents.web.timeline import timeline

OBSTACLES = (
    msgid("There is no decision yet."),
    msgid("The decision was to notify the authority, but no filing is recorded."),
    msgid("The newest filing is incomplete: record the complete follow-up first."),
    msgid("The decision was to tell the people concerned, but no communication is recorded."),
)
"""The sentences of the lifecycle rules, named here for the catalogues: rules know no languages."""


@get("/incidents/{incident_id:uuid}", sync_to_thread=True)
def show_case(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The case page."""
    found = load(request, incident_id)
    lang = language_of(request)
    return case_page(
        request,
        "pages/case.html",
        found,
        readings=readings(found.clock),
        known=known(found.facts, lang),
        versions=versions(found, lang),
        missing=missing_labels(found.missing, lang),
        timeline=timeline(found, lang),
        closable=not obstacles_to_closing(found.marks),
        repeating=in_hand(request, found),
        work=work_of(request, incident_id),
        work_words=work_words(request),
    )


@post("/incidents/{incident_id:uuid}/acknowledge", sync_to_thread=True)
def acknowledge_case(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Take the case, from its page."""
    with page_uow(request) as uow:
        clock.acknowledge(uow, incident_id, via="page")
    return see_other(f"/incidents/{incident_id}", done="acknowledged")


@get("/incidents/{incident_id:uuid}/close", sync_to_thread=True)
def show_closing(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Close a case, or open a closed one again, each with a note."""
    return _closing(request, incident_id)


@post("/incidents/{incident_id:uuid}/close", sync_to_thread=True)
def close_case(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Close it: nothing of it disappears from the register."""
    try:
        with page_uow(request) as uow:
            register.close_incident(uow, incident_id, form.text("note"))
    except IncidentError as refused:
        return _refused(request, incident_id, form, refused)
    return see_other(f"/incidents/{incident_id}", done="closed")


@post("/incidents/{incident_id:uuid}/reopen", sync_to_thread=True)
def reopen_case(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Open it again, for instance when new facts come to light."""
    try:
        with page_uow(request) as uow:
            register.reopen_incident(uow, incident_id, form.text("note"))
    except IncidentError as refused:
        return _refused(request, incident_id, form, refused)
    return see_other(f"/incidents/{incident_id}", done="reopened")


def _refused(request: PageRequest, incident_id: UUID, form: Form, refused: IncidentError) -> Response[str]:
    if refused.status not in {409, 422}:
        raise refused
    return _closing(request, incident_id, form.refused(refused))


def _closing(request: PageRequest, incident_id: UUID, form: Form | None = None) -> Response[str]:
    found = load(request, incident_id)
    obstacles = () if found.incident.closed_at else obstacles_to_closing(found.marks)
    return case_page(request, "pages/close.html", found, form, obstacles=obstacles)


handlers: list[Any] = [*facts.handlers, show_case, acknowledge_case, show_closing, close_case, reopen_case]
