"""Profile: which rules bind the organisation beside the GDPR, and the clients it is a processor for."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.profile import FLAGS, ClientForm, RegimesForm, questions
from incidents.steps import profile
from incidents.store.tables import ClientContract, Controller
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import language_of, page, see_other
from incidents.web.sessions import PageRequest, clock_of, may_at, page_uow

Page = Response[Any]
NOT_A_DAY = msgid("Give a day, or leave it empty.")


@get("/controllers/{controller_id:uuid}/regimes", sync_to_thread=True)
def show_regimes(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The questions of the profile, as they were answered."""
    found = _controller(request, controller_id)
    answers = {flag: {True: "yes", False: "no"}.get(found.subject_to.get(flag, ""), "") for flag in FLAGS}
    hours = str(found.tell_target_hours or "")
    return _show(request, "pages/controller_regimes.html", found, Form.of(**answers, tell_target_hours=hours))


def _controller(request: PageRequest, controller_id: UUID) -> Controller:
    with page_uow(request, read_only=True) as uow:
        return visible(request, uow, controller_id)


def _show(request: PageRequest, template: str, found: Controller, form: Form, **context: Any) -> Page:
    return page(
        request,
        template,
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        may_manage=may_at(request, found.id, "manage"),
        questions=questions(language_of(request)),
        **context,
    )


@post("/controllers/{controller_id:uuid}/regimes", sync_to_thread=True, status_code=200)
def save_regimes(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Keep the answers; the log holds what they were before."""
    typed = Reader(form, clock_of(request).now())
    hours = typed.number("tell_target_hours")
    said = RegimesForm({flag: {"yes": True, "no": False}.get(form.text(flag)) for flag in FLAGS}, hours)
    try:
        with page_uow(request) as uow, typed.refusing():
            profile.set_regimes(uow, controller_id, said)
    except InvalidInput as refused:
        found = _controller(request, controller_id)
        return _show(request, "pages/controller_regimes.html", found, form.refused(refused))
    return see_other(f"/controllers/{controller_id}/regimes", done="saved")


@get("/controllers/{controller_id:uuid}/clients", sync_to_thread=True)
def show_clients(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The controllers for which the organisation is the processor (Art. 33(2))."""
    with page_uow(request, read_only=True) as uow:
        found = visible(request, uow, controller_id)
        rows = profile.client_contracts(uow, controller_id)
    return _show_clients(request, found, _numbered([_row(row) for row in rows]), rows, len(rows))


def _row(row: ClientContract) -> dict[str, list[str]]:
    since, hours = row.since.isoformat() if row.since else "", str(row.hours or "")
    return {"client": [row.client], "contact": [row.contact], "hours": [hours], "since": [since]}


def _numbered(rows: list[dict[str, list[str]]]) -> Form:
    return Form({f"clients[{at}].{part}": texts for at, row in enumerate(rows) for part, texts in row.items()})


def _show_clients(request: PageRequest, found: Controller, form: Form, rows: Any, known: int) -> Page:
    count = known + 1
    return _show(request, "pages/controller_clients.html", found, form, rows=rows, known=known, count=count)


@post("/controllers/{controller_id:uuid}/clients", sync_to_thread=True, status_code=200)
def save_clients(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """The clients as they are from now on."""
    rows = form.rows("clients")
    numbered = _numbered(rows)
    typed = Reader(numbered, clock_of(request).now())
    clients = [_client(typed, f"clients[{at}]") for at in range(len(rows))]
    try:
        with page_uow(request) as uow, typed.refusing():
            profile.save_client_contracts(uow, controller_id, clients)
    except InvalidInput as refused:
        return _show_clients(request, _controller(request, controller_id), numbered.refused(refused), (), len(rows))
    return see_other(f"/controllers/{controller_id}/clients", done="saved")


def _client(typed: Reader, path: str) -> ClientForm:
    text = typed.form.text
    hours, since = typed.number(f"{path}.hours"), text(f"{path}.since")
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        typed.faults.append(FieldError(f"{path}.since", "not-a-day", NOT_A_DAY))
        day = None
    return ClientForm(text(f"{path}.client"), text(f"{path}.contact"), hours, day)


handlers: list[Any] = [show_regimes, save_regimes, show_clients, save_clients]
