"""Facts on the page: unknown is an answer, nothing is edited in place, a faulty form keeps everything."""

from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.facts import Facts, vocabulary
from incidents.web.answers import changed_answers
from incidents.web.questions import keys, shown
from tests.web.office import LOST_LAPTOP, Office, text_of


def test_new_facts_are_a_new_version_with_name_and_reason(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("handler")
    answer = office.fill_in(
        f"/incidents/{incident}/facts",
        {
            "facts.subjects_count.number": "1 240",
            "facts.subjects_count.state": "approximate",
            "facts.countries": "hu, at",
            "facts.occurred_from.date": "2026-11-20",
            "facts.occurred_from.time": "17:10",
            "reason": "Megérkezett az informatikusok jelentése.",
        },
    )

    assert answer.status_code == 303
    facts = office.case(incident).facts
    assert facts.version == 2
    assert facts.value("subjects_count") == {"number": 1240, "precision": "approximate"}
    assert facts.value("countries") == ["HU", "AT"]
    assert facts.value("occurred_from") == {"at": "2026-11-20T16:10:00+00:00", "zone": "Europe/Budapest"}
    assert facts.value("what_happened") == LOST_LAPTOP
    page = text_of(office.get(f"/incidents/{incident}"))
    assert "Megérkezett az informatikusok jelentése." in page
    assert "Halmos Hanna" in page


def test_saving_without_a_change_makes_no_version(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("handler")
    assert office.fill_in(f"/incidents/{incident}/facts", {}).status_code == 303
    assert office.case(incident).facts.version == 1


def test_a_faulty_number_is_named_and_everything_typed_is_kept(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    answer = small_office.fill_in(
        f"/incidents/{incident}/facts",
        {"facts.subjects_count.number": "sok", "facts.systems": "Levelezőrendszer", "facts.countries": "Ausztria"},
    )

    assert answer.status_code == 422
    assert 'value="sok"' in answer.text
    assert "Levelezőrendszer" in answer.text
    assert 'href="#f-facts.subjects_count.number"' in answer.text
    assert small_office.case(incident).facts.version == 1


def test_an_answer_and_its_denial_cannot_stand_together(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    answer = small_office.fill_in(
        f"/incidents/{incident}/assess",
        {
            "facts.vulnerable": ["children", "none"],
            "facts.restored_within_hours": "3",
            "facts.restored_within_hours.state": "unknown",
        },
    )
    assert answer.status_code == 422
    assert "Csak az egyiket hagyja meg." in answer.text


def test_what_is_still_being_found_out_is_recorded_as_such(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    office.fill_in(f"/incidents/{incident}/assess", {"facts.malicious": "to_be_determined"})
    assert str(office.case(incident).facts.state("malicious")) == "to_be_determined"
    assert "még vizsgálják" in text_of(office.get(f"/incidents/{incident}"))


def test_none_of_these_is_a_known_answer_and_not_the_same_as_silence(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    office.fill_in(f"/incidents/{incident}/assess", {"facts.special_categories": "none"})
    facts = office.case(incident).facts
    assert facts.is_known("special_categories")
    assert facts.value("special_categories") == []
    assert facts.get("vulnerable") is None


def test_every_fact_of_the_vocabulary_that_people_know_can_be_answered_somewhere() -> None:
    asked = {*keys("assess"), *keys("facts")}
    assert set(vocabulary()) - asked == {"first_signal_at", "awareness_at"}, "these two are set with the clock"


codes = st.sampled_from(sorted(vocabulary()["cause"].codes))
examples = st.fixed_dictionaries(
    {},
    optional={
        "cause": codes | st.just("unknown") | st.just("to_be_determined"),
        "breach_types": st.lists(st.sampled_from(["confidentiality", "integrity", "availability"]), unique=True),
        "subjects_count": st.integers(0, 10**6).map(lambda n: {"number": n, "precision": "approximate"})
        | st.sampled_from(["unknown", "to_be_determined"]),
        "recipient": st.sampled_from([{"kind": "attacker"}, {"kind": "known_wrong", "count": 3}, "to_be_determined"]),
        "unintelligible": st.sampled_from([{"state": "yes", "key_safe": True}, {"state": "no"}, "unknown"]),
        "malicious": st.sampled_from([True, False, "unknown", "to_be_determined"]),
        "restored_within_hours": st.sampled_from([0, 3, 3.5, "unknown"]),
        "occurred_from": st.sampled_from(["2026-11-20T17:10", "unknown", "to_be_determined"]),
        "countries": st.sampled_from([["HU"], ["HU", "AT"]]),
        "systems": st.sampled_from(["Levelezés", "to_be_determined"]),
        "vulnerable": st.lists(st.sampled_from(["children", "own tag"]), unique=True),
    },
)


@given(examples)
def test_a_form_sent_back_untouched_changes_nothing(values: dict[str, object]) -> None:
    facts = Facts.of(values)
    wanted = (*keys("assess"), *keys("facts"))
    assert changed_answers(shown(facts, wanted), facts, wanted) == ({}, [])


@given(examples)
def test_what_is_shown_reads_back_as_what_was_recorded(values: dict[str, object]) -> None:
    facts = Facts.of(values)
    wanted = tuple(facts.by_key)
    said, faults = changed_answers(shown(facts, wanted), Facts(0), wanted)
    assert not faults
    again = Facts.of(said)
    for key in wanted:
        assert (again.state(key), again.value(key)) == (facts.state(key), facts.value(key)), key
