"""The office of the fictional courier firm, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.passwords import quick_passwords
from tests.web.office import Office

__all__ = ["office", "quick_passwords", "small_office"]


@pytest.fixture
def office(database_url: str, fake_clock: FakeClock, tmp_path: Path) -> Iterator[Office]:
    """The firm with its people and a browser; the database is empty otherwise."""
    office = Office(database_url, fake_clock, tmp_path / "data")
    with office.browser:
        yield office
    office.engine.dispose()


@pytest.fixture
def small_office(sqlite_url: str, fake_clock: FakeClock, tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite only: for what no database can change, such as headers and sentences."""
    office = Office(sqlite_url, fake_clock, tmp_path / "data")
    with office.browser:
        yield office
    office.engine.dispose()
