"""The letter as a mail and as a piece of a web page: the same sentences, links where one can write or call."""

import re

import pytest

from incidents.rules.draft import subjects_letter
from incidents.rules.draft.personal import personal
from notifications.documents import html, text, webpage
from tests.form_cases import STOLEN_LAPTOP, a_case

HOSTILE = '<script>alert(1)</script> {{ 7*7 }} "x" & <a href="javascript:alert(1)">'


def wording(lang: str = "hu", **facts: object) -> str:
    return html.render("subjects", lang, subjects_letter(a_case({**STOLEN_LAPTOP, **facts}), lang))


def words(page: str) -> str:
    """The text of a page on one line, without its head."""
    from html import unescape

    body = re.sub(r"(?s)<head>.*?</head>", "", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("lang", ["hu", "en"])
def test_the_mail_says_what_the_letter_says(lang: str) -> None:
    letter = re.sub(r"(?m)^([=~-])\1*$|^- ", "", text.write(wording(lang)))
    said = words(webpage.mail(wording(lang), "Tájékoztatás", lang))
    assert [line for line in letter.splitlines() if line and ": " not in line and line not in said] == []


def test_the_mail_names_its_language_and_loads_nothing_from_anywhere() -> None:
    page = webpage.mail(wording("en"), "About a <breach>", "en")
    assert '<html lang="en">' in page
    assert "<title>About a &lt;breach&gt;</title>" in page
    assert re.findall(r"src=|@import|url\(", page) == []


def test_one_can_write_and_call_from_the_letter() -> None:
    page = webpage.fragment(wording())
    assert '<a href="mailto:ugyvezeto@futarpont.example">ugyvezeto@futarpont.example</a>' in page
    assert '<a href="tel:+3613911400">+36 1 391 1400</a>' in page
    assert '<a href="https://www.naih.hu">https://www.naih.hu</a>' in page


def test_a_piece_of_a_web_page_brings_no_style_of_its_own() -> None:
    assert re.findall(r"class=|style=|<article|<html", webpage.fragment(wording())) == []


def test_the_name_is_put_into_the_finished_mail() -> None:
    page = personal(webpage.mail(wording(), "Tájékoztatás", "hu"), "Minta <Anna>", "", "hu")
    assert ">Tisztelt Minta &lt;Anna&gt;!</p>" in page
    assert "Tisztelt Ügyfelünk!" not in page


@pytest.mark.parametrize("write", [webpage.fragment, lambda said: webpage.mail(said, HOSTILE, "hu")])
def test_what_people_type_stays_text(write) -> None:  # type: ignore[no-untyped-def]
    page = write(wording(what_happened=HOSTILE, hotline=f"x@y.example {HOSTILE}"))
    assert "<script" not in page
    assert '<a href="javascript' not in page
    assert HOSTILE in words(page)
