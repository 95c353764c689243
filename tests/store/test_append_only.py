"""What the register rests on cannot be changed: the database itself refuses, also to raw SQL from anywhere."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from incidents.store.tables import APPEND_ONLY
from tests.builders import Town, busy_case

NAMES = sorted(table.__tablename__ for table in APPEND_ONLY)


@pytest.fixture(scope="module")
def town(shared_town: Town) -> Town:
    """A town in which every such table holds a row."""
    busy_case(shared_town.found())
    return shared_town


@pytest.fixture
def connection(town: Town) -> Iterator[Connection]:
    """A bare connection; what it does is rolled back."""
    with town.database.connect() as connection:
        yield connection


def refusals(connection: Connection, statements: dict[str, str]) -> set[str]:
    """The tables that refused a statement, each tried by itself."""
    refused = set()
    for table, statement in statements.items():
        attempt = connection.begin_nested()
        try:
            connection.execute(text(statement))
        except DBAPIError as error:
            assert f"{table} is append-only" in str(error.orig)
            refused.add(table)
        finally:
            attempt.rollback()
    return refused


def test_every_such_table_holds_a_row_here_so_that_the_refusals_prove_something(connection: Connection) -> None:
    assert [name for name in NAMES if not connection.scalar(text(f"SELECT count(*) FROM {name}"))] == []


def test_no_row_can_be_changed(connection: Connection) -> None:
    changes = {name: f"UPDATE {name} SET controller_id = controller_id" for name in NAMES}
    assert sorted(refusals(connection, changes)) == NAMES


def test_no_row_can_be_deleted(connection: Connection) -> None:
    assert sorted(refusals(connection, {name: f"DELETE FROM {name}" for name in NAMES})) == NAMES


def test_no_row_can_be_replaced_by_another_under_its_key(connection: Connection, town: Town) -> None:
    """SQLite's INSERT OR REPLACE deletes the row in its way and does not ask the trigger on DELETE."""
    if town.is_postgresql:
        upsert = "INSERT INTO event SELECT * FROM event ON CONFLICT (controller_id, seq) DO UPDATE SET actor = 'x'"
        assert refusals(connection, {"event": upsert}) == {"event"}
        return
    same_key = {name: f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}" for name in NAMES}
    assert sorted(refusals(connection, same_key)) == NAMES


@pytest.mark.parametrize(
    "table", ["fact_amendment", "assessment", "decision", "document", "filing", "escalation_policy"]
)
def test_no_row_can_be_replaced_by_another_of_its_version(connection: Connection, town: Town, table: str) -> None:
    columns = [row["name"] for row in inspect(connection).get_columns(table)]
    values = ", ".join("'00000000000000000000000000000001'" if name == "id" else name for name in columns)
    verb = "INSERT" if town.is_postgresql else "INSERT OR REPLACE"
    insert = f"{verb} INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"
    if town.is_postgresql:
        with pytest.raises(IntegrityError, match="unique"):
            connection.execute(text(insert.replace("'00000000000000000000000000000001'", "gen_random_uuid()")))
    else:
        assert refusals(connection, {table: insert}) == {table}


def test_no_row_can_be_replaced_by_another_in_its_place_in_the_file(connection: Connection, town: Town) -> None:
    """Only SQLite lets anybody name the place of a row."""
    if town.is_postgresql:
        return
    insert = (
        "INSERT OR REPLACE INTO acknowledgement (rowid, id, controller_id, incident_id, name, stage, via, at) "
        "SELECT rowid, 'x', controller_id, incident_id, 'x', stage, via, at FROM acknowledgement"
    )
    assert refusals(connection, {"acknowledgement": insert}) == {"acknowledgement"}


def test_no_table_can_be_emptied_at_a_stroke(connection: Connection, town: Town) -> None:
    if town.is_postgresql:
        assert sorted(refusals(connection, {name: f"TRUNCATE {name} CASCADE" for name in NAMES})) == NAMES
    else:  # SQLite turns DELETE without a condition into a truncation, unless there are triggers
        assert sorted(refusals(connection, {name: f"DELETE FROM {name} WHERE true" for name in NAMES})) == NAMES


def test_what_may_change_does_change(connection: Connection) -> None:
    """The triggers stand on those tables only: a clock stops, a stage fires."""
    for name in ("incident", "clock", "stage", "outbox"):
        assert connection.execute(text(f"UPDATE {name} SET controller_id = controller_id")).rowcount > 0
