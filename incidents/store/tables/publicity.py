"""What the people are told, in words made for them, and where it was published (Art. 34(2), 34(3)(c))."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfIncident, Table, code

PLACES = ("website", "press", "noticeboard", "social", "other")


class LetterWords(Keyed, OfIncident, Table):
    """Own words for the letter in one language, for everybody or one group of people; the newest count. Append-only."""

    __tablename__ = "letter_words"
    people_group: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[dict[str, Any]]
    said_by: Mapped[str]
    said_at: Mapped[datetime]


class Publication(Keyed, OfIncident, Table):
    """A notice was published at a place: where, since when, with what content. Append-only.

    ``address`` is the link, empty for paper; ``until_at`` how long it is meant to stay; ``communication_id`` the
    record that people were told in this form (Art. 34(3)(c)).
    """

    __tablename__ = "publication"
    place: Mapped[str] = mapped_column(code(*PLACES))
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(2))
    published_at: Mapped[datetime]
    published_zone: Mapped[str] = mapped_column(String(64))
    until_at: Mapped[datetime | None]
    until_zone: Mapped[str] = mapped_column(String(64), default="")
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    communication_id: Mapped[UUID] = mapped_column(ForeignKey("communication.id"), unique=True)
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class PublicationProof(Keyed, OfIncident, Table):
    """A notice was seen at its place, or taken down, at a moment; with a picture where there is one. Append-only."""

    __tablename__ = "publication_proof"
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"), index=True)
    kind: Mapped[str] = mapped_column(code("seen", "ended"))
    at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id"))
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
