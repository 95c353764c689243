"""Words made for the people: they come before the recorded facts, group by group, and every version stays on record."""

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from incidents.rules.draft import subjects_letter
from incidents.rules.draft.wording import LONGEST_WORDS, WordingForm, text_hints
from incidents.steps import draft, report, wording
from tests.builders import CaseFile, Firm
from tests.form_cases import a_case

PLAIN = "Elloptak tőlünk egy laptopot. Rajta volt az Ön neve és címe."


def word(case: CaseFile, group: str = "", language: str = "hu", role: str = "handler", **words: str) -> None:
    with case.firm.as_(role) as uow:
        wording.word_letter(uow, case.id, WordingForm(language, group, words))


def told(case: CaseFile, group: str = "", language: str = "hu") -> tuple[str, ...]:
    with case.firm.as_("handler", read_only=True) as uow:
        return subjects_letter(draft.case_file(uow, case.id, group=group), language).what_happened


def describe_group(case: CaseFile, group: str) -> None:
    with case.firm.as_("handler") as uow:
        report.amend_facts(uow, case.id, {"data_categories": ["payment_card"]}, group=group)


def test_own_words_stand_in_the_letter_and_the_fact_stays_what_it_was(firm: Firm) -> None:
    case = firm.report("Laptop ellopva, ügyféltörzs rajta.")
    word(case, what_happened=PLAIN)
    assert told(case) == (PLAIN,)
    assert told(case, language="en") == ("Laptop ellopva, ügyféltörzs rajta.",)
    assert case.look().facts.value("what_happened") == "Laptop ellopva, ügyféltörzs rajta."


def test_the_newest_words_count_and_an_emptied_field_gives_the_fact_back(firm: Firm) -> None:
    case = firm.report("Laptop ellopva.")
    word(case, what_happened="Első változat.")
    word(case, what_happened="Második változat.")
    assert told(case) == ("Második változat.",)
    word(case, what_happened="  ")
    assert told(case) == ("Laptop ellopva.",)
    assert [event.data["words"] for event in case.look().events if event.kind == "letter.worded"] == [
        ["what_happened"],
        ["what_happened"],
        [],
    ]


def test_a_group_has_its_own_words_and_for_the_rest_those_of_everybody(firm: Firm) -> None:
    case = firm.report()
    describe_group(case, "Előfizetők")
    word(case, what_happened="Mindenkinek.", hotline="06 80 555 010")
    word(case, group="Előfizetők", what_happened="Az előfizetőknek.")
    with firm.as_("handler", read_only=True) as uow:
        letter = subjects_letter(draft.case_file(uow, case.id, group="Előfizetők"), "hu")
    assert (letter.what_happened, letter.hotline) == (("Az előfizetőknek.",), ("06 80 555 010",))
    assert letter.data == ("a bankkártyájának adatai",)
    assert told(case) == ("Mindenkinek.",)


def test_a_group_nobody_has_described_has_no_letter(firm: Firm) -> None:
    case = firm.report()
    with pytest.raises(InvalidInput) as refused:
        word(case, group="Senkik", what_happened=PLAIN)
    assert [error.path for error in refused.value.errors] == ["group"]
    with pytest.raises(NotFound):
        told(case, "Senkik")


@pytest.mark.parametrize(
    ("language", "words", "path"),
    [
        ("de", {}, "language"),
        ("hu", {"what_happened": "x" * (LONGEST_WORDS + 1)}, "words.what_happened"),
        ("hu", {"systems": "x"}, "words.systems"),
    ],
)
def test_what_cannot_stand_is_named_by_its_field(firm: Firm, language: str, words: dict[str, str], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        word(firm.report(), language=language, **words)
    assert [error.path for error in refused.value.errors] == [path]


def test_only_who_drafts_may_word_a_letter_and_only_while_the_case_is_open(firm: Firm) -> None:
    case = firm.report()
    with pytest.raises(Forbidden):
        word(case, role="auditor", what_happened=PLAIN)
    with case.town.uow() as uow:
        uow.session.get_one(type(case.look().incident), case.id).closed_at = uow.now
    with pytest.raises(Conflict):
        word(case, what_happened=PLAIN)


def test_hints_name_the_part_and_the_sentence() -> None:
    case = a_case(own_words={"hu": {"what_happened": "Az adatok integritásuk tekintetében sérültek."}})
    found = [(one.key, one.hint.code) for one in text_hints(case, "hu") if one.key == "what_happened"]
    assert found == [("what_happened", "jargon"), ("what_happened", "jargon")]


def test_english_words_are_read_in_english() -> None:
    case = a_case({}, own_words={"en": {"what_happened": "We inform the data subjects pursuant to the law."}})
    assert {one.hint.code for one in text_hints(case, "en")} == {"jargon"}
