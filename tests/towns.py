"""Fixtures around ``tests.builders``: a town on each database, alone or shared by the tests of a module."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Firm, Town
from tests.fakes import FakeClock
from tests.servers import PostgresServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town all tests of a module live in: what happens at one firm does not exist for another."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        file = tmp_path_factory.mktemp("shared") / "incidens72.db"
        for part in template.parent.glob(f"{template.name}*"):
            shutil.copy(part, file.with_name(part.name.replace(template.name, file.name)))
        town = Town(f"sqlite:///{file}", FakeClock())
        yield town
        town.close()
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    name = postgres.create(request.getfixturevalue("postgres_template"))
    town = Town(postgres.url(name), FakeClock())
    yield town
    town.close()
    postgres.drop(name)


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
