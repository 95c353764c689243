"""Whom to call when mail itself is hit: the list, and the sheet that hangs beside the telephone."""

from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.api.pace import makes_document
from incidents.base.errors import InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.contacts import ContactForm
from incidents.steps import contacts
from incidents.store.tables import EmergencyContact
from incidents.web.controllers import visible
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.rendering import ROLE_NAMES, language_of, page, see_other, words
from incidents.web.sessions import PageRequest, may_at, page_uow
from notifications.documents import contacts as sheets

Page = Response[Any]
PARTS = tuple(one.name for one in fields(ContactForm))
DEPUTY = msgid("deputy")
STATES = {
    "never": msgid("The sheet has never been printed. If mail is down, nobody can look it up here."),
    "changed": msgid("The list has changed since the sheet was printed. Print it anew."),
    "old": msgid("The printed sheet is older than 90 days. Check the numbers and print it anew."),
}
"""What is said of a sheet that is not as it should be."""


@get("/controllers/{controller_id:uuid}/contacts", sync_to_thread=True)
def show_contacts(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The list, prefilled with those who are warned while nobody has made one."""
    with page_uow(request, read_only=True) as uow:
        rows = contacts.listed(uow, controller_id) if _may_read(request, controller_id) else []
        forms = [_form(row) for row in rows] or [_named(request, one) for one in contacts.suggested(uow, controller_id)]
    return _show(request, controller_id, _numbered(forms), len(forms), is_new=not rows)


def _may_read(request: PageRequest, controller_id: UUID) -> bool:
    return may_at(request, controller_id, "read")


def _form(row: EmergencyContact) -> ContactForm:
    plain = {part: getattr(row, part) for part in PARTS if part != "order"}
    return ContactForm(**plain, order=str(row.position))


def _named(request: PageRequest, form: ContactForm) -> ContactForm:
    """A suggestion with the name of the role in the language of the page."""
    say = words(request)
    return ContactForm(form.name, say(ROLE_NAMES.get(form.role, DEPUTY)), form.phone)


def _numbered(forms: list[ContactForm]) -> Form:
    rows = {
        f"contacts[{place}].{part}": [value] for place, form in enumerate(forms) for part, value in asdict(form).items()
    }
    return Form(rows)


def _show(request: PageRequest, controller_id: UUID, form: Form, known: int, *, is_new: bool = False) -> Page:
    with page_uow(request, read_only=True) as uow:
        found, rows = visible(request, uow, controller_id), contacts.listed(uow, controller_id)
        state = contacts.state(uow, controller_id)
    return page(
        request,
        "pages/controller_contacts.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        rows=rows,
        known=known,
        is_new=is_new,
        state=words(request)(STATES[state]) if state in STATES else "",
        may_manage=may_at(request, controller_id, "manage"),
    )


@post("/controllers/{controller_id:uuid}/contacts", sync_to_thread=True, status_code=200)
def save_contacts(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """The list as it is from now on."""
    rows = [
        row for row in form.rows("contacts") if any(text.strip() for part in PARTS[:-1] for text in row.get(part, ()))
    ]
    forms = [ContactForm(**{part: next(iter(row.get(part, ())), "") for part in PARTS}) for row in rows]
    try:
        with page_uow(request) as uow:
            contacts.save(uow, controller_id, forms)
    except InvalidInput as refused:
        return _show(request, controller_id, _numbered(forms).refused(refused), len(forms))
    return see_other(f"/controllers/{controller_id}/contacts", done="saved")


@get("/controllers/{controller_id:uuid}/contacts/sheet", sync_to_thread=True)
def show_sheet(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The sheet as it prints."""
    lang = language_of(request)
    with page_uow(request, read_only=True) as uow:
        visible(request, uow, controller_id)
        sheet = contacts.sheet(uow, controller_id)
    return page(request, "pages/contact_sheet.html", controller=sheet.controller, sheet=sheets.content(sheet, lang))


@post("/controllers/{controller_id:uuid}/contacts/printed", sync_to_thread=True, status_code=200)
def record_print(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """Somebody printed the sheet from the browser."""
    with page_uow(request) as uow:
        contacts.record_print(uow, controller_id)
    return see_other(f"/controllers/{controller_id}/contacts", done="saved")


@post("/controllers/{controller_id:uuid}/contacts/pdf", guards=[makes_document], sync_to_thread=True, status_code=200)
def download_sheet(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The sheet as a PDF; taking it counts as printing it."""
    with page_uow(request) as uow:
        contacts.record_print(uow, controller_id)
        sheet = contacts.sheet(uow, controller_id)
    name = f"incidens72-{sheet.controller.short_code}-telefon.pdf"
    return attachment(sheets.write(sheet, language_of(request)), "application/pdf", name)


handlers: list[Any] = [show_contacts, save_contacts, show_sheet, record_print, download_sheet]
