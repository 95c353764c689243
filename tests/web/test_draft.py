"""Drafts on a page: preview in two languages, frozen versions with their hash, files only as downloads."""

import hashlib
import re

import pytest

from tests.web.office import Office, text_of


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        ("authority", "hu", "Adatvédelmi incidens bejelentése"),
        ("authority", "en", "Notification of a personal data breach"),
        ("subjects", "hu", "Tisztelt"),
        ("subjects", "en", "Dear"),
    ],
)
def test_both_drafts_are_shown_in_both_languages(small_office: Office, kind: str, language: str, words: str) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = small_office.get(f"/incidents/{incident}/draft?kind={kind}&language={language}")
    assert f'<article class="paper" lang="{language}">' in page
    assert words in page


def test_what_people_typed_stays_text_in_the_preview(small_office: Office) -> None:
    incident = small_office.open_case("<script>alert(1)</script> egy laptop veszett el")
    small_office.sign_in("dpo")
    page = small_office.get(f"/incidents/{incident}/draft")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_frozen_version_is_downloaded_as_docx_and_pdf_and_keeps_its_hash(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("handler")
    address = f"/incidents/{incident}/draft"
    assert office.fill_in(address, {}).status_code == 303

    (frozen,) = office.case(incident).documents
    page = office.get(address)
    assert frozen.sha256 in page
    for file, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = office.browser.get(f"/incidents/{incident}/documents/{frozen.id}/{file}")
        assert answer.content.startswith(start)
        assert re.fullmatch(
            rf'attachment; filename="FUT-2026-0001-authority-hu-v1\.{file}"', answer.headers["content-disposition"]
        )
        assert hashlib.sha256(answer.content).hexdigest() == getattr(frozen, f"{file}_sha256")


def test_freezing_again_makes_the_next_version(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    for _ in range(2):
        small_office.fill_in(f"/incidents/{incident}/draft", {})
    assert [one.version for one in small_office.case(incident).documents] == [1, 2]


def test_after_the_deadline_the_reasons_for_the_delay_are_asked_for_and_go_into_the_notification(
    small_office: Office,
) -> None:
    incident = small_office.open_case()
    small_office.clock.advance(hours=80)
    small_office.sign_in("dpo")
    reasons = "A rendszergazda külföldön volt, ezért a naplókhoz csak hétfőn este fértünk hozzá."
    small_office.fill_in(f"/incidents/{incident}/draft", {"delay_reasons": reasons})
    (frozen,) = small_office.case(incident).documents
    assert reasons in text_of(frozen.html)


def test_a_document_is_not_found_under_another_case_or_by_a_stranger(small_office: Office) -> None:
    incident, other = small_office.open_case(), small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/draft", {})
    (frozen,) = small_office.case(incident).documents
    small_office.get(f"/incidents/{other}/documents/{frozen.id}/pdf", status=404)
    small_office.get(f"/incidents/{incident}/documents/{frozen.id}/exe", status=404)
    small_office.sign_in("reporter")
    small_office.get(f"/incidents/{incident}/documents/{frozen.id}/pdf", status=403)
    small_office.sign_out()
    small_office.get(f"/incidents/{incident}/documents/{frozen.id}/pdf", status=303)
