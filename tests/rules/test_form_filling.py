"""A form filled from the case: where each answer comes from, what is asked and what is not, how far it is."""

import dataclasses
from datetime import timedelta

import pytest

from incidents.base.time import parse_local
from incidents.rules.draft import DecisionView
from incidents.rules.facts import JsonValue
from incidents.rules.form import Beside, FieldStatus, FilledField, Meter, Reporter, Told, filled
from incidents.rules.form.conditions import holds
from tests.form_cases import COURIER, FORM, ONLY_IN_FORM, REPORTER, STOLEN_LAPTOP, TOLD, a_case, a_form

UNTOLD = Beside(REPORTER)


def field(field_id: str, changes: dict[str, object] | None = None, **other: object) -> FilledField:
    return a_form({**STOLEN_LAPTOP, **(changes or {})}, **other).fields[field_id]  # type: ignore[arg-type]


def value(field_id: str, changes: dict[str, object] | None = None, **other: object) -> JsonValue:
    return field(field_id, changes, **other).value


class TestSources:
    def test_a_fact_fills_its_field_in_both_languages(self) -> None:
        found = field("incident_nature")
        assert (found.value, found.place) == ("device_lost", "facts:cause")
        assert found.lines == {"hu": ("Eszköz elvesztése vagy ellopása",), "en": ("Device lost or stolen",)}

    def test_each_answer_says_where_to_change_it(self) -> None:
        assert field("organisation_name").place == "controller:name"
        assert field("awareness").place == "clock:awareness"
        assert field("risk_outcome").place == "decision"
        assert field("notification_subtype").place == "send:complete"
        assert field("impact_severity").place == "form:impact_severity"

    def test_finer_kinds_of_data_stay_readable_beside_the_options_of_the_form(self) -> None:
        assert value("data_categories") == ["basic", "contact", "payment"]
        assert field("data_description").lines["hu"] == ("Név, lakcím, telefonszám", "Bankszámlaszám")

    def test_a_kind_of_person_the_form_does_not_name_is_additional(self) -> None:
        changes: dict[str, object] = {"subject_categories": ["visitors"], "vulnerable": []}
        assert value("subject_categories", changes) == ["additional"]

    def test_vulnerable_people_and_children_have_their_own_options(self) -> None:
        found = value("subject_categories", {"vulnerable": ["children", "crime_victims"]})
        assert found == ["customers", "minors", "vulnerable"]

    def test_a_key_nobody_vouches_for_makes_encryption_subvertible(self) -> None:
        assert value("unintelligible", {"unintelligible": {"state": "yes", "key_safe": True}}) == "intact"
        assert value("unintelligible", {"unintelligible": {"state": "yes"}}) == "subvertible"
        assert value("unintelligible", {"unintelligible": {"state": "unknown"}}) == "tbd"

    def test_own_words_about_the_consequences_get_their_row(self) -> None:
        assert value("impacts") == ["fraud", "other"]
        assert "pénzt kicsalni" in field("impacts_other").lines["hu"][0]
        assert value("impacts", {"consequences_text": None, "likely_consequences": ["fraud"]}) == ["fraud"]

    def test_ticked_measures_stand_under_the_typed_ones(self) -> None:
        assert field("measures_taken").lines["hu"][1:] == ("Rendőrségi feljelentés", "Jelszavak cseréje")

    def test_a_police_report_is_known_from_the_measures(self) -> None:
        assert value("police") == "yes"
        assert value("police", {"mitigations": []}) is None

    def test_time_between_first_signal_and_awareness_is_explained(self) -> None:
        lines = field("timeline_comments").lines["hu"]
        assert lines[0] == "Első észlelés: 2026. november 20. 17:20."
        assert "Ekkor derült ki" in lines[1]

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "specific_day"),
            ({"occurred_to": "2026-11-20T15:45"}, "period"),
            ({"context": ["continuing"]}, "ongoing"),
            ({"occurred_from": "to_be_determined"}, "tbd"),
        ],
    )
    def test_when_it_happened_follows_from_the_times(self, changes: dict[str, object], expected: str) -> None:
        assert value("occurrence", changes) == expected

    def test_a_processor_comes_with_what_the_profile_knows(self) -> None:
        changes: dict[str, object] = {"processor": "Felhőtár Inc.", "processor_notified_at": "2026-11-20T17:20"}
        answers = {key: one for key, one in ONLY_IN_FORM.items() if key != "discovery"}
        shown = a_form({**STOLEN_LAPTOP, **changes}, answers).fields
        assert (shown["other_parties"].value, shown["other_party_role"].value) == ("yes", "processor")
        assert shown["other_party_contact"].value == "Felhőtár Inc.: 1 Example Street, Denver"
        assert (shown["discovery"].value, shown["told_by_other_on"].value) == ("processor", "2026-11-20")

    def test_a_named_processor_is_not_denied_in_the_form(self) -> None:
        assert value("other_parties", {"processor": "Felhőtár Inc."}) == "yes"

    def test_that_nobody_else_is_involved_is_said_in_the_form(self) -> None:
        found = field("other_parties", answers={})
        assert (found.status, found.place) == (FieldStatus.MISSING, "form:other_parties")

    def test_an_answer_in_the_form_refines_what_the_facts_suggest(self) -> None:
        found = field("incident_nature", answers={"incident_nature": "exfiltration"})
        assert (found.value, found.place) == ("exfiltration", "form:incident_nature")

    def test_a_cause_the_form_cannot_express_is_answered_in_the_form(self) -> None:
        found = field("incident_nature", {"cause": "unspecified"})
        assert (found.status, found.place) == (FieldStatus.MISSING, "form:incident_nature")

    def test_an_absent_fact_is_answered_at_the_fact(self) -> None:
        facts = {key: one for key, one in STOLEN_LAPTOP.items() if key != "cause"}
        found = a_form(facts).fields["incident_nature"]
        assert (found.status, found.place) == (FieldStatus.MISSING, "facts:cause")

    def test_countries_decide_about_cross_border_processing(self) -> None:
        assert value("cross_border") == "no"
        abroad = a_form({**STOLEN_LAPTOP, "countries": ["HU", "AT", "US"]}).fields
        assert abroad["cross_border"].value == "yes"
        assert abroad["subject_countries"].lines["hu"] == ("Magyarország", "Ausztria")
        assert abroad["lead_authority"].status is FieldStatus.MISSING

    def test_the_identifier_is_that_of_the_kind_of_organisation(self) -> None:
        taxed = dataclasses.replace(COURIER, company_number="", tax_number="00000000-2-06")
        assert value("controller_identifier_type", controller=taxed) == "tax_number"
        public = dataclasses.replace(COURIER, is_public_body=True)
        assert value("controller_identifier_type", controller=public) == "organisation_number"
        assert value("sector", controller=public) == "public"

    def test_every_answer_type_of_the_form_reads_well(self) -> None:
        answers: dict[str, JsonValue] = {
            "cross_border": "yes",
            "establishments": ["HU", "SK"],
            "subjects_by_country": {"AT": 12_000},
            "occurrence_estimated": True,
            "told": "on_date",
            "telling_on": "2026-12-01",
        }
        fields = a_form(answers=answers, beside=UNTOLD).fields
        assert fields["establishments"].lines["en"] == ("Hungary", "Slovakia")
        assert fields["subjects_by_country"].lines["hu"] == ("Ausztria: 12\u00a0000",)
        assert fields["occurrence_estimated"].lines["hu"] == ("Igen",)
        assert fields["telling_on"].lines == {"hu": ("2026. december 1.",), "en": ("1 December 2026",)}


