"""Assess: the questions of the risk test in the order in which they decide, and what the test makes of the answers."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.steps import assess
from incidents.web.casehead import load
from incidents.web.facts import amend, amending_page
from incidents.web.forms import Form
from incidents.web.opinion import opinion
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow


def _page(request: PageRequest, incident_id: UUID, form: Form | None = None) -> Response[str]:
    found = load(request, incident_id)
    return amending_page(request, found, "assess", form, opinion=opinion(found, language_of(request)))


@get("/incidents/{incident_id:uuid}/assess", sync_to_thread=True)
def show_questions(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The questionnaire, filled with what is known, under the newest outcome of the test."""
    return _page(request, incident_id)


@post("/incidents/{incident_id:uuid}/assess", sync_to_thread=True)
def answer(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record the answers that are new and run the test on them; the run is kept."""
    try:
        amend(request, incident_id, "assess", form)
        with page_uow(request) as uow:
            assess.run(uow, incident_id)
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/assess", done="assessed")


handlers: list[Any] = [show_questions, answer]
