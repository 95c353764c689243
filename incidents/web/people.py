"""Accounts: sign in and out, first set-up, invitations, one's own account, and who serves which organisation."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.i18n import known_language
from incidents.rules.access import may
from incidents.rules.passkeys import site_of
from incidents.steps import controllers, people, sessions
from incidents.store import people as stored
from incidents.web import account_ways
from incidents.web.entrance import arrived, next_step, outside_name
from incidents.web.forms import Form
from incidents.web.rendering import page, see_other
from incidents.web.security import safe_next, throttle
from incidents.web.sessions import (
    PUBLIC,
    PageRequest,
    actor_of,
    end_session,
    page_uow,
    person_of,
    session_of,
    session_token,
    settings_of,
    speak,
    system_uow,
    user_of,
    visit_of,
)
from incidents.web.sudo import sudo

Page = Response[Any]
SIGN_INS_PER_MINUTE = 20
LEFT_BEHIND = '"cache", "storage"'
"""What the browser forgets at the end; not the cookies: by one of them it stays known, another is the language."""


@get("/login", opt=PUBLIC, sync_to_thread=True)
def show_login(request: PageRequest) -> Page:
    """The sign-in page; who is signed in already goes on."""
    target = safe_next(request.query_params.get("next"))
    if user_of(request):
        return see_other(target)
    if session_of(request):
        return see_other(next_step(request, target))
    with system_uow(request, read_only=True) as uow:
        empty = not stored.any_user(uow)
    return login_page(request, Form(), target, setup_needed=empty)


@post("/login", opt=PUBLIC, guards=[throttle("login", SIGN_INS_PER_MINUTE)], sync_to_thread=True, status_code=200)
def log_in(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Sign in. A refusal says neither which of the two was wrong nor whether the account exists."""
    target = safe_next(form.text("next"))
    said = form.text("email"), form.value("password"), visit_of(request)
    with system_uow(request, read_only=True) as uow:
        weighed = people.weigh(uow, *said)
    with system_uow(request) as uow:
        answer = people.log_in(uow, *said, weighed)
    if isinstance(answer, people.SignedIn):
        return arrived(request, answer, target)
    return login_page(request, form.refused(answer), target, status=answer.status if answer.status == 429 else 422)


def login_page(request: PageRequest, form: Form, target: str, *, status: int = 200, setup_needed: bool = False) -> Page:
    """The sign-in page with what was typed and why it was refused."""
    return page(
        request,
        "pages/login.html",
        form=form,
        status=status,
        next=target,
        setup_needed=setup_needed,
        must_wait=status == 429,
        outside=outside_name(request),
        passkeys=site_of(settings_of(request).public_url) is not None,
    )


@post("/logout", opt=PUBLIC, sync_to_thread=True, status_code=200)
def log_out(request: PageRequest) -> Page:
    """End this session, in the database as well as in the browser."""
    if token := session_token(request):
        with system_uow(request) as uow:
            people.log_out(uow, token)
    answer = end_session(see_other("/login", done="out"), settings_of(request))
    answer.headers["clear-site-data"] = LEFT_BEHIND
    return answer


@get("/setup/{token:str}", opt=PUBLIC, sync_to_thread=True)
def show_setup(request: PageRequest, token: FromPath[str]) -> Page:
    """The first page of an empty installation."""
    return page(request, "pages/setup.html", token=token)


@post("/setup/{token:str}", opt=PUBLIC, guards=[throttle("setup", 20)], sync_to_thread=True, status_code=200)
def set_up(request: PageRequest, token: FromPath[str], form: NamedDependency[Form]) -> Page:
    """Create the operator's account and sign in with it."""
    try:
        with system_uow(request) as uow:
            user = people.set_up(
                uow, token, email=form.text("email"), name=form.text("name"), password=form.value("password")
            )
            uow.session.flush()
            opened = people.arrive(uow, user, "link", visit_of(request))
    except InvalidInput as refused:
        return page(request, "pages/setup.html", form=form.refused(refused), status=refused.status, token=token)
    return arrived(request, opened, "/controllers")


@get("/invite/{token:str}", opt=PUBLIC, sync_to_thread=True)
def show_invitation(request: PageRequest, token: FromPath[str]) -> Page:
    """Where an invited person chooses a password."""
    with system_uow(request) as uow:
        invited = people.invited(uow, token)
    return page(request, "pages/invite.html", token=token, invited=invited)


