"""What a decision must contain, and when one person is not enough for it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.decide import (
    EXEMPTION_RESTS_ON,
    Asked,
    DecisionForm,
    faults,
    moved_basis,
    second_person_for,
    strictest_tell,
    unreadable,
)
from incidents.rules.facts import Facts, vocabulary
from incidents.rules.groups import by_group, not_by_group

WHY = "A lemez titkosított, a kulcs nem került ki, ezért kockázat nem valószínű."
ENCRYPTED = Facts.of({"unintelligible": {"state": "yes", "key_safe": True}})
ANSWERS = st.sampled_from(["no", "review", "yes"])
TELLS = st.sampled_from(["no", "exempt", "yes"])


def form(notify: str = "yes", tell: str = "yes", **fields: Any) -> DecisionForm:
    return DecisionForm(notify, tell, WHY, WHY, **fields)


@given(ANSWERS, ANSWERS, TELLS)
def test_less_than_the_test_asks_for_always_needs_a_second_person(authority: str, people: str, tell: str) -> None:
    notify = "no" if tell == "no" else "yes"
    codes = second_person_for(form(notify, tell), Asked(authority, {"": people}))
    assert ("notify" in codes) is (notify == "no" and authority == "yes")
    assert ("tell" in codes) is (tell != "yes" and people == "yes")


@given(ANSWERS, ANSWERS, st.booleans())
def test_to_notify_and_tell_everybody_never_needs_one(authority: str, people: str, health: bool) -> None:
    assert second_person_for(form(), Asked(authority, {"": people}, health)) == ()


@given(st.dictionaries(st.sampled_from(["", "a", "b"]), TELLS, min_size=1), st.data())
def test_whoever_the_test_wants_told_and_is_not_needs_one(said: dict[str, str], data: st.DataObject) -> None:
    tested = {name: data.draw(ANSWERS) for name in said}
    codes = second_person_for(form(tell=strictest_tell(tuple(said.values())), tell_by_group=said), Asked("yes", tested))
    assert ("tell" in codes) is any(tested[name] == "yes" and said[name] != "yes" for name in said)


def test_health_data_of_many_are_never_no_risk_by_one_person_whatever_the_test_says() -> None:
    for answer in ("no", "review"):
        assert second_person_for(form("no", "no"), Asked(answer, {"": "no"}, health_of_many=True)) == ("health",)


class TestExemptions:
    def test_a_rests_on_unreadable_data_and_a_safe_key(self) -> None:
        wanted = form(tell="exempt", exemption="a")
        assert faults(wanted, {"": ENCRYPTED}) == []
        for secret in (
            None,
            {"state": "yes"},
            {"state": "yes", "key_safe": False},
            {"state": "partial", "key_safe": True},
        ):
            facts = Facts.of({"unintelligible": secret})
            assert not unreadable(facts)
            assert [error.path for error in faults(wanted, {"": facts})] == ["exemption"]

    def test_a_must_hold_for_every_group_it_exempts_and_for_no_other(self) -> None:
        open_data = Facts.of({"unintelligible": {"state": "no"}})
        facts = {"": ENCRYPTED, "B": open_data}
        told = form(tell="yes", exemption="a", tell_by_group={"": "exempt", "B": "yes"})
        assert faults(told, facts) == []
        both = form(tell="exempt", exemption="a", tell_by_group={"": "exempt", "B": "exempt"})
        assert [error.path for error in faults(both, facts)] == ["exemption"]

    def test_b_needs_evidence_in_a_sentence(self) -> None:
        for evidence in ("", "törölték"):
            wanted = form(tell="exempt", exemption="b", evidence=evidence)
            assert [error.path for error in faults(wanted, {"": ENCRYPTED})] == ["evidence"]
        assert faults(form(tell="exempt", exemption="b", evidence=WHY), {"": ENCRYPTED}) == []

    @pytest.mark.parametrize("letter", "abc")
    def test_one_falls_with_any_fact_it_rests_on_also_when_the_fact_becomes_unknown(self, letter: str) -> None:
        then = Facts.of({key: _some(key) for key in EXEMPTION_RESTS_ON[letter]})
        assert moved_basis(letter, then, then) == ()
        for key in EXEMPTION_RESTS_ON[letter]:
            now = Facts.of({one: None if one == key else _some(one) for one in EXEMPTION_RESTS_ON[letter]})
            assert moved_basis(letter, then, now) == (key,)

    def test_a_stands_while_the_data_stay_unreadable(self) -> None:
        renamed = Facts.of({"unintelligible": {"state": "yes", "key_safe": True, "technique": "AES-256"}})
        assert moved_basis("a", ENCRYPTED, renamed) == ()


def _some(key: str) -> object:
    field = vocabulary()[key]
    by_type: dict[str, object] = {
        "record": {"state": "yes", "key_safe": True} if key == "unintelligible" else {"kind": "internal"},
        "truth": False,
        "count": 3,
    }
    codes = next(iter(field.codes), "")
    return by_type.get(field.type, codes if field.type == "code" else [codes])


def test_what_may_differ_between_groups_is_what_the_test_reads_and_who_they_are() -> None:
    assert by_group("data_categories")
    assert by_group("subject_categories")
    assert not any(by_group(key) for key in ("title", "what_happened", "mitigations", "no_such_fact"))
    assert [error.path for error in not_by_group(["title", "malicious"])] == ["facts.title"]
