"""A notice made public: where, since when, and what proves it (Art. 34(3)(c), 5(2))."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from incidents.base.errors import FieldError
from incidents.base.time import ZonedInstant, to_the_minute
from incidents.rules.decide import has_substance
from incidents.rules.evidence import SHOWN, NewFile, file_faults
from incidents.rules.send import CLOCK_TOLERANCE, CommunicationForm, communication_faults

PLACES = ("website", "press", "noticeboard", "social", "other")
WITH_ADDRESS = frozenset({"website", "social"})
"""Places that have a link."""
LONGEST_NAME, LONGEST_ADDRESS = 200, 1_000


@dataclass(frozen=True)
class PublicationForm:
    """A notice was published: at which place, since when, until when it is meant to stay, with what content."""

    place: str
    name: str
    published_at: ZonedInstant
    address: str = ""
    language: str = "hu"
    until: ZonedInstant | None = None
    document_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class ProofForm:
    """A notice was seen at its place (``seen``) or taken down (``ended``)."""

    kind: str
    at: ZonedInstant
    file: NewFile | None = None
    note: str = ""


def publication_faults(form: PublicationForm, first_signal: datetime, now: datetime) -> list[FieldError]:
    """Every field of a publication that cannot stand; when and where must be provable."""
    told = communication_faults(CommunicationForm(form.published_at, "public"), first_signal, now)
    when = [replace(fault, path="published_at") for fault in told if fault.path == "sent_at"]
    return [*_place_faults(form), *when, *_until_faults(form)]


def _place_faults(form: PublicationForm) -> Iterator[FieldError]:
    if form.place not in PLACES:
        yield FieldError("place", "required", "Choose where it was published.")
    if not form.name.strip():
        yield FieldError("name", "required", "Name the place, for example «home page» or the name of the newspaper.")
    elif len(form.name) > LONGEST_NAME:
        yield _too_long("name", LONGEST_NAME)
    if len(form.address) > LONGEST_ADDRESS:
        yield _too_long("address", LONGEST_ADDRESS)
    elif (form.address or form.place in WITH_ADDRESS) and not _is_link(form.address):
        yield FieldError("address", "not-a-link", "Give the whole link, beginning with https://.")
    if form.language not in {"hu", "en"}:
        yield FieldError("language", "required", "Choose the language of the notice.")


def _until_faults(form: PublicationForm) -> Iterator[FieldError]:
    if form.until and form.until.at <= form.published_at.at:
        yield FieldError("until", "before", "The end must be later than the beginning.")


def _too_long(path: str, limit: int) -> FieldError:
    return FieldError(path, "too-long", "This is too long: at most {limit} characters.", {"limit": str(limit)})


def _is_link(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s\x00-\x1f]", address)


def proof_faults(form: ProofForm, published_at: datetime, now: datetime) -> list[FieldError]:
    """Every field of a proof that cannot stand: a file of a kind that shows something, or a sentence that says it."""
    return list(_proof_faults(form, published_at, now))


def _proof_faults(form: ProofForm, published_at: datetime, now: datetime) -> Iterator[FieldError]:
    if form.kind not in {"seen", "ended"}:
        yield FieldError("kind", "required", "Choose whether the notice was seen there or taken down.")
    if form.at.at < to_the_minute(published_at):
        yield FieldError("at", "too-early", "This is before the notice was published.")
    elif form.at.at > now + CLOCK_TOLERANCE:
        yield FieldError("at", "future", "This time lies in the future: record the act after it has happened.")
    if form.file is None:
        if form.kind == "seen" and not has_substance(form.note):
            yield FieldError(
                "file", "required", "Add a picture, a PDF or the saved page, or say in a full sentence who saw it."
            )
    else:
        yield from file_faults(form.file, "file", SHOWN)
