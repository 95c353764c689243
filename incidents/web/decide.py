"""Decide: notify the authority or not, tell the people or not or exempt, with reasons; the second person's answer."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.rules.assess.difference import WHOLE
from incidents.rules.decide import DecisionForm, strictest_tell
from incidents.steps import decide, second
from incidents.steps.cases import Case
from incidents.store.tables import DecisionProposal
from incidents.web.casehead import case_page, load
from incidents.web.facts import known
from incidents.web.forms import Form
from incidents.web.opinion import opinion
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow
from notifications.notices import second_person_reasons

FIELDS = ("notify", "tell", "exemption", "evidence", "reasons_authority", "reasons_subjects")


def _recorded(found: Case) -> Form:
    """What was decided or proposed last as a form to start from; an empty one before the first."""
    last = found.proposal or found.decision
    if last is None:
        return Form()
    by_group = {
        f"groups.{place}": [last.tell_by_group.get(name, last.tell)] for place, name in enumerate(_everybody(found))
    }
    return Form({name: [str(getattr(last, name))] for name in FIELDS} | by_group)


def _everybody(found: Case) -> tuple[str, ...]:
    """The groups of people it is decided for one by one, whoever is in none first; nobody where there are no groups."""
    return (WHOLE, *found.groups) if found.groups else ()


@get("/incidents/{incident_id:uuid}/decide", sync_to_thread=True)
def show_decision(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The decision form, beside what is known and what the law asks."""
    found = load(request, incident_id)
    return _page(request, found, _recorded(found))


def _page(request: PageRequest, found: Case, form: Form) -> Response[str]:
    lang = language_of(request)
    waiting = found.proposal
    with page_uow(request, read_only=True) as uow:
        answers = waiting is not None and second.may_answer(uow, waiting.controller_id, waiting.proposed_by_id)
    return case_page(
        request,
        "pages/decide.html",
        found,
        form,
        known=known(found.facts, lang),
        opinion=opinion(found, lang),
        why_second=second_person_reasons(waiting.needs_second, lang) if waiting else (),
        said_groups=_everybody(found),
        may_answer=answers,
    )


def _said(form: Form, found: Case) -> DecisionForm:
    """The decision in a form; with groups of people, the whole is the strictest of what is decided for each."""
    said = {name: form.text(name) for name in FIELDS}
    if not found.groups:
        return DecisionForm(**said)  # type: ignore[arg-type]
    by_group = {name: form.text(f"groups.{place}") for place, name in enumerate(_everybody(found))}
    whole = {"tell": strictest_tell(tuple(by_group.values()))}
    return DecisionForm(**{**said, **whole}, tell_by_group=by_group)


def _refused(form: Form, refused: InvalidInput | Conflict, found: Case) -> Form:
    """The refused form; what is wrong with the answer for a group stands at its field, which has a number."""
    shown = form.refused(refused)
    fields = {f"groups.{name}": f"groups.{place}" for place, name in enumerate(_everybody(found))}
    return replace(shown, errors=tuple(replace(one, path=fields.get(one.path, one.path)) for one in shown.errors))


@post("/incidents/{incident_id:uuid}/decide", sync_to_thread=True)
def record_decision(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record a decision, or propose it where one person is not enough; an earlier one stays in the register."""
    try:
        with page_uow(request) as uow:
            row = decide.record_decision(uow, incident_id, _said(form, load(request, incident_id)))
    except (InvalidInput, Conflict) as refused:
        found = load(request, incident_id)
        return _page(request, found, _refused(form, refused, found))
    if isinstance(row, DecisionProposal):
        return see_other(f"/incidents/{incident_id}/decide", done="proposed")
    return see_other(f"/incidents/{incident_id}", done="decided")


@post("/incidents/{incident_id:uuid}/proposals/{proposal_id:uuid}", sync_to_thread=True)
def answer_proposal(
    request: PageRequest, incident_id: FromPath[UUID], proposal_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Approve, or refuse with a sentence, as the second person: one press either way."""
    try:
        with page_uow(request) as uow:
            row = decide.answer_proposal(uow, proposal_id, form.text("answer"), form.text("sentence"))
    except (InvalidInput, Conflict) as refused:
        return _page(request, load(request, incident_id), form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="decided" if row else "refused")


handlers: list[Any] = [show_decision, record_decision, answer_proposal]
