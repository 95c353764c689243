"""Report: the four questions of the staff form, by link without an account or signed in, and the receipt."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import FieldError, Forbidden, InvalidInput, NotFound
from incidents.base.i18n import msgid
from incidents.rules.access import may
from incidents.rules.report import StaffReport, parse_staff_report
from incidents.rules.vocabulary import vocabulary
from incidents.steps import controllers, report
from incidents.store.tables import Controller
from incidents.web.forms import Form
from incidents.web.rendering import page, see_other
from incidents.web.security import throttle
from incidents.web.sessions import PUBLIC, PageRequest, actor_of, clock_of, link_uow, page_uow, public_uow

KIND_HINTS = {
    "lost_or_stolen_device": msgid("Laptop, phone, memory stick"),
    "lost_or_stolen_paper": msgid("File, notebook, envelope"),
    "wrong_recipient": msgid("E-mail, letter or parcel to the wrong person"),
    "hacked_or_virus": msgid("Strange behaviour, locked files, ransom note"),
    "phishing": msgid("You clicked on something or gave a password"),
    "published": msgid("On the internet, on a notice board, in a group"),
    "unauthorised_access": msgid("A colleague or an outsider looked at it without need"),
    "deleted_or_unavailable": msgid("Data that are needed and cannot be found or opened"),
    "other": msgid("Or you are not sure: report it anyway"),
}


NO_CONTROLLER = FieldError("controller", "required", msgid("Choose the organisation where it happened."))

Page = Response[str]


def typed_report(request: PageRequest, form: Form) -> StaffReport:
    """The four answers of a form as the rule reads them.

    Raises:
        InvalidInput: some answers cannot be used; each is named.
    """
    typed = form.plain() | {"noticed_at": form.local_time("noticed_at")}
    return parse_staff_report(typed, clock_of(request).now())


def report_choices() -> list[tuple[str, str]]:
    """The kinds of things that happen, each with a hint to show beside it."""
    return [(code, KIND_HINTS.get(code, "")) for code in vocabulary()["kind"].codes]


def _questions(request: PageRequest, controller: Controller, form: Form) -> Page:
    status = form.problem.status if form.problem else 200
    return page(request, "pages/report.html", form=form, status=status, controller=controller, kinds=report_choices())


@get("/r/{token:str}", opt=PUBLIC, sync_to_thread=True)
def show_report(request: PageRequest, token: FromPath[str]) -> Page:
    """The form behind a controller's link or QR code."""
    with public_uow(request, read_only=True) as uow:
        controller = report.controller_of_link(uow, token)
    return _questions(request, controller, Form())


@post("/r/{token:str}", opt=PUBLIC, guards=[throttle("report", 20, timedelta(minutes=10))], sync_to_thread=True)
def send_report(request: PageRequest, token: FromPath[str], form: NamedDependency[Form]) -> Page:
    """Take a report: the clock runs from here, whoever reads it and whenever."""
    with public_uow(request, read_only=True) as uow:
        controller = report.controller_of_link(uow, token)
    try:
        said = typed_report(request, form)
    except InvalidInput as refused:
        return _questions(request, controller, form.refused(refused))
    with link_uow(request, actor_of(request), controller.id, "report") as uow:
        opened = report.open_from_staff(uow, controller.id, said, "link")
    return see_other(f"/r/{token}/receipt/{opened.receipt_token}")


@get("/r/{token:str}/receipt/{receipt:str}", opt=PUBLIC, sync_to_thread=True)
def show_receipt(request: PageRequest, token: FromPath[str], receipt: FromPath[str]) -> Page:
    """The receipt: the number, and what to do and not to do now."""
    with public_uow(request, read_only=True) as uow:
        controller = report.controller_of_link(uow, token)
        given = report.receipt(uow, receipt)
    if given.controller_id != controller.id:
        raise NotFound
    return page(request, "pages/receipt.html", controller=controller, receipt=given)


def _own_controllers(request: PageRequest) -> list[Controller]:
    """The controllers at which the person may open a case."""
    actor = actor_of(request)
    with page_uow(request, read_only=True) as uow:
        found = controllers.controllers_of(uow)
    mine = [one for one in found if may(actor.roles.get(one.id, frozenset()), "report")]
    if not mine:
        raise Forbidden
    return mine


def _new(request: PageRequest, form: Form) -> Page:
    status = form.problem.status if form.problem else 200
    mine = _own_controllers(request)
    return page(request, "pages/new.html", form=form, status=status, controllers=mine, kinds=report_choices())


@get("/incidents/new", sync_to_thread=True)
def show_new(request: PageRequest) -> Page:
    """The same four questions for somebody signed in, and at which controller it happened."""
    return _new(request, Form())


@post("/incidents/new", sync_to_thread=True)
def open_new(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Open a case and go on to its page."""
    mine = {str(one.id): one.id for one in _own_controllers(request)}
    chosen: UUID | None = mine.get(form.value("controller", next(iter(mine))))
    try:
        if chosen is None:
            raise InvalidInput([NO_CONTROLLER])
        with page_uow(request) as uow:
            opened = report.open_from_staff(uow, chosen, typed_report(request, form), "page")
    except InvalidInput as refused:
        return _new(request, form.refused(refused))
    return see_other(f"/incidents/{opened.incident_id}", done="reported")


handlers: list[Any] = [show_report, send_report, show_receipt, show_new, open_new]
