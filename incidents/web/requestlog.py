"""Every request gets a number: in its answer, on the error page, and on every line of the log it causes."""

import secrets
from time import perf_counter
from typing import Any
from uuid import UUID

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from incidents.base import logs

HEADER = "x-request-id"
_KEY = "incidens72.request"
UNLOGGED = ("/static/", "/health/")
"""What machines ask for all day long."""
log = logs.logger("incidents.web")


def request_id(scope: Any) -> str:
    """The number of a request; given at the first question."""
    return str(_begun(scope)[0])


def _begun(scope: Any) -> tuple[str, float]:
    begun: tuple[str, float] = scope.setdefault(_KEY, (secrets.token_hex(6), perf_counter()))
    return begun


class RequestNumber(ASGIMiddleware):
    """Puts the number of the request, and the case or controller in its address, on every line of the log."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Bind, go on, forget."""
        named = {key: str(value) for key, value in scope.get("path_params", {}).items() if isinstance(value, UUID)}
        logs.clear()
        logs.bind(request_id=request_id(scope), **named)
        try:
            await next_app(scope, receive, send)
        finally:
            logs.clear()


async def number_and_log(message: Message, scope: Scope) -> None:
    """Say the number in the answer and write one line about it: the route, never the address or what was typed."""
    if message["type"] != "http.response.start":
        return
    number, begun = _begun(scope)
    MutableScopeHeaders.from_message(message)[HEADER] = number
    if str(scope["path"]).startswith(UNLOGGED):
        return
    say = log.error if message["status"] >= 500 else log.info
    say(
        "request",
        request_id=number,
        method=scope.get("method", ""),
        route=str(scope.get("path_template") or "unknown"),
        status=message["status"],
        duration_ms=round((perf_counter() - begun) * 1000, 1),
    )
