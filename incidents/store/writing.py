"""Statements made once: a hot path need not build and compile the same words again at every turn.

What a value becomes on its way to the database and back is decided by the type of its column, as everywhere. Whose rows
a statement may touch is decided before: only the unit of work runs them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias, cast

import psycopg
from sqlalchemy import Connection, FromClause, Insert, SelectBase, Update, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

A_STREAM = 100
"""Rows from which on a stream costs less than statements."""
Row: TypeAlias = Mapping[str, Any]
Process: TypeAlias = Callable[[Any], Any]
Statement: TypeAlias = SelectBase | Insert | Update


@dataclass(frozen=True)
class _Made:
    """A statement with its places in their order, how a value of each is prepared, and how an answer is read."""

    text: str
    places: tuple[tuple[str, Process | None], ...]
    positional: bool
    known: Mapping[str, Any]
    """What is the same every time."""
    answers: tuple[Process | None, ...] = ()
    wanted: frozenset[str] = frozenset()

    def prepared(self, row: Row) -> Any:
        if self.known:
            row = {**self.known, **row}
        if not self.positional:
            return {key: row[key] if prepare is None else prepare(row[key]) for key, prepare in self.places}
        values = [row[key] for key, _ in self.places]
        for at, prepare in self._prepares:
            values[at] = prepare(values[at])
        return tuple(values)

    def read(self, answer: Sequence[Any]) -> tuple[Any, ...]:
        values = list(answer)
        for at, read in self._reads:
            values[at] = read(values[at])
        return tuple(values)

    @cached_property
    def _prepares(self) -> tuple[tuple[int, Process], ...]:
        return tuple((at, prepare) for at, (_, prepare) in enumerate(self.places) if prepare is not None)

    @cached_property
    def _reads(self) -> tuple[tuple[int, Process], ...]:
        return tuple((at, read) for at, read in enumerate(self.answers) if read is not None)


def write(connection: Connection, table: FromClause, rows: Sequence[Row]) -> None:
    """Write new rows in one statement; all of them say the same columns."""
    made = _insert(connection.dialect, table, tuple(rows[0]))
    if connection.dialect.name == "postgresql" and len(rows) >= A_STREAM:
        _stream(connection, table, made, rows)
    else:
        connection.exec_driver_sql(made.text, [made.prepared(row) for row in rows])


def _stream(connection: Connection, table: FromClause, made: _Made, rows: Sequence[Row]) -> None:
    """Send rows by COPY: constraints and triggers hold as for any other row, at a third of the cost."""
    keys = [key for key, _ in made.places]
    columns = ", ".join(connection.dialect.identifier_preparer.format_column(table.columns[key]) for key in keys)
    statement = f"COPY {connection.dialect.identifier_preparer.format_table(table)} ({columns}) FROM STDIN"
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(tuple(made.prepared(row).values()))
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def run(connection: Connection, statement: Statement, *rows: Row) -> list[tuple[Any, ...]]:
    """Run a statement for one row of bound values, or for many at once, and give what it answers.

    The statement must be one object for the life of the process, with its values bound by name.

    Raises:
        TypeError: the values are not those the statement asks for; one it does not know might be meant to narrow it.
    """
    made = _made(connection.dialect, statement)
    for row in rows:
        if row.keys() != made.wanted:
            raise TypeError(f"a statement with {sorted(made.wanted)} was given {sorted(row)}")
    said = [made.prepared(row) for row in rows]
    answer = connection.exec_driver_sql(made.text, said if len(said) > 1 else said[0])
    return [made.read(row) for row in answer.all()] if made.answers else []


@lru_cache(maxsize=512)
def _insert(dialect: Dialect, table: FromClause, said: tuple[str, ...]) -> _Made:
    open_ = [column for column in table.columns if column.key not in said and column.default is not None]
    beginnings = {column.key: beginning(column) for column in open_}
    wanted = [*said, *beginnings]
    compiled = insert(table).compile(dialect=dialect, column_keys=wanted)  # type: ignore[arg-type]
    places = _places(compiled, {key: table.columns[key].type for key in wanted})
    return _Made(str(compiled), places, bool(compiled.positional), beginnings)


@lru_cache(maxsize=512)
def _made(dialect: Dialect, statement: Statement) -> _Made:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  what a statement compiles to
    known = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
    places = _places(compiled, {name: bind.type for bind, name in compiled.bind_names.items()})
    read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.exported_columns]
    wanted = frozenset(compiled.bind_names.values()) - known.keys()
    return _Made(str(compiled), places, bool(compiled.positional), known, tuple(read), wanted)


def _places(compiled: SQLCompiler, types: Mapping[str, TypeEngine[Any]]) -> tuple[tuple[str, Process | None], ...]:
    dialect = compiled.dialect
    prepare = {key: of.dialect_impl(dialect).bind_processor(dialect) for key, of in types.items()}
    return tuple((key, prepare[key]) for key in compiled.positiontup or types)


def beginning(column: Any) -> Any:
    """What a column begins with when nothing is said: a value or nothing."""
    if column.default is None:
        return None
    return column.default.arg(None) if column.default.is_callable else column.default.arg
