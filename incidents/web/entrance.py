"""What happens when somebody has proved to be somebody: cookies, the next step, and where they wanted to go."""

from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Response

from incidents.base.errors import Unauthenticated
from incidents.steps import people
from incidents.steps.second_step import PURPOSE
from incidents.steps.sessions import SignedIn
from incidents.store.secrets import Seal
from incidents.web.arrival import announce
from incidents.web.rendering import see_other
from incidents.web.sessions import (
    Connection,
    PageRequest,
    session_of,
    session_token,
    settings_of,
    start_session,
    system_uow,
)

STEPS = {"second": "/login/second", "setup": "/login/set-up"}
"""Where a sign-in goes on that has not come all the way."""


def arrived(request: PageRequest, signed: SignedIn, target: str) -> Response[Any]:
    """Hand over the new session and lead on; the session the browser had before ends."""
    if old := session_token(request):
        with system_uow(request) as uow:
            people.log_out(uow, old)
    answer = see_other(_way(signed, target))
    if signed.level == "full":
        announce(request, answer)
    return start_session(answer, settings_of(request), signed.token, signed.browser)


def _way(signed: SignedIn, target: str) -> str:
    if signed.level in STEPS:
        return with_target(STEPS[signed.level], target)
    return with_target("/account/second-step", target) if signed.advised else target


def with_target(path: str, target: str) -> str:
    """An address that remembers where the person wanted to go."""
    return path if target == "/" else f"{path}?next={quote(target, safe='/')}"


def next_step(request: Connection, target: str) -> str:
    """Where a sign-in that has not come all the way goes on.

    Raises:
        Unauthenticated: there is none.
    """
    session = session_of(request)
    if session is None or session.level not in STEPS:
        raise Unauthenticated
    return with_target(STEPS[session.level], target)


def seal_of(request: Connection) -> Seal:
    """What the secrets of authenticators are kept under."""
    settings = settings_of(request)
    return Seal((settings.secret_key, *settings.old_secret_keys), PURPOSE)


def outside_name(request: Connection) -> str:
    """What the sign-in service of the organisation is called; empty when there is none."""
    settings = settings_of(request)
    return settings.oidc_issuer and (settings.oidc_name or urlsplit(settings.oidc_issuer).netloc)
