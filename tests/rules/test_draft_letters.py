"""Letters people understand: who is greeted how, when it happened, own words, groups, and every published case."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from incidents.base.time import ZonedInstant
from incidents.rules.assess.breach import overlaid
from incidents.rules.draft import CaseFile, ControllerProfile, DecisionView, LetterContent, subjects_letter
from incidents.rules.facts import Facts
from incidents.rules.readability import readability
from notifications.documents import html, text
from tests.form_cases import COURIER, STOLEN_LAPTOP, a_case

ON = date(2026, 11, 22)
PUBLISHED = tomllib.loads((files("incidents") / "law/cases/published-1.toml").read_text("utf-8"))["cases"]
FIRMS = ("Őrszem Kft.", "Futárpont Expressz Kft.", "1000 Csomag Kft.")
TOLD = {
    "hu": {
        "what_happened": "Illetéktelenek hozzáfértek az egyik rendszerünkhöz.",
        "measures_taken": "A rendszert leválasztottuk a hálózatról.",
    },
    "en": {
        "what_happened": "Somebody without permission entered one of our systems.",
        "measures_taken": "We took the system off the network.",
    },
}


def letter(case: CaseFile, lang: str = "hu") -> str:
    return text.write(html.render("subjects", lang, subjects_letter(case, lang)))


def content(facts: Mapping[str, object], lang: str = "hu", **changes: object) -> LetterContent:
    return subjects_letter(a_case({**STOLEN_LAPTOP, **facts}, **changes), lang)


def published(facts: Mapping[str, object], firm: str, public: bool) -> CaseFile:
    decision = DecisionView("yes", "exempt", "c") if public else DecisionView("yes", "yes")
    controller = ControllerProfile(
        name=firm, dpo_name="Űr Őzike", dpo_phone="+36 1 555 0100", seat="9021 Győr, Fő u. 1."
    )
    return a_case(facts, controller=controller, decision=decision, own_words=TOLD)


@pytest.mark.parametrize("lang", ["hu", "en"])
@pytest.mark.parametrize("public", [False, True], ids=["letter", "public notice"])
def test_every_published_case_gives_a_letter_people_understand(lang: str, public: bool) -> None:
    faults = {}
    for number, one in enumerate(PUBLISHED):
        firm = FIRMS[number % len(FIRMS)]
        said = letter(published(one["facts"], firm, public), lang)
        hints = readability(said, lang, ON, inserted=[firm, "Űr Őzike"])
        unresolved = re.findall(r"\{+\w*|\}+|undefined|None\b|Undefined|\[\w|[a-z]+_[a-z]+", said)
        unresolved = [one for one in unresolved if not one.startswith(("[K", "[T"))]  # to be filled in by a person
        if hints or unresolved:
            faults[one["id"]] = (hints, unresolved)
    assert faults == {}


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([], "Tisztelt Ügyfelünk!"),
        (["patients"], "Tisztelt Páciensünk!"),
        (["employees"], "Tisztelt Munkatársunk!"),
        (["employees", "customers"], "Tisztelt Címzett!"),
        (["children"], "Tisztelt Szülő, Törvényes Képviselő!"),
        (["raktári kölcsönzők"], "Tisztelt Címzett!"),
        (["unspecified"], "Tisztelt Ügyfelünk!"),
    ],
)
def test_without_a_name_the_letter_greets_by_who_the_people_are(kinds: list[str], said: str) -> None:
    assert content({"subject_categories": kinds}).salutation == said


class TestMoments:
    def test_it_says_when_it_happened_and_when_we_learned_of_it(self) -> None:
        assert content({}).moments == (
            "Az incidens 2026. november 20. 15:40-kor történt vagy kezdődött.",
            "Az incidensről 2026. november 20. 17:50-kor szereztünk tudomást.",
        )
        assert content({}, "en").moments[1] == "We learned of the breach on 20 November 2026, 17:50."

    def test_a_beginning_and_an_end_make_a_span(self) -> None:
        said = content({"occurred_to": "2026-11-20T16:10"}).moments[0]
        assert said == "Az incidens 2026. november 20. 15:40 és 2026. november 20. 16:10 között történt."

    def test_what_still_goes_on_says_so(self) -> None:
        assert content({"context": ["continuing"]}).moments[0].endswith("15:40-kor kezdődött, és még tart.")

    def test_the_hour_that_comes_twice_in_autumn_keeps_its_ending_before_the_remark(self) -> None:
        twice = content({}, awareness=ZonedInstant(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))).moments[1]
        assert twice == "Az incidensről 2026. október 25. 2:30-kor (téli idő) szereztünk tudomást."

    def test_before_awareness_is_set_nothing_is_said_about_it(self) -> None:
        assert len(content({}, awareness=None).moments) == 1


class TestGroups:
    def test_each_group_gets_a_letter_about_its_own_data_with_its_own_advice(self) -> None:
        own = Facts.of({"data_categories": ["payment_card"], "subject_categories": ["subscribers"]})
        group = subjects_letter(replace(a_case(), facts=overlaid(Facts.of(STOLEN_LAPTOP), own)), "hu")
        assert group.data == ("a bankkártyájának adatai",)
        assert [block.id for block in group.advice] == ["cards", "everybody"]
        assert group.salutation == "Tisztelt Előfizetőnk!"
        assert group.what_happened == content({}).what_happened

    def test_children_get_advice_whatever_their_data_and_the_parent_is_told_whose_data_they_are(self) -> None:
        children = content({"vulnerable": ["children"]})
        assert "children" in [block.id for block in children.advice]
        assert "gyermek adatait" in children.for_a_child
        assert content({}).for_a_child == ""


class TestOwnWords:
    def test_what_was_written_for_the_people_comes_before_what_was_recorded_for_the_authority(self) -> None:
        said = content({}, own_words={"hu": {"what_happened": "Elloptak tőlünk egy laptopot."}})
        assert said.what_happened == ("Elloptak tőlünk egy laptopot.",)
        assert said.measures_taken == content({}).measures_taken

    def test_an_english_letter_names_what_stands_in_it_in_hungarian(self) -> None:
        assert content({}, "en").untranslated == (
            "what_happened",
            "consequences_text",
            "measures_taken",
            "measures_planned",
        )
        assert content({}).untranslated == ()
        said = content({}, "en", own_words={"en": {"what_happened": "Our laptop was stolen."}})
        assert "what_happened" not in said.untranslated

    def test_an_organisation_that_writes_in_english_needs_no_english_words(self) -> None:
        abroad = ControllerProfile(name=COURIER.name, language="en")
        assert content({}, "en", controller=abroad).untranslated == ()
        assert content({}, "hu", controller=abroad).untranslated


def test_measures_that_were_only_ticked_are_told_in_whole_sentences() -> None:
    told = content({"measures_taken": "", "mitigations": ["police_report", "subjects_told", "kulcscsere"]})
    assert told.measures_taken == ("Feljelentést tettünk a rendőrségen.", "kulcscsere")
