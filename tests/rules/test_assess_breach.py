"""Around the verdict: the nearest published case, sources in Hungarian, what moved it, one fact turned over."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.dated import of_version
from incidents.rules.assess import assess, explain
from incidents.rules.assess.breach import assess_breach, health_of_many, overlaid
from incidents.rules.assess.difference import by_group, changed_facts, moved, verdict_changed
from incidents.rules.assess.flips import flip_named, flipped, flips, suggested
from incidents.rules.assess.jurisdiction import texts
from incidents.rules.assess.nearest import nearest
from incidents.rules.assess.sources import source_label
from incidents.rules.assess.summary import Run, short, summary
from incidents.rules.assess.whatif import POSSIBLE
from incidents.rules.facts import Facts

CASES = {
    case["id"]: case
    for case in yaml.safe_load((Path(__file__).parents[1] / "vectors" / "cases.yaml").read_text(encoding="utf-8"))[
        "cases"
    ]
}
PUBLISHED = of_version("cases", "published", "1")["cases"]
WRONG_LETTER: dict[str, Any] = {
    "breach_types": ["confidentiality"],
    "cause": "misaddressed_post",
    "data_categories": ["contact_basic"],
    "special_categories": [],
    "recipient": {"kind": "known_wrong", "count": 1, "assurance": "none"},
    "exfiltrated": "yes",
    "malicious": False,
    "service_impact": "none",
    "vulnerable": [],
    "context": [],
    "subjects_count": 1,
}
PATIENTS: dict[str, Any] = {"data_categories": ["contact_basic", "health"], "special_categories": ["health"]}


class TestTheNearestPublishedCase:
    @pytest.mark.parametrize("name", CASES)
    def test_of_a_published_case_it_is_that_case(self, name: str) -> None:
        found = nearest(CASES[name]["fields"])
        assert found is not None
        assert found.title["en"] == CASES[name]["title"]
        assert found.likeness == 1

    def test_what_it_says_is_what_its_source_says(self) -> None:
        expected = {
            case["title"]: tuple(
                "silent" if case["expected"]["basis"][key] == "not_decided" else case["expected"][key]
                for key in ("notify_authority", "tell_subjects")
            )
            for case in CASES.values()
        }
        assert {one["title"]["en"]: (one["notify_authority"], one["tell_subjects"]) for one in PUBLISHED} == expected

    def test_one_fact_that_differs_is_named(self) -> None:
        found = nearest({**CASES["EDPB-01-2021-C10"]["fields"], "cause": "lost_device"})
        assert found is not None
        assert found.id == "EDPB-01-2021-C10"
        assert found.different == ("cause",)
        assert 0.5 < found.likeness < 1

    def test_of_a_case_nobody_knows_anything_about_there_is_none(self) -> None:
        assert nearest({}) is None

    @given(
        st.sampled_from(sorted(CASES)), st.sets(st.sampled_from(["cause", "recipient", "data_categories", "malicious"]))
    )
    def test_knowing_less_never_makes_a_case_more_alike(self, name: str, forgotten: set[str]) -> None:
        known = CASES[name]["fields"]
        whole = nearest(known)
        assert whole is not None
        less = nearest({key: value for key, value in known.items() if key not in forgotten})
        assert less is None or less.likeness <= whole.likeness
        # Strictly less where the published case says something about what was forgotten.
        assert less is None or less.id != whole.id or not forgotten & set(whole.same) or less.likeness < whole.likeness

    def test_every_case_has_a_hungarian_title_and_a_source(self) -> None:
        assert all(one["title"]["hu"] and one["title"]["hu"] != one["title"]["en"] for one in PUBLISHED)
        assert len({one["id"] for one in PUBLISHED}) == len(PUBLISHED) == 80


class TestSources:
    SOURCES = sorted(
        {source for text in texts("1").values() for source in text.sources} | {c["source"] for c in PUBLISHED}
    )

    @pytest.mark.parametrize("source", SOURCES)
    def test_each_has_a_hungarian_name(self, source: str) -> None:
        assert source_label(source, "hu") != source
        assert source_label(source, "en") == source

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("GDPR recital 85", "GDPR (85) preambulumbekezdés"),
            ("GDPR 34(3)(b)", "GDPR 34. cikk (3) bekezdés b) pont"),
            ("EDPB Guidelines 01/2021, Case 02", "EDPB 01/2021. sz. iránymutatás, 2. eset"),
            ("a source nobody has translated", "a source nobody has translated"),
        ],
    )
    def test_they_read_as_lawyers_quote_them(self, source: str, name: str) -> None:
        assert source_label(source, "hu") == name


class TestGroups:
    def test_without_groups_the_breach_is_the_verdict_and_the_nearest_case(self) -> None:
        facts = Facts.of(WRONG_LETTER)
        said = assess_breach(facts, {})
        assert {key: said[key] for key in explain(assess(facts))} == explain(assess(facts))
        assert list(by_group(said)) == [""]

    def test_describing_a_group_never_takes_away_what_is_owed_to_the_others(self) -> None:
        unknown = Facts.of({})
        said = assess_breach(unknown, {"A szerencsések": Facts.of(WRONG_LETTER)})
        assert said["notify_authority"] == "yes"
        assert said["groups"]["A szerencsések"]["notify_authority"] == "no"

    def test_a_group_stands_on_the_facts_of_everybody(self) -> None:
        own = overlaid(Facts.of(WRONG_LETTER), Facts.of(PATIENTS))
        assert (own.value("cause"), own.value("special_categories")) == ("misaddressed_post", ["health"])

    @pytest.mark.parametrize(
        ("everybody", "groups", "many"),
        [
            ({"subjects_count": 5000}, {}, False),
            ({**PATIENTS, "subjects_count": 100}, {}, False),
            ({**PATIENTS, "subjects_count": 101}, {}, True),
            ({**PATIENTS, "subjects_band": "hundreds"}, {}, True),
            (PATIENTS, {}, True),
            (
                {"subjects_count": 9},
                {"a": {**PATIENTS, "subjects_count": 60}, "b": {**PATIENTS, "subjects_count": 60}},
                True,
            ),
        ],
    )
    def test_health_data_of_many(self, everybody: dict[str, Any], groups: dict[str, Any], many: bool) -> None:
        said = {name: Facts.of(own) for name, own in groups.items()}
        assert health_of_many(Facts.of(everybody), said) is many


class TestWhatMoved:
    def test_a_worse_recipient_brings_the_rule_that_decides_and_takes_the_one_that_cleared(self) -> None:
        before = assess_breach(Facts.of(WRONG_LETTER), {})
        after = assess_breach(Facts.of({**WRONG_LETTER, "recipient": {"kind": "attacker"}}), {})
        (one,) = moved(before, after)
        assert verdict_changed(before, after)
        assert (one.before, one.after) == (("no", "no"), ("yes", "no"))
        assert {rule["id"] for rule in one.gained} == {"A1", "H0"}
        assert "N3" in {rule["id"] for rule in one.lost}

    def test_the_same_facts_move_nothing(self) -> None:
        said = assess_breach(Facts.of(WRONG_LETTER), {})
        (one,) = moved(said, said)
        assert not (verdict_changed(said, said) or one.gained or one.lost)

    def test_a_group_that_must_now_be_told_is_a_change_though_the_whole_stays(self) -> None:
        facts = Facts.of({**WRONG_LETTER, **PATIENTS})
        mild, sick = Facts.of({"data_categories": ["contact_basic"], "special_categories": []}), Facts.of(PATIENTS)
        before, after = assess_breach(facts, {"B": mild}), assess_breach(facts, {"B": sick})
        assert before["tell_subjects"] == after["tell_subjects"] == "yes"
        assert verdict_changed(before, after)

    def test_facts_that_read_differently_are_named(self) -> None:
        before = Facts.of({"malicious": None, "subjects_count": 3})
        assert changed_facts(before, Facts.of({"malicious": True, "subjects_count": 3})) == ("malicious",)


class TestOneFactTurnedOver:
    @pytest.mark.parametrize(
        ("name", "fact", "value"),
        [
            ("recipient.kind=attacker", "recipient", {"kind": "attacker", "count": 1, "assurance": "none"}),
            ("data_categories+health", "data_categories", ["contact_basic", "health"]),
            ("data_categories-contact_basic", "data_categories", []),
            ("subjects_count=1000", "subjects_count", {"number": 1000, "precision": "exact"}),
            ("malicious=true", "malicious", True),
            ("restored_within_hours=48", "restored_within_hours", 48),
        ],
    )
    def test_only_that_fact_is_another(self, name: str, fact: str, value: object) -> None:
        values = Facts.of(WRONG_LETTER).values()
        turned = flipped(values, flip_named(name, values))
        assert turned[fact] == value
        assert {key: one for key, one in turned.items() if key != fact} == {
            key: one for key, one in values.items() if key != fact
        }

    @pytest.mark.parametrize("name", ["", "recipient.kind", "recipient.kind=nobody", "title=x", "malicious~9", "+"])
    def test_what_is_no_flip_is_refused(self, name: str) -> None:
        with pytest.raises(LookupError):
            flip_named(name, {})

    def test_the_answer_that_stands_is_not_offered(self) -> None:
        offered = {flip.name for flip in flips(Facts.of(WRONG_LETTER).values())}
        assert "malicious=false" not in offered
        assert "malicious=true" in offered
        assert "data_categories+contact_basic" not in offered

    @given(st.data())
    def test_every_flip_leads_to_facts_the_test_can_read(self, data: st.DataObject) -> None:
        values = CASES[data.draw(st.sampled_from(sorted(CASES)))]["fields"]
        known = Facts.of(values).values()
        flip = data.draw(st.sampled_from(flips(known)))
        assert flip_named(flip.name, known) == flip
        assess(flipped(known, flip))

    def test_the_answers_the_what_if_tries_can_be_asked_for_by_name(self) -> None:
        for fact in POSSIBLE:
            for flip in suggested(fact):
                assess(flipped({}, flip_named(flip.name, {})))


class TestTheSummary:
    RUN = Run(assess_breach(Facts.of(WRONG_LETTER), {"A betegek": Facts.of(PATIENTS)}), 3, 7)

    def test_it_tells_the_answers_the_groups_the_reasons_and_the_rules_in_hungarian(self) -> None:
        told = summary(self.RUN, "hu")
        assert told.startswith("A kockázati teszt eredménye: bejelentés a Hatóságnak: igen;")
        for words in (
            "Mindenki más: bejelentés a Hatóságnak: nem",
            "A betegek:",
            "GDPR 34. cikk (1)",
            "hu-1/risk-1; 3. értékelés",
        ):
            assert words in told
        assert "Minden adatvédelmi incidenst" not in told

    def test_it_speaks_english_too(self) -> None:
        assert summary(self.RUN, "en").startswith("Result of the risk test: notify the authority: yes;")

    def test_the_register_has_one_line(self) -> None:
        assert short(self.RUN.outcome, "hu") == "Hatóság: igen; érintettek: igen"


def test_said_at_does_not_matter_to_the_verdict() -> None:
    early = Facts.of(WRONG_LETTER, at=datetime(2026, 1, 1, tzinfo=UTC))
    late = Facts.of(WRONG_LETTER, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert assess_breach(early, {}) == assess_breach(late, {})
