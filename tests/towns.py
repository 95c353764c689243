"""Fixtures around ``tests.builders``: a town on each database, alone or shared by the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.builders import Firm, Town
from tests.databases import Ground
from tests.fakes import FakeClock


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A town all tests of a module live in: what happens at one firm does not exist for another."""
    ground: Ground = request.getfixturevalue(f"{request.param}_town_ground")
    town = Town(ground.fresh(), FakeClock())
    yield town
    town.close()


@pytest.fixture
def town(shared_town: Town) -> Town:
    """The shared town, its clock back at Friday, 20 November 2026, 17:50 in Budapest."""
    shared_town.clock.move_to(FakeClock().now())
    return shared_town


@pytest.fixture
def empty_town(database_url: str, fake_clock: FakeClock) -> Iterator[Town]:
    """A town of this test alone: nobody lives there yet."""
    town = Town(database_url, fake_clock)
    yield town
    town.close()


@pytest.fixture
def firm(town: Town) -> Firm:
    """A new fictional courier firm with one person per role; it has a data protection officer."""
    return town.found()
