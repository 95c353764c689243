"""Send: what went to the authority and to the people, recorded for good (Art. 33(1), 33(4), 34, 5(2))."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput
from incidents.steps import send
from incidents.steps.register import close_incident
from tests.builders import WHY_LATER, CaseFile, Firm, Town, filing_form

WHY_WITHDRAWN = "A vizsgálat szerint nem történt adatvédelmi incidens, a gép érintetlenül megkerült."


def refusal(case: CaseFile, kind: str = "new", **fields: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        case.file(kind, **fields)
    return {error.path for error in refused.value.errors}


class TestTheNotification:
    def test_in_time_it_owes_no_reasons(self, firm: Firm) -> None:
        filing = firm.report(noticed=firm.town.ago(hours=71)).file()
        assert (filing.late_by_seconds, filing.version, filing.kind) == (0, 1, "new")

    def test_at_the_very_end_of_the_72_hours_it_is_in_time(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=72))
        assert case.file(at=firm.town.now).late_by_seconds == 0

    def test_late_it_must_carry_its_reasons(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=75))
        for reasons in ("", "későn", "sok volt a dolog"):
            assert refusal(case, delay_reasons=reasons) == {"delay_reasons"}
        filing = case.file(delay_reasons=WHY_LATER)
        assert (filing.late_by_seconds, filing.delay_reasons) == (3 * 3600, WHY_LATER)

    def test_what_counts_is_when_it_was_sent_not_when_somebody_recorded_it(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        sent = firm.town.now
        firm.town.clock.advance(days=10)
        filing = case.file(at=sent)
        assert filing.late_by_seconds == 0
        assert (filing.filed_at, filing.recorded_at) == (sent.at, firm.town.clock.now())

    def test_it_measures_lateness_on_the_clock_of_that_moment(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=80))
        case.set_awareness(firm.town.ago(hours=70))
        filing = case.file()
        assert (filing.late_by_seconds, filing.clock_id) == (0, case.look().clock.id)

    def test_in_the_future_or_before_the_first_signal_it_cannot_have_been_sent(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=2))
        assert refusal(case, at=firm.town.ago(hours=-1)) == {"filed_at"}
        assert refusal(case, at=firm.town.ago(hours=3)) == {"filed_at"}

    def test_a_second_new_one_is_refused_in_favour_of_a_follow_up(self, firm: Firm) -> None:
        case = firm.report()
        case.file()
        assert refusal(case) == {"kind"}

    def test_an_unknown_channel_and_kind_are_named_together(self, firm: Firm) -> None:
        assert refusal(firm.report(), "letter", channel="pigeon") == {"kind", "channel"}

    def test_it_may_be_sent_before_any_decision_was_written_down(self, firm: Firm) -> None:
        case = firm.report()
        case.file()
        assert case.look().state == "filed"

    @pytest.mark.parametrize("role", ["reporter", "handler", "auditor", "admin"])
    def test_who_does_not_own_the_duty_records_none(self, firm: Firm, role: str) -> None:
        case = firm.report()
        with firm.as_(role) as uow, pytest.raises(Forbidden):
            send.record_filing(uow, case.id, filing_form(firm.town.now))


class TestWhatFollows:
    def test_phases_are_a_thread_under_the_number_of_the_authority(self, firm: Firm) -> None:
        case = firm.report()
        case.file(complete=False)
        assert refusal(case, "follow_up") == {"authority_identifier"}
        case.file("follow_up", complete=False, authority_identifier=" NAIH-1/2026 ")
        case.fill_form().file("follow_up", complete=True)
        rows = case.look().filings
        assert [(row.version, row.kind, row.complete) for row in rows] == [
            (1, "new", False),
            (2, "follow_up", False),
            (3, "follow_up", True),
        ]
        assert rows[1].authority_identifier == "NAIH-1/2026"

    def test_a_follow_up_after_the_72_hours_is_not_late(self, firm: Firm) -> None:
        case = firm.report()
        case.file(complete=False, authority_identifier="NAIH-1/2026")
        firm.town.clock.advance(days=20)
        assert case.file("follow_up").late_by_seconds == 0

    def test_nothing_can_follow_or_be_withdrawn_before_something_was_sent(self, firm: Firm) -> None:
        case = firm.report()
        assert refusal(case, "follow_up", authority_identifier="NAIH-1/2026") == {"kind"}
        assert refusal(case, "withdrawal", note=WHY_WITHDRAWN) == {"kind"}

    def test_a_withdrawal_says_why_and_a_new_notification_may_come_after_it(self, firm: Firm) -> None:
        case = firm.report()
        case.file()
        assert refusal(case, "withdrawal", note="tévedés") == {"note"}
        case.file("withdrawal", note=WHY_WITHDRAWN)
        assert case.file().version == 3

    def test_withdrawn_and_decided_again_the_duty_is_open_again(self, firm: Firm) -> None:
        case = firm.report()
        case.acknowledge()
        case.set_awareness(firm.town.now, "")
        case.decide("yes")
        case.file()
        firm.town.clock.advance(hours=1)
        case.file("withdrawal", note=WHY_WITHDRAWN)
        assert case.look().next_act == "close"
        firm.town.clock.advance(hours=1)
        case.decide("yes")
        seen = case.look()
        assert (seen.clock.state, seen.state, seen.next_act) == ("running", "decided", "draft")
        with firm.as_("dpo") as uow, pytest.raises(Conflict, match="no filing is recorded"):
            close_incident(uow, case.id, "kész")
        case.file()
        assert case.look().clock.state == "stopped"


class TestTheDraftThatWasSent:
    def test_it_is_a_frozen_draft_of_this_case_and_of_this_kind(self, town: Town, firm: Firm) -> None:
        case = firm.report()
        theirs = town.found(staff=("handler",)).report().freeze()
        strangers: list[UUID] = [case.freeze("subjects").id, firm.report().freeze().id, theirs.id, uuid4()]
        for document_id in strangers:
            assert refusal(case, document_id=document_id) == {"document_id"}
        mine = case.freeze()
        assert case.file(document_id=mine.id).document_id == mine.id


class TestTellingPeople:
    def test_when_in_what_form_with_what_content_and_how_many_is_kept(self, firm: Firm) -> None:
        case = firm.report()
        letter = case.freeze("subjects")
        row = case.tell(form="post", reached=380, document_id=letter.id, note=" tértivevénnyel ")
        assert (row.form, row.reached, row.document_id, row.note) == ("post", 380, letter.id, "tértivevénnyel")
        assert row.recorded_by == "Doktor Dóra"

    def test_how_many_were_reached_may_not_be_known_yet_and_is_then_not_nought(self, firm: Firm) -> None:
        assert firm.report().tell(form="public", reached=None).reached is None

    @pytest.mark.parametrize(
        ("fields", "path"),
        [({"form": "drums"}, "form"), ({"reached": -1}, "reached"), ({"document_id": UUID(int=1)}, "document_id")],
    )
    def test_what_cannot_be_is_named(self, firm: Firm, fields: dict[str, Any], path: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            firm.report().tell(**fields)
        assert [error.path for error in refused.value.errors] == [path]

    def test_it_may_go_out_in_waves_before_the_authority_knows(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("yes", "yes")
        case.tell(reached=10)
        firm.town.clock.advance(hours=1)
        case.tell(reached=20)
        assert [row.reached for row in case.look().communications] == [10, 20]
        assert case.look().clock.state == "running"


def test_a_closed_case_takes_neither(firm: Firm) -> None:
    case = firm.report()
    case.decide("no")
    with firm.as_("dpo") as uow:
        close_incident(uow, case.id, "Nem járt kockázattal.")
    for act in (case.file, case.tell):
        with pytest.raises(Conflict, match="Reopen it"):
            act()
