"""One wording, four formats: page, DOCX, PDF and text say the same, and what people type is data in each of them."""

import dataclasses
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from incidents.base.time import parse_local
from incidents.rules.draft import CaseFile, ControllerProfile, DecisionView, authority_draft, subjects_letter
from incidents.rules.facts import Facts
from notifications.documents import blocks, docx, html, pdf, text
from notifications.documents.meta import DocumentMeta

MADE = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
KINDS = [("authority", "hu"), ("authority", "en"), ("subjects", "hu"), ("subjects", "en")]
HOSTILE = (
    '<script>alert(1)</script> *vastag* _dőlt_ #panic() {{ 7*7 }} {% raw %} ] [ $x^2$ \\par =cmd() & "idézet" őűŐŰ'
)
FACTS: Mapping[str, object] = {
    "what_happened": "Ellopták a futár laptopját Őrbottyánban.\nA lemez nem volt titkosítva.",
    "breach_types": ["confidentiality"],
    "cause": "stolen_device",
    "subjects_count": {"number": 12_400, "precision": "approximate"},
    "data_categories": ["contact_basic", "bank_account"],
    "likely_consequences": ["fraud"],
    "measures_taken": "A hozzáféréseket letiltottuk.",
}


def a_case(facts: Mapping[str, object] = FACTS, **changes: object) -> CaseFile:
    awareness = parse_local("2026-11-20T17:50")
    case = CaseFile(
        controller=ControllerProfile(
            name="Őrszem Futárszolgálat Kft.",
            seat="6722 Szeged, Tölgyfa utca 12.",
            email="adatvedelem@orszem.example",
            phone="+36 62 000 111",
            responsible_manager_name="Kőműves Ödön",
            responsible_manager_title="ügyvezető",
        ),
        reference="ORS-2026/0001",
        facts=Facts.of(facts),
        first_signal=awareness,
        awareness=awareness,
        awareness_reason="",
        deadline=awareness.at + timedelta(hours=72),
        now=MADE,
        decision=DecisionView("yes", "yes", "", "", "Ellopott ügyféladatok."),
    )
    return dataclasses.replace(case, **changes)  # type: ignore[arg-type]


def wording(kind: str, lang: str, case: CaseFile | None = None) -> str:
    case = case or a_case()
    draft = authority_draft(case, lang) if kind == "authority" else subjects_letter(case, lang)
    return html.render(kind, lang, draft)  # type: ignore[arg-type]


def frame(lang: str = "hu", **changes: Any) -> DocumentMeta:
    meta = DocumentMeta(
        title="Adatvédelmi incidens bejelentése" if lang == "hu" else "Notification of a personal data breach",
        lang=lang,
        reference="ORS-2026/0001",
        version="2",
        sha256="ab" * 32,
        created_at=MADE,
        letterhead="Őrszem Futárszolgálat Kft.\n6722 Szeged, Tölgyfa utca 12.",
        author="Űr Őzike",
    )
    return dataclasses.replace(meta, **changes)


@cache
def a_pdf(kind: str, lang: str) -> bytes:
    return pdf.write(wording(kind, lang), frame(lang))


def pdf_text(data: bytes) -> str:
    """The text of a PDF on one line, hyphenated words put together."""
    pages = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(pages.replace("-\n", "").replace("\u00ad", "").replace("\u200b", "").split())


