"""The web application on a port of 127.0.0.1, in a thread of the test: quick to start, and real to a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn

from incidents.base.settings import Settings, load_settings
from incidents.store.engine import Database
from tests.fakes import FakeClock
from tests.processes import free_port, wait_until
from tests.sites import site


def settings_for(database_url: str, data: Path, **more: str) -> Settings:
    """Settings with the keys that the builders of tests seal with."""
    given = {"DATABASE_URL": database_url, "INCIDENTS72_DATA": str(data), "SECRET_KEY": "k" * 40}
    return load_settings(given | more)


@contextmanager
def served(settings: Settings, engine: Database, clock: FakeClock, port: int = 0) -> Iterator[str]:
    """Serve until the end of the block; the address."""
    config = uvicorn.Config(site(settings, engine, clock), log_config=None, access_log=False, lifespan="on")
    with running(config, port) as where:
        yield f"http://127.0.0.1:{where}"


@contextmanager
def running(config: uvicorn.Config, port: int = 0) -> Iterator[int]:
    """A web server as configured, on a port of 127.0.0.1 until the end of the block."""
    config.host, config.port = "127.0.0.1", port or free_port()
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, "the application to listen")
        yield config.port
    finally:
        server.should_exit = True
        thread.join(30)
