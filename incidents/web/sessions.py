"""From cookie to person: who is signed in, what they may touch, and how a sign-in starts and ends.

Own sessions: a new random token at every sign-in (no fixation), only its hash stored, each one revocable.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from anyio import to_thread
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from incidents.base.errors import Forbidden, Unauthenticated
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.rules.access import may
from incidents.rules.sign_in import Lengths
from incidents.steps import sessions
from incidents.steps.sessions import Visit
from incidents.store.tables import User, UserSession
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor, UnitOfWork, unit_of_work
from incidents.web.security import cookie_name

Connection = ASGIConnection[Any, Any, Any, Any]
PageRequest = Request[Any, Any, Any]

PUBLIC = {"public": True}
"""``opt=PUBLIC`` on a handler: anybody may call it. Every other page asks to sign in first."""

VISITOR = Actor("visitor")

NOTED_EVERY = timedelta(minutes=1)
"""How often it is written down that a session is in use."""
A_BROWSER_IS_KNOWN = 180 * 24 * 3600
"""Seconds a browser carries the token by which it is known."""
A_YEAR = 365 * 24 * 3600
"""Seconds a browser remembers the language."""

WITHOUT_PERSON = ("/static/", "/health/", "/metrics", "/api/")
"""Addresses where nobody is signed in, whatever cookie came along."""


class SessionMiddleware(ASGIMiddleware):
    """Puts the session, the signed-in user and the actor into the scope; nobody signed in leaves None and a visitor.

    A sign-in that has not come all the way is a session, but nobody is signed in yet.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the cookie up in a thread, so that the database never blocks the event loop."""
        scope["user"], scope["auth"], scope["session"] = None, VISITOR, None
        connection: Connection = ASGIConnection(scope)
        if not scope["path"].startswith(WITHOUT_PERSON) and (token := session_token(connection)):
            await to_thread.run_sync(partial(_look_up, connection, token))
        await next_app(scope, receive, send)


def _look_up(connection: Connection, token: str) -> None:
    scope: Any = connection.scope
    with system_uow(connection, read_only=True) as uow:
        found = sessions.found(uow, token)
        if found is None:
            return
        scope["session"], user = found
        if found[0].level == "full":
            scope["auth"], scope["user"] = sessions.actor_of(uow, user), user
        unseen = uow.now - (found[0].seen_at or found[0].created_at)
    if unseen >= NOTED_EVERY:
        with system_uow(connection) as uow:
            sessions.stay(uow, token, lengths_of(connection).idle)


def session_token(connection: Connection) -> str | None:
    """The token in the session cookie, whether or not it is worth anything."""
    return connection.cookies.get(cookie_name(settings_of(connection), "session"))


def settings_of(connection: Connection) -> Settings:
    """The settings of the running service."""
    settings: Settings = connection.app.state.settings
    return settings


def session_of(connection: Connection) -> UserSession | None:
    """The session of this browser, however far it has come."""
    session: UserSession | None = connection.scope.get("session")  # type: ignore[assignment]
    return session


def lengths_of(connection: Connection) -> Lengths:
    """How long a sign-in lasts here."""
    settings = settings_of(connection)
    return Lengths(timedelta(hours=settings.session_hours), timedelta(minutes=settings.session_idle_minutes))


def visit_of(connection: Connection) -> Visit:
    """Where somebody comes from: the browser as it names itself, the peer's address, whether it is known."""
    settings = settings_of(connection)
    return Visit(
        user_agent=connection.headers.get("user-agent", ""),
        address=connection.client.host if connection.client else "",
        browser=connection.cookies.get(cookie_name(settings, "known"), ""),
        lengths=lengths_of(connection),
        force=settings.second_step,
    )


def clock_of(connection: Connection) -> Clock:
    """The injected clock of the running service."""
    clock: Clock = connection.app.state.clock
    return clock


def user_of(connection: Connection) -> User | None:
    """The person signed in, if any."""
    user: User | None = connection.scope.get("user")
    return user


def person_of(connection: Connection) -> User:
    """The person signed in.

    Raises:
        Unauthenticated: nobody is.
    """
    if (user := user_of(connection)) is None:
        raise Unauthenticated
    return user


