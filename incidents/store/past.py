"""Rows as they once were: a copy that belongs to no session, so that nothing of it is ever written."""

from typing import TypeVar

from sqlalchemy import inspect

from incidents.store.tables import Table

Row = TypeVar("Row", bound=Table)


def as_it_was(row: Row, **then: object) -> Row:
    """A copy of a row with the values some columns had then."""
    columns = inspect(type(row)).column_attrs
    return type(row)(**{**{column.key: getattr(row, column.key) for column in columns}, **then})
