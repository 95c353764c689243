"""Delivery: every mail gets through once, is tried again, or is given up aloud; rows are the only truth."""

from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from incidents.base.ids import new_id
from incidents.rules.office import local
from incidents.store import outbox
from incidents.store.tables import AbsenceRow, Controller, OutboxMail, User
from notifications import smtp
from notifications.mails import message_id
from tests.company import DEPUTY, DPO, FIRM, HANDLER, MAIL_FROM, MANAGER, METRICS_TOKEN, Company
from tests.fakes import FakeClock
from tests.servers import SmtpServer


def _to(server: SmtpServer) -> list[str]:
    return [mail.recipients[0] for mail in server.received()]


def _row(company: Company, mail_id: UUID) -> OutboxMail:
    with company.uow(read_only=True) as uow:
        return uow.session.get_one(OutboxMail, mail_id)


def _first_mail(company: Company, case: UUID, who: str = DPO.email) -> OutboxMail:
    return next(mail for mail in company.mails(case) if mail.recipient == who)


def _queue(company: Company, case: UUID, recipient: str, key: str = "k") -> UUID:
    """A warning to one address, beside those the ladder plans."""
    like = _first_mail(company, case)
    with company.uow() as uow:
        mail = outbox.NewMail(key, "stage", recipient, "Valaki Vilma", "hu", like.payload, company.id, incident_id=case)
        return outbox.add(uow, mail).id


def test_a_new_case_reaches_the_dpo_and_the_handlers_at_once(company: Company, smtp_server: SmtpServer) -> None:
    case = company.open_case()
    assert company.sweep() == 1
    assert company.deliver() == 2
    assert sorted(_to(smtp_server)) == [DPO.email, HANDLER.email]
    assert {mail.state for mail in company.mails(case)} == {"sent"}
    assert [event.kind for event in company.case(case).events][-2:] == ["mail.sent", "mail.sent"]


def test_a_second_run_sends_nothing_again(company: Company, smtp_server: SmtpServer) -> None:
    company.open_case()
    company.sweep()
    assert [company.deliver(), company.sweep(), company.deliver()] == [2, 0, 0]
    assert len(smtp_server.received()) == 2


def test_without_a_mail_server_the_mails_wait_and_leave_as_soon_as_one_is_named(
    company: Company, smtp_server: SmtpServer
) -> None:
    from dataclasses import replace

    named = company.settings
    case = company.open_case()
    company.sweep()
    company.settings = replace(named, smtp_url="")
    assert company.deliver() == 0
    assert {(mail.state, mail.attempts) for mail in company.mails(case)} == {("queued", 0)}
    company.settings = named
    assert company.deliver() == 2


