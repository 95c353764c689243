"""Lists to hand on: the addresses of a print run for a mailing house, and the rows somebody has to look at."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from incidents.rules import letter_codes
from incidents.rules.draft.personal import greeting
from incidents.rules.recipients import FIELDS, Judged
from notifications.documents.csv import safe
from notifications.print_run import Addressed

Words = Sequence[str]
ADDRESS_HEADINGS = {
    "hu": ("Kód", "Név", "Település", "Cím", "Irányítószám", "Ország", "Nyelv", "Megszólítás"),
    "en": ("Code", "Name", "Town", "Street", "Postcode", "Country", "Language", "Greeting"),
}


def addresses(letters: Iterable[Addressed], lang: str) -> Iterator[bytes]:
    """The addresses of letters as CSV for Hungarian spreadsheets, handed on line by line; no cell is a formula."""
    return _csv(ADDRESS_HEADINGS[lang], (_address(one) for one in letters))


def _address(one: Addressed) -> Words:
    person = one.person
    return (
        letter_codes.shown(one.code),
        person.name,
        person.town,
        person.street,
        person.postcode,
        person.country,
        person.language,
        greeting(person.name, person.salutation, person.language),
    )


def findings(rows: Iterable[Judged], headings: Words, said: dict[str, str]) -> Iterator[bytes]:
    """The rows that something was found about, as CSV: line, what it was, and what stood there.

    ``headings`` are those of line and finding, then one for each field; ``said`` puts a finding into words.
    """
    return _csv(headings, (_found(row, said) for row in rows if row.findings))


def _found(row: Judged, said: dict[str, str]) -> Words:
    words = "; ".join(said[code] for code in row.findings)
    return (str(row.line), words, *(row.raw.get(field, "") for field in FIELDS))


def _csv(headings: Words, rows: Iterable[Words]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for cells in chain([headings], rows):
        yield _line(cells)


def _line(cells: Words) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return text.getvalue().encode()