@post("/invite/{token:str}", opt=PUBLIC, guards=[throttle("invite", 20)], sync_to_thread=True, status_code=200)
def accept_invitation(request: PageRequest, token: FromPath[str], form: NamedDependency[Form]) -> Page:
    """Keep the password, sign in."""
    try:
        with system_uow(request) as uow:
            user = people.accept_invitation(uow, token, form.value("password"))
            opened = people.arrive(uow, user, "link", visit_of(request))
    except InvalidInput as refused:
        with system_uow(request) as uow:
            invited = people.invited(uow, token)
        again = form.refused(refused)
        return page(request, "pages/invite.html", form=again, status=refused.status, token=token, invited=invited)
    return arrived(request, opened, "/")


def _account(request: PageRequest, form: Form) -> Page:
    person = person_of(request)
    with system_uow(request, read_only=True) as uow:
        live = stored.sessions_of(uow, person.id)
        ways = account_ways.read(uow, request, person)
    return page(
        request,
        "pages/account.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        language_form=Form.of(language=person.language),
        sessions=live,
        current=stored.hashed(session_token(request) or ""),
        ways=ways,
    )


@get("/account", sync_to_thread=True)
def show_account(request: PageRequest) -> Page:
    """One's own account: language, password, where one is signed in."""
    return _account(request, Form())


@post("/account/password", guards=[throttle("password", 10)], sync_to_thread=True, status_code=200)
def change_password(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """A new password; every other sign-in of this person ends."""
    old, new, keep = form.value("old_password"), form.value("new_password"), session_token(request) or ""
    try:
        with system_uow(request) as uow:
            wrong = people.change_password(uow, person_of(request).id, old, new, keep, visit_of(request))
    except InvalidInput as refused:
        return _account(request, Form().refused(_of_the_new_password(refused)))
    if wrong is not None:
        return _account(request, Form().refused(wrong))
    return see_other("/account", done="password")


def _of_the_new_password(refused: InvalidInput) -> InvalidInput:
    """The rule speaks of a password; on this page that is the new one."""
    return InvalidInput(
        [
            FieldError("new_password" if one.path == "password" else one.path, one.code, one.message, one.params)
            for one in refused.errors
        ]
    )


@post("/account/sessions", sync_to_thread=True, status_code=200)
@sudo
def revoke_session(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """End another sign-in of the same person."""
    with system_uow(request) as uow:
        people.revoke_session(uow, person_of(request).id, form.text("session"))
    return see_other("/account", done="removed")


@post("/account/sessions/others", sync_to_thread=True, status_code=200)
@sudo
def revoke_others(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """End every other sign-in of the same person; the other browsers are strangers again."""
    del form
    with system_uow(request) as uow:
        keep, address = session_token(request) or "", visit_of(request).address
        sessions.revoke_others(uow, person_of(request).id, keep, address)
    return see_other("/account", done="others")


@post("/account/language", sync_to_thread=True, status_code=200)
def save_language(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """The language of one's pages and mails."""
    language = known_language(form.text("language"))
    with system_uow(request) as uow:
        people.set_language(uow, person_of(request).id, language)
    return _speaking(request, see_other("/account", done="saved"), language)


@post("/language/{language:str}", opt=PUBLIC, sync_to_thread=False, status_code=200)
def switch_language(request: PageRequest, language: FromPath[str], form: NamedDependency[Form]) -> Page:
    """Show the pages in this browser in another language."""
    return _speaking(request, see_other(safe_next(form.text("next"))), known_language(language))


def _speaking(request: PageRequest, answer: Page, language: str) -> Page:
    return speak(answer, settings_of(request), language)


@get("/people", sync_to_thread=True)
def show_people(request: PageRequest) -> Page:
    """Who serves which organisation, for those who manage one."""
    managed = [key for key, roles in actor_of(request).roles.items() if may(roles, "manage")]
    with page_uow(request, read_only=True) as uow:
        rows = stored.memberships(uow, managed)
        mine = [one for one in controllers.controllers_of(uow) if one.id in managed]
    groups = [(one, _by_name([row for row in rows if row[0].controller_id == one.id])) for one in mine]
    return page(request, "pages/people.html", groups=groups)


def _by_name(rows: list[Any]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for membership, user in rows:
        found.setdefault(user.name, []).append(membership.role)
    return list(found.items())


handlers: list[Any] = [
    show_login,
    log_in,
    log_out,
    show_setup,
    set_up,
    show_invitation,
    accept_invitation,
    show_account,
    change_password,
    revoke_session,
    revoke_others,
    save_language,
    switch_language,
    show_people,
]
