"""Column types: instants that are always aware UTC, and JSON on both engines."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, SafeUUID

import msgspec
from sqlalchemy import JSON, DateTime, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from incidents.base.time import utc

_NEW, _PUT, _UNKNOWN = object.__new__, object.__setattr__, SafeUUID.unknown


class Key(Uuid[UUID]):
    """A key. SQLite gives its 32 digits, thousands of times a page: what the constructor checks of them is known."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write a key as its 32 digits on SQLite, in one step."""
        if dialect.name == "sqlite":
            return _write_digits
        return super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read a key as psycopg does: made without the checks of ``UUID()``, which take twice as long as the rest."""
        if dialect.name == "sqlite":
            return _read_digits
        return super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]


def _write_digits(value: UUID | None) -> str | None:
    return None if value is None else f"{value.int:032x}"


def _read_digits(value: str | None) -> UUID | None:
    return None if value is None else _key(value)


@lru_cache(maxsize=4096)
def _key(value: str) -> UUID:
    """One object for a key that is read again and again: rows that name each other share it, and compare at once."""
    key = _NEW(UUID)
    _PUT(key, "int", int(value, 16))
    _PUT(key, "is_safe", _UNKNOWN)
    return key


_write_json = msgspec.json.Encoder().encode


def json_text(value: object) -> str:
    """What a JSON column is given; what msgspec does not take, a lone surrogate for one, as the standard library does.

    A thousand warnings carry three thousand of these.
    """
    try:
        return _write_json(value).decode()
    except (TypeError, ValueError):
        return json.dumps(value)


Json = JSON().with_variant(JSONB(), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An instant: naive values are refused at the door, every value read back is aware UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no offset, so it gets the bare UTC reading."""
        if value is None:
            return None
        instant = utc(value)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """The same as ``process_bind_param`` with what the database's own type adds, in one step."""
        return _write_text if dialect.name == "sqlite" else _write_aware

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], datetime | None]:
        """Read back aware UTC; every row passes here many times, so this takes the place of two processors."""
        return _read_text if dialect.name == "sqlite" else _read_aware


def _write_text(value: datetime | None) -> str | None:
    return None if value is None else _text(utc(value))


@lru_cache(maxsize=256)
def _text(instant: datetime) -> str:
    """How an instant in UTC is spelled: a transaction writes its one instant into every row."""
    return instant.isoformat(" ", "microseconds").removesuffix("+00:00")


def _write_aware(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value)


def _read_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _read_aware(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value)
