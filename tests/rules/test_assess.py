"""The risk test against what the EDPB and the authorities have published, and as people will meet it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from incidents.base.dated import NoSuchLawError
from incidents.base.errors import InvalidInput
from incidents.rules.assess import (
    Answer,
    Verdict,
    assess,
    assess_groups,
    explain,
    explain_groups,
    jurisdiction,
    jurisdiction_of,
    schema,
)
from incidents.rules.assess.jurisdiction import texts
from incidents.rules.facts import Facts, vocabulary

VECTORS = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "cases.yaml").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in VECTORS["cases"]}
VARIANTS = VECTORS["variants"]["items"]
QUESTIONS = ("notify_authority", "tell_subjects")

QUIET: dict[str, Any] = {
    "breach_types": ["confidentiality"],
    "cause": "misaddressed_email",
    "data_categories": ["contact_basic"],
    "special_categories": [],
    "subjects_count": 1,
    "vulnerable": [],
    "unintelligible": {"state": "no"},
    "backup": "na",
    "recipient": {"kind": "known_wrong", "count": 1, "assurance": "none"},
    "exfiltrated": "yes",
    "malicious": False,
    "identifiability": "direct",
    "service_impact": "none",
    "context": [],
    "mitigations": [],
}
"""One ordinary e-mail to one known stranger: nothing to notify, so that every change below shows what it does."""


def answers(verdict: Verdict) -> tuple[str, str]:
    return verdict.notify_authority.value, verdict.tell_subjects.value


def fired(verdict: Verdict) -> set[str]:
    return {f"{one.rule}.{one.text.ground}" for one in verdict.findings}


def case(name: str, **changes: Any) -> dict[str, Any]:
    return {**CASES[name]["fields"], **changes}


def asked(expected: dict[str, Any]) -> dict[str, str]:
    """What a published case answers: ``depends`` calls for a review, a silent source for nothing."""
    basis = expected.get("basis", {})
    ruled = {key: expected[key] for key in QUESTIONS if basis.get(key) != "not_decided" and expected[key] != "any"}
    return {key: "review" if answer == "depends" else answer for key, answer in ruled.items()}


# --- published cases ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_a_published_case_is_never_answered_wrongly(name: str) -> None:
    verdict = assess(CASES[name]["fields"])
    for question, wanted in asked(CASES[name]["expected"]).items():
        assert getattr(verdict, question) in {wanted, "review"}


def test_reviews_stay_rare_where_the_source_says_yes_or_no() -> None:
    escalated = [
        (name, question)
        for name, published in CASES.items()
        for question, wanted in asked(published["expected"]).items()
        if wanted != "review" and getattr(assess(published["fields"]), question) == "review"
    ]
    assert escalated == []


@pytest.mark.parametrize("name", CASES)
def test_where_the_source_says_it_depends_a_person_must_decide(name: str) -> None:
    verdict = assess(CASES[name]["fields"])
    for question, wanted in asked(CASES[name]["expected"]).items():
        if wanted == "review":
            assert getattr(verdict, question) == "review"


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda item: item["id"])
def test_changing_one_fact_of_a_published_case_moves_the_answer(variant: dict[str, Any]) -> None:
    verdict = assess(case(variant["base"], **variant["change"]))
    for question, wanted in asked(variant["expected"]).items():
        assert getattr(verdict, question) == wanted


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("EDPB-01-2021-C06", {"N4": {"data_categories", "unintelligible", "identifiability"}}),
        ("EDPB-01-2021-C09", {"N2": {"recipient"}}),
        ("EDPB-01-2021-C10", {"N1": {"unintelligible"}, "N5": {"backup"}}),
        ("EDPB-09-2022-B01", {"N1": {"unintelligible"}, "N5": {"backup"}}),
        ("BE-52-2024", {"N1": {"recipient"}}),
        ("IS-2021061419", {"N4": {"data_categories", "context"}}),
        ("SE-IMY-EX3", {"N5": {"backup", "restored_within_hours", "service_impact"}}),
        ("UK-ICO-CS4", {"N1": {"recipient"}}),
    ],
)
def test_nothing_is_due_for_the_reason_the_source_gives(name: str, reasons: dict[str, set[str]]) -> None:
    cleared = {one["rule"]: set(one["facts"]) for one in explain(assess(CASES[name]["fields"]))["cleared"]}

    assert cleared.keys() == reasons.keys()
    for rule, facts in reasons.items():
        assert facts <= cleared[rule]


def test_every_published_case_with_nothing_due_has_its_reason_checked() -> None:
    nothing = {name for name, one in CASES.items() if set(asked(one["expected"]).values()) == {"no"}}
    marks = test_nothing_is_due_for_the_reason_the_source_gives.pytestmark  # type: ignore[attr-defined]
    assert nothing == {name for name, _ in marks[0].args[1]}


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("EDPB-01-2021-C02", {"A1.availability", "H0.none"}),
        ("EDPB-01-2021-C05", {"A1.confidentiality", "H6.malicious"}),
        ("EDPB-01-2021-C07", {"H2.identity_key", "H3.ready_to_use"}),
        ("EDPB-01-2021-C14", {"H2.identity_key"}),
        ("EDPB-01-2021-C16", {"A1.confidentiality", "H0.none"}),
        ("EDPB-01-2021-C17", {"H6.malicious"}),
        ("EDPB-01-2021-C18", {"H5.intimate", "H6.malicious"}),
        ("EDPB-09-2022-B02", {"A2.unspecified", "H10.unspecified"}),
        ("EDPB-09-2022-B08", {"H8.care_or_safety"}),
        ("EDPB-09-2022-B10", {"A3.extent", "H10.mass_mail"}),
        ("PL-UODO-2020-7", {"A1.confidentiality", "H0.none"}),
        ("GR-36-2022", {"H9.lost"}),
        ("IE-CS-CCR", {"H9.relied_upon"}),
        ("IE-TUSLA", {"H1.protected_address", "H1.threat"}),
        ("HU-2894-3", {"H4.special"}),
        ("FR-SLIMPAY", {"H5.intimate"}),
        ("NL-BOOKING", {"H7.abuse"}),
        ("DK-442-8866", {"X1.public_notice"}),
        ("BE-101-2022", {"X1.informed"}),
    ],
)
def test_a_duty_is_on_for_the_reason_the_source_gives(name: str, rules: set[str]) -> None:
    assert rules <= fired(assess(CASES[name]["fields"]))


# --- the rules one by one -------------------------------------------------------------------------------------------


def test_one_ordinary_mail_to_one_stranger_needs_no_notification() -> None:
    verdict = assess(QUIET)
    assert answers(verdict) == ("no", "no")
    assert "N3.few" in fired(verdict)


@pytest.mark.parametrize(
    ("change", "wanted", "rule"),
    [
        ({"subjects_count": 101}, ("yes", "no"), "A1.confidentiality"),
        ({"subjects_count": None}, ("review", "no"), "A3.extent"),
        ({"recipient": {"kind": "known_many", "count": 21}}, ("yes", "no"), "A1.confidentiality"),
        ({"data_categories": ["contact_basic", "date_of_birth"]}, ("yes", "no"), "A1.confidentiality"),
        ({"data_categories": ["bank_account"]}, ("yes", "review"), "H10.stranger"),
        ({"data_categories": ["health"], "special_categories": ["health"]}, ("yes", "yes"), "H4.special"),
        ({"data_categories": ["unspecified"]}, ("yes", "review"), "A2.unspecified"),
        ({"vulnerable": ["crime_victims"]}, ("yes", "no"), "A1.confidentiality"),
        ({"vulnerable": ["protected_identity"]}, ("yes", "yes"), "H1.protected_person"),
        ({"context": ["prof_secrecy"]}, ("yes", "no"), "A1.confidentiality"),
        ({"context": ["observed_fraud"]}, ("yes", "yes"), "H7.abuse"),
        ({"context": ["safety_threat"]}, ("yes", "yes"), "H1.threat"),
        ({"service_impact": "serious"}, ("yes", "yes"), "H8.serious"),
        ({"special_categories": None}, ("review", "review"), "A3.extent"),
        ({"context": None}, ("review", "review"), "A3.extent"),
        ({"malicious": "unknown"}, ("review", "no"), "A3.extent"),
        ({"special_categories": ["health_minor"]}, ("no", "no"), "N3.few"),
        ({"recipient": {"kind": "hostile_known", "count": 1}}, ("yes", "yes"), "H1.hostile"),
    ],
)
def test_one_changed_fact_changes_the_answer(change: dict[str, Any], wanted: tuple[str, str], rule: str) -> None:
    verdict = assess({**QUIET, **change})
    assert answers(verdict) == wanted
    assert rule in fired(verdict)


@pytest.mark.parametrize("data", [["health"], ["bank_account"], ["national_id"], ["unspecified"]])
def test_a_colleague_who_deleted_it_at_once_is_no_risk_whatever_the_data(data: list[str]) -> None:
    recipient = {"kind": "internal", "count": 1, "assurance": "deletion_confirmed"}
    verdict = assess({**QUIET, "data_categories": data, "recipient": recipient})
    assert answers(verdict) == ("no", "no")
    assert "N2.colleague" in fired(verdict)


@pytest.mark.parametrize("data", ["health", "national_id"])
def test_a_colleague_without_proof_of_deletion_calls_for_a_person(data: str) -> None:
    recipient = {"kind": "internal", "count": 1, "assurance": "deletion_requested"}
    assert answers(assess({**QUIET, "data_categories": [data], "recipient": recipient})) == ("yes", "review")


def test_what_was_exposed_in_transit_is_not_saved_by_a_trusted_recipient() -> None:
    changes = {"context": ["transit_exposure"], "mitigations": []}
    assert answers(assess(case("EDPB-01-2021-C09", **changes)))[0] == "yes"


@pytest.mark.parametrize(
    ("hours", "impact", "wanted"),
    [
        (0.2, "minor_delay", "no"),
        (6, "none", "no"),
        (24, "none", "no"),
        (48, "none", "review"),
        (6, "minor_delay", "review"),
        (96, "none", "yes"),
        (48, "minor_delay", "yes"),
        (None, "none", "review"),
        (6, "unknown", "yes"),
    ],
)
def test_an_outage_is_judged_by_how_soon_the_data_were_back_and_what_it_did(
    hours: float | None, impact: str, wanted: str
) -> None:
    outage = {
        **QUIET,
        "breach_types": ["availability"],
        "cause": "power_outage",
        "backup": "available",
        "restored_within_hours": hours,
        "service_impact": impact,
        "exfiltrated": "no_proven",
        "recipient": {"kind": "none"},
    }
    assert assess(outage).notify_authority == wanted


def test_an_intruder_inside_has_touched_the_data_until_complete_logs_exclude_it() -> None:
    back = {"backup": "available", "restored_within_hours": 6, "service_impact": "none"}

    assert answers(assess(case("EDPB-01-2021-C02", **back))) == ("no", "no")
    assert assess(case("EDPB-01-2021-C02", **back, exfiltrated="unknown")).notify_authority == "yes"
    assert assess(case("EDPB-01-2021-C02", **back, context=["logs_incomplete"])).notify_authority == "yes"


def test_wrong_data_corrected_before_anybody_used_them_need_no_notification() -> None:
    wrong = {
        **QUIET,
        "breach_types": ["integrity"],
        "cause": "data_entry_error",
        "data_categories": ["health"],
        "exfiltrated": "no_proven",
        "recipient": {"kind": "none"},
    }
    assert answers(assess({**wrong, "context": ["integrity_corrected"]})) == ("no", "no")
    assert answers(assess({**wrong, "context": ["integrity_relied_on"]})) == ("yes", "yes")


def test_sensitive_data_with_one_stranger_who_confirmed_deletion_call_for_a_person() -> None:
    assert answers(assess(CASES["IT-10057346"]["fields"])) == ("yes", "review")


def test_a_former_colleague_with_customer_contacts_is_notified_but_not_a_high_risk() -> None:
    taken = {**QUIET, "cause": "insider_copy", "malicious": True, "recipient": {"kind": "ex_employee", "count": 1}}

    assert answers(assess(taken)) == ("yes", "no")
    assert answers(assess({**taken, "context": ["observed_misuse"]})) == ("yes", "review")
    assert answers(assess({**taken, "data_categories": ["customer_account"]})) == ("yes", "review")


def test_payment_data_that_keep_reaching_a_stranger_are_a_high_risk() -> None:
    assert "H5.continuing" in fired(assess(CASES["GR-6-2022"]["fields"]))


def test_pseudonymous_data_call_for_a_person_not_for_a_letter() -> None:
    lost = {**QUIET, "data_categories": ["health"], "recipient": {"kind": "unknown"}, "identifiability": "pseudonymous"}
    assert answers(assess(lost)) == ("yes", "review")


def test_when_nothing_is_known_the_authority_is_notified_and_a_person_decides_on_the_rest() -> None:
    assert answers(assess({})) == ("yes", "review")


# --- unknowns, warnings, groups, versions ---------------------------------------------------------------------------


def test_the_unknown_facts_that_would_change_the_answer_are_named_with_how() -> None:
    told = explain(assess({**QUIET, "data_categories": ["date_of_birth"], "recipient": "unknown"}))
    change = next(one for one in told["unknowns"] if one["fact"] == "recipient")["changes"]

    assert told["notify_authority"] == "yes"
    assert {
        "value": {"kind": "trusted_partner", "count": 1, "assurance": "deletion_confirmed"},
        "notify_authority": "no",
        "tell_subjects": "no",
    } in change


def test_a_fact_that_is_still_being_found_out_is_unknown_to_the_rules() -> None:
    facts = Facts.of({**QUIET, "subjects_count": "to_be_determined"})
    assert answers(assess(facts)) == answers(assess({**QUIET, "subjects_count": None}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unintelligible": {"state": "yes", "key_safe": False}}, "key_lost"),
        ({"exfiltrated": "no_proven", "context": ["logs_incomplete"]}, "logs_incomplete"),
        ({"recipient": {"kind": "none"}, "exfiltrated": "likely"}, "nobody_but_out"),
        ({"cause": "stolen_device", "malicious": False}, "malice_denied"),
        ({"context": ["integrity_corrected", "integrity_relied_on"]}, "corrected_and_relied"),
        ({"context": ["logs_complete", "logs_incomplete"]}, "logs_both"),
        ({"context": ["permanent_loss"], "backup": "available"}, "lost_but_backup"),
        ({"recipient": {"kind": "known_wrong", "assurance": "unopened_deleted"}}, "unopened_but_out"),
        ({"recipient": {"kind": "known_wrong", "count": 21}}, "one_but_many"),
        ({"subjects_count": 5, "subjects_band": "thousands"}, "count_under_band"),
        ({"context": ["full_moon"]}, "unnamed_tag"),
    ],
)
def test_a_contradiction_is_named(change: dict[str, Any], code: str) -> None:
    told = explain(assess({**QUIET, **change}))
    warning = next(one for one in told["warnings"] if one["code"] == code)
    assert warning["message"]["hu"]
    assert warning["message"]["en"]
    assert warning["facts"]


def test_facts_that_do_not_contradict_each_other_raise_no_warning() -> None:
    assert explain(assess(QUIET))["warnings"] == []


def test_encryption_with_a_stolen_key_protects_nobody() -> None:
    open_key = {"state": "yes", "key_safe": False}
    assert assess(case("EDPB-01-2021-C10", unintelligible=open_key)).notify_authority == "yes"
    assert assess(case("EDPB-01-2021-C10", unintelligible={"state": "yes"})).notify_authority == "yes"


def test_health_data_of_many_cannot_end_in_no_risk_without_a_second_pair_of_eyes() -> None:
    encrypted = {**QUIET, "data_categories": ["health"], "unintelligible": {"state": "yes", "key_safe": True}}

    assert [one.code for one in assess({**encrypted, "subjects_count": 101}).warnings] == ["second_approval"]
    assert [one.code for one in assess({**encrypted, "subjects_count": 100}).warnings] == []


def test_each_group_of_people_has_its_own_answer_and_the_breach_the_strictest() -> None:
    told = explain_groups(
        assess_groups(
            {"customers": QUIET, "patients": {**QUIET, "data_categories": ["health"], "special_categories": ["health"]}}
        )
    )
    assert (told["notify_authority"], told["tell_subjects"]) == ("yes", "yes")
    assert told["groups"]["customers"]["tell_subjects"] == "no"
    assert told["groups"]["patients"]["tell_subjects"] == "yes"


def test_a_faulty_fact_is_named_and_nothing_is_assessed() -> None:
    with pytest.raises(InvalidInput) as refused:
        assess({**QUIET, "recipient": {"kind": "neighbour"}, "breach_types": "confidentiality"})
    assert {error.path for error in refused.value.errors} == {"recipient.kind", "breach_types"}


def test_the_verdict_keeps_the_versions_it_was_made_under() -> None:
    verdict = assess(QUIET)
    assert verdict.rule_set == "hu-1/risk-1"
    assert jurisdiction_of(verdict.rule_set) == jurisdiction("hu", date(2026, 11, 20))


def test_there_is_no_rule_set_before_the_regulation_applied() -> None:
    with pytest.raises(NoSuchLawError):
        jurisdiction("hu", date(2018, 5, 24))


def test_a_jurisdiction_may_tie_the_notification_to_a_high_risk() -> None:
    omnibus = replace(jurisdiction(), authority_threshold="high_risk")
    verdict = assess(CASES["EDPB-01-2021-C16"]["fields"], omnibus)

    assert answers(verdict) == ("no", "no")
    assert "J1.threshold" in fired(verdict)


def test_what_counts_as_an_identity_key_is_a_switch_of_the_jurisdiction() -> None:
    sets = {**jurisdiction().sets, "identity_keys": frozenset[str]()}
    letter = {**QUIET, "data_categories": ["contact_basic", "national_id"]}

    assert assess(letter).tell_subjects is Answer.YES
    assert assess(letter, replace(jurisdiction(), sets=sets)).tell_subjects is Answer.REVIEW


def test_the_explanation_is_plain_json_with_reasons_in_both_languages() -> None:
    told = json.loads(json.dumps(explain(assess(CASES["EDPB-01-2021-C09"]["fields"]))))
    partner = next(rule for rule in told["rules"] if rule["id"] == "N2")

    assert set(told) == {
        "document",
        "notify_authority",
        "tell_subjects",
        "rules",
        "cleared",
        "unknowns",
        "enisa",
        "warnings",
        "rule_set",
    }
    assert "megerősítette a törlést" in partner["reason"]["hu"]
    assert "deletion was confirmed" in partner["reason"]["en"]
    assert "EDPB Guidelines 01/2021, Case 09" in partner["source"]
    assert partner["facts"]["recipient"]["kind"] == "trusted_partner"


def test_every_rule_of_the_method_is_there_with_a_source() -> None:
    told = texts(jurisdiction().rules_version)
    wanted = {"D1", "X1", "E1", "J1", *(f"N{n}" for n in range(1, 7)), *(f"A{n}" for n in range(1, 4))}

    assert wanted | {f"H{n}" for n in range(1, 11)} <= {rule for rule, _ in told}
    assert all(text.sources for text in told.values())
    assert {fact for text in told.values() for fact in text.facts} <= set(vocabulary())


def test_every_kind_of_data_has_a_tier_except_the_one_nobody_knows() -> None:
    assert set(vocabulary()["data_categories"].codes) - set(jurisdiction().tiers) == {"unspecified"}


# --- the schema -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_the_published_cases_fit_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(schema()).validate(CASES[name]["fields"])


@pytest.mark.parametrize(
    "facts",
    [
        {"cause": "gremlins"},
        {"breach_types": ["secrecy"]},
        {"subjects_count": -1},
        {"recipient": {"who": "me"}},
        {"shoe_size": 42},
    ],
)
def test_the_schema_refuses_what_the_test_refuses(facts: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(schema()).is_valid(facts)
    with pytest.raises(InvalidInput):
        assess(facts)


def test_the_schema_is_a_valid_schema_and_lets_everything_be_unknown() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(dict.fromkeys(vocabulary(), "unknown"))
    jsonschema.Draft202012Validator(schema()).validate(dict.fromkeys(vocabulary(), "to_be_determined"))
    jsonschema.Draft202012Validator(schema()).validate(dict.fromkeys(vocabulary()))
