"""In whose hands a case is: handed over to a named person, warnings seen, and who would get one now."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.steps import absences, clock, handover, hands
from incidents.steps.cases import Case
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.members import key_of
from incidents.web.rendering import see_other
from incidents.web.sessions import PageRequest, page_uow, person_of


def in_hand(request: PageRequest, found: Case) -> list[hands.Repeating]:
    """The repeated warnings this person can still say they have seen."""
    with page_uow(request, read_only=True) as uow:
        return [one for one in hands.repeating(uow, found) if one.waits_for(person_of(request).id)]


@get("/incidents/{incident_id:uuid}/hand-over", sync_to_thread=True)
def show_handover(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Who may take the case over, and who of them is away."""
    return _page(request, incident_id, Form())


def _page(request: PageRequest, incident_id: UUID, form: Form) -> Response[str]:
    found = load(request, incident_id)
    with page_uow(request, read_only=True) as uow:
        people = handover.candidates(uow, found.controller.id)
        away = {str(one.row.user_id): one.row for one in absences.of_controller(uow, found.controller.id)}
    others = [one for one in people if one.user_id != str(found.incident.held_by_id)]
    return case_page(request, "pages/handover.html", found, form, people=others, away=away)


@post("/incidents/{incident_id:uuid}/hand-over", sync_to_thread=True)
def hand_over(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Put the case into somebody's hands."""
    chosen = key_of(form.text("user")) if form.text("user") else None
    try:
        with page_uow(request) as uow:
            handover.hand_over(uow, incident_id, chosen, form.text("note"))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="handed_over")


@post("/incidents/{incident_id:uuid}/seen", sync_to_thread=True)
def see_warning(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Say that a warning was seen: it is not repeated for this person."""
    with page_uow(request) as uow:
        clock.acknowledge(uow, incident_id, via="page", stage=form.text("stage"), clock_id=key_of(form.text("clock")))
    return see_other(f"/incidents/{incident_id}", done="seen")


handlers: list[Any] = [show_handover, hand_over, see_warning]
