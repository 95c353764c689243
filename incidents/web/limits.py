"""The outermost door: only under our own name, only so much, and nobody may take for ever.

Slowness is measured by the machine's monotonic clock: it says how long somebody lets us wait, never what time it is.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from litestar._asgi.utils import wrap_in_exception_handler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from incidents.base.errors import IncidentError
from incidents.base.settings import Settings
from incidents.web.intake import LARGEST_BODY

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_NAME = ("/health/", "/static/")
"""What supervisors ask for under any name, and what the page needs that says which name is wrong."""


@dataclass(frozen=True)
class Limits:
    """How much, and how long."""

    bytes: int = LARGEST_BODY
    """The largest body any address takes; most take less."""
    grace_seconds: float = 30
    """How long we wait for a body before its pace counts."""
    bytes_a_second: float = 4_000
    """The slowest pace of a body: a poor mobile connection has it."""
    answer_seconds: float = 120
    """How long we may think before an answer begins; a statement of the database gets half of it."""


class UnknownHost(IncidentError):
    """The address names a host that is not ours."""

    status = 400
    code = "unknown-host"
    message = "This service does not answer at this address. Please open it at the address your organisation gave you."


class TooSlow(IncidentError):
    """What was being sent does not arrive."""

    status = 408
    code = "too-slow"
    message = "It did not arrive in time and nothing was recorded. Please check the connection and try again."


class TooMuch(IncidentError):
    """More than any address takes."""

    status = 413
    code = "too-large"
    message = "Please send less at once."


class TookTooLong(IncidentError):
    """We have not answered in time."""

    status = 503
    code = "took-too-long"
    message = "This is taking too long. It may be recorded all the same: look at the case before you send it again."


def host_of(value: str) -> str:
    """The name in a Host header, without its port: ``[::1]:8072`` is ``::1``."""
    name = value[1:].partition("]")[0] if value.startswith("[") else value.partition(":")[0]
    return name.lower().rstrip(".")


def own_hosts(settings: Settings) -> frozenset[str]:
    """The names this service answers to: the one of its public address, and this machine."""
    return LOOPBACK | {host_of(urlsplit(settings.public_url).netloc.rpartition("@")[2])}


class Doorkeeper:
    """Stands before every address, known or not."""

    def __init__(self, app: Litestar, settings: Settings, limits: Limits) -> None:
        self._app, self._hosts, self._limits = app, own_hosts(settings), limits
        self._next: ASGIApp = app.asgi_router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or refuse it.

        Raises:
            UnknownHost: not our name.
            TooSlow, TooMuch: the body.
            TookTooLong: no answer has begun in time; what a thread of ours does goes on to its end.
        """
        ScopeState.from_scope(scope).exception_handlers = self._app.exception_handlers
        if not str(scope["path"]).startswith(ANY_NAME) and not self._is_ours(scope):
            raise UnknownHost
        try:
            async with asyncio.timeout(self._limits.answer_seconds) as patience:
                await self._next(scope, _Body(receive, self._limits, patience).receive, _until_answered(send, patience))
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise TookTooLong from error

    def _is_ours(self, scope: Scope) -> bool:
        named = [value for name, value in scope["headers"] if name == b"host"]
        return len(named) == 1 and host_of(named[0].decode("latin-1")) in self._hosts


def _until_answered(send: Send, patience: asyncio.Timeout) -> Send:
    """From the first byte of the answer on it may take as long as the reader reads."""

    async def begin(message: Message) -> None:
        if message["type"] == "http.response.start" and not patience.expired():
            patience.reschedule(None)
        await send(message)

    return begin


class _Body:
    """The body as it comes, its bytes and the time we wait for them counted."""

    def __init__(self, receive: Receive, limits: Limits, patience: asyncio.Timeout) -> None:
        self._receive, self._limits, self._patience = receive, limits, patience
        self._bytes, self._waited, self._whole = 0, 0.0, False

    async def receive(self) -> Any:
        if self._whole:
            return await self._receive()
        thinking = self._patience.when()
        message = await self._wait(thinking is not None)
        self._bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._bytes > self._limits.bytes:
            raise TooMuch
        return message

    async def _wait(self, counted: bool) -> Any:
        """The next piece; our own time to answer stands still meanwhile."""
        if counted:
            self._patience.reschedule(None)
        since = monotonic()
        left = self._limits.grace_seconds + self._bytes / self._limits.bytes_a_second - self._waited
        try:
            async with asyncio.timeout(left) as pace:
                return await self._receive()
        except TimeoutError as error:
            if not pace.expired():
                raise
            raise TooSlow from error
        finally:
            self._waited += monotonic() - since
            if counted:
                self._patience.reschedule(asyncio.get_running_loop().time() + self._limits.answer_seconds)


def guard(app: Litestar, settings: Settings, limits: Limits) -> Litestar:
    """The application behind its door; what the door refuses gets the same pages and problems as everything else."""
    app.asgi_handler = wrap_in_exception_handler(Doorkeeper(app, settings, limits))
    return app
