"""Letters people understand: short sentences, plain words, the right article before inserted words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.hungarian import article
from incidents.rules.draft import CaseFile, ControllerProfile, DecisionView, authority_draft, subjects_letter
from incidents.rules.readability import article_faults, readability, sentences, word_count
from incidents.rules.vocabulary import vocabulary
from notifications.documents import html, text
from tests.form_cases import STOLEN_LAPTOP, a_case

ON = date(2026, 11, 22)

EVERYTHING = {
    "what_happened": "Egy támadó behatolt a levelezőrendszerünkbe.",
    "breach_types": list(vocabulary()["breach_types"].codes),
    "data_categories": list(vocabulary()["data_categories"].codes),
    "likely_consequences": list(vocabulary()["likely_consequences"].codes),
    "measures_taken": "A belépéseket letiltottuk.",
}
CASES = {
    "a stolen laptop": a_case(),
    "almost nothing known": a_case({}, decision=None),
    "every kind of data and consequence": a_case(EVERYTHING),
    "a public notice": a_case(decision=DecisionView("yes", "exempt", "c")),
    "a data protection officer": a_case(controller=ControllerProfile(name="Egy Kft.", dpo_name="Űr Őzike")),
}


def codes(letter: str, lang: str = "hu", *inserted: str) -> list[str]:
    return [hint.code for hint in readability(letter, lang, ON, inserted=inserted)]


@pytest.mark.parametrize("lang", ["hu", "en"])
@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_our_own_letters_to_the_people_are_plain(case: CaseFile, lang: str) -> None:
    letter = text.write(html.render("subjects", lang, subjects_letter(case, lang)))
    assert readability(letter, lang, ON, inserted=[case.controller.name]) == ()


@pytest.mark.parametrize("name", ["Őrszem Kft.", "Futárpont Kft.", "1000 Csomag Kft.", "5 Csillag Bt.", "MNK Zrt."])
def test_the_article_before_the_name_of_any_firm_is_right_in_the_notification(name: str) -> None:
    case = a_case(STOLEN_LAPTOP, controller=ControllerProfile(name=name))
    letter = text.write(html.render("authority", "hu", authority_draft(case, "hu")))
    assert article_faults(letter, [name]) == []


def test_a_sentence_of_lawyers_is_cut() -> None:
    long = "Tájékoztatjuk, hogy " + "a rendszerünkben tárolt adatok egy része, " * 5 + "sajnos kikerült."
    (hint, average) = readability(long, "hu", ON)
    assert (hint.code, average.code) == ("long_sentence", "long_average")
    assert hint.text.hu == "Ez a mondat 34 szóból áll; legfeljebb 25 legyen. Vágja ketté."
    assert hint.where.endswith("…")


@pytest.mark.parametrize(
    ("letter", "lang"),
    [
        ("Az adatok bizalmas jellege nem, de az integritásuk sérült.", "hu"),
        ("Haladéktalanul intézkedtünk.", "hu"),
        ("A tudomásszerzést követően leállítottuk a gépet.", "hu"),
        ("We informed the data subjects.", "en"),
        ("Pursuant to our policy we write to you.", "en"),
    ],
)
def test_jargon_is_named_with_what_to_say_instead(letter: str, lang: str) -> None:
    (hint, *_) = readability(letter, lang, ON)
    assert hint.code == "jargon"
    assert ("Írja inkább így" if lang == "hu" else "Better") in hint.text.in_language(lang)


def test_the_place_of_a_word_is_quoted_between_words_of_its_line() -> None:
    story = "Ezen a napon kora reggel a műszakváltás után haladéktalanul szóltunk mindenkinek, aki a telepen volt."
    (hint,) = readability(f"Első sor.\n{story}", "hu", ON)
    assert hint.where == "…napon kora reggel a műszakváltás után haladéktalanul szóltunk mindenkinek, aki a telepen…"


def test_an_adjective_is_no_jargon() -> None:
    assert codes("Az érintett fiókokat zároltuk.") == []
    assert codes("Az érintetteket értesítettük.") == ["jargon"]


def test_dates_numbers_and_abbreviations_do_not_end_a_sentence() -> None:
    letter = (
        "Az incidens 2026. november 20. 17:50-kor történt. Írjon ide: 1363 Budapest, Pf. 9. Dr. Kiss J. Éva válaszol."
    )
    assert sentences(letter, "hu", ON) == [
        "Az incidens 2026. november 20. 17:50-kor történt.",
        "Írjon ide: 1363 Budapest, Pf. 9.",
        "Dr. Kiss J. Éva válaszol.",
    ]


def test_words_are_counted_as_a_reader_does() -> None:
    assert word_count("Az e-mail-cím (például x@y.example) – 12\u00a0400 fő.") == 6


@pytest.mark.parametrize(
    ("letter", "right"),
    [
        ("a incidens", "az incidens"),
        ("A Őrszem Kft. levele", "Az Őrszem"),
        ("az Futárpont Kft. levele", "a Futárpont"),
        ("Az 6. pont", "A 6."),
        ("a 5. pont", "az 5."),
        ("a V. kerület", "az V."),
    ],
)
def test_a_wrong_article_is_found_with_the_right_one(letter: str, right: str) -> None:
    assert [fault[1] for fault in article_faults(letter)] == [right]
    assert codes(letter) == ["article"]


@pytest.mark.parametrize(
    "letter", ["Az nem baj.", "az, hogy", "a (3) bekezdés", "Az incidens a NAIH előtt van.", "az a nap", "az MNB"]
)
def test_a_pronoun_is_no_wrong_article(letter: str) -> None:
    assert article_faults(letter) == []


def test_before_an_inserted_word_every_az_is_judged() -> None:
    assert article_faults("az levél") == []
    assert article_faults("az levél", ["levél"]) == [("az levél", "a levél")]


def test_english_has_no_hungarian_articles() -> None:
    assert codes("We lost a envelope.", "en") == []


@given(st.text(alphabet="abeéőuxyzAEŐX159", min_size=1, max_size=12))
def test_a_word_put_in_with_its_article_is_never_found_fault_with(word: str) -> None:
    assert article_faults(f"Ezt {article(word)} {word} írta.", [word]) == []


@given(st.text(max_size=300), st.sampled_from(["hu", "en"]))
def test_no_text_whatever_breaks_it(letter: str, lang: str) -> None:
    readability(letter, lang, ON)
    assert "".join("".join(sentences(letter, lang, ON)).split()) == "".join(letter.split())


@pytest.mark.parametrize("sign", ["a", "!", ")", "A. ", ".) ", "„", "a „"])
def test_a_text_of_one_sign_repeated_is_read_in_a_moment(sign: str) -> None:
    readability(sign * 20_000, "hu", ON)
