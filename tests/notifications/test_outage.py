"""A mail server that is down: no mail loses a try over it, one mail a minute asks, and all leave when it is back."""

from datetime import timedelta

import pytest

from incidents.store import channels, outbox
from incidents.store.tables import OutboxMail
from tests.company import DEPUTY, DPO, HANDLER, Company
from tests.fakes import FakeClock
from tests.servers import SmtpServer


@pytest.fixture
def down(company: Company, smtp_server: SmtpServer) -> SmtpServer:
    """A server that is gone, with two mails of a new case waiting for it."""
    company.open_case()
    company.sweep()
    smtp_server.stop()
    return smtp_server


def _mails(company: Company) -> list[OutboxMail]:
    with company.uow(read_only=True) as uow:
        return sorted(uow.session.query(OutboxMail), key=lambda mail: mail.id)


def _since(company: Company) -> object:
    with company.uow(read_only=True) as uow:
        found = channels.outage(uow)
        return found.since if found else None


def test_a_server_down_for_two_days_costs_no_mail_and_all_leave_at_once_when_it_is_back(
    company: Company, down: SmtpServer, fake_clock: FakeClock
) -> None:
    begun = fake_clock.now()
    for _ in range(12):
        assert company.deliver() == 0
        fake_clock.advance(hours=4)
    assert _since(company) == begun
    assert {mail.state for mail in _mails(company)} == {"queued"}
    down.start()
    assert company.deliver() == 2
    assert _since(company) is None
    assert {(mail.state, mail.attempts - mail.excused) for mail in _mails(company)} == {("sent", 1)}


def test_one_mail_a_minute_asks_whether_the_server_is_back(
    company: Company, down: SmtpServer, fake_clock: FakeClock
) -> None:
    for _ in range(8):
        company.deliver()
        fake_clock.advance(seconds=15)
    assert sum(mail.attempts for mail in _mails(company)) == 2
    assert sum(mail.excused for mail in _mails(company)) == 2


def test_after_the_outage_a_busy_mailbox_still_has_its_eight_tries(
    company: Company, down: SmtpServer, fake_clock: FakeClock
) -> None:
    for _ in range(10):
        company.deliver()
        fake_clock.advance(minutes=1)
    down.start()
    down.behave("busy", 2 * outbox.MAX_ATTEMPTS)
    for _ in range(outbox.MAX_ATTEMPTS):
        assert {mail.state for mail in _mails(company) if mail.template == "stage"} == {"queued"}
        company.deliver()
        fake_clock.advance(hours=1)
    dead = [mail for mail in _mails(company) if mail.state == "dead"]
    assert {mail.recipient for mail in dead} >= {DPO.email, HANDLER.email}
    assert {mail.attempts - mail.excused for mail in dead} == {outbox.MAX_ATTEMPTS}


def test_after_three_days_a_mail_is_given_up_aloud_and_the_next_contact_is_told_once_the_server_is_back(
    company: Company, down: SmtpServer, fake_clock: FakeClock
) -> None:
    company.deliver()
    fake_clock.move_to(_mails(company)[0].created_at + outbox.LONGEST_OUTAGE)
    company.deliver()
    fake_clock.advance(minutes=1)
    company.deliver()
    assert {mail.recipient for mail in _mails(company) if mail.state == "dead"} == {DPO.email, HANDLER.email}
    down.start()
    fake_clock.advance(minutes=1)
    assert company.deliver() >= 1
    assert DEPUTY.email in {mail.recipients[0] for mail in down.received()}


def test_a_mail_queued_late_in_a_long_outage_has_its_own_three_days(
    company: Company, down: SmtpServer, fake_clock: FakeClock
) -> None:
    company.deliver()
    fake_clock.advance(hours=71)
    company.sweep()  # the ladder has gone on: newer warnings wait too
    fake_clock.advance(hours=2)
    for _ in range(4):
        company.deliver()
        fake_clock.advance(minutes=1)
    late = [mail for mail in _mails(company) if fake_clock.now() - mail.created_at < timedelta(hours=70)]
    assert late
    assert {mail.state for mail in late} <= {"queued", "folded"}


def test_a_server_that_refuses_the_sender_is_down_too(
    company: Company, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    company.open_case()
    company.sweep()
    smtp_server.behave("refuse_sender")
    assert company.deliver() == 0
    assert _since(company) == fake_clock.now()
    fake_clock.advance(minutes=1)
    assert company.deliver() == 2


def test_a_mail_that_cannot_be_written_says_nothing_about_the_server(
    company: Company, down: SmtpServer, fake_clock: FakeClock
) -> None:
    company.deliver()
    begun = _since(company)
    with company.uow() as uow:
        for mail in uow.session.query(OutboxMail):
            mail.template = "no such template"
    fake_clock.advance(minutes=1)
    company.deliver()
    assert {mail.state for mail in _mails(company)} >= {"dead"}
    assert _since(company) == begun


def test_a_run_ends_in_time_and_the_next_one_goes_on(company: Company, smtp_server: SmtpServer) -> None:
    """A worker that is ended in the middle of a mail would repeat it."""
    from typing import Any

    from notifications.delivery import deliver

    class Slowly(FakeClock):
        def now(self) -> Any:
            self.advance(seconds=9)
            return super().now()

    for _ in range(8):
        company.open_case()
    company.sweep()
    first = deliver(company.engine, Slowly(company.clock.now()), company.settings)
    assert 0 < first < 16
    assert first + company.deliver() == 16
