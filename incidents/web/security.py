"""The locks on the doors: headers on every answer, form tokens, throttles, request size, safe redirects."""

from datetime import timedelta
from urllib.parse import urlsplit

from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import BeforeMessageSendHookHandler, Guard, Message, Scope

from incidents.api.pace import count_call
from incidents.base.settings import Settings

MOST_BYTES = 1_000_000
"""Largest body of a page's form or an API call."""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cache-control": "no-store",
}
"""Set on every answer that has not set them itself; static files bring their own cache rule."""

HSTS = "max-age=31536000; includeSubDomains"


def security_headers(settings: Settings) -> BeforeMessageSendHookHandler:
    """The hook that adds the headers to every answer, errors and unknown addresses included."""
    headers = HEADERS | ({"strict-transport-security": HSTS} if settings.secure_cookies else {})
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def add_headers(message: Message, scope: Scope) -> None:
        del scope
        if message["type"] == "http.response.start":
            said = list(message.get("headers", ()))
            present = {name.lower() for name, _ in said}
            message["headers"] = said + [one for one in raw if one[0] not in present]

    return add_headers


def cookie_name(settings: Settings, name: str) -> str:
    """``__Host-`` binds a cookie to this very host and path over TLS; browsers refuse the prefix without TLS."""
    return f"__Host-{name}" if settings.secure_cookies else name


def csrf_config(settings: Settings) -> CSRFConfig:
    """Every form carries a token; calls of the API carry a key instead, which no browser adds by itself."""
    return CSRFConfig(
        secret=f"csrf:{settings.secret_key}",
        cookie_name=cookie_name(settings, "csrf"),
        cookie_secure=settings.secure_cookies,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=["^/api/", "^/static/", "^/health/", "^/metrics"],
    )


def throttle(name: str, most: int, per: timedelta = timedelta(minutes=1)) -> Guard:
    """A guard that lets one network address call a route so many times in a period.

    Counts live in the process: several web processes allow as many times more. Sign-in is counted per account in
    the database as well.
    """

    def guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
        count_call(connection, name, connection.client.host if connection.client else "", most, per)

    return guard


def safe_next(target: str | None, default: str = "/") -> str:
    """A path of this service to go on to; the default for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(sign) < 32 for sign in target) or "\\" in target:
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
