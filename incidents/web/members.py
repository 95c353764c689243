"""The people and roles of one organisation."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import IncidentError, NotFound
from incidents.base.i18n import known_language, msgid
from incidents.rules.access import ROLES
from incidents.steps import people
from incidents.store import people as stored
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.rendering import ROLE_NAMES, page, see_other, words
from incidents.web.sessions import PageRequest, may_at, page_uow
from incidents.web.sudo import sudo

Page = Response[Any]

ROLE_HINTS = {
    "reporter": msgid("May only report."),
    "handler": msgid("Adds facts, assesses the risk, prepares drafts."),
    "dpo": msgid("Owns the clock: decides, files, tells the data subjects, closes. Gets every warning."),
    "manager": msgid("The same rights; without a data protection officer gets every warning."),
    "auditor": msgid("Reads and exports, changes nothing."),
    "admin": msgid("Manages the controller, the people and the keys."),
}


@get("/controllers/{controller_id:uuid}/people", sync_to_thread=True)
def show_members(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """Who serves the organisation in what role."""
    return _members(request, controller_id, Form.of(language="hu"))


def _members(request: PageRequest, controller_id: UUID, form: Form) -> Page:
    with page_uow(request, read_only=True) as uow:
        found, rows = visible(request, uow, controller_id), stored.memberships(uow, [controller_id])
    say = words(request)
    return page(
        request,
        "pages/controller_people.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        members=rows,
        roles=[(role, say(ROLE_NAMES[role]), say(ROLE_HINTS[role])) for role in ROLES],
        may_manage=may_at(request, controller_id, "manage"),
    )


@post("/controllers/{controller_id:uuid}/people", sync_to_thread=True, status_code=200)
@sudo
def give_role(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Give a role; who has no password yet gets an invitation by mail."""
    wanted = people.NewPerson(
        email=form.text("email"),
        name=form.text("name"),
        role=form.text("role"),
        deputy=form.has("deputy"),
        language=known_language(form.text("language")),
    )
    try:
        with page_uow(request) as uow:
            person = people.invite(uow, controller_id, wanted)
    except IncidentError as refused:
        return _members(request, controller_id, form.refused(refused))
    return see_other(f"/controllers/{controller_id}/people", done="saved" if person.password_hash else "sent")


@post("/controllers/{controller_id:uuid}/people/remove", sync_to_thread=True, status_code=200)
@sudo
def take_role(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Take a role away; the last administrator stays."""
    try:
        with page_uow(request) as uow:
            people.revoke_role(uow, controller_id, key_of(form.text("user")), form.text("role"))
    except IncidentError as refused:
        return _members(request, controller_id, Form.of(language="hu").refused(refused))
    return see_other(f"/controllers/{controller_id}/people", done="removed")


def key_of(text: str) -> UUID:
    """A row's key as a form names it.

    Raises:
        NotFound: it is no key at all.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


handlers: list[Any] = [show_members, give_role, take_role]
