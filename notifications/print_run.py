"""Letters on paper: many in one PDF, each on its own sheets, with the address in the window of the envelope.

The wording is set once; a letter costs no more than laying an address and a greeting over it. A child process does it
and is replaced now and then, for the typesetter keeps what it has seen.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import typst

from incidents.rules import letter_codes
from incidents.rules.draft.personal import greeting
from incidents.rules.recipients import Person
from notifications.documents.meta import TEMPLATES, DocumentMeta
from notifications.documents.pdf import blocks_of, frame, showable

CHUNK = 500
"""Letters in one PDF."""
CHUNKS_A_PROCESS = 3
POINTS = "pt"


@dataclass(frozen=True)
class Sheet:
    """A frozen letter set for the post: its PDF, how many pages, and where on the first the greeting goes (points)."""

    pdf: bytes
    pages: int
    x: float
    y: float
    sender: str
    language: str


@dataclass(frozen=True)
class Addressed:
    """One letter: who it goes to, and the code printed on it."""

    person: Person
    code: str


Printer = Callable[[Sequence[Sheet], Sequence[Addressed], datetime], bytes]


@cache
def _files() -> Any:
    """The templates by name; the types of the package do not know that it takes files by name."""
    folder = TEMPLATES / "documents"
    return {name: (folder / name).read_bytes() for name in ("house.typ", "letter.typ", "sheet.typ", "envelope.typ")}


def sheet(html: str, meta: DocumentMeta, sender: str) -> Sheet:
    """A frozen letter as it goes on paper; ``sender`` is the line above the address, for letters that come back.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    files: Any = {**_files(), "main": _files()["sheet.typ"]}
    inputs = {"document": json.dumps({"meta": frame(meta), "blocks": blocks_of(html)})}
    given: dict[str, Any] = {"sys_inputs": inputs, "ignore_system_fonts": True}
    pdf = typst.compile(files, pdf_tags=False, timestamp=_whole(meta.created_at), **given)
    place = json.loads(typst.query(files, "<greeting>", field="value", one=True, **given))
    pages = int(json.loads(typst.query(files, "<pages>", field="value", one=True, **given)))
    return Sheet(pdf, pages, _points(place["x"]), _points(place["y"]), showable(sender), meta.lang)


def _points(length: str) -> float:
    return float(length.removesuffix(POINTS))


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def compile_letters(sheets: Sequence[Sheet], letters: Sequence[Addressed], made_at: datetime) -> bytes:
    """Some letters as one PDF: the same letters give the same bytes."""
    languages = {one.language: place for place, one in enumerate(sheets)}
    data = {
        "meta": {},
        "sheets": [
            {"pages": one.pages, "x": one.x, "y": one.y, "from": one.sender, "lang": one.language} for one in sheets
        ],
        "letters": [_letter(one, languages[one.person.language]) for one in letters],
    }
    with TemporaryDirectory() as name:  # pictures are read from files; there is nobody's name in them
        folder = Path(name)
        for place, one in enumerate(sheets):
            (folder / f"{place}.pdf").write_bytes(one.pdf)
        for template in ("house.typ", "envelope.typ"):
            (folder / template).write_bytes(_files()[template])
        return typst.compile(
            folder / "envelope.typ",
            root=folder,
            sys_inputs={"document": json.dumps(data)},
            ignore_system_fonts=True,
            pdf_tags=False,
            timestamp=_whole(made_at),
        )


def _letter(one: Addressed, sheet_number: int) -> dict[str, Any]:
    person = one.person
    return {
        "sheet": sheet_number,
        "address": [showable(line) for line in person.address_lines],
        "code": letter_codes.shown(one.code),
        "bars": letter_codes.bars(one.code),
        "greeting": showable(greeting(person.name, person.salutation, person.language)),
    }


@contextmanager
def printer() -> Iterator[Printer]:
    """A typesetter in a process of its own that is replaced after some work: memory stays flat however many come."""
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=CHUNKS_A_PROCESS) as pool:

        def printed(sheets: Sequence[Sheet], letters: Sequence[Addressed], made_at: datetime) -> bytes:
            return pool.submit(compile_letters, sheets, letters, made_at).result()

        yield printed


def pdfs(
    sheets: Sequence[Sheet], batches: Iterable[Sequence[Addressed]], made_at: datetime
) -> Iterator[tuple[int, int, bytes]]:
    """The letters as PDFs, one a batch, with the numbers of the first and the last letter in it."""
    first = 1
    with printer() as printed:
        for batch in batches:
            yield first, first + len(batch) - 1, printed(sheets, batch, made_at)
            first += len(batch)


def zipped(name: str, files: Iterable[tuple[int, int, bytes]], made_at: datetime) -> Iterator[bytes]:
    """The PDFs as a ZIP, handed on while it is being made: nothing of it is ever kept."""
    out = _Stream()
    stamp = _whole(made_at).timetuple()[:6]
    with ZipFile(out, "w", ZIP_STORED) as packed:
        for first, last, pdf in files:
            packed.writestr(ZipInfo(f"{name}-{first:06}-{last:06}.pdf", stamp), pdf)
            yield out.taken()
    yield out.taken()


class _Stream(io.RawIOBase):
    """A file that is written once and cannot be gone back in; what was written is taken out at once."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._parts.append(bytes(content))
        return len(content)

    def taken(self) -> bytes:
        """What was written since."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole
