"""Assess: the questions of the risk test in the order in which they decide, and what follows from the answers."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.web.casehead import load
from incidents.web.facts import amend, amending_page
from incidents.web.forms import Form
from incidents.web.rendering import see_other
from incidents.web.sessions import PageRequest


@get("/incidents/{incident_id:uuid}/assess", sync_to_thread=True)
def show_questions(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The questionnaire, filled with what is known."""
    return amending_page(request, load(request, incident_id), "assess")


@post("/incidents/{incident_id:uuid}/assess", sync_to_thread=True)
def answer(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record the answers that are new."""
    try:
        amend(request, incident_id, "assess", form)
    except (InvalidInput, Conflict) as refused:
        return amending_page(request, load(request, incident_id), "assess", form.refused(refused))
    return see_other(f"/incidents/{incident_id}/assess", done="saved")


handlers: list[Any] = [show_questions, answer]