def test_a_line_cut_before_the_answer_repeats_one_mail_under_the_same_message_id(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    case = company.open_case()
    company.sweep()
    smtp_server.behave("drop")
    assert company.deliver() == 1
    fake_clock.advance(minutes=1)
    assert company.deliver() == 1
    ids = [mail.message_id for mail in smtp_server.received()]
    assert len(ids) == 3
    assert len(set(ids)) == 2
    assert set(ids) == {message_id(mail.key, MAIL_FROM) for mail in company.mails(case)}


def test_a_busy_server_is_tried_again_after_1_5_15_and_then_every_60_minutes(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    mail_id = _queued_alone(company)
    waits = []
    for _ in range(outbox.MAX_ATTEMPTS - 1):
        smtp_server.behave("busy")
        assert company.deliver() == 0
        row = _row(company, mail_id)
        waits.append((row.next_attempt_at - fake_clock.now()) // timedelta(minutes=1))
        fake_clock.move_to(row.next_attempt_at - timedelta(seconds=1))
        assert company.deliver() == 0, "not before its time"
        fake_clock.move_to(row.next_attempt_at)
    assert waits == [1, 5, 15, 60, 60, 60, 60]
    assert "451" in _row(company, mail_id).last_error
    assert company.deliver() == 1
    row = _row(company, mail_id)
    assert (row.state, row.attempts, row.last_error) == ("sent", 8, "")


def _queued_alone(company: Company) -> UUID:
    """One waiting mail to the DPO; the one to the handler has left already."""
    case = company.open_case()
    company.sweep()
    company.deliver()
    return _queue(company, case, DPO.email)


def test_after_eight_tries_a_mail_is_dead_and_the_next_contact_is_told_who_was_not_reached(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    mail_id = _queued_alone(company)
    case = _row(company, mail_id).incident_id
    assert case is not None
    smtp_server.clear()
    smtp_server.behave("busy", outbox.MAX_ATTEMPTS)
    for _ in range(outbox.MAX_ATTEMPTS):
        company.deliver()
        fake_clock.advance(hours=1)
    assert (_row(company, mail_id).state, _row(company, mail_id).attempts) == ("dead", 8)
    told = smtp_server.received()
    assert [mail.recipients for mail in told] == [(DEPUTY.email,)]
    assert told[0].subject.startswith("A warning did not arrive")
    assert DPO.email in told[0].text()
    assert "451" in told[0].text()
    assert "/ack/" in told[0].text("html")


def test_the_next_contact_is_somebody_who_is_there(company: Company, smtp_server: SmtpServer) -> None:
    with company.uow() as uow:
        deputy = uow.session.scalars(select(User.id).where(User.email == DEPUTY.email)).one()
        today = local(uow.now).date()
        away = AbsenceRow(id=new_id(uow.now), user_id=deputy, first=today, last=today, made_by="Dean", made_at=uow.now)
        uow.add(away)
    _queued_alone(company)
    smtp_server.clear()
    smtp_server.behave("refuse", 1)
    company.deliver()
    assert [mail.recipients for mail in smtp_server.received()] == [(MANAGER.email,)]


def test_a_dead_mail_shows_in_the_log_the_metrics_and_the_state_of_the_mail(
    company: Company, smtp_server: SmtpServer
) -> None:
    case = company.open_case()
    company.sweep()
    smtp_server.behave("refuse")
    assert company.deliver() == 2, "the handler's warning and the word to the deputy"
    dead = company.mails(case, "dead")
    assert [mail.recipient for mail in dead] == [DPO.email]
    assert "550" in dead[0].last_error
    [event] = [event for event in company.case(case).events if event.kind == "mail.dead"]
    assert event.data["to"] == DPO.email
    with company.site() as site:
        metrics = site.get("/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"}).text
    assert 'incidens72_outbox_messages{channel="mail",state="dead"} 1.0' in metrics


def test_a_refused_mailbox_passes_the_warning_down_the_chain_to_the_firms_own_address(
    company: Company, smtp_server: SmtpServer
) -> None:
    case = company.open_case()
    company.sweep()
    smtp_server.behave("refuse", 100)
    company.deliver()
    told = [(mail.recipient, mail.payload.get("failed_recipient")) for mail in company.mails(case)]
    assert {who for who, _ in told} == {DPO.email, HANDLER.email, DEPUTY.email, MANAGER.email, FIRM.email}
    assert len(told) == len(set(told)), "nobody is told twice of one failure"
    assert {mail.state for mail in company.mails(case)} == {"dead"}


def test_where_everybody_has_the_warning_one_of_them_hears_who_has_not(
    company: Company, smtp_server: SmtpServer
) -> None:
    """DPO and deputy are refused: the firm's own mailbox hears of the first, and one who got the mail of the second."""
    case = company.open_case()
    company.sweep()
    like = _first_mail(company, case)
    company.deliver()
    smtp_server.clear()
    payload = {**like.payload, "stage": "t71"}
    with company.uow() as uow:
        for who in (DPO, DEPUTY, MANAGER):
            key = f"t71:{who.email}"
            mail = outbox.NewMail(key, "stage", who.email, who.name, "hu", payload, company.id, incident_id=case)
            outbox.add(uow, mail)
    smtp_server.behave("refuse", 2)
    company.deliver()
    failed = {
        (mail.payload["failed_recipient"], mail.recipient)
        for mail in company.mails(case, "sent")
        if mail.template == "undeliverable"
    }
    assert failed == {(DPO.email, FIRM.email), (DEPUTY.email, MANAGER.email)}


def test_a_wrong_login_loses_no_mail(company: Company, smtp_server: SmtpServer, fake_clock: FakeClock) -> None:
    case = company.open_case()
    company.sweep()
    smtp_server.behave("refuse_login", 1)
    assert company.deliver() == 0
    assert [(mail.state, mail.last_error) for mail in company.mails(case)] == [
        ("queued", "the mail server refused the login: 535"),
        ("queued", ""),
    ]
    fake_clock.advance(minutes=1)
    assert company.deliver() == 2


def test_a_server_that_is_gone_for_a_night_gets_every_mail_when_it_is_back(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    case = company.open_case()
    company.sweep()
    smtp_server.stop()
    for _ in range(3):
        assert company.deliver() == 0
        fake_clock.advance(minutes=15)
    smtp_server.start()
    assert company.deliver() == 2
    assert {mail.state for mail in company.mails(case)} == {"sent"}


def test_a_sender_that_hangs_is_fenced_off_by_the_one_who_took_over(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 3)
    mail_id = _queued_alone(company)
    smtp_server.clear()
    smtp_server.behave("hang")
    hanging = Thread(target=company.deliver)
    hanging.start()
    _until_claimed(company, mail_id)
    assert company.deliver() == 0, "the lease protects a mail in somebody's hand"
    fake_clock.advance(minutes=6)
    assert company.deliver() == 1
    hanging.join(30)
    row = _row(company, mail_id)
    assert (row.state, row.attempts, row.last_error) == ("sent", 2, "")
    assert len(smtp_server.received()) == 1


def _until_claimed(company: Company, mail_id: UUID) -> None:
    from tests.processes import wait_until

    wait_until(lambda: _row(company, mail_id).attempts == 1, "the first sender to claim the mail", pause=0.02)


def test_a_crash_after_the_claim_gives_the_mail_back_when_the_lease_ends(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    mail_id = _queued_alone(company)
    with company.uow() as uow:
        claimed = outbox.claim_one(uow)  # and then the power goes
    assert claimed is not None
    assert company.deliver() == 0
    fake_clock.advance(minutes=5)
    assert company.deliver() == 1
    assert _row(company, mail_id).attempts == 2


@pytest.mark.parametrize(
    "address", ["dpo@futar.example>", ", dpo@futar.example", "dpo@futar.example\nBcc: x@y.example", ".)", "őr szem"]
)
def test_a_mail_that_cannot_be_written_or_addressed_holds_up_nobody(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock, address: str
) -> None:
    case = company.open_case()
    company.sweep()
    company.deliver()
    bad = _queue(company, case, address)
    fake_clock.advance(seconds=1)
    _queue(company, case, HANDLER.email, "behind")
    smtp_server.clear()
    company.deliver()
    assert HANDLER.email in _to(smtp_server)
    assert _row(company, bad).state in {"dead", "sent"}
    assert not any("y.example" in recipient for mail in smtp_server.received() for recipient in mail.recipients)


def test_the_profiles_dpo_is_warned_without_an_account(company: Company, smtp_server: SmtpServer) -> None:
    from incidents.store.tables import Membership

    with company.uow() as uow:
        for row in uow.session.query(Membership).filter(Membership.role == "dpo"):
            uow.session.delete(row)
        firm = uow.session.get_one(Controller, company.id)
        firm.dpo_name, firm.dpo_email = "Külső Kálmán", "kulso@dpo.example"
    company.open_case()
    company.sweep()
    company.deliver()
    assert sorted(_to(smtp_server)) == [HANDLER.email, "kulso@dpo.example"]