def actor_of(connection: Connection) -> Actor:
    """Who acts: the person signed in, or a visitor without any role."""
    return connection.scope.get("auth") or VISITOR


def page_uow(request: Connection, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
    """A unit of work of the signed-in person over all controllers they have a role at; steps check the role."""
    actor = actor_of(request)
    return _open(request, actor, frozenset(actor.roles), read_only=read_only)


def public_uow(request: Connection, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
    """A unit of work to look up whom a secret link belongs to; it allows no act at any controller."""
    return _open(request, actor_of(request), EVERY_CONTROLLER, read_only=read_only)


def link_uow(request: Connection, actor: Actor, controller_id: UUID, act: str) -> AbstractContextManager[UnitOfWork]:
    """A unit of work for who came by a secret link: the one controller it names, the one act it allows."""
    allowed = replace(actor, by_link={controller_id: frozenset({act})})
    return _open(request, allowed, frozenset({controller_id}), read_only=False)


def system_uow(request: Connection, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
    """A unit of work for accounts and sessions, which belong to no controller."""
    return _open(request, SYSTEM, EVERY_CONTROLLER, read_only=read_only)


def operator_uow(request: Connection, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
    """A unit of work over every controller, for the operator's few acts.

    Raises:
        Forbidden: the person is no operator.
    """
    actor = actor_of(request)
    if not actor.is_operator:
        raise Forbidden
    return _open(request, actor, EVERY_CONTROLLER, read_only=read_only)


@contextmanager
def _open(request: Connection, actor: Actor, scope: Any, *, read_only: bool) -> Iterator[UnitOfWork]:
    state = request.app.state
    with unit_of_work(state.engine, state.clock, actor, scope, read_only=read_only) as uow:
        yield uow


def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of every page that is not marked public.

    Raises:
        Unauthenticated: nobody is signed in; the edge leads to the sign-in page and back.
    """
    if not handler.opt.get("public") and user_of(connection) is None:
        raise Unauthenticated


def login_address(connection: Connection) -> str:
    """Where to sign in, and where to go on afterwards."""
    here = connection.scope["path"]
    query = connection.scope.get("query_string", b"").decode("latin-1")
    target = f"{here}?{query}" if query else here
    reading = connection.scope.get("method") in {"GET", "HEAD"}
    return f"/login?next={quote(target, safe='/')}" if reading and target != "/" else "/login"


def may_anywhere(connection: Connection, act: str) -> bool:
    """Whether the person may do an act at one controller at least: what menus need to know."""
    return any(may(roles, act) for roles in set(actor_of(connection).roles.values()))


def may_at(connection: Connection, controller_id: UUID, act: str) -> bool:
    """Whether the person may do an act at a controller: what buttons need to know. Steps check again."""
    return may(actor_of(connection).roles.get(controller_id, frozenset()), act)


def start_session(response: Response[Any], settings: Settings, token: str, browser: str = "") -> Response[Any]:
    """Hand the browser its new token; without a lifetime, so it ends with the browser at the latest.

    ``browser``: the token by which it is known from now on, also after signing out.
    """
    response.set_cookie(own_cookie(settings, "session", token, max_age=None))
    return know_browser(response, settings, browser) if browser else response


def know_browser(response: Response[Any], settings: Settings, browser: str) -> Response[Any]:
    """Hand the browser the token by which it is known."""
    response.set_cookie(own_cookie(settings, "known", browser, max_age=A_BROWSER_IS_KNOWN))
    return response


def end_session(response: Response[Any], settings: Settings) -> Response[Any]:
    """Take the token away from the browser."""
    response.set_cookie(own_cookie(settings, "session", "", max_age=0))
    return response


def speak(response: Response[Any], settings: Settings, language: str) -> Response[Any]:
    """Let the browser remember the language of its pages."""
    response.set_cookie(own_cookie(settings, "lang", language, max_age=A_YEAR))
    return response


def own_cookie(settings: Settings, name: str, value: str, max_age: int | None) -> Cookie:
    """A cookie for this service alone, that no script reads; ``max_age`` in seconds, None until the browser ends."""
    return Cookie(
        key=cookie_name(settings, name),
        value=value,
        path="/",
        max_age=max_age,
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
