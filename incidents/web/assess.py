"""Assess: the questions of the risk test in the order in which they decide, and what the test makes of the answers."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.rules.facts import Facts, amend, validate
from incidents.steps import assess, report
from incidents.steps.cases import Case
from incidents.web import facts, verdict
from incidents.web.answers import changed_answers
from incidents.web.casehead import load
from incidents.web.facts import amending_page, wanted
from incidents.web.forms import Form
from incidents.web.opinion import Said, in_words_of, opinion
from incidents.web.rendering import language_of, page, see_other
from incidents.web.sessions import PageRequest, clock_of, page_uow

FRAGMENT = "x-fragment"
"""The header by which the script of the page asks for the verdict alone."""


def _asked_group(request: PageRequest, found: Case) -> str:
    """The group of people a page is about; empty for everybody.

    Raises:
        NotFound: there is no such group.
    """
    group: str = request.query_params.get("group", "")
    if group and group not in found.groups:
        raise NotFound
    return group


def _page(request: PageRequest, incident_id: UUID, form: Form | None = None, live: Said | None = None) -> Response[str]:
    found = load(request, incident_id)
    group = _asked_group(request, found)
    kept = opinion(found, language_of(request))
    unsaved = live is not None
    shown = live or (kept.said if kept else None)
    return amending_page(request, found, "assess", form, group, opinion=kept, live=shown, unsaved=unsaved)


@get("/incidents/{incident_id:uuid}/assess", sync_to_thread=True)
def show_questions(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The questionnaire of everybody or of a group of people, filled with what is known, under the verdict."""
    return _page(request, incident_id)


@post("/incidents/{incident_id:uuid}/assess", sync_to_thread=True)
def answer(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record the answers that are new and run the test on them; the run is kept."""
    group = _asked_group(request, load(request, incident_id))
    try:
        facts.amend(request, incident_id, "assess", form, group)
        with page_uow(request) as uow:
            assess.run(uow, incident_id)
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/assess/result", done="assessed")


@post("/incidents/{incident_id:uuid}/assess/preview", sync_to_thread=True, status_code=200)
def preview(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """What the test would say to the answers as they stand in the form; nothing is kept.

    The script of the page gets the verdict alone, a browser without it the whole page with the answers in it.
    """
    found = load(request, incident_id)
    said = _verdict_of(request, found, form, _asked_group(request, found))
    if FRAGMENT in request.headers:
        return page(request, "parts/live.html", live=said, unsaved=True)
    return _page(request, incident_id, form, said)


def _verdict_of(request: PageRequest, found: Case, form: Form, group: str) -> Said:
    """The verdict with the usable answers of a form in place of the recorded ones."""
    changed, _ = changed_answers(form.data, found.facts_of(group), wanted("assess", group))
    parsed, _ = validate(changed)
    now = clock_of(request).now()
    own = found.groups.get(group, Facts(0)) if group else found.facts
    answered = amend(own, parsed, by="", at=now)
    everybody = found.facts if group else answered
    groups = {**found.groups, group: answered} if group else found.groups
    return in_words_of(assess.verdict_on(everybody, groups, now), language_of(request), now)


@post("/incidents/{incident_id:uuid}/assess/groups", sync_to_thread=True)
def add_group(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Name a group of people for whom something is different, and go on to its questions."""
    name = " ".join(form.text("group").split())
    try:
        if not name:
            raise InvalidInput([FieldError("group", "required", "Name the people, for example: the patients.")])
        with page_uow(request) as uow:
            report.amend_facts(uow, incident_id, {}, group=name)
    except (InvalidInput, Conflict) as refused:
        return verdict.result_page(request, load(request, incident_id), form.refused(refused))
    return see_other(verdict.questions_of(incident_id, name), done="saved")


@post("/incidents/{incident_id:uuid}/assess/groups/end", sync_to_thread=True)
def end_group(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Take a group of people back: there is none such after all."""
    with page_uow(request) as uow:
        report.end_group(uow, incident_id, form.text("group"), form.text("reason"))
    return see_other(f"/incidents/{incident_id}/assess", done="removed")


handlers: list[Any] = [show_questions, answer, preview, add_group, end_group, *verdict.handlers]
