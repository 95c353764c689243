"""What may be said about a breach, and how the product answers when something does not fit."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.errors import InvalidInput
from incidents.rules.facts import (
    Facts,
    FactState,
    amend,
    code_label,
    help_text,
    label,
    open_tag_warnings,
    validate,
    vocabulary,
)


def faults(values: Mapping[str, object]) -> dict[str, str]:
    return {error.path: error.code for error in validate(values)[1]}


def accepted(key: str, raw: object) -> object:
    parsed, errors = validate({key: raw})
    assert not errors
    return parsed[key].value


def test_nobody_has_said_anything_yet_so_everything_is_unknown() -> None:
    facts = Facts(version=0)

    assert facts.state("subjects_count") is FactState.UNKNOWN
    assert facts.value("subjects_count") is None
    assert not facts.is_known("subjects_count")


@pytest.mark.parametrize("said", [None, "", "unknown"])
def test_a_count_nobody_can_tell_is_unknown_and_never_zero(said: str | None) -> None:
    parsed, errors = validate({"subjects_count": said})

    assert not errors
    assert parsed["subjects_count"].state is FactState.UNKNOWN
    assert parsed["subjects_count"].value is None


@pytest.mark.parametrize("key", list(vocabulary()))
def test_every_fact_may_be_unknown_or_still_to_be_determined(key: str) -> None:
    parsed, errors = validate({key: "unknown"})
    assert not errors
    assert parsed[key].state is FactState.UNKNOWN

    parsed, errors = validate({key: "to_be_determined"})
    assert not errors
    assert parsed[key].state is FactState.TO_BE_DETERMINED


def test_a_count_is_exact_unless_called_approximate() -> None:
    assert accepted("subjects_count", 213) == {"number": 213, "precision": "exact"}
    assert accepted("subjects_count", {"number": 120_000, "precision": "approximate"}) == {
        "number": 120_000,
        "precision": "approximate",
    }


def test_a_local_time_is_a_budapest_time_and_is_kept_as_an_instant() -> None:
    kept = {"at": "2026-11-20T16:50:00+00:00", "zone": "Europe/Budapest"}

    assert accepted("first_signal_at", "2026-11-20T17:50") == kept
    assert accepted("first_signal_at", "2026-11-20T16:50:00Z") == kept
    assert accepted("first_signal_at", kept) == kept


def test_a_time_abroad_keeps_its_zone() -> None:
    assert accepted("occurred_from", {"at": "2026-11-20T17:50", "zone": "Europe/London"}) == {
        "at": "2026-11-20T17:50:00+00:00",
        "zone": "Europe/London",
    }


def test_a_time_skipped_in_spring_is_refused() -> None:
    assert faults({"awareness_at": "2027-03-28T02:30"}) == {"facts.awareness_at": "no-such-time"}


def test_every_faulty_field_is_named_and_the_right_ones_are_kept() -> None:
    parsed, errors = validate(
        {
            "cause": "gremlins",
            "data_categories": ["health", "shoe_size"],
            "recipient": {"kind": "neighbour", "count": -1, "since": "yesterday"},
            "subjects_count": "many",
            "malicious": "maybe",
            "restored_within_hours": float("nan"),
            "awareness_at": "Friday",
            "countries": ["Hungary"],
            "title": "Lost laptop",
        }
    )

    assert {error.path for error in errors} == {
        "facts.cause",
        "facts.data_categories[1]",
        "facts.recipient.kind",
        "facts.recipient.count",
        "facts.recipient.since",
        "facts.subjects_count",
        "facts.malicious",
        "facts.restored_within_hours",
        "facts.awareness_at",
        "facts.countries[0]",
    }
    assert list(parsed) == ["title"]


def test_the_message_for_an_unknown_code_names_the_choices_and_the_way_out() -> None:
    error = validate({"breach_types": ["secrecy"]})[1][0]
    sentence = error.message.format(**error.params)

    assert error.path == "facts.breach_types[0]"
    assert "secrecy" in sentence
    assert "confidentiality, integrity, availability" in sentence
    assert "unknown" in sentence


def test_a_misspelt_field_is_answered_with_the_nearest_one() -> None:
    error = validate({"data_categorys": ["health"]})[1][0]

    assert error.code == "unknown-field"
    assert "data_categories" in error.message.format(**error.params)


def test_an_unnamed_tag_of_an_open_list_is_kept_with_a_warning() -> None:
    parsed, errors = validate({"context": ["logs_complete", "full_moon"]})
    warnings = open_tag_warnings(parsed)

    assert not errors
    assert parsed["context"].value == ["logs_complete", "full_moon"]
    assert [(warning.path, warning.code) for warning in warnings] == [("facts.context[1]", "unnamed-tag")]


def test_parts_of_a_record_that_nobody_mentioned_are_unknown() -> None:
    assert accepted("unintelligible", {"state": "yes"}) == {
        "state": "yes",
        "key_safe": None,
        "salt_safe": None,
        "technique": None,
    }
    assert accepted("recipient", {"kind": "known_wrong"}) == {
        "kind": "known_wrong",
        "count": None,
        "assurance": "unknown",
    }


def test_a_bare_yes_or_no_in_yaml_is_understood() -> None:
    assert accepted("backup", False) == "no"
    assert accepted("exfiltrated", True) == "yes"
    assert faults({"backup": True}) == {"facts.backup": "wrong-type"}


def test_a_text_that_no_database_could_keep_is_refused() -> None:
    assert faults({"title": "lap\x00top"}) == {"facts.title": "broken-text"}
    assert faults({"title": "x" * 20_001}) == {"facts.title": "too-long"}


def test_an_amendment_is_a_new_version_and_leaves_the_old_one_alone() -> None:
    friday = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
    first = Facts.of({"subjects_count": None, "title": "Lost laptop"}, at=friday, by="reception")
    parsed, _ = validate({"subjects_count": 213})

    second = amend(first, parsed, by="dpo", at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC), reason="inventory found")

    assert not first.is_known("subjects_count")
    assert second.version == 2
    assert second.value("subjects_count") == {"number": 213, "precision": "exact"}
    fact = second.get("subjects_count")
    assert fact is not None
    assert (fact.said_by, fact.version, fact.reason) == ("dpo", 2, "inventory found")
    title = second.get("title")
    assert title is not None
    assert (title.said_by, title.said_at) == ("reception", friday)
    assert second.values() == {"subjects_count": {"number": 213, "precision": "exact"}, "title": "Lost laptop"}


def test_facts_that_do_not_fit_cannot_be_made() -> None:
    with pytest.raises(InvalidInput):
        Facts.of({"cause": "gremlins"})


def test_every_fact_and_every_code_speaks_hungarian_and_english() -> None:
    for key, field in vocabulary().items():
        assert label(key, "hu")
        assert label(key, "en")
        assert help_text(key, "hu")
        assert help_text(key, "en")
        for code in field.codes:
            assert code_label(key, code, "hu")
            assert code_label(key, code, "en")
        for part, words in field.parts.items():
            assert label(f"{key}.{part}", "hu")
            assert all(code_label(f"{key}.{part}", code, "en") for code in words.codes)


def test_words_are_found_by_key_and_code() -> None:
    assert label("subjects_count", "hu") == "Az érintettek száma"
    assert code_label("recipient.kind", "attacker", "hu") == "támadó, tolvaj"
    assert code_label("context", "full_moon", "hu") == "full_moon"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(vocabulary())) | st.text(), _JSON, max_size=4))
def test_whatever_is_typed_is_either_kept_or_answered_never_a_crash(values: dict[str, object]) -> None:
    parsed, errors = validate(values)

    assert all(error.message.format(**error.params) for error in errors)
    assert {key for key in values if key not in parsed} == {
        key for key in values if any(error.path.startswith(f"facts.{key}") for error in errors) and key not in parsed
    }


@given(st.dictionaries(st.sampled_from(sorted(vocabulary())), _JSON, max_size=4))
def test_what_was_accepted_once_is_accepted_again_unchanged(values: dict[str, object]) -> None:
    parsed, _ = validate(values)
    again, errors = validate({key: fact.value for key, fact in parsed.items() if fact.state is FactState.KNOWN})

    assert not errors
    assert again == {key: fact for key, fact in parsed.items() if fact.state is FactState.KNOWN}
