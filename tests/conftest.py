"""Fixtures every test may ask for: real servers, fresh databases, processes, a clock that obeys."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings

from tests import nursery as nurseries
from tests.databases import PostgresGround, SqliteGround
from tests.fakes import FakeClock
from tests.nursery import Nursery
from tests.processes import Guardian, Processes
from tests.servers import PostgresServer, RedisServer, SmtpServer, flush, running_postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is no fault of a rule: timings never decide a test.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


GARBAGE = 20_000
"""How many more objects there are before the youngest are looked through, as in the product (incidents/serve.py)."""
MEMORY = Path("/dev/shm")  # noqa: S108 (folders in it are made privately)
ENOUGH = 1 << 30
"""Bytes that must be free there: a container may have next to nothing."""


def pytest_collection_finish() -> None:
    """What collecting has made lives as long as the run: the garbage collector need not look at it every time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


@pytest.fixture
def fake_clock() -> FakeClock:
    """A clock standing at Friday, 20 November 2026, 17:50 in Budapest."""
    return FakeClock()


@pytest.fixture(scope="session")
def guardian() -> Iterator[Guardian]:
    """Ends every process of this run, even when the run itself is killed."""
    guardian = Guardian()
    yield guardian
    guardian.dismiss()


@pytest.fixture(scope="session")
def nursery(guardian: Guardian) -> Iterator[Nursery | None]:
    """Has imported the product once for every start of it, where the system allows."""
    if not nurseries.possible():
        yield None
        return
    nursery = Nursery(guardian)
    yield nursery
    nursery.dismiss()


@pytest.fixture(scope="session")
def server_processes(
    guardian: Guardian, nursery: Nursery | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Processes]:
    """Starts what lives as long as the session."""
    processes = Processes(guardian, tmp_path_factory.mktemp("servers"), nursery)
    yield processes
    processes.kill_all()


@pytest.fixture
def processes(
    request: pytest.FixtureRequest, guardian: Guardian, nursery: Nursery | None, tmp_path: Path
) -> Iterator[Processes]:
    """Starts what lives as long as the test: ``processes.service("web", DATABASE_URL=…)``.

    A test marked ``installed`` starts the programs as they are installed, the others fork them from the nursery.
    """
    installed = request.node.get_closest_marker("installed") is not None
    processes = Processes(guardian, tmp_path / "processes", None if installed else nursery)
    yield processes
    processes.kill_all()


@pytest.fixture(scope="session")
def postgres(server_processes: Processes) -> Iterator[PostgresServer]:
    """The PostgreSQL named by TEST_DATABASE_URL, else one of our own."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(urlsplit(named)._replace(scheme="postgresql").geturl())
        return
    with running_postgres(server_processes) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> Iterator[str]:
    """The name of a migrated, empty database."""
    from incidents.store.migrate import upgrade

    name = postgres.create()
    upgrade(postgres.url(name))
    yield name
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated, empty database."""
    from incidents.store.migrate import upgrade

    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{file}")
    assert not file.with_name("template.db-wal").exists(), "whoever closes last leaves one file"
    return file


@pytest.fixture(scope="session")
def memory_folder(guardian: Guardian, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files of databases live: in memory where the system offers it, since each commit waits for the disk."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH):
        return tmp_path_factory.mktemp("sqlite")
    folder = Path(tempfile.mkdtemp(prefix="incidens72-sqlite-", dir=MEMORY))
    guardian.remove(folder)
    return folder


@pytest.fixture(scope="session")
def sqlite_ground(sqlite_template: Path, memory_folder: Path) -> SqliteGround:
    """The file that tests use in turn."""
    return SqliteGround(memory_folder / "test", sqlite_template)


@pytest.fixture(scope="session")
def postgres_ground(postgres: PostgresServer, postgres_template: str) -> Iterator[PostgresGround]:
    """The PostgreSQL database that tests use in turn."""
    ground = PostgresGround(postgres, postgres_template)
    yield ground
    ground.drop()


@pytest.fixture(scope="session")
def sqlite_town_ground(sqlite_template: Path, memory_folder: Path) -> SqliteGround:
    """The file that towns use in turn: one stands while tests of its module use the other."""
    return SqliteGround(memory_folder / "town", sqlite_template)


@pytest.fixture(scope="session")
def postgresql_town_ground(postgres: PostgresServer, postgres_template: str) -> Iterator[PostgresGround]:
    """The PostgreSQL database that towns use in turn."""
    ground = PostgresGround(postgres, postgres_template)
    yield ground
    ground.drop()


@pytest.fixture
def sqlite_url(sqlite_ground: SqliteGround) -> str:
    """URL of a migrated, empty SQLite file."""
    return sqlite_ground.fresh()


@pytest.fixture
def postgresql_url(postgres_ground: PostgresGround) -> str:
    """URL of a migrated, empty PostgreSQL database."""
    return postgres_ground.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of this test: the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def redis_server(server_processes: Processes) -> Iterator[RedisServer]:
    """A Redis-protocol server of our own, which a test may also kill and start again."""
    server = RedisServer(server_processes)
    server.start()
    yield server
    server.kill9()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty broker: TEST_REDIS_URL, else a server of our own."""
    url = os.environ.get("TEST_REDIS_URL") or str(request.getfixturevalue("redis_server").url)
    flush(url)
    return url


@pytest.fixture(scope="session")
def running_smtp(server_processes: Processes) -> Iterator[SmtpServer]:
    """The mail server of the session."""
    server = SmtpServer(server_processes)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(running_smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> SmtpServer:
    """A well-behaved, empty mail server, trusted by this process and by those it starts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(running_smtp.ca_file))
    running_smtp.clear()
    if not running_smtp.running:
        running_smtp.start()
    return running_smtp


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A real Chromium; without one the test fails, for a skipped journey proves nothing."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    for name in filter(None, names):
        if found := shutil.which(name):
            return found
    pytest.fail("The browser tests need Chromium: run `make test`, or name one with CHROMIUM=/path/to/chromium")


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator["Browser"]:
    """A headless browser; a test makes its own context: ``browser.new_context(locale="hu-HU")``.

    Per module, because Playwright keeps an event loop running in this thread and other modules start their own.
    """
    from playwright.sync_api import sync_playwright

    from tests.e2e.visitor import CHROMIUM_FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
