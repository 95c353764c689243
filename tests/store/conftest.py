"""A town with one firm in it, on each database."""

from collections.abc import Iterator

import pytest

from tests.builders import Firm, Town
from tests.fakes import FakeClock


@pytest.fixture
def town(database_url: str, fake_clock: FakeClock) -> Iterator[Town]:
    town = Town(database_url, fake_clock)
    yield town
    town.close()


@pytest.fixture
def firm(town: Town) -> Firm:
    """The fictional courier firm with one person per role; it has a data protection officer."""
    return town.found()
