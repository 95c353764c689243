"""Reading a list as text: which encoding, which separator, and the rows with their line numbers."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from incidents.base.errors import FieldError, InvalidInput

ENCODINGS: Final = ("utf-8", "utf-16", "cp1250", "iso8859-2")
SEPARATORS: Final = {"semicolon": ";", "comma": ",", "tab": "\t"}
_ONLY_WINDOWS = frozenset(range(0x80, 0xA0))
_LETTERS_IN_ISO = frozenset((0xA9, 0xB9, 0xAE, 0xBE, 0xA6, 0xB6, 0xAB, 0xBB, 0xAC, 0xBC))
"""Š š Ž ž Ś ś Ť ť Ź ź in ISO-8859-2, but © ą ® ľ ¦ ¶ « » ¬ Ľ in Windows-1250."""
WRONG_ENCODING = "From line {line} on the file cannot be read in this encoding: choose another one."
NOT_CSV = "The file cannot be read from line {line} on: is a quotation mark left open there?"

Row = tuple[int, list[str]]
"""The line a row begins on, and its cells."""


def encoding_of(pieces: Iterable[bytes]) -> str:
    """The encoding of a text, from all of its bytes: a mark at its head, valid UTF-8, else one of the two old ones."""
    decoder, first, seen, is_utf8 = codecs.getincrementaldecoder("utf-8")(), b"", bytearray(256), True
    for piece in pieces:
        first = (first + piece[:64])[:64]
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if is_utf8:
            is_utf8 = _feeds(decoder, piece)
        for byte in set(piece):
            seen[byte] = 1
    if order := _utf16_order(first):
        return f"utf-16-{order}"
    if is_utf8 and _feeds(decoder, b"", final=True):
        return "utf-8"
    high = {byte for byte in range(0x80, 0x100) if seen[byte]}
    return "iso8859-2" if not high & _ONLY_WINDOWS and high & _LETTERS_IN_ISO else "cp1250"


def _feeds(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_order(first: bytes) -> str:
    """The order of bytes when most of every other one is zero: Latin text in 16 bits without a mark; else empty."""
    for order, high, low in (("le", first[1::2], first[0::2]), ("be", first[0::2], first[1::2])):
        if high.count(0) * 2 > len(high) and 0 not in low:
            return order
    return ""


def separator_of(head: str) -> str:
    """The sign between cells, from the first lines: the one that most of them hold, and equally often."""
    lines = [line for line in _without_quotes(head).splitlines()[:50] if line.strip()]
    best, most = ";", 0
    for sign in SEPARATORS.values():
        counts = Counter(line.count(sign) for line in lines)
        usual, times = max(((count, times) for count, times in counts.items() if count), default=(0, 0))
        if times * 1000 + usual > most and usual:
            best, most = sign, times * 1000 + usual
    return best


def _without_quotes(text: str) -> str:
    return "".join(part for place, part in enumerate(text.split('"')) if place % 2 == 0)


def rows(file: BinaryIO, encoding: str, separator: str) -> Iterator[Row]:
    """The rows of a CSV file, headings first, each with the line it begins on; quoted cells may hold line breaks.

    Raises:
        InvalidInput: it cannot be read to its end in that encoding, or is no CSV.
    """
    text = io.TextIOWrapper(file, "utf-8-sig" if encoding == "utf-8" else encoding, newline="")
    lines = csv.reader(text, delimiter=separator)
    begins = 1
    try:
        for cells in lines:
            yield begins, cells
            begins = lines.line_num + 1
    except UnicodeError as error:
        raise _unreadable("encoding", begins) from error
    except csv.Error as error:
        raise _unreadable("file", begins) from error
    finally:
        text.detach()


def _unreadable(field: str, line: int) -> InvalidInput:
    said = {"line": str(line)}
    if field == "encoding":
        return InvalidInput([FieldError("encoding", "wrong-encoding", WRONG_ENCODING, said)])
    return InvalidInput([FieldError("file", "not-csv", NOT_CSV, said)])
