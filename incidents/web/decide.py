"""Decide: notify the authority or not, tell the people or not or exempt, with reasons that will be read later."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.rules.decide import DecisionForm
from incidents.steps import decide
from incidents.steps.cases import Case
from incidents.web.casehead import case_page, load
from incidents.web.facts import known
from incidents.web.forms import Form
from incidents.web.opinion import opinion
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow

FIELDS = ("notify", "tell", "exemption", "reasons_authority", "reasons_subjects")


def _recorded(found: Case) -> Form:
    """The newest decision as a form to start from; an empty one before the first."""
    if found.decision is None:
        return Form()
    return Form({name: [str(getattr(found.decision, name))] for name in FIELDS})


@get("/incidents/{incident_id:uuid}/decide", sync_to_thread=True)
def show_decision(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The decision form, beside what is known and what the law asks."""
    found = load(request, incident_id)
    return _page(request, found, _recorded(found))


def _page(request: PageRequest, found: Case, form: Form) -> Response[str]:
    lang = language_of(request)
    return case_page(
        request, "pages/decide.html", found, form, known=known(found.facts, lang), opinion=opinion(found, lang)
    )


@post("/incidents/{incident_id:uuid}/decide", sync_to_thread=True)
def record_decision(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record a decision; an earlier one stays in the register as it was."""
    said = DecisionForm(**{name: form.text(name) for name in FIELDS})  # type: ignore[arg-type]
    try:
        with page_uow(request) as uow:
            decide.record_decision(uow, incident_id, said)
    except (InvalidInput, Conflict) as refused:
        return _page(request, load(request, incident_id), form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="decided")


handlers: list[Any] = [show_decision, record_decision]
