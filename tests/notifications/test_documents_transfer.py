"""The transfer sheet: every shown field in order with its answer, gaps visible, a PDF that can be attached."""

import dataclasses
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from incidents.rules.channels import channel_advice
from incidents.rules.form import fingerprint, frozen, naih_mapping
from notifications.documents import transfer
from notifications.documents.meta import DocumentMeta
from tests.form_cases import STOLEN_LAPTOP, a_form

ON = date(2026, 11, 22)
FORM = a_form({**{key: one for key, one in STOLEN_LAPTOP.items() if key != "systems"}, "cause": "to_be_determined"})
HOSTILE = "#panic() *vastag* $x^2$ <script> ] [ _dőlt_ \\par"


def frame(lang: str = "hu") -> DocumentMeta:
    return DocumentMeta(
        title=transfer.WORDS[lang]["title"],
        lang=lang,
        reference="FUT-2026/0001",
        version="2",
        sha256=fingerprint(frozen(FORM)),
        created_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
        letterhead="Futárpont Expressz Kft.",
        author="Kőműves Ödön",
    )


def printed(data: bytes) -> str:
    pages = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(pages.replace("-\n", "").replace("\u200b", "").split())


def tags(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for part in node:
            yield from tags(part)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from tags(node["/K"])


@pytest.mark.parametrize("lang", ["hu", "en"])
def test_it_is_a_tagged_a4_pdf_with_reference_version_hash_and_page_numbers(lang: str) -> None:
    data = transfer.write(FORM, frame(lang))
    reader = PdfReader(io.BytesIO(data))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == {"hu": "hu-HU", "en": "en-GB"}[lang]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= set(tags(root["/StructTreeRoot"]))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    page = {"hu": "1. oldal, összesen", "en": "Page 1 of"}[lang]
    assert all(part in printed(data) for part in ("FUT-2026/0001", page, fingerprint(frozen(FORM))))


def test_each_answer_stands_beside_its_row_with_the_letter_of_its_option() -> None:
    text = printed(transfer.write(FORM, frame()))
    assert "b) Hiányos" in text
    assert "57 Értelmezhetetlenek voltak-e" in text
    assert "12 400" in text
    assert "06-09-000000" in text


def test_what_is_missing_and_what_follows_later_is_plain_to_see() -> None:
    text = printed(transfer.write(FORM, frame()))
    assert "[Kitöltendő]" in text
    assert "x) Később állapítjuk meg" in text
    assert "ebből kitöltve 50, kiderítés alatt 2, hiányzik 1" in text


def test_in_the_order_of_the_authority_its_unknown_labels_are_marked() -> None:
    text = printed(transfer.write(FORM, frame(), mapping=naih_mapping(ON)))
    assert "GDPR 33. cikk (3) bekezdés d) pont · [A NAIH felületén nem ismert" in text
    completed = naih_mapping(ON, {"measures": {"screen": "5. lap", "label": "Intézkedések"}})
    assert "d) pont · 5. lap › Intézkedések" in printed(transfer.write(FORM, frame(), mapping=completed))


def test_the_advice_names_the_risk_once_and_the_krid_as_not_entered() -> None:
    text = printed(transfer.write(FORM, frame(), advice=channel_advice("company", ON)))
    assert "E-mail – csak vészhelyzetben" in text
    assert text.count("érvénytelen") == 1
    assert "KRID: [A NAIH KRID-azonosítója nincs megadva" in text
    assert "E-mail – csak" not in printed(transfer.write(FORM, frame()))


def test_what_people_type_is_data_and_never_markup() -> None:
    form = a_form({**STOLEN_LAPTOP, "what_happened": HOSTILE})
    assert HOSTILE in printed(transfer.write(form, frame()))


def test_the_same_form_gives_the_same_bytes() -> None:
    assert transfer.write(FORM, frame()) == transfer.write(FORM, frame())


def test_an_empty_case_has_a_sheet_as_well() -> None:
    empty = a_form({}, {}, decision=None, awareness=None)
    data = transfer.write(empty, dataclasses.replace(frame("en"), sha256="", version=""))
    assert "[To be filled in]" in printed(data)