class TestConditions:
    def test_only_what_was_hit_is_asked_about(self) -> None:
        fields = a_form().fields
        assert fields["confidentiality_type"].shown
        assert not fields["integrity_type"].shown
        assert not fields["availability_consequences"].shown

    def test_a_field_that_hangs_on_a_hidden_one_is_hidden(self) -> None:
        fields = a_form(answers={**ONLY_IN_FORM, "integrity_consequences": ["other"]}).fields
        assert not fields["integrity_consequences"].shown
        assert not fields["integrity_consequences_other"].shown

    def test_an_earlier_identifier_is_asked_for_in_a_follow_up_only(self) -> None:
        assert not field("earlier_identifier").shown
        assert field("earlier_identifier", filing_kind="follow_up").status is FieldStatus.MISSING
        assert value("earlier_identifier", filing_kind="follow_up", authority_reference="2A4E-X") == "2A4E-X"

    def test_reasons_for_delay_are_due_by_themselves_after_72_hours(self) -> None:
        case = a_case()
        assert not field("delay_reasons", now=case.deadline).shown
        late = field("delay_reasons", now=case.deadline + timedelta(seconds=1))
        assert (late.status, late.place) == (FieldStatus.MISSING, "form:delay_reasons")
        assert not field("delay_reasons", now=case.deadline + timedelta(days=9), filing_kind="follow_up").shown

    def test_the_dpo_is_not_asked_for_twice(self) -> None:
        with_dpo = dataclasses.replace(COURIER, dpo_name="Űr Őzike", dpo_email="dpo@futarpont.example")
        assert field("dpo_name", controller=with_dpo).value == "Űr Őzike"
        sent_by_dpo = Beside(Reporter("Űr Őzike", "dpo@futarpont.example", "dpo"), (TOLD,))
        assert not field("dpo_name", controller=with_dpo, beside=sent_by_dpo).shown
        assert not field("dpo_name").shown

    def test_the_representative_is_asked_for_outside_the_eea_only(self) -> None:
        assert not field("eea_representative").shown
        abroad = a_form(beside=Beside(REPORTER, outside_eea=True)).fields
        assert abroad["eea_representative"].status is FieldStatus.MISSING
        assert (abroad["non_eea"].value, abroad["cross_border"].shown) == ("yes", False)

    def test_what_nobody_knows_the_authority_asks_for_may_stay_empty(self) -> None:
        assert field("reporter_national_id").status is FieldStatus.UNFILLED
        asked = a_form(beside=Beside(REPORTER, asks={"national_id": "yes", "declaration": "no"})).fields
        assert asked["reporter_national_id"].status is FieldStatus.MISSING
        assert not asked["accuracy_declaration"].shown

    def test_alternatives_need_one_and_a_table_needs_all(self) -> None:
        either = ({"a": frozenset({"x"})}, {"b": frozenset({"y"})})
        both = ({"a": frozenset({"x"}), "b": frozenset({"y"})},)
        assert holds(either, {"b": ["y", "z"]})
        assert not holds(both, {"b": "y"})
        assert holds(both, {"a": "x", "b": "y"})
        assert holds((), {})
        assert holds(({"tick": frozenset({"yes"})},), {"tick": True})


