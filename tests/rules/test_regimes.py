"""Every duty an incident may start: when its reports are due, counted from what, in which version of the law."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from incidents.base.dated import NoSuchLawError
from incidents.base.time import BUDAPEST, NaiveDatetimeError
from incidents.rules.clock import regime_for
from incidents.rules.escalation import policy_for
from incidents.rules.office import WorkingHours
from incidents.rules.regimes import (
    DueReport,
    Params,
    catalogue,
    code_words,
    contact_of,
    due,
    duty_for,
    duty_of_version,
)

VECTORS = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "regimes.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 24)
T1 = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = policy_for("duty", TODAY).office
AGREED = {
    *("gdpr-33", "infotv-25j", "gdpr-34", "kibertv", "dora-mnb", "eidas", "telecom", "cer", "cra"),
    *("processor-contract", "naih-order", "follow-up"),
}


def reported(case: dict[str, Any]) -> tuple[DueReport, ...]:
    anchors = {name: datetime.fromisoformat(text) for name, text in case["anchors"].items()}
    office = OFFICE if case.get("office") else None
    params = Params(**case.get("params", {}), office=office)
    on = min(anchors.values(), default=T1).date()
    return due(duty_for(case["regime"], on), anchors, params)


def written(at: datetime | None) -> str | None:
    return at.astimezone(ZoneInfo(BUDAPEST)).isoformat() if at else None


@pytest.mark.parametrize("case", VECTORS, ids=[case["why"] for case in VECTORS])
def test_worked_example(case: dict[str, Any]) -> None:
    said = [
        {
            "name": one.name,
            "due": written(one.due_at),
            "why": list(one.why),
            "waits_for": one.waits_for,
            "warnings": list(one.warnings),
            "sent": written(one.sent_at),
        }
        for one in reported(case)
    ]
    empty = {"why": [], "waits_for": "", "warnings": [], "sent": None}
    assert said == [empty | expected for expected in case["reports"]]


def test_every_regime_has_a_worked_example() -> None:
    assert {case["regime"] for case in VECTORS} == AGREED


def test_every_agreed_regime_is_there_and_says_what_it_asks_for() -> None:
    in_force = catalogue().all_in_force(TODAY)
    assert {duty.id for duty in in_force} == AGREED
    for duty in in_force:
        assert duty.sources
        assert duty.certainty in {"statute", "secondary", "contract", "order", "promise"}
        assert duty.reports
        for words in (duty.label, duty.route, duty.threshold, *(report.label for report in duty.reports)):
            assert words.keys() == {"hu", "en"}
            assert all(words.values())


def test_what_nobody_could_find_is_empty_and_marked_never_guessed() -> None:
    for duty in catalogue().all_in_force(TODAY):
        contact = contact_of(duty, TODAY)
        assert contact.name["hu"]
        assert contact.certainty
        if contact.certainty == "gap":
            assert (contact.email, contact.phone, contact.website) == ("", "", "")
    assert contact_of(duty_for("kibertv", TODAY), TODAY).email == "csirt@nki.gov.hu"
    assert contact_of(duty_for("dora-mnb", TODAY), TODAY).certainty == "gap"


def test_the_authority_of_the_gdpr_is_found_at_its_address_of_the_day() -> None:
    address = contact_of(duty_for("gdpr-33", TODAY), TODAY)
    assert address.email == "ugyfelszolgalat@naih.hu"


def test_the_hungarian_regime_for_law_enforcement_has_no_if_feasible_and_a_ten_year_register() -> None:
    infotv = duty_for("infotv-25j", TODAY)
    assert (infotv.if_feasible, infotv.register_years) == (False, 10)
    assert duty_for("gdpr-33", TODAY).if_feasible


def test_reporting_under_the_cra_begins_on_11_september_2026() -> None:
    with pytest.raises(NoSuchLawError):
        duty_for("cra", date(2026, 9, 10))
    assert duty_for("cra", date(2026, 9, 11)).applies_to == date.max


def test_the_proposal_of_96_hours_is_present_and_applies_on_no_day() -> None:
    proposal = duty_of_version("gdpr-33", "digital-omnibus")
    assert not proposal.is_law
    assert proposal.certainty == "proposal"
    for on in (TODAY, date(2035, 1, 1), date(9999, 12, 30)):
        assert duty_for("gdpr-33", on).version == "2018-05-25"


def test_switched_on_by_date_the_96_hours_bind_new_incidents_and_older_ones_keep_theirs() -> None:
    law = catalogue().switched_on("gdpr-33", "digital-omnibus", date(2027, 6, 1))
    before, after = law.in_force("gdpr-33", date(2027, 5, 31)), law.in_force("gdpr-33", date(2027, 6, 1))
    assert (before.version, after.version) == ("2018-05-25", "digital-omnibus")
    [old] = due(before, {"awareness": T1})
    [new] = due(after, {"awareness": T1})
    assert (old.due_at, new.due_at) == (T1 + 72 * HOUR, T1 + 96 * HOUR)
    assert "magas kockázat" in after.threshold["hu"]
    assert due(law.of_version("gdpr-33", "2018-05-25"), {"awareness": T1}) == (old,)


def test_switching_a_version_on_leaves_every_other_regime_as_it_was() -> None:
    law = catalogue().switched_on("gdpr-33", "digital-omnibus", date(2027, 6, 1))
    others = AGREED - {"gdpr-33"}
    assert [law.in_force(one, TODAY) for one in sorted(others)] == [duty_for(one, TODAY) for one in sorted(others)]


def test_an_unknown_regime_or_version_is_named_in_the_error() -> None:
    with pytest.raises(NoSuchLawError, match="gdpr-99"):
        duty_for("gdpr-99", TODAY)
    with pytest.raises(NoSuchLawError, match="2017"):
        duty_of_version("gdpr-33", "2017")


def test_an_anchor_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        due(duty_for("gdpr-33", TODAY), {"awareness": datetime(2026, 11, 24, 10, 20)})  # noqa: DTZ001  the fault


def test_the_chain_of_dora_runs_from_report_to_report() -> None:
    dora, anchors = duty_for("dora-mnb", TODAY), {"awareness": T1, "classification": T1 + HOUR}
    waiting = [report.waits_for for report in due(dora, anchors)]
    assert waiting == ["", "previous:initial", "previous:intermediate"]
    anchors["previous:initial"] = T1 + 3 * HOUR
    assert due(dora, anchors)[1].due_at == T1 + 75 * HOUR
    anchors["previous:intermediate"] = T1 + 70 * HOUR
    assert due(dora, anchors)[2].due_at == datetime(2026, 12, 27, 23, tzinfo=UTC) + timedelta(hours=12)


def test_a_later_update_of_the_intermediate_report_moves_the_final_one() -> None:
    dora, anchors = duty_for("dora-mnb", TODAY), {"awareness": T1, "classification": T1, "previous:initial": T1}
    first = due(dora, {**anchors, "previous:intermediate": T1 + 48 * HOUR})[2].due_at
    updated = due(dora, {**anchors, "previous:intermediate": T1 + 150 * HOUR})[2].due_at
    assert first
    assert updated
    assert updated > first


def test_the_one_place_where_an_earlier_awareness_gives_a_later_end_is_the_law_itself() -> None:
    # Delegated Regulation (EU) 2025/301, Art. 5(2): classified after the 24 hours, it counts from classification.
    dora, classified = duty_for("dora-mnb", TODAY), T1 + 30 * HOUR
    early, late = ({"awareness": T1 + shift * HOUR, "classification": classified} for shift in (5, 6))
    assert due(dora, early)[0].due_at == classified + 4 * HOUR
    assert due(dora, late)[0].due_at == classified


def test_every_reason_and_warning_has_words_in_both_languages() -> None:
    codes = {code for case in VECTORS for report in reported(case) for code in (*report.why, *report.warnings)}
    assert {"noon", "office_relief", "calendar-horizon", "last_of_month", "limit_first"} <= codes
    for code in codes:
        assert code_words(code, "hu")
        assert code_words(code, "en")
        assert code_words(code, "hu") != code_words(code, "en")


def test_no_words_are_kept_for_reasons_that_do_not_exist() -> None:
    codes = {code for case in VECTORS for report in reported(case) for code in (*report.why, *report.warnings)}
    text = (files("incidents") / "law/texts/deadlines-1.toml").read_text(encoding="utf-8")
    assert {line[7:-1] for line in text.splitlines() if line.startswith("[codes.")} == codes


def test_the_plain_clock_can_ask_for_the_first_report_of_a_regime_counted_in_hours() -> None:
    first = regime_for("kibertv", TODAY)
    assert (first.anchor, first.period) == ("awareness", 24 * HOUR)


@pytest.mark.parametrize("regime", ["dora-mnb", "gdpr-34", "naih-order", "processor-contract", "cer"])
def test_the_plain_clock_refuses_a_regime_it_would_count_wrongly(regime: str) -> None:
    with pytest.raises(NoSuchLawError, match=regime):
        regime_for(regime, TODAY)


def test_noon_of_the_next_working_day_gives_time_and_never_takes_the_four_hours_away() -> None:
    late_risers = WorkingHours.of({"tuesday": ["10:00", "18:00"]})
    noticed = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo(BUDAPEST))
    [report] = due(duty_for("cer", TODAY), {"first_signal": noticed}, Params(level=1, office=late_risers))
    assert report.due_at == noticed + 4 * HOUR
