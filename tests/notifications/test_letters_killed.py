"""A sender of letters that is killed again and again: everybody is written to, and at most the letter in hand twice."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from incidents.base.time import SystemClock
from notifications import letters
from tests.company import Company
from tests.fakes import FakeClock
from tests.letters_builders import Letters, people
from tests.processes import Process, Processes, product_env
from tests.servers import SmtpServer

SENDER = """
from incidents.base.settings import load_settings
from incidents.base.time import SystemClock
from incidents.store.engine import create_engine_for
from notifications import letters

settings = load_settings()
letters.run(create_engine_for(settings.database_url), SystemClock(), settings)
"""
PEOPLE, KILLS = 150, 4


@pytest.fixture
def company(database_url: str, tmp_path: Path, smtp_server: SmtpServer) -> Company:
    return Company(database_url, SystemClock(), tmp_path / "data", smtp_server.url)


@pytest.mark.chaos
def test_kill_9_passes_over_nobody_and_repeats_at_most_the_letter_in_hand(
    company: Company, processes: Processes, smtp_server: SmtpServer
) -> None:
    post = Letters(company.engine, company.clock, company.open_case())
    made = post.started(*people(PEOPLE))
    killed = 0
    for _ in range(KILLS):
        before = len(smtp_server.received())
        sender = processes.start([sys.executable, "-c", SENDER], product_env(**company.env))
        killed += _killed_while_sending(sender, smtp_server, before)
        _let_the_lease_end(company)
    company.clock = FakeClock(SystemClock().now())
    company.clock.advance(minutes=6 * (KILLS + 1))
    letters.run(company.engine, company.clock, company.settings)

    sent = Counter(mail.recipients[0] for mail in smtp_server.received())
    assert sent.keys() == {f"anna{n}@pelda.example" for n in range(1, PEOPLE + 1)}, "passed over"
    assert sent.total() - PEOPLE <= killed, "more repeated than were in hand"
    assert len({mail.message_id for mail in smtp_server.received()}) == PEOPLE
    assert killed > 0, "nobody was killed at work: this proves nothing"
    assert post.look(made).counts.reached == PEOPLE


def _killed_while_sending(sender: Process, smtp_server: SmtpServer, before: int) -> bool:
    """Killed once a few more letters have arrived; False when it was done earlier."""
    sender.wait_until(lambda: len(smtp_server.received()) >= before + 5, "letters", timeout=60)
    at_work = sender.running
    sender.kill9()
    return at_work


def _let_the_lease_end(company: Company) -> None:
    """What the dead one held is anybody's again: as if the minutes of the lease had passed."""
    from sqlalchemy import update

    from incidents.store.tables import Recipient

    with company.uow() as uow:
        uow.session.execute(update(Recipient).where(Recipient.state == "queued").values(next_attempt_at=uow.now))