class TestUnknown:
    def test_what_somebody_called_unknown_is_to_be_determined_while_incomplete(self) -> None:
        found = field("cause_origin", {"cause": "unknown"})
        assert (found.status, found.value) == (FieldStatus.TO_BE_DETERMINED, "tbd")

    def test_in_a_complete_form_it_could_not_be_determined(self) -> None:
        assert value("cause_origin", {"cause": "unknown"}, complete=True) == "unknown"
        assert value("confidentiality_type", {"exfiltrated": "unknown"}, complete=True) == "not_assessable"
        assert field("systems", {"systems": "unknown"}, complete=True).lines["hu"] == ("Nem lehetett megállapítani.",)

    def test_what_is_being_found_out_stays_so_in_a_complete_form(self) -> None:
        found = field("cause_origin", {"cause": "to_be_determined"}, complete=True)
        assert found.status is FieldStatus.TO_BE_DETERMINED

    def test_a_number_nobody_knows_is_not_zero(self) -> None:
        assert value("subjects_number_known", {"subjects_count": "unknown"}) == "tbd"
        assert not field("subjects_number", {"subjects_count": "unknown"}).shown
        assert value("subjects_number", {"subjects_count": 0}) == 0

    def test_an_order_of_magnitude_is_the_present_estimate(self) -> None:
        changes: dict[str, object] = {"subjects_count": "unknown", "subjects_band": "thousands"}
        found = field("subjects_number", changes, complete=True)
        assert found.lines["hu"] == ("Több ezer (nagyságrend)",)
        assert value("subjects_number_known", changes, complete=True) == "undeterminable"

    def test_missing_and_empty_are_marked_for_everybody_to_see(self) -> None:
        assert field("impact_severity", answers={}).lines == {"hu": ("[Kitöltendő]",), "en": ("[To be filled in]",)}
        assert field("economic_activity").lines["hu"] == ("[Üresen maradt]",)

    def test_a_text_of_the_form_may_follow_later(self) -> None:
        found = field("prior_measures_description", answers={"prior_measures_description": "to_be_determined"})
        assert found.status is FieldStatus.TO_BE_DETERMINED
        assert "pótlólag" in found.lines["hu"][0]


