"""Queries for what the people are told: own words for the letter, publications of a notice and their proofs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from incidents.store.tables import LetterWords, Publication, PublicationProof
from incidents.store.uow import UnitOfWork


def own_words(uow: UnitOfWork, incident_id: UUID, group: str = "") -> dict[str, dict[str, str]]:
    """By language, the words that count for a group of people: its own before those for everybody."""
    rows = uow.session.scalars(
        select(LetterWords)
        .where(LetterWords.incident_id == incident_id, LetterWords.people_group.in_({"", group}))
        .order_by(LetterWords.id)
    )
    newest = {(row.people_group, row.language): row.words for row in rows}
    found: dict[str, dict[str, str]] = {}
    for (_, language), words in sorted(newest.items()):  # everybody's come first: their name is empty
        found.setdefault(language, {}).update({key: text for key, text in words.items() if text.strip()})
    return found


def said_for(uow: UnitOfWork, incident_id: UUID, group: str, language: str) -> dict[str, str]:
    """The newest words for exactly this group of people in this language; none when nobody wrote any."""
    row = uow.session.scalar(
        select(LetterWords)
        .where(
            LetterWords.incident_id == incident_id,
            LetterWords.people_group == group,
            LetterWords.language == language,
        )
        .order_by(LetterWords.id.desc())
        .limit(1)
    )
    return dict(row.words) if row else {}


def publications(uow: UnitOfWork, incident_id: UUID) -> Sequence[Publication]:
    """Every publication of a case, oldest first."""
    return uow.session.scalars(
        select(Publication)
        .where(Publication.incident_id == incident_id)
        .order_by(Publication.published_at, Publication.id)
    ).all()


def publication(uow: UnitOfWork, incident_id: UUID, publication_id: UUID) -> Publication | None:
    """A publication of a case, when there is one by that key."""
    return uow.session.scalar(
        select(Publication).where(Publication.id == publication_id, Publication.incident_id == incident_id)
    )


def proofs(uow: UnitOfWork, incident_id: UUID) -> dict[UUID, list[PublicationProof]]:
    """The proofs of each publication of a case, oldest first."""
    found: dict[UUID, list[PublicationProof]] = {}
    rows = uow.session.scalars(
        select(PublicationProof)
        .where(PublicationProof.incident_id == incident_id)
        .order_by(PublicationProof.at, PublicationProof.id)
    )
    for row in rows:
        found.setdefault(row.publication_id, []).append(row)
    return found
