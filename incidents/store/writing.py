"""Many new rows in one statement, with less ado than an INSERT that is built anew: the statement is made once.

What a value becomes on its way to the database is decided by the type of its column, as everywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, FromClause, insert
from sqlalchemy.engine import Dialect

Row: TypeAlias = Mapping[str, Any]
Prepare: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True)
class _Insert:
    """A statement with its columns in the order of its places, and how a value of each is prepared."""

    statement: str
    columns: tuple[tuple[str, Prepare | None], ...]
    positional: bool
    beginnings: Mapping[str, Any]
    """Columns the rows leave open and that begin with a value."""

    def prepared(self, row: Row) -> Any:
        if self.beginnings:
            row = {**self.beginnings, **row}
        if self.positional:
            return tuple([row[key] if prepare is None else prepare(row[key]) for key, prepare in self.columns])
        return {key: row[key] if prepare is None else prepare(row[key]) for key, prepare in self.columns}


def write(connection: Connection, table: FromClause, rows: Sequence[Row]) -> None:
    """Write new rows; all of them say the same columns."""
    made = _insert(connection.dialect, table, tuple(rows[0]))
    connection.exec_driver_sql(made.statement, [made.prepared(row) for row in rows])


@lru_cache(maxsize=512)
def _insert(dialect: Dialect, table: FromClause, said: tuple[str, ...]) -> _Insert:
    open_ = [column for column in table.columns if column.key not in said and column.default is not None]
    beginnings = {column.key: beginning(column) for column in open_}
    wanted = [*said, *beginnings]
    compiled = insert(table).compile(dialect=dialect, column_keys=wanted)  # type: ignore[arg-type]
    places = list(compiled.positiontup or wanted)
    prepare = {key: table.columns[key].type.dialect_impl(dialect).bind_processor(dialect) for key in wanted}
    return _Insert(str(compiled), tuple((key, prepare[key]) for key in places), bool(compiled.positional), beginnings)


def beginning(column: Any) -> Any:
    """What a column begins with when nothing is said: a value or nothing."""
    if column.default is None:
        return None
    return column.default.arg(None) if column.default.is_callable else column.default.arg
