"""The courier firm on each database, with a real mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import Company
from tests.fakes import FakeClock
from tests.servers import SmtpServer


@pytest.fixture
def company(database_url: str, fake_clock: FakeClock, tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Company]:
    """The firm with its people; no case yet, no mail waiting."""
    company = Company(database_url, fake_clock, tmp_path / "data", smtp_server.url)
    yield company
    company.close()