def docx_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def tags(node: Any) -> Iterator[str]:
    """The structure tags of a PDF, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        for part in node:
            yield from tags(part)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from tags(node["/K"])


@pytest.mark.parametrize(("kind", "lang"), KINDS)
class TestEveryDocument:
    def test_all_formats_carry_the_same_sentences(self, kind: str, lang: str) -> None:
        words = wording(kind, lang)
        in_pdf, in_docx = pdf_text(a_pdf(kind, lang)), docx_text(docx.write(words, frame(lang)))
        for sentence in ("Ellopták a futár laptopját Őrbottyánban.", "A hozzáféréseket letiltottuk.", "Kőműves Ödön"):
            assert sentence in text.write(words)
            assert sentence in in_docx
            assert sentence in in_pdf

    def test_the_pdf_is_tagged_and_knows_its_language_and_title(self, kind: str, lang: str) -> None:
        reader = PdfReader(io.BytesIO(a_pdf(kind, lang)))
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == {"hu": "hu-HU", "en": "en-GB"}[lang]
        assert {"/H1", "/H2", "/P", "/L"} <= set(tags(root["/StructTreeRoot"]))
        assert reader.metadata.title == frame(lang).title
        assert b"pdfuaid" in a_pdf(kind, lang)

    def test_the_pdf_needs_no_font_of_the_reader(self, kind: str, lang: str) -> None:
        reader = PdfReader(io.BytesIO(a_pdf(kind, lang)))
        fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
        descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts]
        assert all({"/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in descriptors)

    def test_the_same_letter_gives_the_same_bytes(self, kind: str, lang: str) -> None:
        words = wording(kind, lang)
        assert pdf.write(words, frame(lang)) == a_pdf(kind, lang)
        assert docx.write(words, frame(lang)) == docx.write(words, frame(lang))

    def test_what_people_type_is_data_and_never_markup(self, kind: str, lang: str) -> None:
        words = wording(kind, lang, a_case({**FACTS, "what_happened": HOSTILE}))
        assert "<script" not in words
        assert HOSTILE in text.write(words)
        assert HOSTILE in docx_text(docx.write(words, frame(lang)))
        assert HOSTILE in pdf_text(pdf.write(words, frame(lang)))

    def test_numbers_reference_version_and_fingerprint_stand_on_the_page(self, kind: str, lang: str) -> None:
        version = {"hu": "2. változat", "en": "version 2"}[lang]
        page = {"hu": "1. oldal, összesen", "en": "Page 1 of"}[lang]
        printed = pdf_text(a_pdf(kind, lang))
        assert all(part in printed for part in ("ORS-2026/0001", version, page, "ab" * 32))

    def test_the_docx_opens_with_real_headings_language_and_properties(self, kind: str, lang: str) -> None:
        document = Document(io.BytesIO(docx.write(wording(kind, lang), frame(lang))))
        styles = [paragraph.style.name for paragraph in document.paragraphs]
        assert styles.count("Heading 1") == 1
        assert styles.count("Heading 2") >= 6
        properties = document.core_properties
        assert (properties.title, properties.author) == (frame(lang).title, "Űr Őzike")
        assert (properties.language, properties.identifier) == ({"hu": "hu-HU", "en": "en-GB"}[lang], "ab" * 32)
        assert properties.created == MADE
        assert 'w:val="en-US"' not in document.styles.element.xml

    def test_the_current_address_of_the_authority_and_never_the_old_one(self, kind: str, lang: str) -> None:
        words = wording(kind, lang)
        assert "1363 Budapest, Pf. 9." in words
        assert not any(old in words for old in ("Szilágyi", "1530", "Pf. 5."))


class TestNotification:
    def test_tables_have_header_rows_in_pdf_and_docx(self) -> None:
        root = PdfReader(io.BytesIO(a_pdf("authority", "hu"))).trailer["/Root"]
        assert {"/Table", "/THead", "/TH", "/TD"} <= set(tags(root["/StructTreeRoot"]))
        document = Document(io.BytesIO(docx.write(wording("authority", "hu"), frame())))
        assert document.tables
        assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)

    def test_the_article_before_a_name_is_right(self) -> None:
        assert "Az Őrszem Futárszolgálat Kft. (a továbbiakban: Adatkezelő)" in wording("authority", "hu")

    def test_what_follows_is_listed_by_its_number(self) -> None:
        letter = text.write(wording("authority", "hu"))
        assert "11. Szakaszos bejelentés" in letter
        assert "6.5. Az incidenssel érintett adatok hozzávetőleges száma" in letter

    def test_a_late_notification_says_so_at_the_top_and_marks_the_missing_reasons(self) -> None:
        late = wording("authority", "hu", a_case(now=MADE + timedelta(days=3)))
        assert "A bejelentés a 72 órás határidő letelte után készült." in late
        assert "az 5.2. pont tartalmazza" in late
        assert '<p class="unfilled"><strong>[Kitöltendő]</strong></p>' in late

    @pytest.mark.parametrize(
        ("kind", "heading"),
        [("follow_up", "bejelentésének kiegészítése"), ("withdrawal", "bejelentésének visszavonása")],
    )
    def test_later_filings_have_their_own_heading(self, kind: str, heading: str) -> None:
        assert heading in wording("authority", "hu", a_case(filing_kind=kind))


class TestLetter:
    def test_it_has_every_remedy_and_the_advice_for_the_data(self) -> None:
        letter = text.write(wording("subjects", "hu"))
        for words in ("GDPR 77. cikk", "GDPR 79. cikk", "GDPR 82. cikk", "1055 Budapest, Falk Miksa utca 9-11."):
            assert words in letter
        assert "Figyelje a számlaforgalmát" in letter
        assert letter.count("Tisztelt Ügyfelünk!") == 1

    def test_numbers_of_people_are_not_in_it(self) -> None:
        assert "12\u00a0400" not in wording("subjects", "hu")

    def test_with_almost_nothing_known_it_says_what_is_being_examined(self) -> None:
        bare = a_case({}, controller=ControllerProfile(name="Őrszem Kft."), decision=None)
        letter = text.write(wording("subjects", "hu", bare))
        assert letter.count("még vizsgáljuk") + letter.count("Még vizsgáljuk") == 3
        assert "[Kitöltendő: az aláíró neve és beosztása]" in letter

    def test_a_public_communication_speaks_to_everybody(self) -> None:
        public = a_case(decision=DecisionView("yes", "exempt", "c", "", "Indok."))
        assert "Tisztelt Érintettek!" in wording("subjects", "hu", public)


class TestBlocks:
    def test_only_the_elements_of_letters_pass(self) -> None:
        with pytest.raises(blocks.UnknownMarkupError, match="<div>"):
            blocks.parse("<article><div>x</div></article>")
        with pytest.raises(blocks.UnknownMarkupError, match="<a>"):
            blocks.parse("<article><p><a href='x'>y</a></p></article>")

    def test_white_space_is_what_a_browser_shows(self) -> None:
        (paragraph,) = blocks.parse("<article><p>  egy\n  <strong>két</strong>\n három <br> négy </p></article>")
        assert isinstance(paragraph, blocks.Paragraph)
        assert blocks.plain(paragraph.spans) == "egy két három\nnégy"

    def test_lists_and_tables_read_as_plain_text(self) -> None:
        table = "<table><tr><th>x</th><th>y</th></tr><tr><td>1.</td><td>z</td></tr></table>"
        sample = f"<article><ol><li>a</li><li>b</li></ol>{table}</article>"
        assert text.write(sample) == "1. a\n2. b\n\n1. z\n"


class TestStrangeSigns:
    def test_a_sign_the_fonts_lack_is_named_and_never_stops_a_letter(self) -> None:
        words = wording("subjects", "hu", a_case({**FACTS, "what_happened": "Üzenet: 🙂 漢字"}))
        assert "Üzenet: [U+1F642] [U+6F22][U+5B57]" in pdf_text(pdf.write(words, frame()))
        assert "Üzenet: 🙂 漢字" in docx_text(docx.write(words, frame()))

    def test_direction_tricks_and_control_signs_are_dropped(self) -> None:
        profile = dataclasses.replace(a_case().controller, name="Őrszem\u202e\x00\x07 Kft.")
        words = wording("subjects", "hu", a_case(controller=profile))
        assert "Őrszem Kft." in words

    def test_every_sign_called_showable_is_in_the_fonts(self) -> None:
        signs = [chr(code) for code in range(0x20, 0x2500) if pdf.showable(chr(code)) == chr(code)]
        assert {"ő", "Ű", "–", "„", "€", "→", "Ж", "Ω"} <= set(signs)
        words = html.render("subjects", "hu", subjects_letter(a_case({**FACTS, "what_happened": "x"}), "hu"))
        everything = " ".join(f"a{sign}" for sign in signs if sign not in "<&")
        assert pdf.write(words.replace("<p>x</p>", f"<p>{everything}</p>"), frame()).startswith(b"%PDF")

    def test_a_word_without_gaps_may_break(self) -> None:
        assert "\u200b" in pdf.showable("x" * 200)
        assert "\u200b" not in pdf.showable("adatvedelem@futarpont.example")

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(typed=st.text(min_size=1, max_size=80), name=st.text(max_size=40))
    def test_no_text_whatever_breaks_a_writer(self, typed: str, name: str) -> None:
        draft = dataclasses.replace(subjects_letter(a_case(), "hu"), what_happened=(typed,))
        words = html.render("subjects", "hu", draft)
        meta = frame(title=name or "x", letterhead=name, author=name)
        assert pdf.write(words, meta).startswith(b"%PDF")
        assert zipfile.is_zipfile(io.BytesIO(docx.write(words, meta)))
        assert text.write(words)


def test_the_digest_is_that_of_the_wording() -> None:
    assert html.digest("ő") == "b43597c1aa3eee0c661d9aeac15a846aa7408d470aaada587712528038d4f034"


def test_a_draft_that_is_not_frozen_is_called_a_draft() -> None:
    printed = pdf_text(pdf.write(wording("subjects", "hu"), frame(version="", sha256="")))
    assert "ORS-2026/0001 · Tervezet" in printed
    assert "SHA-256" not in printed
