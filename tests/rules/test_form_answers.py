"""Answers given in the form itself: every faulty field is named, nothing that is right is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.form import validate_answers
from tests.form_cases import FORM, ONLY_IN_FORM, a_form

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def faults(**answers: object) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in validate_answers(FORM, answers)[1]]


def test_what_the_example_answers_is_right() -> None:
    assert validate_answers(FORM, ONLY_IN_FORM) == (dict(ONLY_IN_FORM), [])


@pytest.mark.parametrize(
    ("field_id", "given_answer", "code"),
    [
        ("impact_severity", "catastrophic", "unknown-option"),
        ("impact_severity", ["minor"], "wrong-type"),
        ("prior_measures", "policies", "wrong-type"),
        ("prior_measures_description", 5, "wrong-type"),
        ("economic_activity", "x" * 501, "too-long"),
        ("prior_measures_description", "x" * 20_001, "too-long"),
        ("prior_measures_description", "a\x00b", "broken-text"),
        ("occurrence_estimated", "yes", "wrong-type"),
        ("telling_on", "holnap", "wrong-type"),
        ("telling_on", "2026-02-30", "wrong-type"),
        ("establishments", ["Hungary"], "wrong-type"),
        ("establishments", "HU", "wrong-type"),
        ("subjects_by_country", {"AT": -1}, "wrong-type"),
        ("subjects_by_country", {"Austria": 1}, "wrong-type"),
        ("systems", "szerver", "answered-elsewhere"),
        ("awareness", "2026-11-20T17:50", "answered-elsewhere"),
        ("no_such_field", "x", "unknown-field"),
    ],
)
def test_a_faulty_answer_is_named_by_its_field(field_id: str, given_answer: object, code: str) -> None:
    assert faults(**{field_id: given_answer}) == [(f"answers.{field_id}", code)]


def test_each_wrong_option_of_a_list_is_named_by_its_place() -> None:
    assert faults(prior_measures=["policies", "prayer", 3]) == [
        ("answers.prior_measures[1]", "unknown-option"),
        ("answers.prior_measures[2]", "wrong-type"),
    ]


def test_the_right_answers_survive_beside_the_wrong_ones() -> None:
    right, errors = validate_answers(FORM, {"impact_severity": "severe", "told": "perhaps"})
    assert right == {"impact_severity": "severe"}
    assert [error.path for error in errors] == ["answers.told"]
    assert "on_date" in errors[0].params["allowed"]


def test_empty_means_no_answer() -> None:
    assert validate_answers(FORM, {"impact_severity": "", "prior_measures": [], "other_bodies": None}) == (
        {"impact_severity": None, "prior_measures": None, "other_bodies": None},
        [],
    )


def test_to_be_determined_takes_the_option_the_form_has_for_it() -> None:
    right, errors = validate_answers(
        FORM,
        {
            "impact_severity": "to_be_determined",
            "integrity_consequences": "to_be_determined",
            "prior_measures_description": "to_be_determined",
        },
    )
    assert errors == []
    assert right == {
        "impact_severity": "tbd",
        "integrity_consequences": ["tbd"],
        "prior_measures_description": "to_be_determined",
    }


def test_options_are_kept_in_the_order_of_the_form_and_once() -> None:
    right, _ = validate_answers(FORM, {"prior_measures": ["training", "backup", "training"]})
    assert right == {"prior_measures": ["backup", "training"]}


def test_the_field_that_is_filled_from_the_case_says_where_to_change_it() -> None:
    (error,) = validate_answers(FORM, {"systems": "szerver"})[1]
    assert error.params == {"place": "facts:systems"}


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), JSON, max_size=5))
def test_whatever_comes_in_is_sorted_into_answers_and_faults_and_can_be_filled_in(answers: dict[str, object]) -> None:
    right, errors = validate_answers(FORM, answers)
    named = {error.path.removeprefix("answers.").partition("[")[0] for error in errors}
    assert named | set(right) == set(answers)
    assert not named & set(right)
    a_form(answers=right)
