"""One letter, one person: the greeting carries the name, and nothing else of the frozen wording changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.draft.personal import greeting, personal, personal_text

LETTER = '<article><p class="salutation">Tisztelt Ügyfelünk!</p>\n<p>Adatvédelmi incidens történt.</p></article>'
TEXT = "Hivatkozási számunk: FP-2026-004\n\nTisztelt Ügyfelünk!\n\nAdatvédelmi incidens történt.\n"


@pytest.mark.parametrize(
    ("name", "salutation", "lang", "said"),
    [
        ("Minta Anna", "", "hu", "Tisztelt Minta Anna!"),
        ("", "", "hu", "Tisztelt Ügyfelünk!"),
        ("Minta Anna", "Kedves Anna", "hu", "Kedves Anna!"),
        ("Minta Anna", "Tisztelt Asszonyom!", "hu", "Tisztelt Asszonyom!"),
        ("Minta Anna", "Doktornő", "hu", "Tisztelt Doktornő!"),
        ("Minta Anna", "dr.", "hu", "Tisztelt dr. Minta Anna!"),
        ("Minta Pál ifj.", "", "hu", "Tisztelt Minta Pál ifj.!"),
        ("Anna Minta", "", "en", "Dear Anna Minta,"),
        ("Anna Minta", "Ms", "en", "Dear Ms Anna Minta,"),
        ("", "", "en", "Dear Customer,"),
        ("", "dr.", "hu", "Tisztelt Ügyfelünk!"),
    ],
)
def test_the_greeting_fits_what_the_list_says(name: str, salutation: str, lang: str, said: str) -> None:
    assert greeting(name, salutation, lang) == said


def test_the_name_stands_in_the_letter_and_in_its_plain_text() -> None:
    assert '<p class="salutation">Tisztelt Minta Anna!</p>' in personal(LETTER, "Minta Anna", "", "hu")
    assert "\n\nTisztelt Minta Anna!\n\n" in personal_text(TEXT, "Minta Anna", "", "hu")


def test_without_a_name_the_letter_stays_as_it_was_frozen() -> None:
    assert personal(LETTER, " ", "", "hu") == LETTER
    assert personal_text(TEXT, "", "", "hu") == TEXT


def test_a_public_notice_greets_nobody_by_name() -> None:
    notice = "<article><p>Tisztelt Érintettek!</p></article>"
    assert personal(notice, "Minta Anna", "", "hu") == notice


@pytest.mark.parametrize("name", ["<b>Anna</b>", "{{ 7 * 7 }}", r"\1 \g<0>", "Minta\r\nBcc: x@example.org", "A\u202eB"])
def test_a_name_is_text_and_never_markup_or_a_header(name: str) -> None:
    said = personal(LETTER, name, "", "hu")
    assert said.count("<p") == 2
    assert "<b>" not in said
    assert "49" not in said
    assert "\r" not in said
    assert "\u202e" not in said


@given(st.text(max_size=60), st.text(max_size=30), st.sampled_from(["hu", "en"]))
def test_whatever_the_name_the_rest_of_the_letter_is_untouched(name: str, salutation: str, lang: str) -> None:
    said = personal(LETTER, name, salutation, lang)
    assert said.endswith("</p>\n<p>Adatvédelmi incidens történt.</p></article>")
    assert len(greeting(name, salutation, lang).splitlines()) == 1
    assert personal_text(TEXT, name, salutation, lang).count("\n") == TEXT.count("\n")
