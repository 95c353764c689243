"""Sign in through the organisation's own service: there, and back."""

import json
from dataclasses import asdict
from secrets import compare_digest
from typing import Any

from litestar import Response, get
from litestar.datastructures import Cookie

from incidents.base.errors import IncidentError, NotFound, SealBroken
from incidents.steps import outside
from incidents.store.secrets import Seal
from incidents.web import oidc_client
from incidents.web.entrance import arrived
from incidents.web.oidc_client import Journey, OutsideFailed
from incidents.web.problems import error_page, error_sentence
from incidents.web.rendering import see_other, words
from incidents.web.security import cookie_name, safe_next, throttle
from incidents.web.sessions import (
    PUBLIC,
    PageRequest,
    clock_of,
    own_cookie,
    settings_of,
    system_uow,
    user_of,
    visit_of,
)

Page = Response[Any]
BACK = "/login/outside/back"
ON_THE_WAY = 600
"""Seconds one may take at the service."""
TRIES_PER_MINUTE = 20


def _seal(request: PageRequest) -> Seal:
    return Seal((settings_of(request).secret_key,), "outside")


def _redirect(request: PageRequest) -> str:
    return f"{settings_of(request).public_url}{BACK}"


@get("/login/outside", opt=PUBLIC, guards=[throttle("outside", TRIES_PER_MINUTE)], sync_to_thread=True)
def leave(request: PageRequest) -> Page:
    """Send the person to the service; whoever is signed in already has to prove themselves there anew."""
    settings = settings_of(request)
    if not settings.oidc_issuer:
        raise NotFound
    journey = Journey.begin(safe_next(request.query_params.get("next")))
    way = oidc_client.way_there(settings, journey, _redirect(request), again=user_of(request) is not None)
    answer = Response("", status_code=303, headers={"location": way})
    answer.set_cookie(_cookie(request, _seal(request).close(json.dumps(asdict(journey)).encode()).decode(), ON_THE_WAY))
    return answer


@get(BACK, opt=PUBLIC, guards=[throttle("outside", TRIES_PER_MINUTE)], sync_to_thread=True)
def come_back(request: PageRequest) -> Page:
    """The person comes back with a code that stands for who they are."""
    if not settings_of(request).oidc_issuer:
        raise NotFound
    try:
        answer = _come_back(request)
    except IncidentError as refused:
        answer = error_page(request, refused.status, error_sentence(refused, words(request)))
    answer.set_cookie(_cookie(request, "", 0))
    return answer


def _come_back(request: PageRequest) -> Page:
    journey, said = _journey(request), request.query_params
    if said.get("error") == "access_denied":
        return see_other("/login")
    issuer = settings_of(request).oidc_issuer
    if not compare_digest(said.get("state", "").encode(), journey.state.encode()) or said.get("iss", issuer) != issuer:
        raise OutsideFailed
    now = clock_of(request).now()
    who = oidc_client.who_came_back(settings_of(request), journey, said.get("code", ""), _redirect(request), now)
    with system_uow(request) as uow:
        signed = outside.come_in(uow, visit_of(request), **asdict(who))
    return arrived(request, signed, journey.target)


def _journey(request: PageRequest) -> Journey:
    """What the browser kept of the way there.

    Raises:
        OutsideFailed: it kept nothing, or something else.
    """
    kept = request.cookies.get(cookie_name(settings_of(request), "outside"), "")
    try:
        journey = Journey(**json.loads(_seal(request).open(kept.encode())))
    except (SealBroken, ValueError, TypeError) as error:
        raise OutsideFailed from error
    return journey


def _cookie(request: PageRequest, value: str, age: int) -> Cookie:
    return own_cookie(settings_of(request), "outside", value, age)


handlers: list[Any] = [leave, come_back]
