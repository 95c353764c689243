"""PDF by Typst: tagged, PDF/UA-1, fonts from the wheel. Texts travel as JSON and are never read as markup."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC

import typst

from notifications.documents.blocks import Block, Bullets, Flow, Heading, Pairs, Paragraph, Spans, Table, parse
from notifications.documents.meta import TEMPLATES, DocumentMeta, printable
from notifications.documents.register import Columns, Notes, Rows
from notifications.documents.register import shown as in_words

JsonDict = dict[str, object]

_UNSHOWABLE = re.compile(
    "[^\n\t -~\u00a0-\u0377\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff\u1e00-\u1eff"
    "\u2000-\u2027\u202f-\u2040\u2044-\u2052\u2070-\u2071\u2074-\u208e\u20a0-\u20c0\u2190-\u21ff\u2200-\u22ff\u2460-\u24ff]"
)
"""Whatever the fonts in the wheel cannot show: PDF/UA refuses a glyph that is not there."""


LETTER_WORD = 45
REGISTER_WORD = 14
"""Signs after which a word without any gap may break: a number or an address must not run off its column."""


def showable(text: str, word: int = LETTER_WORD) -> str:
    """The text as the fonts can show it, with room to break words longer than ``word`` signs.

    Every sign the fonts lack is replaced by its Unicode number: visible, and never a failed letter.
    """
    shown = _UNSHOWABLE.sub(lambda sign: f"[U+{ord(sign.group()):04X}]", printable(text))
    return re.sub(rf"\S{{{word}}}(?=\S)", lambda part: f"{part.group()}\u200b", shown)


def write(html: str, meta: DocumentMeta) -> bytes:
    """The letter as a PDF: A4, tagged (PDF/UA-1), reference, version and hash in the footer.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    return compile_document("letter.typ", {"meta": frame(meta), "blocks": blocks_of(html)}, meta)


def blocks_of(html: str) -> list[JsonDict]:
    """The blocks of a letter as the templates read them.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    return [_block(block) for block in parse(html)]


def write_register(rows: Rows, columns: Columns, meta: DocumentMeta, notes: Notes = ()) -> bytes:
    """A register as a PDF: A4 landscape, one table whose header repeats on each page, then the notes; page numbers."""
    cells = [[in_words(row.get(key), meta.lang) for key, _ in columns] for row in rows]
    headings = [heading for _, heading in columns]
    data = {
        "meta": frame(meta),
        "headings": [showable(heading) for heading in headings],
        "widths": _widths(headings, cells),
        "rows": [[showable(cell, REGISTER_WORD) for cell in row] for row in cells],
        "empty": meta.words["empty"],
        "notes": [[showable(label), showable(value)] for label, value in notes],
    }
    return compile_document("register.typ", data, meta)


def compile_document(template: str, data: Mapping[str, object], meta: DocumentMeta) -> bytes:
    """A PDF from a Typst template and its data: A4 in the house style, tagged (PDF/UA-1), the same bytes each time."""
    folder = TEMPLATES / "documents"
    return typst.compile(
        folder / template,
        root=folder,
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(data)},
        pdf_standards=["ua-1"],
        timestamp=meta.created_at.astimezone(UTC).replace(microsecond=0),
    )


def frame(meta: DocumentMeta) -> JsonDict:
    """What every Typst template reads about its document: title, language, letterhead, footer."""
    language, _, region = meta.words["locale"].partition("-")
    return {
        "title": showable(meta.title).strip() or meta.words["draft"],  # PDF/UA refuses a document without a title
        "author": showable(meta.author),
        "lang": language,
        "region": region,
        "letterhead": [showable(line) for line in meta.letterhead_lines],
        "imprint": showable(meta.imprint),
        "fingerprint": meta.fingerprint,
        "page": meta.words["page"],
    }


def _spans(spans: Spans) -> list[JsonDict]:
    return [asdict(span) | {"text": showable(span.text)} for span in spans]


def _block(block: Block) -> JsonDict:
    match block:
        case Heading(level, spans):
            return {"kind": "heading", "level": level, "spans": _spans(spans)}
        case Pairs(rows, role):
            pairs = [{"label": _spans(label), "answer": _spans(answer)} for label, answer in rows]
            return {"kind": "pairs", "role": role, "rows": pairs}
        case Table(header, rows, role):
            cells = [[[_flow(flow) for flow in cell] for cell in row] for row in rows]
            return {"kind": "table", "role": role, "header": [_spans(cell) for cell in header], "rows": cells}
        case Paragraph() | Bullets():
            return _flow(block)


def _flow(flow: Flow) -> JsonDict:
    match flow:
        case Paragraph(spans, role):
            return {"kind": "paragraph", "role": role, "spans": _spans(spans)}
        case Bullets(items, ordered):
            return {"kind": "bullets", "ordered": ordered, "items": [_spans(item) for item in items]}


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """How wide each column should be beside the others: by its words, so that long texts get room but not all."""
    widths = []
    for place, heading in enumerate(headings):
        longest_word = max((len(word) for row in [headings, *rows] for word in row[place].split()), default=1)
        typical = sum(min(len(row[place]), 120) for row in rows) / max(len(rows), 1)
        widths.append(round(max(min(longest_word, 18), len(heading) ** 0.5 * 2, typical**0.6 * 2), 2))
    return widths
