"""Who is away and who stands in: one's own days, and those of the people of an organisation."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.absences import AbsenceForm
from incidents.steps import absences
from incidents.store.tables import User
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.members import key_of
from incidents.web.rendering import page, see_other
from incidents.web.sessions import PageRequest, actor_of, may_at, page_uow, person_of

Page = Response[Any]
NOT_A_DAY = msgid("Give a date, such as 2026-12-24.")


def _form(form: Form) -> AbsenceForm:
    """The absence typed.

    Raises:
        InvalidInput: a day cannot be read.
    """
    faults: list[FieldError] = []
    first, last = (_day(form, name, faults) for name in ("first", "last"))
    if faults:
        raise InvalidInput(faults)
    stand_in = form.text("stand_in")
    return AbsenceForm(first, last, key_of(stand_in) if stand_in else None, form.text("note"))


def _day(form: Form, name: str, faults: list[FieldError]) -> date:
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        faults.append(FieldError(name, "not-a-day", NOT_A_DAY))
        return date.min


@get("/account/absences", sync_to_thread=True)
def show_own(request: PageRequest) -> Page:
    """One's own absences."""
    return _own(request, Form())


def _own(request: PageRequest, form: Form) -> Page:
    with page_uow(request, read_only=True) as uow:
        planned = absences.mine(uow)
        staff = absences.substitutes(uow, frozenset(actor_of(request).roles))
    others = [one for one in staff if one.id != person_of(request).id]
    return page(request, "pages/absences.html", form=form, status=_status(form), planned=planned, others=others)


def _status(form: Form) -> int:
    return form.problem.status if form.problem else 200


@post("/account/absences", sync_to_thread=True, status_code=200)
def record_own(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Enter one's own absence."""
    try:
        with page_uow(request) as uow:
            absences.record_own(uow, _form(form))
    except InvalidInput as refused:
        return _own(request, form.refused(refused))
    return see_other("/account/absences", done="saved")


@post("/account/absences/{absence_id:uuid}/end", sync_to_thread=True, status_code=200)
def end_own(request: PageRequest, absence_id: FromPath[UUID]) -> Page:
    """Back again, or the journey is called off."""
    try:
        with page_uow(request) as uow:
            absences.end_own(uow, absence_id)
    except Conflict as refused:
        return _own(request, Form().refused(refused))
    return see_other("/account/absences", done="removed")


@get("/controllers/{controller_id:uuid}/absences", sync_to_thread=True)
def show_of_controller(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """Who of an organisation is away, and who stands in."""
    return _of_controller(request, controller_id, Form())


def _of_controller(request: PageRequest, controller_id: UUID, form: Form) -> Page:
    with page_uow(request, read_only=True) as uow:
        found = visible(request, uow, controller_id)
        planned = absences.of_controller(uow, controller_id)
        staff: Sequence[User] = absences.colleagues(uow, frozenset({controller_id}))
        able = absences.substitutes(uow, frozenset({controller_id}))
    return page(
        request,
        "pages/controller_absences.html",
        form=form,
        status=_status(form),
        controller=found,
        planned=planned,
        staff=staff,
        able=able,
        may_manage=may_at(request, controller_id, "manage"),
    )


@post("/controllers/{controller_id:uuid}/absences", sync_to_thread=True, status_code=200)
def record_for(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Enter the absence of a colleague."""
    try:
        with page_uow(request) as uow:
            absences.record_for(uow, controller_id, key_of(form.text("user")), _form(form))
    except InvalidInput as refused:
        return _of_controller(request, controller_id, form.refused(refused))
    return see_other(f"/controllers/{controller_id}/absences", done="saved")


@post("/controllers/{controller_id:uuid}/absences/{absence_id:uuid}/end", sync_to_thread=True, status_code=200)
def end_for(request: PageRequest, controller_id: FromPath[UUID], absence_id: FromPath[UUID]) -> Page:
    """A colleague is back again."""
    try:
        with page_uow(request) as uow:
            absences.end_for(uow, controller_id, absence_id)
    except Conflict as refused:
        return _of_controller(request, controller_id, Form().refused(refused))
    return see_other(f"/controllers/{controller_id}/absences", done="removed")


handlers: list[Any] = [show_own, record_own, end_own, show_of_controller, record_for, end_for]
