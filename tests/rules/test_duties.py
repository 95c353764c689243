"""What a duty asks, and every word it is shown with."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.base.time import ZonedInstant
from incidents.rules import duties
from incidents.rules.lifecycle import DutyMark, Marks, Pressing, next_act, obstacles_to_closing, pressing
from incidents.rules.regimes import (
    anchor_words,
    catalogue,
    certainty_words,
    choices_of,
    clock_words,
    duty_for,
    part_words,
    setting_help,
    setting_words,
)

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
TODAY = NOW.date()
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("lang", ["hu", "en"])
def test_every_word_a_duty_can_be_shown_with_is_there_in_both_languages(lang: str) -> None:
    for law in catalogue().duties:
        assert certainty_words(law.certainty, lang)
        assert all(part_words(part, lang) for part in law.unverified)
        for rule in law.reports:
            assert anchor_words(rule.anchor, lang)
            assert clock_words(law.id, law.version, rule.name, lang)
        asked = duties.asked(law)
        assert all(anchor_words(name, lang) for name in asked.anchors)
        assert all(setting_words(name, lang) for name in asked.params)
        if law.contact:
            assert certainty_words(law.contact["certainty"], lang)


def test_a_clock_names_its_report_only_where_there_are_several() -> None:
    assert clock_words("eidas", "2024-05-20", "notification", "en") == "Incident of a trust service (eIDAS)"
    initial = clock_words("dora-mnb", "2025-03-12", "initial", "hu")
    assert initial == "Jelentős IKT-incidens bejelentése (DORA): első bejelentés"


def test_each_duty_asks_for_what_the_law_leaves_open_and_nothing_else() -> None:
    found = {
        law.id: (asked.anchors, asked.params) for law in catalogue().all_in_force(TODAY) if (asked := duties.asked(law))
    }
    assert found["dora-mnb"] == (("classification",), ("noon_rule_excluded",))
    assert found["cer"] == ((), ("level",))
    assert found["cra"] == (("fix_available",), ("event",))
    assert found["naih-order"] == (("given", "received"), ("order_days",))
    assert found["follow-up"] == (("promised",), ())
    assert found["processor-contract"] == ((), ("contract_hours",))
    assert found["eidas"] == found["telecom"] == found["kibertv"] == found["infotv-25j"] == ((), ())
    assert [code for code, _ in choices_of("level", "en")] == ["1", "2", "3"]
    assert "2025/301" in setting_help("classification", "hu")
    assert choices_of("order_days", "hu") == ()


def test_anchors_and_settings_come_back_from_a_row_as_they_went_in() -> None:
    anchors = {"classification": ZonedInstant(NOW, "Europe/London")}
    assert duties.anchors_of(duties.stored_anchors(anchors)) == anchors
    assert duties.params_of({"level": 1, "forgotten": 3}).level == 1


def test_hours_and_days_must_be_such_that_a_clock_can_run() -> None:
    contract, order = duty_for("processor-contract", TODAY), duty_for("naih-order", TODAY)
    for value in (0, -1, 9000, "24", True):
        assert duties.answer_faults(contract, {}, {"contract_hours": value}, NOW, NOW)
    assert not duties.answer_faults(contract, {}, {"contract_hours": 24}, NOW, NOW)
    for value in (0, 1.5, 366):
        assert duties.answer_faults(order, {}, {"order_days": value}, NOW, NOW)


def test_a_setting_is_one_of_its_answers_and_nothing_that_merely_equals_one() -> None:
    cer, dora = duty_for("cer", TODAY), duty_for("dora-mnb", TODAY)
    for level in (True, 0, 4, "1", [1], None):
        assert duties.answer_faults(cer, {}, {"level": level}, NOW, NOW)
    for excluded in (1, 0, "yes", [True]):
        assert duties.answer_faults(dora, {}, {"noon_rule_excluded": excluded}, NOW, NOW)
    assert not duties.answer_faults(cer, {}, {"level": 1}, NOW, NOW)
    assert not duties.answer_faults(dora, {}, {"noon_rule_excluded": False}, NOW, NOW)


def test_the_deadline_of_an_order_lies_ahead_its_receipt_does_not() -> None:
    order = duty_for("naih-order", TODAY)
    later = ZonedInstant(NOW + HOUR)
    assert not duties.answer_faults(order, {"given": later}, {}, NOW, NOW)
    assert [one.path for one in duties.answer_faults(order, {"received": later}, {}, NOW, NOW)] == ["received"]


# Which act comes next, and what keeps a case open.


def marks(*duties_open: DutyMark, deadline: datetime | None = NOW + 72 * HOUR, **said: object) -> Marks:
    return Marks(acknowledged=True, duties=pressing(duties_open, deadline), **said)  # type: ignore[arg-type]


def test_a_duty_that_may_end_before_the_72_hours_is_answered_before_awareness_is_set() -> None:
    dora = DutyMark("dora-mnb", "proposed", NOW + 24 * HOUR)
    assert next_act(marks(dora)) == "duties"
    assert next_act(Marks(duties=pressing([dora], None))) == "acknowledge"


def test_a_report_that_is_due_before_the_72_hours_comes_before_the_decision() -> None:
    running = DutyMark("kibertv", "confirmed", NOW + 24 * HOUR)
    assert next_act(marks(running)) == "set_awareness"
    assert next_act(marks(running, awareness_set=True)) == "duties"


def test_a_proposal_without_hours_waits_until_the_case_is_decided() -> None:
    contract = DutyMark("processor-contract", "proposed")
    assert next_act(marks(contract, awareness_set=True)) == "decide"
    assert next_act(marks(contract, awareness_set=True, notify="yes")) == "duties"


def test_the_last_report_of_a_duty_comes_before_closing() -> None:
    final = DutyMark("dora-mnb", "confirmed", NOW + 700 * HOUR)
    done = {"awareness_set": True, "notify": "no"}
    assert next_act(marks(final, deadline=None, **done)) == "duties"
    assert next_act(marks(DutyMark("dora-mnb", "ended"), deadline=None, **done)) == "close"
    assert next_act(marks(DutyMark("dora-mnb", "declined"), deadline=None, **done)) == "close"


def test_telling_the_people_and_the_follow_up_have_their_own_acts() -> None:
    telling, promise = (DutyMark(regime, "confirmed", NOW + HOUR) for regime in ("gdpr-34", "follow-up"))
    assert pressing([telling], NOW + 72 * HOUR) == Pressing()
    assert not pressing([promise], NOW + 72 * HOUR).report_soon


def test_nobody_closes_a_case_over_a_duty_that_is_undecided_or_running() -> None:
    done = {"awareness_set": True, "notify": "no"}
    assert obstacles_to_closing(marks(**done)) == ()
    for state in ("proposed", "confirmed"):
        assert len(obstacles_to_closing(marks(DutyMark("cra", state, NOW), **done))) == 1
