"""The table every register writer takes: rows of plain cells under headings."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

from incidents.base.hungarian import format_number, format_table_datetime
from notifications.documents.meta import WORDS

RegisterCell: TypeAlias = str | int | float | bool | date | datetime | None
"""A cell: text, number, truth, day or aware instant; None when not known."""

Rows: TypeAlias = Sequence[Mapping[str, RegisterCell]]
Columns: TypeAlias = Sequence[tuple[str, str]]
"""Keys of the rows with their headings, in the order of the columns."""

Notes: TypeAlias = Sequence[tuple[str, str]]
"""Labels with what they say, after the table: what proves the register."""


def shown(cell: RegisterCell, lang: str) -> str:
    """A cell as people read it: instants in Hungarian time, numbers and truths in the language; None is empty."""
    match cell:
        case None:
            return ""
        case bool():
            return WORDS[lang]["yes" if cell else "no"]
        case date():
            return _day(cell, lang)
        case int() | float():
            return _number(cell, lang)
        case _:
            return str(cell)


def _day(day: date, lang: str) -> str:
    if isinstance(day, datetime):
        return format_table_datetime(day, lang)
    return f"{day:%Y.%m.%d.}" if lang == "hu" else day.isoformat()


def _number(number: float, lang: str) -> str:
    if isinstance(number, int):
        return format_number(number, lang)
    return f"{number:g}".replace(".", ",") if lang == "hu" else f"{number:g}"
