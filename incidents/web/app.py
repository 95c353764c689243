"""The web application: pages, API and static files on one set of state; no module-level globals."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from litestar import Litestar, Router
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from incidents.api.description import openapi
from incidents.api.routes import handlers as api_handlers
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.store.engine import Database
from incidents.web import (
    absences,
    acknowledge,
    assess,
    authority,
    board,
    calendar,
    case,
    casework,
    clock,
    contacts,
    controllers,
    decide,
    draft,
    drills,
    duties,
    form,
    frontdesk,
    handout,
    handover,
    health,
    inbox,
    links,
    mailbox,
    mailing,
    members,
    notice,
    outside,
    people,
    policies,
    posting,
    profile,
    recipients,
    register,
    report,
    second_step,
    send,
    sign_in_rules,
    statistics,
    transfer,
    ways_back,
    webhooks,
    who,
    wording,
)
from incidents.web.forms import provide_form
from incidents.web.kept import keep_typed
from incidents.web.problems import EXCEPTION_HANDLERS
from incidents.web.rendering import TEMPLATES
from incidents.web.requestlog import RequestNumber, number_and_log
from incidents.web.security import MOST_BYTES, csrf_config, security_headers
from incidents.web.sessions import SessionMiddleware, signed_in

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]
A_YEAR = 365 * 24 * 3600
PAGES = (
    board,
    report,
    inbox,
    acknowledge,
    case,
    casework,
    handout,
    handover,
    clock,
    duties,
    assess,
    decide,
    draft,
    form,
    transfer,
    authority,
    wording,
    notice,
    frontdesk,
    send,
    recipients,
    mailing,
    posting,
    register,
    statistics,
    mailbox,
    people,
    second_step,
    ways_back,
    outside,
    controllers,
    profile,
    members,
    sign_in_rules,
    absences,
    policies,
    who,
    links,
    drills,
    webhooks,
    calendar,
    contacts,
)


def state_of(settings: Settings, engine: Database, clock: Clock) -> State:
    """What the handlers of one installation share."""
    return State({"settings": settings, "engine": engine, "clock": clock, "throttled": {}})


def create_app(settings: Settings, engine: Database, clock: Clock, lifespan: Sequence[Lifespan] = ()) -> Litestar:
    """The service as an ASGI application.

    Args:
        settings: where it lives and what it may do.
        engine: the database, from ``incidents.store.engine.create_engine_for``.
        clock: says what time it is; nothing here asks the machine.
        lifespan: what must run as long as the server (worker and beat of the embedded mode).
    """
    return Litestar(
        route_handlers=[_pages(), _static(), *health.handlers, *api_handlers],
        state=state_of(settings, engine, clock),
        middleware=[RequestNumber(), SessionMiddleware()],
        csrf_config=csrf_config(settings),
        before_send=[security_headers(settings), number_and_log],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MOST_BYTES,
        openapi_config=openapi(),
        lifespan=list(lifespan),
        logging_config=None,
        debug=False,
    )


def _pages() -> Router:
    """Every page; each asks to sign in unless it is marked public."""
    return Router(
        path="/",
        route_handlers=[handler for module in PAGES for handler in module.handlers],
        guards=[keep_typed, signed_in],
        dependencies={"form": Provide(provide_form)},
        include_in_schema=False,
    )


def _static() -> Router:
    cache = CacheControlHeader(public=True, max_age=A_YEAR, immutable=True)
    return create_static_files_router(path="/static", directories=[TEMPLATES / "static"], cache_control=cache)
