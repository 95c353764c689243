"""The thread with the authority: what exactly went out, phases and promises, sign-off, receipts, orders."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from incidents.base.time import ZonedInstant
from incidents.rules.evidence import NewFile
from incidents.rules.form import fingerprint
from incidents.rules.thread import OrderAnswerForm, OrderForm
from incidents.steps import form, orders, register, send, sign_off, thread, thread_view
from incidents.store import thread as stored
from incidents.store.tables import SignOffRequest
from tests.builders import WHY_LATER, CaseFile, Firm, filing_form

WHY_WITHDRAWN = "A vizsgálat szerint nem történt adatvédelmi incidens, a gép érintetlenül megkerült."
RECEIPT = NewFile("igazolás.pdf", b"%PDF-1.7\n%\xe2\xe3\n")


def look(case: CaseFile) -> thread_view.Thread:
    with case.firm.as_("dpo", read_only=True) as uow:
        return thread_view.read(uow, case.id)


def faults(case: CaseFile, kind: str = "new", **fields: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        case.file(kind, **fields)
    return {error.path: error.code for error in refused.value.errors}


def answer(case: CaseFile, promised: dict[str, str] | None = None, **given: object) -> int:
    with case.firm.as_("handler") as uow:
        return form.answer(uow, case.id, given, promised)


class TestCompleteOrIncomplete:
    def test_complete_is_refused_with_everything_that_stands_in_the_way(self, firm: Firm) -> None:
        case = firm.report()
        named = faults(case, complete=True)
        assert named.pop("complete") == "not-complete"
        assert named["form.systems"] == "missing"
        assert named["form.risk_outcome"] == "to_be_determined"
        assert not case.look().filings

    def test_incomplete_can_go_at_any_time(self, firm: Firm) -> None:
        case = firm.report()
        case.file(complete=False)
        assert not case.look().marks.filing_complete

    def test_with_nothing_in_the_way_the_person_may_call_it_complete(self, firm: Firm) -> None:
        case = firm.report().fill_form()
        case.file(complete=True)
        assert case.look().marks.filing_complete

    def test_what_counts_is_the_newest_word(self, firm: Firm) -> None:
        case = firm.report().fill_form()
        case.file(complete=True, authority_identifier="NAIH-1/2026")
        case.file("follow_up", complete=False)
        assert not case.look().marks.filing_complete

    def test_a_withdrawal_owes_no_fields(self, firm: Firm) -> None:
        case = firm.report()
        case.file(authority_identifier="NAIH-1/2026")
        case.file("withdrawal", complete=True, note=WHY_WITHDRAWN)
        assert case.look().marks.filing_complete


class TestWhatExactlyWentOut:
    def test_every_field_is_frozen_with_a_fingerprint(self, firm: Firm) -> None:
        case = firm.report()
        filing = case.file()
        case.amend(systems="egy laptop")
        [sent] = look(case).versions
        assert sent.filing.id == filing.id
        assert sent.content is not None
        assert sent.content.fingerprint == fingerprint(sent.content.content)
        assert sent.content.content["fields"]["systems"]["status"] == "missing"
        assert (sent.content.form, sent.content.form_version) == ("edpb-breach", "1.0-draft")

    def test_the_sheet_that_was_made_is_kept_with_its_hash(self, firm: Firm) -> None:
        case = firm.report()
        with firm.as_("dpo") as uow:
            filing = send.record_filing(uow, case.id, filing_form(firm.town.now), lambda *_: b"%PDF-1.7")
        with firm.as_("auditor", read_only=True) as uow:
            kept = thread.sheet_of(uow, filing.id)
        assert (kept.sheet, len(kept.sheet_sha256)) == (b"%PDF-1.7", 64)

    def test_a_follow_up_shows_what_was_said_and_what_changed(self, firm: Firm) -> None:
        case = firm.report()
        case.file(authority_identifier="NAIH-1/2026")
        case.amend("Megvan a leltári szám.", systems="egy laptop a szegedi telephelyről")
        case.file("follow_up", note="Kiderült, melyik gépről van szó.")
        first, second = look(case).versions
        assert first.changes == ()
        [changed] = [one for one in second.changes if one.field.id == "systems"]
        assert changed.was["hu"] == ("[Kitöltendő]",)
        assert changed.now["hu"] == ("egy laptop a szegedi telephelyről",)
        assert second.whys["systems"] == thread_view.Why("Halmos Hanna", "Megvan a leltári szám.")

    def test_recorded_late_it_owes_the_reasons_of_the_moment_it_was_sent(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        sent_at = firm.town.now
        firm.town.clock.advance(days=10)
        case.file(at=sent_at)
        [sent] = look(case).versions
        assert sent.content is not None
        assert "delay_reasons" not in sent.content.content["fields"], "the 72 hours had not passed when it was sent"

    def test_the_reasons_for_a_delay_are_part_of_what_went_out(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=80))
        case.file(delay_reasons=WHY_LATER)
        [sent] = look(case).versions
        assert sent.content is not None
        assert sent.content.content["fields"]["delay_reasons"]["value"] == WHY_LATER


class TestPromises:
    def test_a_promised_day_becomes_a_clock_and_the_answer_ends_it(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(cause="to_be_determined")
        answer(case, {"incident_nature": "2026-12-01", "cause_origin": "2026-12-01"})
        case.file(authority_identifier="NAIH-1/2026")
        [promised] = look(case).versions[0].promises
        assert (promised.day, promised.rows, promised.state) == (date(2026, 12, 1), (60, 61), "confirmed")
        assert promised.deadline_at is not None
        assert promised.deadline_at.isoformat() == "2026-12-01T22:59:00+00:00"

        firm.town.clock.advance(days=3)
        case.amend(systems="egy laptop")
        case.file("follow_up")
        assert look(case).versions[0].promises[0].state == "confirmed", "what was promised is still open"
        case.amend(cause="lost_device")
        case.file("follow_up")
        assert look(case).versions[0].promises[0].state == "ended"

    def test_one_day_for_all_the_rest(self, firm: Firm) -> None:
        case = firm.report()
        answer(case, {"systems": "2026-11-27"})
        case.file(promised_on=date(2026, 12, 10))
        first, second = look(case).versions[0].promises
        assert (first.day, first.rows) == (date(2026, 11, 27), (63,))
        assert second.day == date(2026, 12, 10)
        assert 63 not in second.rows
        assert len(second.rows) > 10

    def test_a_broken_promise_is_explained_in_the_follow_up(self, firm: Firm) -> None:
        case = firm.report()
        answer(case, {"systems": "2026-11-27"})
        case.file(authority_identifier="NAIH-1/2026")
        firm.town.clock.advance(days=14)
        case.amend(systems="egy laptop")
        assert faults(case, "follow_up") == {"note": "required"}
        case.file("follow_up", note=WHY_LATER)

    def test_a_withdrawn_notification_promises_nothing_any_more(self, firm: Firm) -> None:
        case = firm.report()
        case.file(authority_identifier="NAIH-1/2026", promised_on=date(2026, 12, 10))
        case.file("withdrawal", note=WHY_WITHDRAWN)
        assert look(case).versions[0].promises[0].state == "declined"

    def test_what_is_complete_or_over_promises_nothing(self, firm: Firm) -> None:
        case = firm.report().fill_form()
        assert faults(case, complete=True, promised_on=date(2026, 12, 10)) == {"promised_on": "promise"}
        assert faults(case, promised_on=date(2026, 11, 19)) == {"promised_on": "promise"}


class TestSignOff:
    def ask(self, case: CaseFile, role: str = "dpo", **asked: Any) -> SignOffRequest:
        with case.firm.as_(role) as uow:
            return sign_off.request(uow, case.id, form.Asked(**asked))

    def sign(self, case: CaseFile, key: UUID, said: str = "approved", sentence: str = "Rendben, mehet.") -> None:
        with case.firm.as_("manager") as uow:
            sign_off.answer(uow, key, said, sentence)

    def test_the_manager_is_asked_by_mail_and_two_acts_are_enough(self, firm: Firm) -> None:
        case = firm.report()
        asked = self.ask(case)
        assert asked.asked == ["Kelemen Katalin"]
        assert [mail.recipient for mail in case.mails() if mail.template == "sign_off_wanted"] == [
            firm.address("manager")
        ]
        self.sign(case, asked.id)
        case.file()
        [sent] = look(case).versions
        assert sent.signed is not None
        assert (sent.signed.answered_by, sent.signed.sentence) == ("Kelemen Katalin", "Rendben, mehet.")

    def test_a_change_voids_it_visibly(self, firm: Firm) -> None:
        case = firm.report()
        asked = self.ask(case)
        self.sign(case, asked.id)
        assert not _pending(case).void
        case.amend(systems="egy laptop")
        assert _pending(case).void
        assert faults(case) == {"unsigned_because": "required"}

    def test_a_late_approver_never_blocks_the_sending(self, firm: Firm) -> None:
        case = firm.report()
        self.ask(case)
        assert faults(case) == {"unsigned_because": "required"}
        case.file(unsigned_because="A vezető nem érhető el, a 72 óra pedig lejár.")
        [sent] = look(case).versions
        assert sent.signed is None
        assert sent.content is not None
        assert sent.content.unsigned_because.startswith("A vezető nem érhető el")

    def test_a_refusal_says_why_and_binds_nobody(self, firm: Firm) -> None:
        case = firm.report()
        asked = self.ask(case)
        with pytest.raises(InvalidInput):
            self.sign(case, asked.id, "refused", "nem")
        self.sign(case, asked.id, "refused", "A számok nem egyeznek azzal, amit az informatika jelentett.")
        case.file(unsigned_because="A számokat az informatika közben megerősítette, ezért így megy ki.")

    def test_what_has_changed_or_gone_out_cannot_be_signed(self, firm: Firm) -> None:
        case = firm.report()
        asked = self.ask(case)
        case.amend(systems="egy laptop")
        with pytest.raises(Conflict, match="The form has changed"):
            self.sign(case, asked.id)
        again = self.ask(case)
        firm.town.clock.advance(minutes=5)
        case.file(unsigned_because="Sürgős, a határidő egy órán belül lejár.")
        with pytest.raises(Conflict, match="gone out"):
            self.sign(case, again.id)

    def test_nobody_signs_what_they_asked_for_themselves_or_twice(self, firm: Firm) -> None:
        case = firm.report()
        asked = self.ask(case)
        with firm.as_("dpo") as uow, pytest.raises(Conflict, match="yourself"):
            sign_off.answer(uow, asked.id, "approved", "Rendben.")
        with firm.as_("handler") as uow, pytest.raises(Forbidden):
            sign_off.answer(uow, asked.id, "approved", "Rendben.")
        self.sign(case, asked.id)
        with pytest.raises(Conflict, match="already"):
            self.sign(case, asked.id)

    def test_the_next_filing_starts_without_one(self, firm: Firm) -> None:
        case = firm.report()
        self.sign(case, self.ask(case).id)
        firm.town.clock.advance(minutes=5)
        case.file(authority_identifier="NAIH-1/2026")
        assert look(case).pending is None
        case.file("follow_up")


def _pending(case: CaseFile) -> thread_view.Pending:
    pending = look(case).pending
    assert pending is not None
    return pending


class TestReceipts:
    def test_the_identifier_is_kept_as_it_came_and_serves_the_follow_up(self, firm: Firm) -> None:
        case = firm.report()
        filing = case.file()
        assert faults(case, "follow_up") == {"authority_identifier": "required"}
        with firm.as_("handler") as uow:
            thread.record_receipt(uow, filing.id, identifier=" 2A4E-Példa/01 ", file=RECEIPT)
        seen = look(case)
        [(receipt, file)] = seen.versions[0].receipts
        assert (receipt.authority_identifier, seen.identifier) == ("2A4E-Példa/01", "2A4E-Példa/01")
        assert file is not None
        assert (file.name, file.media_type, file.size) == ("igazolás.pdf", "application/pdf", len(RECEIPT.content))
        case.file("follow_up")

    @pytest.mark.parametrize(
        "file",
        [NewFile("x.pdf", b""), NewFile("x.pdf", b"MZ\x90"), NewFile("x.pdf", b"%PDF-" + b"x" * (10 * 1024 * 1024))],
        ids=["empty", "a program", "too large"],
    )
    def test_a_file_that_cannot_be_taken_is_refused_and_nothing_is_kept(self, firm: Firm, file: NewFile) -> None:
        case = firm.report()
        filing = case.file()
        with firm.as_("handler") as uow, pytest.raises(InvalidInput):
            thread.record_receipt(uow, filing.id, identifier="NAIH-1/2026", file=file)
        assert look(case).versions[0].receipts == ()

    def test_without_identifier_and_file_there_is_nothing_to_keep(self, firm: Firm) -> None:
        filing = firm.report().file()
        with firm.as_("handler") as uow, pytest.raises(InvalidInput):
            thread.record_receipt(uow, filing.id, note="megjött")


class TestOrders:
    def order(self, case: CaseFile, **fields: Any) -> UUID:
        given = {"kind": "clarify", "title": "Naplók", "text": "Küldje meg a naplókat.", "days": 8}
        form_of = OrderForm(**{**given, "received_at": case.town.now, **fields})
        with case.firm.as_("handler") as uow:
            return orders.receive(uow, case.id, form_of, RECEIPT).id

    def reply(self, case: CaseFile, order_id: UUID, **fields: Any) -> None:
        given = {"sent_at": case.town.now, "channel": "krid", "text": "Mellékelve."}
        with case.firm.as_("dpo") as uow:
            orders.answer(uow, order_id, OrderAnswerForm(**{**given, **fields}))

    def test_its_deadline_runs_and_the_answer_ends_it(self, firm: Firm) -> None:
        case = firm.report()
        order = self.order(case)
        [seen] = look(case).orders
        assert (seen.state, seen.file is not None) == ("confirmed", True)
        assert seen.deadline_at is not None
        assert seen.deadline_at - firm.town.clock.now() > timedelta(days=8)
        self.reply(case, order)
        [seen] = look(case).orders
        assert (seen.state, seen.late_by_seconds, len(seen.answers)) == ("ended", 0, 1)

    def test_a_deadline_it_names_counts_to_the_minute_and_a_late_answer_says_why(self, firm: Firm) -> None:
        case = firm.report()
        deadline = ZonedInstant(firm.town.clock.now() + timedelta(hours=20))
        order = self.order(case, days=None, deadline_at=deadline)
        firm.town.clock.advance(hours=21)
        with pytest.raises(InvalidInput):
            self.reply(case, order)
        self.reply(case, order, note=WHY_LATER)
        assert look(case).orders[0].late_by_seconds == 3600

    def test_an_open_order_keeps_the_case_open(self, firm: Firm) -> None:
        case = firm.report().encrypted()
        case.decide("no")
        order = self.order(case)
        with firm.as_("dpo") as uow, pytest.raises(Conflict):
            register.close_incident(uow, case.id, "kész")
        self.reply(case, order)
        with firm.as_("dpo") as uow:
            register.close_incident(uow, case.id, "kész")

    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"kind": "ask"}, "kind"),
            ({"title": " "}, "title"),
            ({"text": ""}, "text"),
            ({"days": None}, "deadline_at"),
            ({"days": 0}, "days"),
        ],
    )
    def test_what_cannot_be_is_named(self, firm: Firm, fields: dict[str, Any], path: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.order(firm.report(), **fields)
        assert [error.path for error in refused.value.errors] == [path]


def test_of_another_controller_nothing_of_the_thread_is_there(firm: Firm) -> None:
    case = firm.report()
    filing = case.file()
    stranger = firm.town.found(staff=("dpo",))
    with stranger.as_("dpo", read_only=True) as uow:
        for ask in (thread_view.version, thread.sheet_of, stored.evidence, stored.request, stored.order):
            with pytest.raises(NotFound):
                ask(uow, filing.id)
