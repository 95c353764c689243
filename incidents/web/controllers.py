"""Organisations (controllers): profile, processors, processing activities."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Forbidden, InvalidInput, NotFound
from incidents.steps import contacts, controllers
from incidents.steps.controllers import ActivityForm, ControllerForm, ProcessorForm
from incidents.store.tables import Controller, ProcessingActivity, Processor
from incidents.store.uow import UnitOfWork
from incidents.web.forms import Form
from incidents.web.rendering import page, see_other
from incidents.web.sessions import PageRequest, actor_of, may_at, operator_uow, page_uow

Page = Response[Any]


def visible(request: PageRequest, uow: UnitOfWork, controller_id: UUID, act: str = "") -> Controller:
    """An organisation whose pages this person may read; with an act, who may do that as well.

    Raises:
        NotFound: no such one, or none of theirs.
        Forbidden: their role there is only to report, or does not allow the act.
    """
    found = next((one for one in controllers.controllers_of(uow) if one.id == controller_id), None)
    if found is None:
        raise NotFound
    readable = may_at(request, controller_id, "read") or may_at(request, controller_id, "manage")
    if not readable or (act and not may_at(request, controller_id, act)):
        raise Forbidden
    return found


@get("/controllers", sync_to_thread=True)
def show_controllers(request: PageRequest) -> Page:
    """Every organisation of the person."""
    with page_uow(request, read_only=True) as uow:
        mine = controllers.controllers_of(uow)
    return page(request, "pages/controllers.html", controllers=mine)


@get("/controllers/new", sync_to_thread=True)
def show_new(request: PageRequest) -> Page:
    """An empty profile, for the operator."""
    if not actor_of(request).is_operator:
        raise Forbidden
    return page(request, "pages/controller_new.html", form=Form.of(language="hu"))


@post("/controllers/new", sync_to_thread=True, status_code=200)
def create(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Take an organisation in."""
    try:
        with operator_uow(request) as uow:
            made = controllers.create_controller(uow, _profile(form))
    except InvalidInput as refused:
        return page(request, "pages/controller_new.html", form=form.refused(refused), status=refused.status)
    return see_other(f"/controllers/{made.id}/people", done="created")


