"""The first page after a sign-in says when the person was here last: what is not theirs they will ask about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from incidents.rules.browsers import browser_words
from incidents.steps import sessions
from incidents.web.security import cookie_name
from incidents.web.sessions import Connection, own_cookie, session_of, settings_of, system_uow, user_of

SHOWN_FOR = 60
"""Seconds after which the sign-in is no news any more."""


@dataclass(frozen=True)
class Arrival:
    """The sign-in before this one (aware UTC; None: this is the first), and the failed ones since then."""

    at: datetime | None = None
    address: str = ""
    browser: str = ""
    failures: int = 0


def announce(request: Connection, answer: Response[Any]) -> None:
    """Let the next page say it."""
    answer.set_cookie(_cookie(request, "1", SHOWN_FOR))


def said(request: Connection, answer: Response[Any]) -> None:
    """It was said."""
    answer.set_cookie(_cookie(request, "", 0))


def arrival(request: Connection) -> Arrival | None:
    """What the page says of the sign-in before; None unless the person has just come in."""
    if cookie_name(settings_of(request), "arrived") not in request.cookies or user_of(request) is None:
        return None
    return before(request)


def before(request: Connection) -> Arrival:
    """The sign-in before this one."""
    session = session_of(request)
    if session is None:
        return Arrival()
    with system_uow(request, read_only=True) as uow:
        last = sessions.last_sign_in(uow, session)
    if last is None:
        return Arrival(failures=session.failures)
    return Arrival(last.created_at, last.address, browser_words(last.user_agent), session.failures)


def _cookie(request: Connection, value: str, age: int) -> Cookie:
    return own_cookie(settings_of(request), "arrived", value, age)
