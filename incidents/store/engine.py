"""Engines: one per URL, with what each database needs to be safe."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from incidents.store.types import json_text

DatabaseTrouble = DBAPIError
"""What the layers above catch when the database is away, without knowing which one it is."""
Database = Engine
"""What the layers above hand on without knowing it: a database to open units of work on."""

HURRIED = "hurried"
"""Execution option: commit without waiting for the disk (``unit_of_work``). Every other commit waits for it, and for
all that was committed before."""

POSTGRESQL_OPTIONS = "-c timezone=utc -c lock_timeout=15000 -c statement_timeout=60000 -c random_page_cost=1.1"
"""The last tells the planner that the database lies in memory or on a drive without heads: else it reads whole tables
where a few dozen rows are wanted.
"""
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA synchronous=FULL",  # a commit that was answered survives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)


def create_engine_for(url: str) -> Engine:
    """An engine for SQLite (one host, one file) or PostgreSQL, the same to all code above."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        json_serializer=json_text,
        connect_args={"options": POSTGRESQL_OPTIONS},
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


@contextmanager
def hurried_statements(engine: Engine) -> Iterator[Engine]:
    """The same database for hurried transactions of one statement each, by a connection of its own on PostgreSQL.

    There a statement is its own transaction and the connection is not asked every time whether it is still alive: one
    way to the server and back instead of five. Who meets ``DatabaseTrouble`` opens another.
    """
    if engine.dialect.name == "sqlite":
        yield engine
        return
    alone = create_engine(
        engine.url,
        pool_size=1,
        json_serializer=json_text,
        isolation_level="AUTOCOMMIT",
        connect_args={"options": f"{POSTGRESQL_OPTIONS} -c synchronous_commit=off"},
    )
    try:
        yield alone
    finally:
        alone.dispose()


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(HURRIED, False):
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, pool_size=20, max_overflow=20, json_serializer=json_text, connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkin", _end_turn)
    return engine


_TURNS: defaultdict[str, Lock] = defaultdict(Lock)
"""One queue for the writers of each file. SQLite itself lets them poll, slower and slower: under load some starve."""
TURN_SECONDS = 30


def _take_turn(connection: Connection) -> None:
    """Wait in line within this process; other processes (a backup, a command) are left to SQLite's own patience."""
    if "turn" not in connection.info:
        turn = _TURNS[str(connection.engine.url)]
        if turn.acquire(timeout=TURN_SECONDS):
            connection.info["turn"] = turn


def _end_turn(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    """The connection is back in the pool, its transaction is over: the next one in line."""
    if turn := record.info.pop("turn", None):
        turn.release()


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver's own transaction control would begin too late; ``_begin_sqlite`` does it.
    raw: Any = connection
    raw.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
    # SQLite's own lower() knows only A to Z: «Árvíz» would not be found by «árvíz».
    raw.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once unless the transaction only reads: claims then need no row locks."""
    reading = connection.get_execution_options().get("read_only", False)
    if not reading:
        _take_turn(connection)
    _wait_for_disk(connection, not connection.get_execution_options().get(HURRIED, False))
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _wait_for_disk(connection: Connection, wait: bool) -> None:
    """Whether the commit to come waits for the disk; a connection from the pool may remember the last one."""
    if connection.info.get(HURRIED, False) == wait:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")
        connection.info[HURRIED] = not wait
