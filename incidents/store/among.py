"""``among(column, keys)`` and ``one_of(column, keys)``: one bound value for a whole set of keys.

A list of placeholders costs SQLAlchemy and the planner by its length, in every statement, for every table. A person who
serves two hundred controllers would pay most of the time of a page for it.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class among(GenericFunction[bool]):  # noqa: N801  a function in SQL
    """Whether a key is in a set that ``packed`` wrote."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "among":  # noqa: ARG002  the name SQLAlchemy gives it
        """As it is: it writes its own brackets. Wrapped as ``… = 1``, SQLite would read the whole table."""
        return self


class no_index(GenericFunction[str]):  # noqa: N801  a function in SQL
    """A column of text as it is, but no reason for SQLite to choose an index by it."""

    name = "no_index"
    type = Text()
    inherit_cache = True


class one_of(GenericFunction[bool]):  # noqa: N801  a function in SQL
    """The same for rows that are looked up by these very keys: there the index of the column is the way."""

    name = "one_of"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "one_of":  # noqa: ARG002  the name SQLAlchemy gives it
        """As it is: see ``among``."""
        return self


def packed(keys: Iterable[UUID], dialect: str) -> str:
    """A set of keys as the one value that both take there."""
    written = [f"{key.int:032x}" for key in keys]
    return json.dumps(written) if dialect == "sqlite" else f"{{{','.join(written)}}}"


def _sides(element: Any, compiler: SQLCompiler, **options: Any) -> tuple[str, str]:
    column, keys = element.clauses
    return compiler.process(column, **options), compiler.process(keys, **options)


@compiles(one_of, "sqlite")
def _in_json(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, keys = _sides(element, compiler, **options)
    return f"({column} IN (SELECT value FROM json_each({keys})))"  # noqa: S608  both sides are compiled expressions


@compiles(no_index, "sqlite")
def _with_a_plus(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(no_index, "postgresql")
def _as_it_is(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(among, "sqlite")
def _in_json_of_many(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    # With a plus before it a column is no reason to walk its index: the page keeps the one it is ordered by.
    return f"(+{_in_json(element, compiler, **options)[1:]}"


@compiles(one_of, "postgresql")
def _in_array(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, keys = _sides(element, compiler, **options)
    return f"({column} = ANY ({keys.partition('::')[0]}::uuid[]))"


@compiles(among, "postgresql")
def _in_array_of_many(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    # What the planner knows nothing about it takes for almost all rows when asked whether it is NOT NULL: so it walks
    # the index the page is ordered by. Of an array alone it thinks ten keys, four of those one row, and then reads
    # every case to sort it.
    return f"NULLIF({_in_array(element, compiler, **options)}, FALSE) IS NOT NULL"
