"""The house style of every DOCX: styles, page, letterhead, footer, language, properties."""

import io
from datetime import UTC
from functools import cache
from typing import cast

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph

from notifications.documents.meta import DocumentMeta

FONT = "Cambria"
INK = RGBColor(0x1D, 0x2B, 0x3A)
SOFT = RGBColor(0x5A, 0x66, 0x72)
HAIR = "C3CAD1"

ROLE_STYLES = {
    "addressee": "Addressee",
    "subtitle": "Letter Subtitle",
    "source": "Legal Source",
    "notice": "Notice",
    "to-follow": "To Follow",
    "unfilled": "Table Text",
    "dateline": "Dateline",
    "closing": "Closing Line",
    "signature": "Signature Block",
}
"""Which style a paragraph takes for its role in the letter; every other paragraph is plain text."""

# name: size, space before, space after, bold, italic, soft colour, keep with the next paragraph
_STYLES: dict[str, tuple[float, float, float, bool, bool, bool, bool]] = {
    "Normal": (11, 0, 6, False, False, False, False),
    "Heading 1": (17, 18, 3, True, False, False, True),
    "Heading 2": (12.5, 14, 3, True, False, False, True),
    "Heading 3": (11, 8, 2, True, True, False, True),
    "Letter Subtitle": (11, 0, 14, False, True, True, False),
    "List Bullet": (11, 0, 2, False, False, False, False),
    "List Number": (11, 0, 2, False, False, False, False),
    "Addressee": (11, 10, 14, False, False, False, False),
    "Legal Source": (9, 0, 3, False, False, True, True),
    "Notice": (11, 6, 6, False, False, False, False),
    "To Follow": (11, 0, 3, False, True, False, False),
    "Dateline": (11, 18, 12, False, False, False, True),
    "Closing Line": (11, 0, 36, False, False, False, True),
    "Signature Block": (11, 0, 0, False, False, False, False),
    "Label And Value": (10.5, 0, 2, False, False, False, False),
    "Table Heading": (8.5, 2, 2, False, False, True, True),
    "Table Label": (10, 2, 2, False, False, True, False),
    "Table Text": (11, 2, 2, False, False, False, False),
    "Table Gap": (4, 0, 0, False, False, False, False),
    "Letterhead Name": (15, 0, 0, True, False, False, False),
    "Letterhead Line": (9, 0, 12, False, False, True, False),
    "Imprint": (8, 0, 0, False, False, True, False),
}


@cache
def _styled() -> bytes:
    """An empty document with the styles and the page; made once, since it takes longer than a letter."""
    document = Document()
    for name in _STYLES:
        _style(document, name)
    _lines_and_indents(document)
    _page(document)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def empty_letter(meta: DocumentMeta) -> Docx:
    """Everything of a letter but its text."""
    document = Document(io.BytesIO(_styled()))
    _language(document, meta.words["locale"])
    _letterhead(document, meta)
    for footer in (document.sections[0].footer, document.sections[0].first_page_footer):
        _imprint(footer.paragraphs[0], meta)
    _properties(document, meta)
    return document


def _element(tag: str, **attributes: str) -> BaseOxmlElement:
    """A new element; tag and attributes are in the ``w:`` name space."""
    element = cast("BaseOxmlElement", OxmlElement(f"w:{tag}"))
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _paragraph_style(document: Docx, name: str) -> ParagraphStyle:
    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    return cast("ParagraphStyle", style)


def set_style(paragraph: DocxParagraph, name: str) -> None:
    """Give a paragraph one of the styles above, by its id: looking a style up by name takes a millisecond."""
    paragraph._p.style = name.replace(" ", "")


def hairlines(table: DocxTable) -> None:
    """Thin lines between the rows of a table and none between its columns; its text starts where all text starts."""
    borders = _element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = {"val": "single", "sz": "4", "space": "0", "color": HAIR}
        borders.append(_element(side, **(line if side in {"top", "bottom", "insideH"} else {"val": "nil"})))
    margins = _element("tblCellMar")
    for side, width in (("left", "0"), ("right", "115")):
        margins.append(_element(side, w=width, type="dxa"))
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def repeat_header(table: DocxTable) -> None:
    """Mark the first row as the header of the table: it repeats on every page and is read out as such."""
    table.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader"))


def _style(document: Docx, name: str) -> None:
    size, before, after, bold, italic, soft, keep = _STYLES[name]
    style = _paragraph_style(document, name)
    font, shape = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, italic
    font.color.rgb = SOFT if soft else INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    shape.space_before, shape.space_after, shape.keep_with_next = Pt(before), Pt(after), keep
    shape.line_spacing = 1.1


def _lines_and_indents(document: Docx) -> None:
    notice, signature, letterhead = (
        _paragraph_style(document, name) for name in ("Notice", "Signature Block", "Letterhead Line")
    )
    _border(notice, "left", size="20")
    _border(signature, "top", size="6")
    _border(letterhead, "bottom", size="10")
    notice.paragraph_format.left_indent = Cm(0.3)
    signature.paragraph_format.left_indent = Cm(8.2)
    signature.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    signature.paragraph_format.keep_together = True


def _border(style: ParagraphStyle, side: str, *, size: str) -> None:
    borders = _element("pBdr")
    borders.append(_element(side, val="single", sz=size, space="6", color=str(INK)))
    style.element.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def _language(document: Docx, locale: str) -> None:
    for root, tag in ((document.styles.element, "w:lang"), (document.settings.element, "w:themeFontLang")):
        for language in root.iter(qn(tag)):
            language.set(qn("w:val"), locale)


def _page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.4)
    section.header_distance = section.footer_distance = Cm(1.1)
    section.different_first_page_header_footer = True


def _letterhead(document: Docx, meta: DocumentMeta) -> None:
    """The sender on the first page; the reference on the others."""
    section = document.sections[0]
    first, *more = meta.letterhead_lines or ("",)
    head = section.first_page_header
    set_style(head.paragraphs[0], "Letterhead Name")
    head.paragraphs[0].add_run(first)
    if first:
        line = head.add_paragraph("  ·  ".join(more))
        set_style(line, "Letterhead Line")
    set_style(section.header.paragraphs[0], "Imprint")
    section.header.paragraphs[0].add_run(f"{first} · {meta.reference}" if first else meta.reference)


def _imprint(paragraph: DocxParagraph, meta: DocumentMeta) -> None:
    set_style(paragraph, "Imprint")
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(16), alignment=2)
    paragraph.add_run(f"{meta.imprint}\t")
    before, _, rest = meta.words["page"].partition("{page}")
    between, _, after = rest.partition("{pages}")
    paragraph.add_run(before)
    _page_field(paragraph, "PAGE")
    paragraph.add_run(between)
    _page_field(paragraph, "NUMPAGES")
    paragraph.add_run(after)
    if meta.fingerprint:
        paragraph.add_run().add_break()
        paragraph.add_run(meta.fingerprint).font.size = Pt(6.5)


def _page_field(paragraph: DocxParagraph, name: str) -> None:
    """A field that the word processor fills; it reads 1 until then."""
    field, run, text = _element("fldSimple", instr=name), _element("r"), _element("t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _properties(document: Docx, meta: DocumentMeta) -> None:
    made = meta.created_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties = document.core_properties
    properties.title, properties.subject, properties.identifier = meta.title, meta.reference, meta.sha256
    properties.author = properties.last_modified_by = meta.author
    properties.comments = properties.keywords = ""
    properties.language, properties.version = meta.words["locale"], meta.version
    properties.created = properties.modified = made
    properties.revision = 1