class TestTelling:
    @pytest.mark.parametrize(
        ("decision", "expected", "outcome"),
        [
            (None, "investigating", "tbd"),
            (DecisionView("yes", "yes"), "later", "high"),
            (DecisionView("yes", "no"), "no_high_risk", "risk"),
            (DecisionView("no", "no"), "no_high_risk", "unlikely"),
            (DecisionView("yes", "exempt", "c"), "exempt", "high"),
        ],
    )
    def test_the_decision_answers_what_the_letters_do_not(
        self, decision: DecisionView | None, expected: str, outcome: str
    ) -> None:
        fields = a_form(beside=UNTOLD, decision=decision).fields
        assert (fields["told"].value, fields["risk_outcome"].value) == (expected, outcome)

    def test_a_date_promised_in_the_form_replaces_the_open_one(self) -> None:
        found = field("told", answers={"told": "on_date"}, beside=UNTOLD)
        assert (found.status, found.value) == (FieldStatus.FILLED, "on_date")

    def test_a_promise_does_not_undo_what_was_decided(self) -> None:
        decided = DecisionView("yes", "no", "", "", "Nem magas.")
        assert value("told", answers={"told": "on_date"}, beside=UNTOLD, decision=decided) == "no_high_risk"

    def test_the_exemption_names_its_point(self) -> None:
        decision = DecisionView("yes", "exempt", "c", "", "Nincs mindenkinek címe.")
        fields = a_form(beside=UNTOLD, decision=decision).fields
        assert (fields["exemption"].value, fields["not_told_reasons"].value) == ("c", "Nincs mindenkinek címe.")

    def test_waves_are_added_up_and_the_first_day_counts(self) -> None:
        later = Told(parse_local("2026-11-22T09:00"), "post", 400, "Tisztelt Címzett! Ellopták futárunk laptopját.")
        beside = Beside(REPORTER, (later, TOLD))
        fields = a_form({**STOLEN_LAPTOP, "subjects_count": 12_400}, {}, beside=beside).fields
        assert fields["told_on"].value == "2026-11-21"
        assert (fields["told_extent"].value, fields["told_by"].value) == ("all", "individual")
        assert str(fields["told_content"].value).count("Tisztelt") == 1

    def test_a_public_notice_is_public(self) -> None:
        notice = Told(parse_local("2026-11-21T18:00"), "public")
        assert value("told_by", beside=Beside(REPORTER, (notice,))) == "public"


class TestMeter:
    def test_it_counts_what_is_owed(self) -> None:
        assert a_form(complete=True).meter == Meter(mandatory=53, filled=53, to_be_determined=0, missing=0)

    def test_an_empty_case_is_mostly_missing(self) -> None:
        meter = a_form({}, {}, beside=Beside(), decision=None).meter
        assert meter.missing > 20
        assert meter.mandatory == meter.filled + meter.to_be_determined + meter.missing

    def test_a_withdrawal_owes_who_what_and_why_only(self) -> None:
        withdrawn = a_form({}, {}, filing_kind="withdrawal", authority_reference="2A4E").meter
        assert (withdrawn.mandatory, withdrawn.missing) == (10, 1)

    def test_sections_without_anything_to_show_are_left_out(self) -> None:
        shown = [section.id for section, _ in a_form().sections]
        assert "non_eea" not in shown
        assert shown[0] == "notification"


def test_a_form_can_be_asked_for_as_another_filing() -> None:
    asked = filled(FORM, a_case(), {}, kind="follow_up", complete=True)
    assert (asked.kind, asked.complete) == ("follow_up", True)
    assert asked.fields["notification_type"].value == "follow_up"
