"""Passkeys: at the door instead of a password, and on a page of one's own where they are added and removed."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType

from incidents.rules.browsers import browser_words
from incidents.rules.passkeys import LONGEST_NAME, Site, site_of
from incidents.steps import passkeys
from incidents.steps.passkeys import PasskeysImpossible
from incidents.steps.sessions import SignedIn
from incidents.store import passkeys as stored
from incidents.web.entrance import arrived
from incidents.web.forms import Form
from incidents.web.people import login_page
from incidents.web.rendering import page, see_other
from incidents.web.security import cookie_name, safe_next, throttle
from incidents.web.sessions import (
    PUBLIC,
    Connection,
    PageRequest,
    person_of,
    session_token,
    settings_of,
    system_uow,
    visit_of,
)
from incidents.web.sudo import sudo

Page = Response[Any]
TRIES_PER_MINUTE = 20
FIELD = "passkey_answer"


def site_here(request: Connection) -> Site:
    """What passkeys of this installation are bound to.

    Raises:
        PasskeysImpossible: browsers know none at its address.
    """
    if (site := site_of(settings_of(request).public_url)) is None:
        raise PasskeysImpossible
    return site


def _browser(request: Connection) -> str:
    """What the questions to a visitor are bound to: the token its forms carry."""
    return request.cookies.get(cookie_name(settings_of(request), "csrf"), "")


def _asked(question: str) -> Page:
    return Response(question.encode(), media_type=MediaType.JSON)


@post(
    "/login/passkey/options",
    opt=PUBLIC,
    guards=[throttle("passkey", TRIES_PER_MINUTE)],
    sync_to_thread=True,
    status_code=200,
)
def ask_at_the_door(request: PageRequest) -> Page:
    """The question which passkey somebody has, for the script of the sign-in page."""
    site = site_here(request)
    with system_uow(request) as uow:
        return _asked(passkeys.begin_sign_in(uow, _browser(request), site))


@post("/login/passkey", opt=PUBLIC, guards=[throttle("login", TRIES_PER_MINUTE)], sync_to_thread=True, status_code=200)
def log_in(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Sign in with a passkey: it stands for the password and the second step."""
    target, site = safe_next(form.text("next")), site_here(request)
    with system_uow(request) as uow:
        answer = passkeys.log_in(uow, _browser(request), form.value(FIELD), site, visit_of(request))
    if isinstance(answer, SignedIn):
        return arrived(request, answer, target)
    return login_page(request, Form().refused(answer), target, status=answer.status)


@get("/account/passkeys", sync_to_thread=True)
def show_own(request: PageRequest) -> Page:
    """One's passkeys."""
    with system_uow(request, read_only=True) as uow:
        held = stored.of_person(uow, person_of(request).id)
    possible = site_of(settings_of(request).public_url) is not None
    return page(request, "pages/passkeys.html", held=held, possible=possible)


@post("/account/passkeys/new", sync_to_thread=True, status_code=200)
@sudo
def begin(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Where a passkey is given its name and made; the proof comes first, so that none is made in vain."""
    del form
    site_here(request)
    return _new(request, Form.of(name=browser_words(visit_of(request).user_agent)[:LONGEST_NAME]))


def _new(request: PageRequest, form: Form) -> Page:
    status = form.problem.status if form.problem else 200
    return page(request, "pages/passkey_new.html", form=form, status=status)


@post("/account/passkeys/options", guards=[throttle("passkey", TRIES_PER_MINUTE)], sync_to_thread=True, status_code=200)
def ask_for_new(request: PageRequest) -> Page:
    """The question of a new passkey, for the script of that page."""
    person, site = person_of(request), site_here(request)
    with system_uow(request) as uow:
        return _asked(passkeys.begin_adding(uow, person.id, session_token(request) or "", site))


@post("/account/passkeys", sync_to_thread=True, status_code=200)
@sudo
def add(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Keep the passkey that the device has made."""
    said, name, site = form.value(FIELD), form.text("name"), site_here(request)
    token, visit = session_token(request) or "", visit_of(request)
    with system_uow(request) as uow:
        refused = passkeys.add(uow, person_of(request).id, token, said, name, site=site, visit=visit)
    return see_other("/account/passkeys", done="passkey") if refused is None else _new(request, form.refused(refused))


@post("/account/passkeys/proof", guards=[throttle("passkey", TRIES_PER_MINUTE)], sync_to_thread=True, status_code=200)
def ask_for_proof(request: PageRequest) -> Page:
    """The question for one of one's passkeys, for the script of the page that asks who is there."""
    person, site = person_of(request), site_here(request)
    with system_uow(request) as uow:
        return _asked(passkeys.begin_proof(uow, person.id, session_token(request) or "", site))


@post("/account/passkeys/remove", sync_to_thread=True, status_code=200)
@sudo
def remove(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Do without a passkey."""
    with suppress(ValueError), system_uow(request) as uow:
        passkeys.remove(uow, person_of(request).id, UUID(form.text("passkey")), visit_of(request))
    return see_other("/account/passkeys", done="removed")


handlers: list[Any] = [ask_at_the_door, log_in, show_own, begin, ask_for_new, add, ask_for_proof, remove]
