"""The profile of a controller and the facts propose regimes; a person decides."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.regimes import Profile, catalogue, proposed
from incidents.rules.vocabulary import vocabulary

TODAY = date(2026, 11, 24)
PATIENT = settings(deadline=None)  # the first question loads the calendar
FLAGS = [field.name for field in fields(Profile) if field.name != "noon_rule_excluded"]
ALWAYS = {"gdpr-33", "gdpr-34"}
EVERYTHING = Profile(**dict.fromkeys(FLAGS, True))


def ids(profile: Profile, facts: dict | None = None, on: date = TODAY) -> set[str]:
    return {one.regime_id for one in proposed(profile, facts or {}, on)}


def proposal(regime_id: str, profile: Profile, facts: dict | None = None):
    return next(one for one in proposed(profile, facts or {}, TODAY) if one.regime_id == regime_id)


def test_a_courier_firm_has_the_gdpr_and_nothing_else() -> None:
    assert ids(Profile()) == ALWAYS
    assert not proposal("gdpr-33", Profile()).needs_confirmation
    assert proposal("gdpr-34", Profile()).needs_confirmation


def test_ransomware_at_a_bank_proposes_dora_with_a_reason_and_asks_a_person() -> None:
    bank = Profile(dora=True)
    said = proposal("dora-mnb", bank, {"cause": "ransomware"})
    assert said.needs_confirmation
    assert "IKT-rendszert érint." in said.reason["hu"]
    assert said.version == "2025-03-12"


def test_a_letter_posted_to_the_wrong_address_is_no_cybersecurity_incident() -> None:
    town_hall = Profile(kibertv_public=True)
    assert ids(town_hall, {"cause": "misaddressed_post"}) == ALWAYS


@pytest.mark.parametrize("facts", [{}, {"cause": "unspecified"}, {"cause": "misaddressed_email"}])
def test_while_the_cause_is_not_clear_the_regime_is_proposed_and_says_so(facts: dict) -> None:
    said = proposal("kibertv", Profile(kibertv_entity=True), facts)
    assert "még nem derül ki" in said.reason["hu"]


def test_a_military_hospital_is_asked_which_regime_the_processing_falls_under() -> None:
    hospital = Profile(infotv_processing=True)
    assert proposal("infotv-25j", hospital).needs_confirmation
    assert proposal("gdpr-33", hospital).needs_confirmation


def test_a_water_company_reports_an_outage_and_not_a_letter_seen_by_somebody() -> None:
    water = Profile(critical_entity=True)
    assert "cer" in ids(water, {"service_impact": "serious"})
    assert "cer" in ids(water, {})
    assert "cer" not in ids(water, {"service_impact": "none", "breach_types": ["confidentiality"]})
    assert "cer" in ids(water, {"service_impact": "none", "breach_types": ["confidentiality", "availability"]})


def test_a_manufacturer_had_no_such_duty_before_11_september_2026() -> None:
    maker = Profile(manufacturer=True)
    assert "cra" not in ids(maker, {}, date(2026, 9, 10))
    assert "cra" in ids(maker, {}, date(2026, 9, 11))


def test_orders_and_promises_come_from_events_and_are_never_proposed() -> None:
    assert {"naih-order", "follow-up"}.isdisjoint(ids(EVERYTHING))
    assert len(ids(EVERYTHING)) == 10


def test_the_law_of_the_day_is_proposed_in_its_version() -> None:
    law = catalogue().switched_on("gdpr-33", "digital-omnibus", date(2027, 6, 1))
    versions = {one.regime_id: one.version for one in proposed(Profile(), {}, date(2027, 6, 1), law)}
    assert versions["gdpr-33"] == "digital-omnibus"


def test_every_flag_and_fact_named_in_the_law_data_exists() -> None:
    known = vocabulary()
    for duty in catalogue().duties:
        data = duty.proposal or {"flags": []}
        assert set(data["flags"]) | set(data.get("confirm_if", [])) <= set(FLAGS)
        for side in ("facts_for", "facts_against"):
            for key, codes in data.get(side, {}).items():
                assert set(codes) <= set(known[key].codes), (duty.id, key)
        words = [data[key] for key in ("reason", "unclear") if key in data]
        assert all(one.keys() == {"hu", "en"} for one in words)
        assert ("facts_for" in data) == ("unclear" in data)


causes = st.fixed_dictionaries(
    {},
    optional={
        "cause": st.sampled_from(sorted(vocabulary()["cause"].codes)),
        "service_impact": st.sampled_from(sorted(vocabulary()["service_impact"].codes)),
        "breach_types": st.lists(st.sampled_from(sorted(vocabulary()["breach_types"].codes)), unique=True),
    },
)
profiles = st.builds(Profile, **{flag: st.booleans() for flag in FLAGS})


@PATIENT
@given(profiles, causes)
def test_what_is_not_known_never_leaves_a_regime_out(profile: Profile, facts: dict) -> None:
    assert ids(profile, facts) <= ids(profile, {})


@PATIENT
@given(profiles, causes, st.sampled_from(FLAGS))
def test_being_subject_to_more_never_proposes_less(profile: Profile, facts: dict, flag: str) -> None:
    more = Profile(**{**vars(profile), flag: True})
    assert ids(profile, facts) <= ids(more, facts)
    assert ids(profile, facts) >= ALWAYS
