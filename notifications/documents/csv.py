"""CSV for Hungarian spreadsheets: semicolons, a byte order mark, and no cell that a program would run."""

import csv
import io

from notifications.documents.meta import printable
from notifications.documents.register import Columns, RegisterCell, Rows, shown

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(rows: Rows, columns: Columns, lang: str) -> bytes:
    """A register as CSV: UTF-8 with byte order mark, ``;`` between cells, one line end ``CRLF``."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow([safe(heading) for _, heading in columns])
    lines.writerows([_cell(row.get(key), lang) for key, _ in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(cell: RegisterCell, lang: str) -> str:
    """Numbers stay numbers; every text is made harmless."""
    number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return f"{cell}".replace(".", "," if lang == "hu" else ".") if number else safe(shown(cell, lang))


def safe(text: str) -> str:
    """A text that starts like a formula gets an apostrophe before it, so that no spreadsheet computes it."""
    text = printable(text)
    return f"'{text}" if text.lstrip().startswith(_STARTS_FORMULA) or text.startswith(_STARTS_FORMULA) else text
