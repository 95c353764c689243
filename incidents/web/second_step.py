"""The second step: asked for at the sign-in, set up by whoever wants it or must, renewed and switched off."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from markupsafe import Markup

from incidents.base.errors import Conflict, IncidentError
from incidents.steps import second_step
from incidents.steps.second_step import Setting
from incidents.steps.sessions import SignedIn
from incidents.store.tables import User
from incidents.web.arrival import announce
from incidents.web.entrance import arrived, seal_of
from incidents.web.forms import Form
from incidents.web.links import qr_svg
from incidents.web.rendering import page, see_other
from incidents.web.security import safe_next, throttle
from incidents.web.sessions import (
    PUBLIC,
    PageRequest,
    person_of,
    session_of,
    session_token,
    settings_of,
    start_session,
    system_uow,
    visit_of,
)
from incidents.web.sudo import sudo

Page = Response[Any]
TRIES_PER_MINUTE = 20


def _target(request: PageRequest) -> str:
    return safe_next(request.query_params.get("next"))


@get("/login/second", opt=PUBLIC, sync_to_thread=True)
def show_second(request: PageRequest) -> Page:
    """Where the code is typed in."""
    return _second(request, Form(), _target(request))


def _second(request: PageRequest, form: Form, target: str) -> Page:
    with system_uow(request) as uow:
        second_step.half_way(uow, session_token(request) or "", "second")
    status = form.problem.status if form.problem else 200
    return page(request, "pages/second.html", form=form, status=status, next=target)


@post("/login/second", opt=PUBLIC, guards=[throttle("second", TRIES_PER_MINUTE)], sync_to_thread=True, status_code=200)
def give_code(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """The code, or a recovery code: then one is in."""
    target, token = safe_next(form.text("next")), session_token(request) or ""
    with system_uow(request) as uow:
        answer = second_step.finish(uow, token, form.value("code"), seal_of(request), visit=visit_of(request))
    if isinstance(answer, SignedIn):
        return arrived(request, answer, target)
    return _second(request, Form().refused(answer), target)


@get("/login/set-up", opt=PUBLIC, sync_to_thread=True)
def show_set_up(request: PageRequest) -> Page:
    """A second step is demanded and the time to put it off is over: set it up now."""
    with system_uow(request) as uow:
        _, user = second_step.half_way(uow, session_token(request) or "", "setup")
        setting = second_step.begin(uow, user.id, seal_of(request))
    return _setting_up(request, Form(), setting, "/login/set-up", _target(request))


@post("/login/set-up", opt=PUBLIC, guards=[throttle("second", TRIES_PER_MINUTE)], sync_to_thread=True, status_code=200)
def finish_set_up(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """The first code: the second step is on, and one is in."""
    target, token, visit = safe_next(form.text("next")), session_token(request) or "", visit_of(request)
    with system_uow(request) as uow:
        _, user = second_step.half_way(uow, token, "setup")
    answer = _confirm(request, user, form, "/login/set-up", target)
    if not isinstance(answer, list):
        return answer
    with system_uow(request) as uow:
        signed = second_step.set_up_done(uow, token, visit)
    shown = _codes(request, answer, target)
    announce(request, shown)
    return start_session(shown, settings_of(request), signed.token, signed.browser)


@get("/account/second-step", sync_to_thread=True)
def show_own(request: PageRequest) -> Page:
    """Set the second step up; whoever has one is led back to the account."""
    person = person_of(request)
    try:
        with system_uow(request) as uow:
            setting = second_step.begin(uow, person.id, seal_of(request))
    except Conflict:
        return see_other("/account")
    return _setting_up(request, Form(), setting, "/account/second-step", _target(request))


@post("/account/second-step", sync_to_thread=True, status_code=200)
@sudo
def set_up_own(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """The first code: the second step is on."""
    target = safe_next(form.text("next"), "/account")
    answer = _confirm(request, person_of(request), form, "/account/second-step", target)
    return _codes(request, answer, target) if isinstance(answer, list) else answer


def _confirm(request: PageRequest, user: User, form: Form, action: str, target: str) -> Page | list[str]:
    """The recovery codes, or the same page again."""
    seal = seal_of(request)
    try:
        with system_uow(request) as uow:
            return second_step.confirm(uow, user.id, form.value("code"), seal, visit_of(request))
    except IncidentError as refused:
        with system_uow(request) as uow:
            setting = second_step.begin(uow, user.id, seal)
        return _setting_up(request, Form().refused(refused), setting, action, target)


def _setting_up(request: PageRequest, form: Form, setting: Setting, action: str, target: str) -> Page:
    session = session_of(request)
    later = None if session is None or session.level != "full" else person_of(request).second_step_by
    return page(
        request,
        "pages/second_step.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        secret=" ".join(setting.secret[at : at + 4] for at in range(0, len(setting.secret), 4)),
        uri=setting.uri,
        qr=Markup(qr_svg(setting.uri)),  # noqa: S704  made here from an address made here
        action=action,
        next=target,
        later=later,
    )


def _codes(request: PageRequest, codes: list[str], target: str) -> Page:
    return page(request, "pages/recovery_codes.html", codes=codes, next=target)


@post("/account/second-step/codes", sync_to_thread=True, status_code=200)
@sudo
def renew_codes(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """New recovery codes, shown this once."""
    del form
    with system_uow(request) as uow:
        codes = second_step.renew_codes(uow, person_of(request).id, visit_of(request))
    return _codes(request, codes, "/account")


@post("/account/second-step/off", sync_to_thread=True, status_code=200)
@sudo
def switch_off(request: PageRequest, form: NamedDependency[Form]) -> Page:
    """Do without the second step."""
    del form
    with system_uow(request) as uow:
        second_step.switch_off(uow, person_of(request).id, visit_of(request))
    return see_other("/account", done="removed")


handlers: list[Any] = [
    show_second,
    give_code,
    show_set_up,
    finish_set_up,
    show_own,
    set_up_own,
    renew_codes,
    switch_off,
]
