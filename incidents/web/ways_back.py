"""Back in by mail: the forgotten password, the waiting time lifted. Every address gets the same page."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import IncidentError, InvalidInput
from incidents.steps import attempts, ways_back
from incidents.web.entrance import arrived
from incidents.web.forms import Form
from incidents.web.rendering import page, see_other
from incidents.web.security import safe_next, throttle
from incidents.web.sessions import PUBLIC, PageRequest, know_browser, settings_of, system_uow, visit_of

Page = Response[Any]
ASKED_PER_MINUTE = 20


@get("/login/password", opt=PUBLIC, sync_to_thread=True)
def show_forgotten(request: PageRequest) -> Page:
    """Where a link for a new password is asked for."""
    return page(request, "pages/forgotten.html", form=Form.of(email=request.query_params.get("email", "")[:254]))


@post(
    "/login/password", opt=PUBLIC, guards=[throttle("forgot", ASKED_PER_MINUTE)], sync_to_thread=True, status_code=200
)
def ask_for_password(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Ask for a link; the answer is the same whether or not there is an account."""
    return _asked(request, form, "reset")


@post("/login/unlock", opt=PUBLIC, guards=[throttle("forgot", ASKED_PER_MINUTE)], sync_to_thread=True, status_code=200)
def ask_to_unlock(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Ask for a link that lifts the waiting time."""
    return _asked(request, form, "unlock")


def _asked(request: PageRequest, form: Form, purpose: str) -> Page:
    """Count it, answer, and only then look whether anybody is there: the time of the answer says nothing."""
    email = attempts.plain_email(form.text("email"))
    try:
        with system_uow(request) as uow:
            attempts.count_link(uow, email, visit_of(request).address)
    except IncidentError as refused:
        return page(request, "pages/forgotten.html", form=form.refused(refused), status=refused.status)
    answer = page(request, "pages/link_sent.html", email=email)
    answer.background = BackgroundTask(partial(_send, request, email, purpose))
    return answer


def _send(request: Request[Any, Any, Any], email: str, purpose: str) -> None:
    with system_uow(request) as uow:
        ways_back.send_link(uow, email, purpose, visit_of(request))


@get("/password/{token:str}", opt=PUBLIC, sync_to_thread=True)
def show_new_password(request: PageRequest, token: FromPath[str]) -> Page:
    """Where the new password is chosen."""
    return _new_password(request, token, Form())


def _new_password(request: PageRequest, token: str, form: Form) -> Page:
    with system_uow(request) as uow:
        user = ways_back.person_of(uow, token, "reset")
    status = form.problem.status if form.problem else 200
    return page(request, "pages/new_password.html", form=form, status=status, token=token, email=user.email)


@post(
    "/password/{token:str}",
    opt=PUBLIC,
    guards=[throttle("forgot", ASKED_PER_MINUTE)],
    sync_to_thread=True,
    status_code=200,
)
def choose_password(request: PageRequest, token: FromPath[str], form: NamedDependency[Form]) -> Page:
    """Keep the new password; every other sign-in ends."""
    try:
        with system_uow(request) as uow:
            signed = ways_back.choose_password(uow, token, form.value("password"), visit_of(request))
    except InvalidInput as refused:
        return _new_password(request, token, Form().refused(refused))
    return arrived(request, signed, "/")


@get("/unlock/{token:str}", opt=PUBLIC, sync_to_thread=True)
def show_unlock(request: PageRequest, token: FromPath[str]) -> Page:
    """A button: a program that opens every link of a mail must not use it up."""
    with system_uow(request) as uow:
        user = ways_back.person_of(uow, token, "unlock")
    return page(request, "pages/unlock.html", token=token, email=user.email)


@post(
    "/unlock/{token:str}",
    opt=PUBLIC,
    guards=[throttle("forgot", ASKED_PER_MINUTE)],
    sync_to_thread=True,
    status_code=200,
)
def unlock(request: PageRequest, token: FromPath[str]) -> Page:
    """Lift the waiting time and know this browser."""
    with system_uow(request) as uow:
        browser = ways_back.unlock(uow, token, visit_of(request).address)
    target = safe_next(request.query_params.get("next"), "/login")
    return know_browser(see_other(target, done="unlocked"), settings_of(request), browser)


handlers: list[Any] = [
    show_forgotten,
    ask_for_password,
    ask_to_unlock,
    show_new_password,
    choose_password,
    show_unlock,
    unlock,
]
