"""A sign-in that ended while somebody was typing loses nothing: the page that says so carries all of it on.

WCAG 2.2, 2.2.1 and 2.2.6: no time limit may cost what somebody has typed. Nothing is stored for it: the typed fields
travel in hidden fields of the page, back to the address they were meant for.
"""

from litestar import Request, Response
from litestar.handlers import BaseRouteHandler

from incidents.web import sudo
from incidents.web.forms import Form, provide_form
from incidents.web.rendering import page
from incidents.web.sessions import Connection, user_of

TYPED = "application/x-www-form-urlencoded"
"""What a form without files sends. Files are not carried on: the form itself says that none is chosen."""


async def keep_typed(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard before ``signed_in``: remembers what was typed by somebody who is not signed in any more."""
    if handler.opt.get("public") or user_of(connection) is not None or not isinstance(connection, Request):
        return
    if connection.headers.get("content-type", "").startswith(TYPED):
        connection.scope["kept"] = await provide_form(connection)  # type: ignore[typeddict-unknown-key]


def kept_page(request: Connection) -> Response[str] | None:
    """The page that lets them sign in and send it again, when anything was kept."""
    kept = request.scope.get("kept")
    if not isinstance(kept, Form):
        return None
    fields = [(name, value) for name in kept.data if _may_travel(name) for value in kept.values(name)]
    return page(request, "pages/signed_out.html", status=401, banners=(), fields=fields)


def _may_travel(name: str) -> bool:
    return not name.startswith("_") and "password" not in name and name not in sudo.PROOFS
