"""Register: every incident, notified or not; closed when its duties are done; proved by anybody (Art. 33(5))."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from incidents.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from incidents.base.time import parse_local
from incidents.rules.register import canonical
from incidents.steps import register
from incidents.steps.register import RegisterFilter, SignedHead
from tests.builders import GOOD_REASON, CaseFile, Firm, Town

DONE = "Az ügy lezárult, a gép megkerült."


def close(case: CaseFile, note: str = DONE, role: str = "dpo") -> None:
    with case.firm.as_(role) as uow:
        register.close_incident(uow, case.id, note)


def reopen(case: CaseFile, note: str = "Új tény került elő.") -> None:
    with case.firm.as_("dpo") as uow:
        register.reopen_incident(uow, case.id, note)


def obstacle(case: CaseFile) -> str:
    with pytest.raises(Conflict) as refused:
        close(case)
    return refused.value.message


class TestClosing:
    def test_each_open_duty_stands_in_the_way_one_after_the_other(self, firm: Firm) -> None:
        case = firm.report()
        assert obstacle(case) == "There is no decision yet."
        case.decide("yes", "yes")
        assert "no filing is recorded" in obstacle(case)
        case.file("new", authority_identifier="NAIH-1/2026")
        assert "record the complete follow-up first" in obstacle(case)
        case.tell()
        assert "record the complete follow-up first" in obstacle(case)
        case.fill_form().file("follow_up", complete=True)
        close(case)
        assert (case.look().state, case.look().next_act) == ("closed", "none")

    def test_not_notified_it_can_be_closed_and_keeps_its_reason(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        close(case, f" {DONE} ")
        seen = case.look()
        assert (seen.incident.closed_at, seen.incident.closing_note) == (firm.town.clock.now(), DONE)

    def test_an_exemption_by_public_notice_still_owes_the_notice(self, firm: Firm) -> None:
        case = firm.report().fill_form()
        case.decide("yes", "exempt", exemption="c")
        case.file(complete=True)
        assert "no communication is recorded" in obstacle(case)
        case.tell(form="public", reached=None)
        close(case)

    @pytest.mark.parametrize("letter", ["a", "b"])
    def test_the_other_exemptions_owe_none(self, firm: Firm, letter: str) -> None:
        case = firm.report().encrypted().fill_form()
        case.decide("yes", "exempt", exemption=letter, evidence=GOOD_REASON)
        case.file(complete=True)
        close(case)

    def test_it_says_in_a_sentence_with_what_result(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        with pytest.raises(InvalidInput):
            close(case, "  ")

    def test_twice_is_once_too_often(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        close(case)
        assert obstacle(case) == "The case is closed already."

    @pytest.mark.parametrize("role", ["reporter", "handler", "auditor", "admin"])
    def test_who_does_not_own_the_duty_closes_nothing(self, firm: Firm, role: str) -> None:
        case = firm.report()
        case.decide("no")
        with pytest.raises(Forbidden):
            close(case, role=role)

    def test_no_warning_goes_out_any_more(self, firm: Firm) -> None:
        case = firm.report().encrypted()
        case.decide("no")
        close(case)
        firm.town.clock.advance(days=5)
        firm.town.sweep()
        assert case.mails() == []


class TestReopening:
    def test_a_closed_case_takes_new_facts_again(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        close(case)
        reopen(case)
        case.amend(subjects_count=400)
        assert case.look().state == "decided"
        kinds = [event.kind for event in case.look().events]
        assert kinds[-3:] == ["incident.reopened", "facts.amended", "assessment.made"]

    def test_what_was_decided_and_filed_stays_decided_and_filed(self, firm: Firm) -> None:
        case = firm.report().fill_form()
        case.decide("yes")
        case.file(complete=True)
        close(case)
        reopen(case)
        seen = case.look()
        assert (seen.state, seen.clock.state, len(seen.filings)) == ("filed", "stopped", 1)

    def test_to_notify_after_all_the_clock_runs_on_from_the_old_awareness(self, firm: Firm) -> None:
        case = firm.report()
        opened_at = firm.town.clock.now()
        case.decide("no")
        close(case)
        firm.town.clock.advance(days=30)
        reopen(case)
        case.decide("yes")
        seen = case.look()
        assert (seen.clock.state, seen.clock.anchor_at) == ("running", opened_at)

    def test_it_needs_a_reason_and_a_closed_case(self, firm: Firm) -> None:
        case = firm.report()
        with pytest.raises(Conflict, match="open"):
            reopen(case)
        case.decide("no")
        close(case)
        with pytest.raises(InvalidInput):
            reopen(case, " ")


class TestEntries:
    @staticmethod
    def seen(firm: Firm, role: str = "dpo", **wanted: Any) -> list[str]:
        with firm.as_(role, read_only=True) as uow:
            return [case.incident.reference[-4:] for case in register.entries(uow, RegisterFilter(**wanted))]

    def test_every_incident_stands_there_notified_or_not_open_or_closed(self, firm: Firm) -> None:
        undecided, filed, against, decided = (firm.report(text) for text in ("egy", "kettő", "három", "négy"))
        filed.file()
        against.decide("no")
        close(against)
        decided.decide("yes")
        assert self.seen(firm) == ["0001", "0002", "0003", "0004"]
        assert self.seen(firm, notified="undecided") == [undecided.reference[-4:]]
        assert self.seen(firm, notified="yes") == [filed.reference[-4:], decided.reference[-4:]]
        assert self.seen(firm, notified="no") == [against.reference[-4:]]

    def test_a_year_begins_at_midnight_in_budapest(self, firm: Firm) -> None:
        firm.town.clock.move_to(parse_local("2026-12-31T23:59").at)
        firm.report()
        firm.town.clock.move_to(parse_local("2027-01-01T00:00").at)
        firm.report()
        assert (self.seen(firm, year=2026), self.seen(firm, year=2027), len(self.seen(firm))) == (["0001"], ["0001"], 2)

    def test_the_search_reads_numbers_and_titles(self, firm: Firm) -> None:
        firm.report("Elveszett akta")
        firm.report("Ellopott ŐRZÖTT laptop")
        assert self.seen(firm, query="őrzött") == ["0002"]
        assert self.seen(firm, query="2026/0001") == ["0001"]

    def test_one_firm_at_a_time_or_all_that_the_person_serves(self, town: Town, firm: Firm) -> None:
        other, stranger = town.found(staff=()), town.found(staff=())
        for one in (firm, other, stranger):
            one.report()
        with town.uow() as uow:
            from incidents.steps.people import grant

            grant(uow, other.id, firm.people["dpo"].id, "dpo", deputy=False)
        assert len(self.seen(firm)) == 2
        assert len(self.seen(firm, controller_id=other.id)) == 1
        with pytest.raises(NotFound):
            self.seen(firm, controller_id=stranger.id)

    def test_who_may_only_report_sees_no_line_of_it(self, town: Town, firm: Firm) -> None:
        """Also where she serves another firm as auditor: the role is asked firm by firm."""
        other = town.found(staff=())
        firm.report()
        other.report("egyik")
        other.report("másik")
        assert self.seen(firm, "reporter") == []
        with pytest.raises(Forbidden):
            self.seen(firm, "reporter", controller_id=firm.id)
        with town.uow() as uow:
            from incidents.steps.people import grant

            grant(uow, other.id, firm.people["reporter"].id, "auditor", deputy=False)
        assert self.seen(firm, "reporter") == ["0001", "0002"]


class TestProof:
    def test_a_log_nobody_touched_has_no_breaks_and_the_auditor_may_ask(self, firm: Firm) -> None:
        firm.report()
        with firm.as_("auditor", read_only=True) as uow:
            assert register.verify(uow, firm.id) == []
        with firm.as_("reporter", read_only=True) as uow, pytest.raises(Forbidden):
            register.verify(uow, firm.id)

    @staticmethod
    def check(head: SignedHead, **forged: Any) -> None:
        """What an auditor does years later with an export and the published key, without this software."""
        said = vars(head) | forged
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.public_key))
        body = canonical([said["controller_id"], said["seq"], said["hash"], said["at"]])
        key.verify(bytes.fromhex(head.signature), body)

    def test_the_signed_head_verifies_with_its_public_key(self, firm: Firm) -> None:
        case = firm.report()
        with firm.as_("auditor", read_only=True) as uow:
            head = register.signed_head(uow, firm.id, "the secret of this installation, long enough")
        last = case.look().events[-1]
        assert (head.seq, head.hash) == (last.seq, last.hash)
        self.check(head)

    def test_nothing_it_says_can_be_changed(self, firm: Firm) -> None:
        firm.report()
        with firm.as_("auditor", read_only=True) as uow:
            head = register.signed_head(uow, firm.id, "the secret of this installation, long enough")
        for forged in ({"seq": 1}, {"hash": "0" * 64}, {"at": "2020-01-01T00:00:00+00:00"}, {"controller_id": "x"}):
            with pytest.raises(InvalidSignature):
                self.check(head, **forged)

    def test_the_key_is_that_of_the_installation_and_of_no_other(self, town: Town, firm: Firm) -> None:
        other = town.found(staff=())
        with town.uow(read_only=True) as uow:
            mine = [register.signed_head(uow, one.id, "the secret of this installation") for one in (firm, other)]
            foreign = register.signed_head(uow, firm.id, "the secret of another installation")
        assert mine[0].public_key == mine[1].public_key != foreign.public_key

    def test_an_export_is_written_into_the_log_with_its_hash(self, firm: Firm) -> None:
        with firm.as_("auditor") as uow:
            register.record_export(uow, firm.id, "xlsx", b"content")
        with firm.as_("handler") as uow, pytest.raises(Forbidden):
            register.record_export(uow, firm.id, "xlsx", b"content")
