"""Other duties of one incident: proposed by the profile, confirmed or declined by a person, chained, late or not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput
from incidents.base.time import ZonedInstant, parse_local
from incidents.rules.profile import ClientForm
from incidents.steps import cases, duties, register
from incidents.store import duties as stored
from incidents.store.incidents import BoardFilter
from tests.builders import CaseFile, Firm
from tests.duties_builders import (
    NOT_OURS,
    add,
    anchor,
    clients,
    clocks,
    confirm,
    decline,
    duties_of,
    duty,
    report,
    subject_to,
)

WHY_MOVED = "Az első minősítés időpontját elírtuk, a jegyzőkönyv szerint későbbi volt."
LATE = "A rendszer leállása miatt a jelentést csak a helyreállítás után tudtuk elküldeni."


def hours(case: CaseFile, **duration: float) -> ZonedInstant:
    """An instant of the case, counted from now."""
    return case.town.ago(**{key: -value for key, value in duration.items()})


def ends(case: CaseFile, regime: str) -> dict[str, str]:
    """When each running report of a duty is due, on the clock on the wall in Budapest."""
    running = {name: clock for name, clock in clocks(case, regime).items() if clock.state == "running"}
    return {
        name: ZonedInstant(clock.deadline_at).local.isoformat(timespec="minutes", sep=" ")[:16]
        for name, clock in running.items()
    }


def states(case: CaseFile, regime: str) -> dict[str, str]:
    return {name: clock.stop_reason or clock.state for name, clock in clocks(case, regime).items()}


def faults(refused: Any) -> set[str]:
    return {error.path for error in refused.value.errors}


def events(case: CaseFile, kind: str) -> list[dict[str, Any]]:
    return [dict(event.data) for event in case.look().events if event.kind == kind]


# A profile proposes, a person decides.


def test_a_firm_that_is_subject_to_nothing_else_gets_no_proposals(firm: Firm) -> None:
    assert duties_of(firm.report()) == {}


def test_what_the_profile_says_is_proposed_the_moment_the_case_opens(firm: Firm) -> None:
    case = subject_to(firm, dora=True, kibertv_entity=True).report()
    assert {name: row.state for name, row in duties_of(case).items()} == {"dora-mnb": "proposed", "kibertv": "proposed"}
    assert [event["regime"] for event in events(case, "duty.proposed")] == ["dora-mnb", "kibertv"]
    assert clocks(case, "dora-mnb") == {}


def test_a_proposal_whose_ground_is_gone_disappears_and_the_log_says_so(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report()
    case.amend(cause="misaddressed_post")
    assert duties_of(case) == {}
    assert [event["regime"] for event in events(case, "duty.withdrawn")] == ["kibertv"]
    case.amend(cause="ransomware")
    assert duty(case, "kibertv").state == "proposed"


def test_what_a_person_has_decided_stays_whatever_the_facts_say_later(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True, dora=True).report()
    confirm(case, "kibertv")
    decline(case, "dora-mnb")
    case.amend(cause="misaddressed_post")
    assert {name: row.state for name, row in duties_of(case).items()} == {
        "dora-mnb": "declined",
        "kibertv": "confirmed",
    }


def test_confirmed_a_cybersecurity_duty_has_its_24_and_72_hours_and_waits_for_its_closing_report(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report()
    case.set_awareness(case.town.now)
    row = confirm(case, "kibertv", reason="A szerver kiesése súlyos zavart okozott.")
    assert (row.state, row.decided_by) == ("confirmed", firm.people["dpo"].name)
    assert ends(case, "kibertv") == {
        "first_notice": "2026-11-21 17:50",
        "event_notification": "2026-11-23 17:50",
    }


def test_its_warnings_are_planned_back_from_each_deadline_by_the_ladder_for_duties(firm: Firm) -> None:
    case = subject_to(firm, trust_services=True).report()
    confirm(case, "eidas")
    clock = clocks(case, "eidas")["notification"]
    planned = [stage.name for stage in case.look().stages if stage.clock_id == clock.id]
    assert clock.policy == "duty"
    assert planned[0] == "opened"
    assert {"before6", "before2", "before1", "deadline", "overdue-1"} <= set(planned)
    assert not {"week", "before48"} & set(planned)


def test_declining_needs_a_reason_of_substance_and_a_person_who_decides(firm: Firm) -> None:
    case = subject_to(firm, dora=True).report()
    with pytest.raises(InvalidInput) as refused:
        decline(case, "dora-mnb", "nem kell")
    assert faults(refused) == {"reason"}
    with pytest.raises(Forbidden):
        decline(case, "dora-mnb", role="handler")
    row = decline(case, "dora-mnb")
    assert (row.state, row.reason) == ("declined", NOT_OURS)
    with pytest.raises(Conflict):
        confirm(case, "dora-mnb")


def test_declined_after_all_it_stops_its_clocks_and_reconsidered_it_stands_as_a_proposal_again(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report()
    confirm(case, "kibertv")
    decline(case, "kibertv")
    assert set(states(case, "kibertv").values()) == {"declined"}
    case.amend(cause="misaddressed_post")
    with firm.as_("dpo") as uow:
        duties.reconsider(uow, duty(case, "kibertv").id, WHY_MOVED)
    case.amend(cause="lost_paper")
    assert duty(case, "kibertv").state == "proposed"
    confirm(case, "kibertv")
    assert {clock.version for clock in clocks(case, "kibertv").values()} == {2}
    assert len(ends(case, "kibertv")) == 2


# Chains: each report is counted from the one before.


def test_the_chain_of_dora_runs_from_classification_to_the_final_report(firm: Firm) -> None:
    case = subject_to(firm, dora=True, noon_rule_excluded=True).report()
    case.set_awareness(case.town.now)
    confirm(case, "dora-mnb")
    assert ends(case, "dora-mnb") == {"initial": "2026-11-21 17:50"}
    firm.town.clock.advance(hours=3)
    anchor(case, "dora-mnb", "classification", case.town.now)
    assert ends(case, "dora-mnb") == {"initial": "2026-11-21 00:50"}
    firm.town.clock.advance(hours=2)
    report(case, "dora-mnb", "initial")
    assert ends(case, "dora-mnb") == {"intermediate": "2026-11-23 22:50"}
    firm.town.clock.advance(hours=40)
    report(case, "dora-mnb", "intermediate")
    assert ends(case, "dora-mnb") == {"final": "2026-12-23 00:00"}
    final = report(case, "dora-mnb", "final")
    assert (final.late_by_seconds, duty(case, "dora-mnb").state) == (0, "ended")
    assert set(states(case, "dora-mnb").values()) == {"filed"}


def test_a_classification_after_the_24_hours_gives_four_hours_of_its_own(firm: Firm) -> None:
    case = subject_to(firm, dora=True).report()
    case.set_awareness(case.town.now)
    firm.town.clock.advance(hours=30)
    confirm(case, "dora-mnb", classification=case.town.now)
    assert ends(case, "dora-mnb") == {"initial": "2026-11-22 03:50"}


def test_only_the_latest_intermediate_report_moves_the_final_one_a_corrected_first_report_moves_nothing(
    firm: Firm,
) -> None:
    case = subject_to(firm, dora=True).report()
    confirm(case, "dora-mnb", classification=case.town.now)
    report(case, "dora-mnb", "initial")
    due = ends(case, "dora-mnb")
    firm.town.clock.advance(hours=20)
    assert report(case, "dora-mnb", "initial").version == 2
    assert ends(case, "dora-mnb") == due
    report(case, "dora-mnb", "intermediate")
    before = ends(case, "dora-mnb")
    firm.town.clock.advance(days=5)
    report(case, "dora-mnb", "intermediate")
    assert before == {"final": "2026-12-22 00:00"}
    assert ends(case, "dora-mnb") == {"final": "2026-12-28 12:00"}  # 26 December is a holiday and a Saturday


def test_a_month_that_has_no_such_day_ends_on_its_last(firm: Firm) -> None:
    firm.town.clock.move_to(datetime(2027, 1, 28, 9, 0, tzinfo=UTC))
    case = subject_to(firm, kibertv_public=True).report()
    confirm(case, "kibertv")
    firm.town.clock.move_to(datetime(2027, 1, 31, 8, 0, tzinfo=UTC))
    report(case, "kibertv", "first_notice", note=LATE)
    report(case, "kibertv", "event_notification")
    assert ends(case, "kibertv") == {"closing": "2027-03-01 00:00"}


def test_a_report_cannot_come_before_the_one_it_is_counted_from(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report()
    confirm(case, "kibertv")
    with pytest.raises(InvalidInput) as refused:
        report(case, "kibertv", "closing")
    assert faults(refused) == {"report"}


def test_a_vulnerability_and_an_incident_of_a_product_have_different_last_reports(firm: Firm) -> None:
    case = subject_to(firm, manufacturer=True).report()
    confirm(case, "cra", fix_available=case.town.now)
    assert set(ends(case, "cra")) == {"early_warning", "notification", "final_vulnerability"}
    report(case, "cra", "early_warning")
    report(case, "cra", "notification")
    assert set(ends(case, "cra")) == {"final_vulnerability", "final_incident"}
    with firm.as_("dpo") as uow:
        duties.set_params(uow, duty(case, "cra").id, {"event": "vulnerability"})
    assert ends(case, "cra") == {"final_vulnerability": "2026-12-05 00:00"}
    assert states(case, "cra")["final_incident"] == "not_applicable"
    report(case, "cra", "final_vulnerability")
    assert duty(case, "cra").state == "ended"


def test_sending_the_final_report_of_an_incident_says_which_event_it_was(firm: Firm) -> None:
    case = subject_to(firm, manufacturer=True).report()
    confirm(case, "cra", fix_available=case.town.now)
    for name in ("early_warning", "notification", "final_incident"):
        report(case, "cra", name)
    assert duty(case, "cra").state == "ended"
    assert states(case, "cra")["final_vulnerability"] == "not_applicable"


# Lateness is measured once.


def test_a_report_after_its_end_is_late_for_good_and_owes_its_reason(firm: Firm) -> None:
    case = subject_to(firm, trust_services=True).report()
    case.set_awareness(case.town.now)
    confirm(case, "eidas")
    firm.town.clock.advance(hours=25)
    with pytest.raises(InvalidInput) as refused:
        report(case, "eidas", "notification")
    assert faults(refused) == {"note"}
    made = report(case, "eidas", "notification", note=LATE)
    assert made.late_by_seconds == 3600
    assert made.deadline_at == datetime(2026, 11, 21, 16, 50, tzinfo=UTC)
    again = report(case, "eidas", "notification", identifier="NMHH/1")
    assert (again.version, again.late_by_seconds, again.deadline_at) == (2, 0, None)


def test_corrected_awareness_moves_what_is_open_and_leaves_what_was_sent(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report(noticed=firm.town.ago(hours=5))
    confirm(case, "kibertv")
    assert ends(case, "kibertv")["first_notice"] == "2026-11-21 12:50"
    sent = report(case, "kibertv", "first_notice")
    case.set_awareness(case.town.ago(hours=2))
    assert ends(case, "kibertv") == {"event_notification": "2026-11-23 15:50"}
    assert clocks(case, "kibertv")["event_notification"].version == 2
    assert clocks(case, "kibertv")["first_notice"].version == 1
    assert sent.deadline_at == datetime(2026, 11, 21, 11, 50, tzinfo=UTC)


def test_when_the_clocks_go_back_24_hours_are_still_24_hours(firm: Firm) -> None:
    firm.town.clock.move_to(parse_local("2026-10-24T16:00").at)
    case = subject_to(firm, trust_services=True).report()
    case.set_awareness(case.town.now)
    confirm(case, "eidas")
    assert ends(case, "eidas") == {"notification": "2026-10-25 15:00"}


# Orders, promises and contracts are added by hand.


def test_an_order_of_the_authority_runs_to_the_deadline_it_gives(firm: Firm) -> None:
    case = firm.report()
    deadline = ZonedInstant(datetime(2026, 12, 1, 11, 0, tzinfo=UTC))
    add(case, "naih-order", subject="a" * 32, title="NAIH-1234-2/2026", given=deadline)
    add(case, "naih-order", subject="b" * 32, title="NAIH-1234-3/2026", received=case.town.now, order_days=8)
    with firm.town.uow(read_only=True) as uow:
        rows = stored.of_case(uow, case.id)
        found = [stored.clocks_of(uow, row)["answer"][0].deadline_at for row in rows]
    assert found == [deadline.at, parse_local("2026-11-29T00:00").at]
    with pytest.raises(Conflict):
        add(case, "naih-order", subject="a" * 32, given=deadline)


def test_an_order_without_any_deadline_and_a_promise_without_a_day_are_refused(firm: Firm) -> None:
    case = firm.report()
    for regime, missing in (("naih-order", "given"), ("follow-up", "promised")):
        with pytest.raises(InvalidInput) as refused:
            add(case, regime, subject="c" * 32)
        assert faults(refused) == {missing}
    assert duties_of(case) == {}


def test_a_promised_follow_up_ends_with_what_was_promised(firm: Firm) -> None:
    case = firm.report()
    add(case, "follow-up", subject="d" * 32, promised=hours(case, days=14))
    report(case, "follow-up", "follow_up")
    assert duty(case, "follow-up").state == "ended"


def test_a_processor_tells_each_client_within_the_hours_of_its_contract(firm: Firm) -> None:
    clients(firm, ClientForm("Példa Webáruház Kft.", hours=24), ClientForm("Minta Rendelő Bt."))
    case = subject_to(firm, acts_as_processor=True).report()
    case.set_awareness(case.town.now)
    with firm.as_("handler") as uow:
        chosen = [one.id for one in stored.client_contracts(uow, firm.id)]
        duties.confirm_for_clients(uow, duty(case, "processor-contract").id, chosen)
    with firm.town.uow(read_only=True) as uow:
        rows = stored.of_case(uow, case.id)
        found = {row.title: stored.clocks_of(uow, row) for row in rows}
    assert set(found) == {"Minta Rendelő Bt.", "Példa Webáruház Kft."}
    assert found["Minta Rendelő Bt."] == {}
    assert found["Példa Webáruház Kft."]["notice"][0].deadline_at == datetime(2026, 11, 21, 16, 50, tzinfo=UTC)


def test_what_a_duty_does_not_ask_and_what_cannot_be_is_refused_field_by_field(firm: Firm) -> None:
    case = subject_to(firm, dora=True, critical_entity=True).report()
    with pytest.raises(InvalidInput) as refused:
        confirm(case, "dora-mnb", classification=hours(case, hours=3), fix_available=case.town.now, level=1)
    assert faults(refused) == {"classification", "fix_available", "level"}
    with pytest.raises(InvalidInput) as refused:
        confirm(case, "cer", level=7)
    assert faults(refused) == {"level"}


def test_an_anchor_is_corrected_only_with_a_reason(firm: Firm) -> None:
    case = subject_to(firm, dora=True).report()
    case.set_awareness(case.town.now)
    confirm(case, "dora-mnb")
    firm.town.clock.advance(hours=5)
    anchor(case, "dora-mnb", "classification", case.town.ago(hours=4))
    with pytest.raises(InvalidInput):
        anchor(case, "dora-mnb", "classification", case.town.now)
    anchor(case, "dora-mnb", "classification", case.town.now, WHY_MOVED)
    newest = clocks(case, "dora-mnb")["initial"]
    assert (newest.version, newest.reason, newest.anchor_kind) == (3, WHY_MOVED, "classification")


# Telling the people is decided with the case.


def test_a_decision_to_tell_starts_the_own_target_whether_or_not_the_authority_was_told(firm: Firm) -> None:
    case = subject_to(firm, tell_target_hours=48).report()
    case.set_awareness(case.town.now)
    case.decide(tell="yes")
    assert duty(case, "gdpr-34").state == "confirmed"
    assert ends(case, "gdpr-34") == {"communication": "2026-11-22 17:50"}
    case.tell()
    assert duty(case, "gdpr-34").state == "ended"
    assert states(case, "gdpr-34") == {"communication": "filed"}


def test_without_an_own_target_the_duty_to_tell_has_no_hours_and_still_stands(firm: Firm) -> None:
    case = firm.report()
    case.decide(tell="yes")
    assert (duty(case, "gdpr-34").state, clocks(case, "gdpr-34")) == ("confirmed", {})
    with pytest.raises(Conflict):
        decline(case, "gdpr-34")


def test_told_before_it_was_decided_the_duty_is_over_at_once(firm: Firm) -> None:
    case = subject_to(firm, tell_target_hours=48).report()
    case.tell()
    case.decide(tell="yes")
    assert duty(case, "gdpr-34").state == "ended"


# What the case says, and what the board.


def test_the_case_shows_each_duty_with_its_ends_what_it_waits_for_and_why_it_was_proposed(firm: Firm) -> None:
    case = subject_to(firm, dora=True, kibertv_entity=True).report()
    confirm(case, "kibertv")
    shown = case.look().duties
    assert [one.row.regime for one in shown] == ["dora-mnb", "kibertv"]
    dora, kibertv = shown
    assert dora.why["en"].startswith("The organisation is a financial entity; the facts do not yet say")
    assert [(one.rule.name, one.due.waits_for, one.due_at is not None) for one in dora.reports] == [
        ("initial", "classification", True),
        ("intermediate", "previous:initial", False),
        ("final", "previous:intermediate", False),
    ]
    assert dora.nearest is not None
    assert dora.nearest.due_at == case.town.now.at + timedelta(hours=24)
    assert [one.clock is not None for one in kibertv.reports] == [True, True, False]
    assert kibertv.contact.email == "csirt@nki.gov.hu"


def test_a_proposal_that_may_end_first_is_the_next_act(firm: Firm) -> None:
    case = subject_to(firm, dora=True).report()
    case.acknowledge()
    assert case.look().next_act == "duties"
    confirm(case, "dora-mnb")
    assert case.look().next_act == "set_awareness"
    case.set_awareness(case.town.now)
    assert case.look().next_act == "duties"
    report(case, "dora-mnb", "initial")
    assert case.look().next_act == "decide"


def test_the_board_names_the_clock_that_ends_first_and_orders_the_cases_by_it(firm: Firm) -> None:
    calm = firm.report("Elveszett egy pendrive az irodában.", noticed=firm.town.ago(hours=10))
    busy = subject_to(firm, trust_services=True).report("Leállt az aláíró szolgáltatás.")
    calm.acknowledge()
    confirm(busy, "eidas")
    with firm.as_("dpo", read_only=True) as uow:
        rows = cases.board(uow, BoardFilter()).rows
    assert [(row.incident_id, row.regime, row.provisional) for row in rows] == [
        (busy.id, "eidas", True),
        (calm.id, "gdpr-33", True),
    ]
    report(busy, "eidas", "notification")
    with firm.as_("dpo", read_only=True) as uow:
        rows = cases.board(uow, BoardFilter()).rows
        pages = [cases.board(uow, BoardFilter(limit=1))]
        pages.append(cases.board(uow, BoardFilter(limit=1, after=pages[0].next_after)))
    assert [(row.incident_id, row.regime) for row in rows] == [(calm.id, "gdpr-33"), (busy.id, "gdpr-33")]
    assert [page.rows[0].incident_id for page in pages] == [calm.id, busy.id]


def test_once_art_33_is_filed_another_duty_keeps_the_case_on_the_clock(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report()
    confirm(case, "kibertv")
    case.set_awareness(case.town.now)
    case.decide("yes", "yes")
    case.file()
    with firm.as_("dpo", read_only=True) as uow:
        (row,) = cases.board(uow, BoardFilter()).rows
    assert (row.regime, row.report, row.clock_state) == ("kibertv", "first_notice", "running")


# Nobody closes a case over an open duty.


def test_an_undecided_or_running_duty_keeps_the_case_open(firm: Firm) -> None:
    case = subject_to(firm, trust_services=True).report().encrypted()
    case.set_awareness(case.town.now)
    case.decide("no", "no")
    for act in (None, lambda: confirm(case, "eidas")):
        if act:
            act()
        with pytest.raises(Conflict), firm.as_("dpo") as uow:
            register.close_incident(uow, case.id, "Rendben lezárható, minden elkészült.")
    report(case, "eidas", "notification")
    with firm.as_("dpo") as uow:
        register.close_incident(uow, case.id, "Rendben lezárható, minden elkészült.")
    assert case.look().state == "closed"


def test_a_closed_case_changes_no_duty(firm: Firm) -> None:
    case = subject_to(firm, dora=True).report().encrypted()
    decline(case, "dora-mnb")
    case.set_awareness(case.town.now)
    case.decide("no", "no")
    with firm.as_("dpo") as uow:
        register.close_incident(uow, case.id, "Rendben lezárható, minden elkészült.")
    for act in (lambda: confirm(case, "dora-mnb"), lambda: add(case, "eidas")):
        with pytest.raises(Conflict):
            act()


# The ladder of a duty, and whoever has it in hand.


def test_whoever_confirms_a_duty_has_taken_the_case_and_nobody_is_reminded_of_it(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True).report()
    confirm(case, "kibertv", role="handler")
    seen = case.look()
    assert [one.name for one in seen.acknowledgements] == [firm.people["handler"].name]
    assert seen.incident.acknowledged_at is not None
    firm.town.clock.advance(hours=1)
    firm.town.sweep()
    clock = clocks(case, "kibertv")["first_notice"]
    fired = {stage.name: (stage.state, stage.reason) for stage in case.look().stages if stage.clock_id == clock.id}
    assert fired["opened"] == ("fired", "")
    assert fired["unacknowledged-1"] == ("cancelled", "acknowledged")


def test_warnings_of_a_duty_go_out_until_its_report_is_sent(firm: Firm) -> None:
    case = subject_to(firm, trust_services=True).report()
    case.set_awareness(case.town.now)
    confirm(case, "eidas")
    firm.town.clock.advance(hours=23)
    firm.town.sweep()
    report(case, "eidas", "notification")
    firm.town.clock.advance(hours=2)
    firm.town.sweep()
    clock = clocks(case, "eidas")["notification"]
    stages = {stage.name: (stage.state, stage.reason) for stage in case.look().stages if stage.clock_id == clock.id}
    assert stages["before1"] == ("fired", "")
    assert stages["deadline"] == ("cancelled", "filed")


def test_what_has_fired_on_the_old_clock_is_not_told_again_on_the_new_one(firm: Firm) -> None:
    case = subject_to(firm, trust_services=True).report(noticed=firm.town.ago(hours=20))
    confirm(case, "eidas")
    firm.town.sweep()
    case.set_awareness(case.town.ago(hours=1))
    clock = clocks(case, "eidas")["notification"]
    seen = case.look()
    old = {stage.name: stage.state for stage in seen.stages if stage.clock_id not in {clock.id, seen.clock.id}}
    new = {stage.name for stage in seen.stages if stage.clock_id == clock.id}
    assert old["opened"] == "fired"
    assert "opened" not in new
    assert "scheduled" not in {state for name, state in old.items() if name.startswith("before")}


def test_answers_given_later_are_proposed_in_the_cases_that_are_open(firm: Firm) -> None:
    case = subject_to(firm, dora=True).report()
    confirm(case, "dora-mnb")
    subject_to(firm, kibertv_entity=True, dora=False)
    assert {name: row.state for name, row in duties_of(case).items()} == {
        "dora-mnb": "confirmed",
        "kibertv": "proposed",
    }
    subject_to(firm, kibertv_entity=False)
    assert set(duties_of(case)) == {"dora-mnb"}
