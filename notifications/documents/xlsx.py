"""XLSX by XlsxWriter: real dates and numbers, frozen heading, filters; no text ever becomes a formula or a link."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from incidents.base.time import BUDAPEST, zone
from notifications.documents.meta import printable
from notifications.documents.register import Columns, Notes, RegisterCell, Rows, shown

MOST_CHARACTERS = 32_767
"""The longest text a cell can hold; what is longer ends in an ellipsis here and is whole in CSV and PDF."""

_FORMATS = {
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EEF1F4", "bottom": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "instant": {"num_format": "yyyy.mm.dd. hh:mm", "valign": "top", "align": "left"},
    "day": {"num_format": "yyyy.mm.dd.", "valign": "top", "align": "left"},
    "integer": {"num_format": "#,##0", "valign": "top"},
    "number": {"num_format": "#,##0.##", "valign": "top"},
}


def write_register(
    rows: Rows,
    columns: Columns,
    lang: str,
    *,
    title: str = "",
    created_at: datetime | None = None,
    notes: Notes = (),
) -> bytes:
    """A register as a workbook: one sheet, and a second one for the notes when there are any.

    Instants are shown in Hungarian time. The same input makes the same bytes when ``created_at`` (aware) is given.
    """
    packed = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(packed, options)
    workbook.set_properties({"title": title} | ({"created": _local(created_at)} if created_at else {}))
    formats = {name: workbook.add_format(properties) for name, properties in _FORMATS.items()}
    sheet = workbook.add_worksheet({"hu": "Nyilvántartás", "en": "Register"}[lang])
    for place, (key, heading) in enumerate(columns):
        sheet.write_string(0, place, heading, formats["heading"])
        sheet.set_column(place, place, _width(heading, [shown(row.get(key), lang) for row in rows]))
        for line, row in enumerate(rows, 1):
            _write(sheet, (line, place), row.get(key), formats, lang)
    _frame(sheet, len(rows), len(columns))
    _add_notes(workbook, notes, formats, lang)
    workbook.close()
    return packed.getvalue()


def _add_notes(workbook: Any, notes: Notes, formats: dict[str, Any], lang: str) -> None:
    if not notes:
        return
    sheet = workbook.add_worksheet({"hu": "Igazolás", "en": "Proof"}[lang])
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 140)
    for line, (label, value) in enumerate(notes):
        sheet.write_string(line, 0, printable(label), formats["heading"])
        sheet.write_string(line, 1, printable(value), formats["text"])


def _frame(sheet: Any, rows: int, columns: int) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, max(columns - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")


def _write(sheet: Any, place: tuple[int, int], cell: RegisterCell, formats: dict[str, Any], lang: str) -> None:
    match cell:
        case None:
            sheet.write_blank(*place, None, formats["text"])
        case datetime():
            sheet.write_datetime(*place, _local(cell), formats["instant"])
        case date():
            sheet.write_datetime(*place, cell, formats["day"])
        case int() | float() if not isinstance(cell, bool):
            sheet.write_number(*place, cell, formats["integer" if isinstance(cell, int) else "number"])
        case _:
            sheet.write_string(*place, _fitting(printable(shown(cell, lang))), formats["text"])


def _fitting(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _local(instant: datetime) -> datetime:
    """The wall clock in Hungary, as spreadsheets know no zones."""
    return instant.astimezone(zone(BUDAPEST)).replace(tzinfo=None, microsecond=0)


def _width(heading: str, texts: list[str]) -> float:
    """Wide enough for most of the texts, between 12 and 60 characters."""
    return max(12.0, min(60.0, max((len(text) for text in [heading, *texts]), default=12) * 1.1))
