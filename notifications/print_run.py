"""Letters on paper: many in one PDF, each on its own sheets, with the address in the window of the envelope.

The wording is set once; a letter costs no more than laying an address and a greeting over it. A child process does it
and is replaced now and then, for the typesetter keeps what it has seen.
"""

import io
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import typst

from incidents.rules import letter_codes
from incidents.rules.draft.personal import greeting
from incidents.rules.recipients import Person
from notifications.documents.meta import TEMPLATES, DocumentMeta
from notifications.documents.pdf import blocks_of, frame, showable
from notifications.typesetter import compiled, lay_out, read_frame, write_frame

CHUNK = 500
"""Letters in one PDF."""
CHUNKS_A_PROCESS = 3
"""PDFs one typesetter makes: it keeps what it has seen, and grows with it."""
TIMEOUT_SECONDS = 30
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
    with TemporaryDirectory() as name:
        lay_out(Path(name), _pictures(sheets))
        return compiled(Path(name), made_at.isoformat(), _document(sheets, letters))


def _pictures(sheets: Sequence[Sheet]) -> dict[str, str]:
    """What every letter is laid over, and the templates that do it, as a typesetter takes them."""
    files = {name: _files()[name] for name in ("house.typ", "envelope.typ")}
    files |= {f"{place}.pdf": one.pdf for place, one in enumerate(sheets)}
    return {name: b64encode(content).decode() for name, content in files.items()}


def _document(sheets: Sequence[Sheet], letters: Sequence[Addressed]) -> str:
    languages = {one.language: place for place, one in enumerate(sheets)}
    shapes = [{"pages": one.pages, "x": one.x, "y": one.y, "from": one.sender, "lang": one.language} for one in sheets]
    made_out = [_letter(one, languages[one.person.language]) for one in letters]
    return json.dumps({"meta": {}, "sheets": shapes, "letters": made_out})


def _letter(one: Addressed, sheet_number: int) -> dict[str, Any]:
    person = one.person
    return {
        "sheet": sheet_number,
        "address": [showable(line) for line in person.address_lines],
        "code": letter_codes.shown(one.code),
        "bars": letter_codes.bars(one.code),
        "greeting": showable(greeting(person.name, person.salutation, person.language)),
    }


class Typesetter:
    """A typesetter in a process of its own; it is replaced after some work, so that memory stays flat however many."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        """Nothing is started before the first letter."""
        self._pictures = json.dumps(_pictures(sheets)).encode()
        self._sheets = sheets
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0

    def __enter__(self) -> Self:
        """Nothing to do before the first letter."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Let the process go."""
        self._dismiss()

    def printed(self, letters: Sequence[Addressed], made_at: datetime) -> bytes:
        """Some letters as one PDF.

        Raises:
            RuntimeError: the typesetter could not make it, or is gone.
        """
        if self._done >= CHUNKS_A_PROCESS:
            self._dismiss()
        process = self._process = self._process or self._hired()
        self._done += 1
        asked = {"made_at": made_at.isoformat(), "document": _document(self._sheets, letters)}
        assert process.stdin is not None and process.stdout is not None  # noqa: S101  pipes, as asked for
        write_frame(process.stdin, json.dumps(asked).encode())
        made = read_frame(process.stdout)
        if not made:
            self._dismiss()
            raise RuntimeError("the letters could not be set")
        return made

    def _hired(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "notifications.typesetter"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        self._done = 0
        assert process.stdin is not None  # noqa: S101
        write_frame(process.stdin, self._pictures)
        return process

    def _dismiss(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.communicate(timeout=TIMEOUT_SECONDS)


def pdfs(
    sheets: Sequence[Sheet], batches: Iterable[Sequence[Addressed]], made_at: datetime
) -> Iterator[tuple[int, int, bytes]]:
    """The letters as PDFs, one a batch, with the numbers of the first and the last letter in it."""
    first = 1
    with Typesetter(sheets) as typesetter:
        for batch in batches:
            yield first, first + len(batch) - 1, typesetter.printed(batch, made_at)
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
