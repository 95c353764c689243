"""The front desk: ten questions answered from the case, nothing promised, nothing guessed, nobody left out."""

from datetime import date

import pytest

from incidents.rules.draft import ControllerProfile, DecisionView
from incidents.rules.draft.everybody import told_together
from incidents.rules.draft.frontdesk import FrontDesk, front_desk
from incidents.rules.facts import Facts
from incidents.rules.readability import readability
from notifications.documents import frontdesk, text
from tests.form_cases import STOLEN_LAPTOP, a_case

ON = date(2026, 11, 22)


def desk(lang: str = "hu", **changes: object) -> FrontDesk:
    facts = changes.pop("said", {})
    assert isinstance(facts, dict)
    return front_desk(a_case({**STOLEN_LAPTOP, **facts}, **changes), lang)


def answer(sheet: FrontDesk, question: str) -> str:
    found = next(one for one in sheet.questions if one.id == question)
    return " ".join([*found.said, *found.listed])


@pytest.mark.parametrize("lang", ["hu", "en"])
@pytest.mark.parametrize("facts", [STOLEN_LAPTOP, {}], ids=["told", "nothing known"])
def test_ten_questions_have_answers_in_plain_words(lang: str, facts: dict[str, object]) -> None:
    case = a_case(facts)
    assert len(front_desk(case, lang).questions) == 10
    sheet = text.write(frontdesk.preview(case, lang))
    assert readability(sheet, lang, ON, inserted=[case.controller.name]) == ()
    assert "{" not in sheet


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (None, "Most azt vizsgáljuk"),
        (DecisionView("yes", "yes"), "közvetlenül írunk"),
        (DecisionView("yes", "exempt", "c"), "Közleményt tettünk közzé"),
        (DecisionView("yes", "no"), "Nem írunk mindenkinek"),
    ],
)
def test_does_it_concern_me_follows_the_decision(decision: DecisionView | None, said: str) -> None:
    assert said in answer(desk(decision=decision), "me")


def test_passwords_and_cards_are_answered_by_the_data() -> None:
    assert answer(desk(said={"data_categories": ["payment_card"]}), "secrets").startswith("Lehet, hogy igen.")
    assert answer(desk(), "secrets") == "A most ismert adatok szerint nem."
    assert answer(desk(said={"data_categories": ["unspecified"]}), "secrets").startswith("Ezt még vizsgáljuk.")


def test_before_awareness_nothing_is_said_about_when_it_was_learned() -> None:
    assert answer(desk(awareness=None), "why_now").startswith("Ezt még vizsgáljuk.")
    assert "2026. november 20. 17:50-kor" in answer(desk(), "why_now")


def test_nobody_promises_money_and_the_authority_has_its_current_address() -> None:
    assert "nem is ígérhetek" in answer(desk(), "compensation")
    assert "1363 Budapest, Pf. 9." in answer(desk(), "complaint")


def test_hours_come_from_the_case_and_are_visibly_missing_without() -> None:
    assert desk().hours == ("[Kitöltendő: telefonszám, és hogy mikor hívható]",)
    open_line = desk(said={"hotline": "06 80 555 010, hétköznap 8:00–18:00"})
    assert open_line.hours == ("06 80 555 010, hétköznap 8:00–18:00",)
    assert open_line.hours_known


def test_without_a_contact_the_sheet_says_what_to_fill_in() -> None:
    bare = a_case(controller=ControllerProfile(name="Őrszem Kft."))
    assert "Kapcsolattartó: [Kitöltendő]" in text.write(frontdesk.preview(bare, "hu"))


def test_what_is_told_to_everybody_leaves_no_group_out() -> None:
    everybody = Facts.of({"data_categories": ["contact_basic"], "cause": "hacking"})
    groups = [
        Facts.of({"data_categories": ["payment_card", "contact_basic"]}),
        Facts.of({"vulnerable": ["children"], "data_categories": "unknown"}),
    ]
    together = told_together(everybody, groups)
    assert together.value("data_categories") == ["contact_basic", "payment_card"]
    assert together.value("vulnerable") == ["children"]
    assert together.value("cause") == "hacking"
    assert told_together(everybody, []) == everybody


def test_the_sheet_is_an_a4_pdf_with_the_version_of_the_facts() -> None:
    assert frontdesk.printed(a_case(), "hu", "Kőműves Ödön").startswith(b"%PDF")
