"""The courier firm on a running installation, embedded and grown up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.base.time import SystemClock
from tests.company import Company
from tests.processes import Processes
from tests.servers import SmtpServer
from tests.workers.installation import Installation


@pytest.fixture(params=["embedded", "compose"])
def installation(
    request: pytest.FixtureRequest, processes: Processes, smtp_server: SmtpServer, tmp_path: Path
) -> Installation:
    """Not started yet: SQLite in one process, or PostgreSQL and a Redis-protocol server with three."""
    grown_up = request.param == "compose"
    database_url = request.getfixturevalue("postgresql_url" if grown_up else "sqlite_url")
    redis_url = request.getfixturevalue("redis_url") if grown_up else ""
    return Installation(processes, database_url, redis_url, smtp_server.url, tmp_path / "data")


@pytest.fixture
def company(installation: Installation, tmp_path: Path) -> Iterator[Company]:
    """The firm and its people in that installation's database, at the time of this machine."""
    company = Company(installation.database_url, SystemClock(), tmp_path / "company", installation.smtp_url)
    yield company
    company.close()
