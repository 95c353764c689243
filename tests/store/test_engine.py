"""One file, many threads: writers of a process queue up instead of polling, where some would starve."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from time import sleep

import pytest
from sqlalchemy import Connection, Engine, event, text

from incidents.base.time import SystemClock
from incidents.store import heartbeat
from incidents.store.engine import create_engine_for, hurried_statements
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from tests.builders import Town

THREADS, ACTS = 8, 5


@pytest.fixture
def impatient(sqlite_url: str) -> Iterator[list[Engine]]:
    """Two engines on one file, as web and worker have them, on which waiting for SQLite itself is an error."""

    def wait_for_nobody(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")

    engines = [create_engine_for(sqlite_url) for _ in range(2)]
    for engine in engines:
        event.listen(engine, "begin", wait_for_nobody, insert=True)
    yield engines
    for engine in engines:
        engine.dispose()


def test_writers_of_one_process_wait_for_each_other_without_polling(impatient: list[Engine]) -> None:
    start, failed = Barrier(THREADS), []

    def write(number: int) -> None:
        start.wait(30)
        for _ in range(ACTS):
            try:
                with unit_of_work(impatient[number % 2], SystemClock(), SYSTEM) as uow:
                    heartbeat.beat(uow, f"thread-{number}")
                    sleep(0.005)
            except Exception as error:  # any at all
                failed.append(error)

    threads = [Thread(target=write, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with unit_of_work(impatient[0], SystemClock(), SYSTEM, read_only=True) as uow:
        assert len(heartbeat.read(uow)) == THREADS


def test_a_writer_that_fails_gives_its_turn_back(impatient: list[Engine]) -> None:
    for engine in impatient:
        with pytest.raises(ZeroDivisionError), unit_of_work(engine, SystemClock(), SYSTEM) as uow:
            heartbeat.beat(uow, "sweep")
            _ = 1 / 0
    with unit_of_work(impatient[0], SystemClock(), SYSTEM) as uow:
        heartbeat.beat(uow, "sweep")


def test_a_reader_neither_takes_a_turn_nor_waits_for_one(impatient: list[Engine]) -> None:
    with unit_of_work(impatient[0], SystemClock(), SYSTEM) as writing:
        heartbeat.beat(writing, "sweep")
        with unit_of_work(impatient[1], SystemClock(), SYSTEM, read_only=True) as reading:
            assert heartbeat.read(reading) == {}


def test_several_transactions_on_one_connection_keep_one_turn(impatient: list[Engine]) -> None:
    with impatient[0].connect() as connection:
        for _ in range(2):
            connection.execute(text("SELECT 1"))
            connection.commit()
    with unit_of_work(impatient[1], SystemClock(), SYSTEM) as uow:
        heartbeat.beat(uow, "sweep")


def test_two_files_have_two_queues(sqlite_url: str, tmp_path: Path) -> None:
    other = create_engine_for(f"sqlite:///{tmp_path / 'other.db'}")
    mine = create_engine_for(sqlite_url)
    with mine.begin(), other.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    for engine in (mine, other):
        engine.dispose()


def test_only_a_hurried_commit_does_not_wait_for_the_disk(town: Town) -> None:
    """A hurried one leaves nothing behind for whoever gets the connection next."""
    ask = "SHOW synchronous_commit" if town.is_postgresql else "PRAGMA synchronous"
    found = []
    for hurried in (True, False, True, False):
        with unit_of_work(town.database, town.clock, SYSTEM, EVERY_CONTROLLER, hurried=hurried) as uow:
            found.append(str(uow.session.connection().exec_driver_sql(ask).scalar()))
    quick, sure = ("off", "on") if town.is_postgresql else ("1", "2")
    assert found == [quick, sure, quick, sure]


def test_a_hurried_statement_by_itself_is_all_that_postgresql_hears(town: Town) -> None:
    """120,000 letters are settled one by one: each costs one way to the server, and everybody sees it at once."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_about: object) -> None:
        said.append(statement.split(maxsplit=1)[0])

    with hurried_statements(town.database) as alone:
        event.listen(alone, "before_cursor_execute", hear)
        with unit_of_work(alone, town.clock, SYSTEM, hurried=True) as uow:
            heartbeat.beat(uow, "letters")
        event.remove(alone, "before_cursor_execute", hear)
    assert said == (["INSERT"] if town.is_postgresql else ["PRAGMA", "BEGIN", "INSERT"])
    with unit_of_work(town.database, town.clock, SYSTEM, read_only=True) as uow:
        assert "letters" in heartbeat.read(uow)
