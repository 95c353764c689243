"""A town with one firm in it, on each database; and one that a module of tests shares, because nothing changes it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Firm, Town
from tests.fakes import FakeClock
from tests.servers import PostgresServer


@pytest.fixture
def town(database_url: str, fake_clock: FakeClock) -> Iterator[Town]:
    town = Town(database_url, fake_clock)
    yield town
    town.close()


@pytest.fixture
def firm(town: Town) -> Firm:
    """The fictional courier firm with one person per role; it has a data protection officer."""
    return town.found()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town for tests that leave it as they found it: they only look, are refused, or roll back."""
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
