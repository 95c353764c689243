"""The ground database tests stand on: one database a server for the whole run, put back in order for each test.

Making a database, finding the people of a firm and compiling every statement anew cost more than most tests do. So a
test gets the database of the one before it, emptied; its first firm comes back as rows kept from the first time; and
engines stay, with what they have compiled. Whoever alters the shape of a database leaves it to be made again.
"""

import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import psycopg

from incidents.store.engine import Database, create_engine_for
from tests.servers import PostgresServer

SHAPE = """
SELECT (SELECT string_agg(concat(tgname, tgenabled, tgrelid), ',' ORDER BY oid) FROM pg_trigger)
    || (SELECT string_agg(concat(conname, conrelid), ',' ORDER BY oid) FROM pg_constraint)
    || (SELECT string_agg(relname, ',' ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
TIDY_AFTER = 25
"""Databases put in order until what was deleted is swept out: nobody else does it here."""

Build = Callable[[], object]


class Ground(Protocol):
    """A database that is put back in order for each test."""

    url: str

    def fresh(self) -> str:
        """Its URL, migrated and empty."""
        ...

    def keep(self) -> object:
        """All its rows, for later."""
        ...

    def put_back(self, rows: object) -> None:
        """The rows kept, into the empty database."""
        ...


@cache
def engine_for(url: str) -> Database:
    """The engine of a URL, kept: closing it only lets its connections go."""
    return create_engine_for(url)


_grounds: dict[str, Ground] = {}
_kept: dict[tuple[str, str], object] = {}


def filled(url: str, name: str, build: Build) -> None:
    """What ``build`` writes into an empty database; from the second time on as rows kept under that name."""
    ground = _grounds.get(url)
    if ground is None:
        build()
    elif (url, name) in _kept:
        ground.put_back(_kept[url, name])
    else:
        build()
        _kept[url, name] = ground.keep()


class SqliteGround:
    """One file, replaced by a copy of the migrated one."""

    def __init__(self, folder: Path, template: Path) -> None:
        folder.mkdir()
        self._file = folder / "incidens72.db"
        self._template = template
        self.url = f"sqlite:///{self._file}"
        _grounds[self.url] = self

    def fresh(self) -> str:
        self.put_back(self._template)
        return self.url

    def keep(self) -> Path:
        engine_for(self.url).dispose()
        assert not self._part("-wal").exists(), "whoever closes last leaves one file"
        kept = self._part(f".kept-{len(_kept)}")
        shutil.copy(self._file, kept)
        return kept

    def put_back(self, rows: object) -> None:
        engine_for(self.url).dispose()
        for ending in ("", "-wal", "-shm"):
            self._part(ending).unlink(missing_ok=True)
        shutil.copy(str(rows), self._file)

    def _part(self, ending: str) -> Path:
        return self._file.with_name(self._file.name + ending)


class PostgresGround:
    """One database, emptied; made again from the template when a test left it in another shape."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server, self._template = server, template
        self._name = server.create(template)
        self.url = server.url(self._name)
        self._shape = self._ask(SHAPE)
        self._used = 0
        _grounds[self.url] = self

    def fresh(self) -> str:
        engine_for(self.url).dispose()
        try:
            self._empty()
        except psycopg.Error:
            self._make_again()
        return self.url

    def drop(self) -> None:
        engine_for(self.url).dispose()
        self._server.drop(self._name)

    def keep(self) -> dict[str, bytes]:
        with self._connect() as connection:
            rows = {name: _copied(connection, name) for name in self._tables(connection)}
        return {name: lines for name, lines in rows.items() if lines}

    def put_back(self, rows: object) -> None:
        assert isinstance(rows, dict)
        with self._connect() as connection:
            connection.execute("SET session_replication_role = replica")
            for name, lines in rows.items():
                with connection.cursor().copy(f'COPY "{name}" FROM STDIN'.encode()) as copy:
                    copy.write(lines)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)

    def _ask(self, question: str) -> object:
        with self._connect() as connection:
            return connection.execute(question.encode()).fetchone()

    def _tables(self, connection: psycopg.Connection) -> Sequence[str]:
        return [row[0] for row in connection.execute(TABLES) if row[0] != "alembic_version"]

    def _empty(self) -> None:
        """Without triggers: neither the log's refusal to forget nor foreign keys are asked."""
        with self._connect() as connection:
            connection.execute(ALONE, [connection.info.backend_pid])
            if connection.execute(SHAPE.encode()).fetchone() != self._shape:
                raise psycopg.DatabaseError("its shape was altered")
            connection.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")
            tables = self._tables(connection)
            connection.execute("; ".join(f'DELETE FROM "{name}"' for name in tables).encode())
            self._used += 1
            if self._used % TIDY_AFTER == 0:
                connection.execute("VACUUM")

    def _make_again(self) -> None:
        self._server.drop(self._name)
        self._server.create(self._template, self._name)
        self._shape = self._ask(SHAPE)


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT'.encode()) as copy:
        return b"".join(bytes(part) for part in copy)
