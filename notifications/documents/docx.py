"""DOCX by python-docx: real heading styles, header rows, page numbers, language; the same input, the same bytes."""

import io
import zipfile
from datetime import UTC, datetime
from typing import cast

from docx import Document
from docx.document import Document as Docx
from docx.oxml.table import CT_Row
from docx.shared import Cm
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from notifications.documents.blocks import Block, Bullets, Flow, Heading, Pairs, Paragraph, Spans, Table, parse
from notifications.documents.docx_house import ROLE_STYLES, frame, hairlines, repeat_header
from notifications.documents.meta import DocumentMeta

TEXT_WIDTH = Cm(16)


def write(html: str, meta: DocumentMeta) -> bytes:
    """The letter as a DOCX (A4): letterhead on the first page, reference, version, hash and page number below.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    document = Document()
    frame(document, meta)
    for block in parse(html):
        _add(document, block)
    packed = io.BytesIO()
    document.save(packed)
    return _same_bytes(packed, meta.created_at)


def _add(document: Docx, block: Block) -> None:
    match block:
        case Heading(level, spans):
            _write_spans(document.add_paragraph(style=f"Heading {level}"), spans)
        case Pairs(rows):
            for label, answer in rows:
                paragraph = document.add_paragraph(style="Label And Value")
                _write_spans(paragraph, label, strong=True)
                paragraph.add_run(": ")
                _write_spans(paragraph, answer)
        case Table():
            _add_table(document, block)
        case Paragraph() | Bullets():
            _add_flow(document, block)


def _add_flow(place: Docx | _Cell, flow: Flow) -> None:
    match flow:
        case Paragraph(spans, role):
            _write_spans(place.add_paragraph(style=ROLE_STYLES.get(role, "Normal")), spans)
        case Bullets(items, ordered):
            for item in items:
                _write_spans(place.add_paragraph(style="List Number" if ordered else "List Bullet"), item)


def _write_spans(paragraph: DocxParagraph, spans: Spans, *, strong: bool = False) -> None:
    for span in spans:
        if span.text == "\n":
            paragraph.add_run().add_break()
        else:
            paragraph.add_run(span.text).bold = True if strong or span.strong else None


def _add_table(document: Docx, block: Table) -> None:
    """A table with a header row that repeats on every page; rows stay whole where they fit a page."""
    table = document.add_table(rows=1, cols=len(block.header), style="Table Grid")
    table.autofit = False
    hairlines(table)
    repeat_header(table)
    for cell, spans in zip(table.rows[0].cells, block.header, strict=True):
        cell.paragraphs[0].style = "Table Heading"
        _write_spans(cell.paragraphs[0], spans)
    for row in block.rows:
        for place, (cell, flows) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _fill(cell, flows, "Table Label" if place == 0 else "Table Text")
    _set_widths(table, Cm(2) if block.role == "following" else Cm(5.4))
    document.add_paragraph(style="Table Gap")


def _fill(cell: _Cell, flows: tuple[Flow, ...], style: str) -> None:
    empty = cell.paragraphs[0]
    for flow in flows:
        _add_flow(cell, flow)
    if flows:
        cast("CT_Row", empty._p.getparent()).remove(empty._p)
    for paragraph in cell.paragraphs:
        if paragraph.style is not None and paragraph.style.name == "Normal":
            paragraph.style = style


def _set_widths(table: DocxTable, first: Cm) -> None:
    """The same widths in grid and cells: word processors read one or the other."""
    rest = (TEXT_WIDTH - first) // max(len(table.columns) - 1, 1)
    for place, column in enumerate(table.columns):
        column.width = first if place == 0 else rest
        for cell in column.cells:
            cell.width = first if place == 0 else rest


def _same_bytes(packed: io.BytesIO, created_at: datetime) -> bytes:
    """The same package with one date on every part, so that equal letters have equal hashes."""
    stamp = created_at.astimezone(UTC).timetuple()[:6]
    result = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return result.getvalue()