@get("/controllers/{controller_id:uuid}", sync_to_thread=True)
def show_profile(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The profile: a form for those who manage it, a sheet for the others."""
    with page_uow(request, read_only=True) as uow:
        found, sheet = visible(request, uow, controller_id), contacts.state(uow, controller_id)
    recorded = Form.of(**{field.name: getattr(found, field.name) for field in fields(ControllerForm)})
    return _show(request, "pages/controller_profile.html", found, recorded, sheet=sheet)


@post("/controllers/{controller_id:uuid}", sync_to_thread=True, status_code=200)
def save_profile(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Change the profile."""
    try:
        with page_uow(request) as uow:
            controllers.update_controller(uow, controller_id, _profile(form))
    except InvalidInput as refused:
        with page_uow(request, read_only=True) as uow:
            found = visible(request, uow, controller_id)
        return _show(request, "pages/controller_profile.html", found, form.refused(refused))
    return see_other(f"/controllers/{controller_id}", done="saved")


def _profile(form: Form) -> ControllerForm:
    texts = {one.name: form.text(one.name) for one in fields(ControllerForm) if one.name != "is_public_body"}
    return ControllerForm(**texts, is_public_body=form.has("is_public_body"))


def _show(request: PageRequest, template: str, controller: Controller, form: Form, **context: Any) -> Page:
    return page(
        request,
        template,
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=controller,
        may_manage=may_at(request, controller.id, "manage"),
        **context,
    )


def _numbered(name: str, rows: list[dict[str, list[str]]]) -> Form:
    """Rows as the fields of a form, numbered without gaps: what is shown again after an error."""
    return Form({f"{name}[{at}].{part}": texts for at, row in enumerate(rows) for part, texts in row.items()})


def _line(row: dict[str, list[str]], part: str) -> str:
    return next(iter(row.get(part, ())), "").strip()


@get("/controllers/{controller_id:uuid}/processors", sync_to_thread=True)
def show_processors(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The processors of the organisation (GDPR Art. 28)."""
    with page_uow(request, read_only=True) as uow:
        found, rows = visible(request, uow, controller_id), controllers.processors(uow, controller_id)
    recorded = [_processor_row(row) for row in rows]
    return _show_processors(request, found, _numbered("processors", recorded), rows, len(rows))


def _processor_row(row: Processor) -> dict[str, list[str]]:
    return {part: [getattr(row, part)] for part in ("name", "address", "task", "country", "safeguard")}


def _show_processors(request: PageRequest, controller: Controller, form: Form, rows: Any, known: int) -> Page:
    count = known + 1
    return _show(request, "pages/controller_processors.html", controller, form, rows=rows, known=known, count=count)


@post("/controllers/{controller_id:uuid}/processors", sync_to_thread=True, status_code=200)
def save_processors(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """The processors as they are from now on."""
    rows = form.rows("processors")
    try:
        with page_uow(request) as uow:
            controllers.save_processors(uow, controller_id, [_processor(row) for row in rows])
    except InvalidInput as refused:
        with page_uow(request, read_only=True) as uow:
            found = visible(request, uow, controller_id)
        return _show_processors(request, found, _numbered("processors", rows).refused(refused), (), len(rows))
    return see_other(f"/controllers/{controller_id}/processors", done="saved")


def _processor(row: dict[str, list[str]]) -> ProcessorForm:
    return ProcessorForm(
        name=_line(row, "name"),
        address=_line(row, "address"),
        task=_line(row, "task"),
        country=_line(row, "country").upper() or "HU",
        safeguard=_line(row, "safeguard"),
    )


@get("/controllers/{controller_id:uuid}/activities", sync_to_thread=True)
def show_activities(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The processing activities of the organisation (GDPR Art. 30)."""
    with page_uow(request, read_only=True) as uow:
        found, rows = visible(request, uow, controller_id), controllers.activities(uow, controller_id)
    recorded = [_activity_row(row) for row in rows]
    return _show_activities(request, found, _numbered("activities", recorded), rows, len(rows))


def _activity_row(row: ProcessingActivity) -> dict[str, list[str]]:
    return {
        "name": [row.name],
        "purpose": [row.purpose],
        "data_categories": list(row.data_categories),
        "subject_categories": list(row.subject_categories),
    }


def _show_activities(request: PageRequest, controller: Controller, form: Form, rows: Any, known: int) -> Page:
    count = known + 1
    return _show(request, "pages/controller_activities.html", controller, form, rows=rows, known=known, count=count)


@post("/controllers/{controller_id:uuid}/activities", sync_to_thread=True, status_code=200)
def save_activities(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """The processing activities as they are from now on."""
    rows = form.rows("activities")
    try:
        with page_uow(request) as uow:
            controllers.save_activities(uow, controller_id, [_activity(row) for row in rows])
    except InvalidInput as refused:
        with page_uow(request, read_only=True) as uow:
            found = visible(request, uow, controller_id)
        return _show_activities(request, found, _numbered("activities", rows).refused(refused), (), len(rows))
    return see_other(f"/controllers/{controller_id}/activities", done="saved")


def _activity(row: dict[str, list[str]]) -> ActivityForm:
    return ActivityForm(
        name=_line(row, "name"),
        purpose=_line(row, "purpose"),
        data_categories=tuple(row.get("data_categories", ())),
        subject_categories=tuple(row.get("subject_categories", ())),
    )


handlers: list[Any] = [
    show_controllers,
    show_new,
    create,
    show_profile,
    save_profile,
    show_processors,
    save_processors,
    show_activities,
    save_activities,
]
