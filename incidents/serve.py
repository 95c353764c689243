"""Running the service: the web server, with worker and beat beside it in the embedded mode."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress

import uvicorn
from litestar import Litestar

from incidents.base import collector, logs
from incidents.base.settings import Settings
from incidents.base.time import SystemClock
from incidents.steps.people import create_setup_link
from incidents.store.engine import Database, create_engine_for
from incidents.store.migrate import upgrade
from incidents.store.uow import SYSTEM, unit_of_work
from incidents.web.app import Lifespan, create_app
from incidents.web.wire import Wire

NEVER_STARTED = 3
"""Exit code of a web server that could not listen."""


def beside(context: AbstractContextManager[object]) -> Lifespan:
    """Run something from the start of the web server to its end."""

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        with context:
            yield

    return running


def setup_address(database: Database, settings: Settings) -> str | None:
    """The one-time address to create the first account, while nobody has one."""
    with unit_of_work(database, SystemClock(), SYSTEM) as uow:
        token = create_setup_link(uow)
    return f"{settings.public_url}/setup/{token}" if token else None


def listening(settings: Settings, app: Litestar) -> uvicorn.Config:
    """How the web server listens: forwarded addresses are believed only of the proxies named in TRUSTED_PROXIES."""
    return uvicorn.Config(
        app,
        host=settings.web_host,
        port=settings.web_port,
        http=Wire,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=10,
    )


def serve(settings: Settings, contexts: Sequence[AbstractContextManager[object]] = ()) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); what runs beside is stopped first."""
    logs.configure(settings.log_format)
    database = create_engine_for(settings.database_url)
    app = create_app(settings, database, SystemClock(), [beside(context) for context in contexts])
    collector.spare()
    server = uvicorn.Server(listening(settings, app))
    with suppress(KeyboardInterrupt):
        server.run()
    database.dispose()
    if not server.started:
        raise SystemExit(NEVER_STARTED)


def migrated(settings: Settings) -> Database:
    """The database, brought to the newest shape."""
    upgrade(settings.database_url)
    return create_engine_for(settings.database_url)
