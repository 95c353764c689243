"""DOCX by python-docx: real heading styles, header rows, page numbers, language; the same input, the same bytes."""

import io
import zipfile
from datetime import UTC, datetime

from docx.document import Document as Docx
from docx.shared import Cm, Emu, Length, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from notifications.documents.blocks import (
    Block,
    Bullets,
    Cell,
    Flow,
    Heading,
    Pairs,
    Paragraph,
    Span,
    Spans,
    Table,
    parse,
)
from notifications.documents.docx_house import ROLE_STYLES, empty_letter, hairlines, repeat_header, set_style
from notifications.documents.meta import DocumentMeta

TEXT_WIDTH = Cm(16)


def write(html: str, meta: DocumentMeta) -> bytes:
    """The letter as a DOCX (A4): letterhead on the first page, reference, version, hash and page number below.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    document = empty_letter(meta)
    for block in parse(html):
        _add(document, block)
    packed = io.BytesIO()
    document.save(packed)
    return _same_bytes(packed, meta.created_at)


def _add(document: Docx, block: Block) -> None:
    match block:
        case Heading(level, spans):
            _paragraph(document, spans, f"Heading {level}")
        case Pairs(rows):
            _add_pairs(document, rows)
        case Table():
            _add_table(document, block)
        case Paragraph() | Bullets():
            _add_flow(document, block, "Normal")


def _add_pairs(document: Docx, rows: tuple[tuple[Spans, Spans], ...]) -> None:
    for place, (label, answer) in enumerate(rows, 1):
        bold = tuple(Span(span.text, strong=True) for span in label)
        paragraph = _paragraph(document, (*bold, Span(": "), *answer), "Label And Value")
        if place == len(rows):
            paragraph.paragraph_format.space_after = Pt(10)


def _add_flow(place: Docx | _Cell, flow: Flow, style: str) -> None:
    match flow:
        case Paragraph(spans, role):
            _paragraph(place, spans, ROLE_STYLES.get(role, style))
        case Bullets(items, ordered):
            for item in items:
                _paragraph(place, item, "List Number" if ordered else "List Bullet")


def _paragraph(place: Docx | _Cell, spans: Spans, style: str) -> DocxParagraph:
    paragraph = place.add_paragraph()
    set_style(paragraph, style)
    for span in spans:
        if span.text == "\n":
            paragraph.add_run().add_break()
        else:
            paragraph.add_run(span.text).bold = True if span.strong else None
    return paragraph


def _add_table(document: Docx, block: Table) -> None:
    """A table with a header row that repeats on every page; the first column names what stands in the others."""
    table = document.add_table(rows=len(block.rows) + 1, cols=len(block.header))
    table.autofit = False
    hairlines(table)
    repeat_header(table)
    heading = tuple((Paragraph(spans),) for spans in block.header)
    widths = _widths(block)
    for place, (row, contents) in enumerate(zip(table.rows, (heading, *block.rows), strict=True)):
        styles = ("Table Label", "Table Text") if place else ("Table Heading", "Table Heading")
        for column, (cell, flows) in enumerate(zip(row.cells, contents, strict=True)):
            cell.width = widths[column]
            _fill(cell, flows, styles[min(column, 1)])
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    set_style(document.add_paragraph(), "Table Gap")


def _fill(cell: _Cell, flows: Cell, style: str) -> None:
    empty = cell.paragraphs[0]._p
    for flow in flows:
        _add_flow(cell, flow, style)
    if flows:
        cell._tc.remove(empty)


def _widths(block: Table) -> list[Length]:
    """The widths of the columns; word processors read them from the cells or from the grid, so both get them."""
    first = Cm(2) if block.role == "following" else Cm(5.4)
    others = len(block.header) - 1
    return [first, *[Emu((TEXT_WIDTH - first) // max(others, 1))] * others]


def _same_bytes(packed: io.BytesIO, created_at: datetime) -> bytes:
    """The same package with one date on every part: equal letters get equal hashes."""
    stamp = created_at.astimezone(UTC).timetuple()[:6]
    result = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return result.getvalue()
