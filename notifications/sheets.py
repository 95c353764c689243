"""Uploaded lists as rows: CSV in any encoding of Hungarian programs, XLSX behind a guard; nothing is read whole."""

import io
import warnings
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.recipients.reading import Row, encoding_of, rows, separator_of

MOST_COLUMNS = 100
MOST_ROWS = 1_000_000
MOST_PARTS = 1000
MOST_OPENED = 512 * 1024 * 1024
"""Bytes of all parts of a spreadsheet once they are unpacked."""
MOST_RATIO = 100
"""How many times larger than packed a part may be once it is big: real tables stay under 30."""
SMALL_PART = 10 * 1024 * 1024
BLOCK = 64 * 1024
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", b"\xff\xfe", b"\xfe\xff")
"""What no part of a spreadsheet holds: entities are how XML names files and grows, 16 bits how it hides them."""


def kind_of(head: bytes) -> str:
    """``xlsx`` or ``csv``, by the first bytes.

    Raises:
        InvalidInput: it is another kind of file.
    """
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8", b"MZ")):
        raise _refused("wrong-kind", msgid("This is neither a CSV nor an XLSX file. Save the table as one of these."))
    return "csv"


def table(file: BinaryIO, kind: str, encoding: str = "", separator: str = "") -> Iterator[Row]:
    """The rows of a list, headings first, with the line each begins on.

    Raises:
        InvalidInput: it cannot be read, or is built to do harm.
    """
    found = _spreadsheet(file) if kind == "xlsx" else rows(file, encoding, separator)
    for line, cells in found:
        if line > MOST_ROWS:
            raise _refused("too-long", msgid("The list has more rows than can be read at once: split it."))
        yield line, cells[:MOST_COLUMNS]


def guessed(file: BinaryIO) -> tuple[str, str]:
    """Encoding and separator of a CSV file, from all of its bytes; the file is at its beginning again."""
    encoding = encoding_of(iter(lambda: file.read(BLOCK), b""))
    file.seek(0)
    head = file.read(BLOCK).decode(encoding, errors="ignore")
    file.seek(0)
    return encoding, separator_of(head)


def first_rows(file: BinaryIO, kind: str, encoding: str, separator: str, most: int = 6) -> list[Row]:
    """The headings and the first rows behind them.

    Raises:
        InvalidInput: it cannot be read.
    """
    return list(islice(table(file, kind, encoding, separator), most))


def _refused(code: str, sentence: str) -> InvalidInput:
    return InvalidInput([FieldError("file", code, sentence)])


NOT_A_SPREADSHEET = msgid("The spreadsheet cannot be opened. Save it again as XLSX, or as CSV.")
HARMFUL = msgid("The spreadsheet is packed in a way that no program makes: it is not opened.")


def _spreadsheet(file: BinaryIO) -> Iterator[Row]:
    try:
        with ZipFile(file) as packed:
            _guard(packed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and rules of the sheet, which do not matter here
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield from _rows(book)
    except InvalidInput:
        raise
    # A broken spreadsheet fails in as many ways as there are parts in it.
    except (BadZipFile, zlib.error, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise _refused("not-xlsx", NOT_A_SPREADSHEET) from error
    except SyntaxError as error:  # what the XML parsers raise
        raise _refused("not-xlsx", NOT_A_SPREADSHEET) from error


def _rows(book: Any) -> Iterator[Row]:
    sheet = book.worksheets[0] if book.worksheets else None
    if sheet is None:
        return
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    try:
        for line, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            yield line, [_text(value) for value in cells]
    finally:
        book.close()


def _text(value: object) -> str:
    """A cell as somebody would read it aloud: whole numbers without a fraction, days without a time."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _guard(packed: ZipFile) -> None:
    """Refuse what would grow beyond reason or name other files, before any part is parsed.

    A part is never unpacked beyond the size it declares: the zip module stops there.
    """
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_OPENED or any(map(_bloated, parts)):
        raise _refused("bomb", HARMFUL)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and _declares(packed, part):
            raise _refused("entities", HARMFUL)


def _bloated(part: ZipInfo) -> bool:
    return part.file_size > SMALL_PART and part.file_size > MOST_RATIO * max(part.compress_size, 1)


def _declares(packed: ZipFile, part: ZipInfo) -> bool:
    with packed.open(part) as stream:
        before = b""
        while block := stream.read(BLOCK):
            if any(sign in before + block for sign in _DECLARATIONS):
                return True
            before = block[-16:]
    return False


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """A file for the readers above."""
    return io.BufferedReader(raw, BLOCK)


__all__ = ["buffered", "first_rows", "guessed", "kind_of", "table"]
