"""What stands in the way of sending, and what a thin notification should still say (Art. 33(1), 33(3), 33(4))."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.rules.draft import ControllerProfile
from incidents.rules.facts import JsonValue, vocabulary
from incidents.rules.form import Beside, FieldStatus, FilledForm, filled, obstacles, quality_hints
from tests.form_cases import FORM, ONLY_IN_FORM, REPORTER, STOLEN_LAPTOP, TOLD, a_case, a_form

SOME_CASES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def codes(form: FilledForm) -> dict[str, str]:
    return {one.field_id: one.code for one in obstacles(form)}


class TestObstacles:
    def test_a_full_story_can_go_as_complete(self) -> None:
        assert obstacles(a_form(complete=True)) == ()

    def test_to_be_determined_may_stand_only_while_incomplete(self) -> None:
        open_cause = {**STOLEN_LAPTOP, "cause": "to_be_determined"}
        assert codes(a_form(open_cause)) == {}
        assert codes(a_form(open_cause, complete=True)) == {
            "incident_nature": "to_be_determined",
            "cause_origin": "to_be_determined",
        }

    def test_a_missing_answer_is_no_obstacle_to_a_first_phase(self) -> None:
        assert codes(a_form({"what_happened": "Ellopták."}, {}, beside=Beside(REPORTER))) == {}

    def test_complete_is_refused_with_everything_that_is_missing_and_where_it_is_answered(self) -> None:
        facts = {key: one for key, one in STOLEN_LAPTOP.items() if key != "systems"}
        answers = {key: one for key, one in ONLY_IN_FORM.items() if key != "impact_severity"}
        systems, severity = obstacles(a_form(facts, answers, complete=True))
        assert (systems.field_id, systems.place, systems.row) == ("systems", "facts:systems", 63)
        assert (severity.field_id, severity.place) == ("impact_severity", "form:impact_severity")
        assert severity.text.hu == "Kötelező, de nincs kitöltve: 87. A lehetséges hatások súlyossága"

    def test_who_notifies_and_when_awareness_was_is_owed_even_in_the_first_phase(self) -> None:
        nobody = a_form({}, {}, beside=Beside(), controller=ControllerProfile(), awareness=None)
        assert set(codes(nobody)) == {
            "organisation_name",
            "organisation_contact",
            "reporter_name",
            "reporter_contact",
            "reporter_function",
            "awareness",
        }

    @pytest.mark.parametrize("complete", [True, False])
    def test_after_72_hours_the_reasons_for_the_delay_are_owed(self, complete: bool) -> None:
        late = a_case().deadline + timedelta(minutes=1)
        (owed,) = obstacles(a_form(now=late, complete=complete))
        assert (owed.code, owed.place) == ("delay_reasons", "form:delay_reasons")
        assert "72 óra letelt" in owed.text.hu

    def test_a_dash_is_no_reason_for_a_delay(self) -> None:
        late = a_case().deadline + timedelta(minutes=1)
        assert codes(a_form(now=late, delay_reasons="-")) == {"delay_reasons": "delay_reasons"}
        reason = "A futár szabadságon volt, ezért csak hétfőn tudtuk meg, mely adatok voltak a gépen."
        assert codes(a_form(now=late, delay_reasons=reason)) == {}

    def test_a_follow_up_needs_the_earlier_identifier(self) -> None:
        assert codes(a_form(filing_kind="follow_up")) == {"earlier_identifier": "earlier_identifier"}
        assert codes(a_form(filing_kind="follow_up", authority_reference="2A4E89072FB4")) == {}

    def test_an_identifier_cannot_be_promised_for_later(self) -> None:
        answers = {**ONLY_IN_FORM, "earlier_identifier": "to_be_determined"}
        assert codes(a_form(answers=answers, filing_kind="follow_up")) == {"earlier_identifier": "earlier_identifier"}

    def test_a_withdrawal_needs_reasons_and_nothing_about_the_breach(self) -> None:
        empty = a_form({}, {}, filing_kind="withdrawal", authority_reference="2A4E89072FB4")
        assert codes(empty) == {"withdrawal_reasons": "withdrawal_reasons"}
        reason = "A vizsgálat kimutatta, hogy a laptopon nem volt személyes adat."
        given_up = a_form(
            {}, {}, filing_kind="withdrawal", authority_reference="2A4E89072FB4", withdrawal_reasons=reason
        )
        assert codes(given_up) == {}


class TestHints:
    def hints(self, facts: Mapping[str, object], answers: Mapping[str, JsonValue] = ONLY_IN_FORM) -> list[str]:
        return [hint.code for hint in quality_hints(a_form(facts, answers))]

    def test_a_good_notification_gets_none(self) -> None:
        assert self.hints(STOLEN_LAPTOP) == []

    def test_no_measures_and_one_line_of_them(self) -> None:
        bare = {key: one for key, one in STOLEN_LAPTOP.items() if key not in {"measures_taken", "mitigations"}}
        assert self.hints(bare) == ["measures_empty"]
        assert self.hints({**bare, "measures_taken": "Letiltottuk."}) == ["measures_thin"]

    def test_a_thin_notification_is_said_to_have_brought_an_inspection(self) -> None:
        thin = a_form({**STOLEN_LAPTOP, "measures_planned": "Titkosítunk."})
        (hint,) = quality_hints(thin)
        assert (hint.code, hint.place) == ("measures_thin", "facts:measures_planned")
        assert "NAIH-6427-1/2023" in hint.text.hu

    def test_a_description_of_three_words(self) -> None:
        assert self.hints({**STOLEN_LAPTOP, "what_happened": "Ellopták a laptopot."}) == ["description_thin"]

    def test_a_number_without_even_an_estimate(self) -> None:
        assert self.hints({**STOLEN_LAPTOP, "subjects_count": "unknown"}) == ["number_without_estimate"]
        estimated = a_form({**STOLEN_LAPTOP, "subjects_count": "unknown", "subjects_band": "hundreds"}, complete=True)
        assert quality_hints(estimated) == ()

    def test_consequences_copied_from_the_options(self) -> None:
        copied = {key: one for key, one in STOLEN_LAPTOP.items() if key != "consequences_text"}
        assert self.hints({**copied, "likely_consequences": ["fraud"]}) == ["consequences_copied"]

    def test_the_entry_of_the_register_is_expected_among_the_attachments(self) -> None:
        answers = {**ONLY_IN_FORM, "attachments": ["communication"]}
        assert self.hints(STOLEN_LAPTOP, answers) == ["register_copy"]

    def test_a_withdrawal_needs_no_advice(self) -> None:
        assert quality_hints(a_form({}, {}, filing_kind="withdrawal")) == ()


CONTROLLING = {
    key for one in FORM.fields.values() for conditions in (one.when, one.unless) for each in conditions for key in each
} | {key for one in FORM.fields.values() if not isinstance(one.due, bool) for each in one.due for key in each}
PLAIN_TEXTS = [one.id for one in FORM.fields.values() if one.form and not one.options and one.type == "long_text"]
CODED = [key for key, one in vocabulary().items() if one.codes and one.type in {"code", "codes", "open_codes"}]


@st.composite
def some_facts(draw: st.DrawFn) -> dict[str, object]:
    """A case about which more or less is known."""
    facts: dict[str, object] = {}
    for key in draw(st.lists(st.sampled_from(sorted(STOLEN_LAPTOP)), unique=True)):
        facts[key] = draw(st.sampled_from([STOLEN_LAPTOP[key], "unknown", "to_be_determined"]))
    for key in draw(st.lists(st.sampled_from(CODED), unique=True, max_size=6)):
        code = draw(st.sampled_from(sorted(vocabulary()[key].codes)))
        facts[key] = code if vocabulary()[key].type == "code" else [code]
    return facts


@st.composite
def some_answers(draw: st.DrawFn) -> dict[str, JsonValue]:
    """Options chosen in the form at random, and what the example says."""
    answers: dict[str, JsonValue] = {}
    for key in draw(st.lists(st.sampled_from(sorted(FORM.fields)), unique=True, max_size=25)):
        spec = FORM.fields[key]
        if spec.options and spec.form:
            option = draw(st.sampled_from(sorted(spec.options)))
            answers[key] = [option] if spec.many else option
    chosen = draw(st.lists(st.sampled_from(sorted(ONLY_IN_FORM)), unique=True))
    return answers | {key: ONLY_IN_FORM[key] for key in chosen}


KINDS = st.sampled_from(["new", "follow_up", "withdrawal"])


class TestForAnyCase:
    @SOME_CASES
    @given(facts=some_facts(), answers=some_answers(), kind=KINDS)
    def test_a_form_that_can_go_as_complete_has_nothing_missing_and_nothing_to_be_determined(
        self, facts: dict[str, object], answers: dict[str, JsonValue], kind: str
    ) -> None:
        form = a_form(facts, answers, filing_kind=kind, complete=kind != "withdrawal", authority_reference="X1")
        if form.complete and not obstacles(form):
            statuses = {one.status for one in form.shown}
            assert statuses <= {FieldStatus.FILLED, FieldStatus.UNFILLED}
            assert form.meter.filled == form.meter.mandatory

    @SOME_CASES
    @given(
        facts=some_facts(),
        answers=some_answers(),
        field_id=st.sampled_from(PLAIN_TEXTS),
        text=st.lists(st.text(alphabet="abcdeőű", min_size=3, max_size=6), min_size=9, max_size=12).map(" ".join),
        complete=st.booleans(),
    )
    def test_telling_more_never_puts_more_in_the_way(
        self, facts: dict[str, object], answers: dict[str, JsonValue], field_id: str, text: str, complete: bool
    ) -> None:
        assert field_id not in CONTROLLING
        before = set(codes(a_form(facts, {**answers, field_id: None}, complete=complete)))
        after = set(codes(a_form(facts, {**answers, field_id: text}, complete=complete)))
        assert after <= before

    @SOME_CASES
    @given(facts=some_facts(), answers=some_answers())
    def test_what_stops_a_first_phase_stops_a_complete_one_as_well(
        self, facts: dict[str, object], answers: dict[str, JsonValue]
    ) -> None:
        assert set(codes(a_form(facts, answers))) <= set(codes(a_form(facts, answers, complete=True)))

    @SOME_CASES
    @given(facts=some_facts(), answers=some_answers(), kind=KINDS, complete=st.booleans(), late=st.booleans())
    def test_every_field_says_something_and_the_law_decides_what_is_asked(
        self, facts: dict[str, object], answers: dict[str, JsonValue], kind: str, complete: bool, late: bool
    ) -> None:
        case = a_case(facts, filing_kind=kind, complete=complete)
        now = case.deadline + timedelta(hours=1 if late else -1)
        form = filled(
            FORM, a_case(facts, filing_kind=kind, complete=complete, now=now), answers, Beside(REPORTER, (TOLD,))
        )
        for one in form.fields.values():
            assert set(one.lines) == {"hu", "en"}
            assert all(one.lines.values())
            assert one.status is FieldStatus.TO_BE_DETERMINED or (one.value is not None) == one.answered
        assert form.fields["delay_reasons"].shown == (late and kind == "new")
        assert form.fields["earlier_identifier"].shown == (kind != "new")
        assert form.fields["withdrawal_reasons"].shown == (kind == "withdrawal")
