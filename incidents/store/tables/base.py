"""What every table shares: keys, the tenant column, code words, naming of constraints."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    Enum,
    ForeignKey,
    MetaData,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from incidents.store.types import Instant, Json, Key

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: Json,
        list[Any]: Json,
        str: Text(),
        UUID: Key(),
    }


class Keyed:
    """A row with its own time-ordered key."""

    id: Mapped[UUID] = mapped_column(primary_key=True)


class OfController:
    """A row that belongs to one controller, the tenant; the unit of work filters on it."""

    @declared_attr
    def controller_id(self) -> Mapped[UUID]:
        """The tenant."""
        return mapped_column(ForeignKey("controller.id"), index=True)


class OfIncident(OfController):
    """A row that belongs to one incident of one controller."""

    @declared_attr
    def incident_id(self) -> Mapped[UUID]:
        """The case."""
        return mapped_column(ForeignKey("incident.id"), index=True)


def code(*codes: str) -> Enum:
    """A closed list of code words, kept as text; another word is refused before it reaches the database."""
    return Enum(*codes, native_enum=False, create_constraint=False, validate_strings=True, length=40)
