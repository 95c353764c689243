"""Kill -9, again and again, while stages fall due and reports arrive: nothing is lost, nothing happens twice.

Short by default; CHAOS_ROUNDS=20 (``make chaos``) goes on for longer. A failure prints the seed of its kills.
"""

import logging
import os
import time
from collections import Counter
from datetime import timedelta
from random import Random, SystemRandom

import pytest
from sqlalchemy import select

from incidents.steps import controllers, register
from incidents.steps.register import RegisterFilter
from incidents.store.tables import Event, FactAmendment, Incident, OutboxMail, Stage
from incidents.store.uow import UnitOfWork
from notifications.mails import message_id
from tests.company import MAIL_FROM, Company
from tests.fakes import FakeClock
from tests.processes import wait_until
from tests.servers import SmtpServer
from tests.workers.installation import Installation
from tests.workers.storm import Storm

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "5"))
LEASE_IS_OVER = timedelta(minutes=6)

log = logging.getLogger("chaos")
pytestmark = pytest.mark.chaos


@pytest.fixture
def seed() -> int:
    """Printed with a failure; CHAOS_SEED repeats the moments of the kills."""
    return int(os.environ.get("CHAOS_SEED", SystemRandom().randrange(10**6)))


def _storm(installation: Installation, company: Company, random: Random) -> Storm:
    with company.uow() as uow:
        link = f"/r/{controllers.report_link(uow, company.id).token}"
    return Storm(installation.address, link, company.key("reporter"), random)


def _until_accepted(storm: Storm, more: int) -> None:
    known = len(storm.accepted)
    wait_until(lambda: len(storm.accepted) > known + more, "reports to be accepted", 60)


def _nothing_waits(company: Company) -> bool:
    """Whether no stage is overdue and no mail waits that nobody holds."""
    with company.uow(read_only=True) as uow:
        overdue = select(Stage.id).where(Stage.state == "scheduled", Stage.due_at <= uow.now - timedelta(seconds=1))
        waiting = select(OutboxMail.id).where(OutboxMail.state == "queued", OutboxMail.lease_until.is_(None))
        return uow.session.scalar(overdue.limit(1)) is None and uow.session.scalar(waiting.limit(1)) is None


def _until_nothing_waits(installation: Installation, company: Company) -> None:
    try:
        wait_until(lambda: _nothing_waits(company), "everything due to be done", 120, pause=0.5)
    except AssertionError as error:
        for mail in _waiting_mails(company)[:5]:
            error.add_note(f"{mail.key}: {mail.attempts} tries, next {mail.next_attempt_at}: {mail.last_error}")
        for part, process in installation.running.items():
            error.add_note(f"--- {part}\n{process.output()[-3000:]}")
        raise


def _waiting_mails(company: Company) -> list[OutboxMail]:
    with company.uow(read_only=True) as uow:
        return list(uow.session.scalars(select(OutboxMail).where(OutboxMail.state == "queued")))


def _let_the_leases_end(company: Company) -> None:
    """Six minutes later: what a killed sender held in its hand is free again and is sent."""
    now = company.clock
    company.clock = FakeClock(now.now() + LEASE_IS_OVER)
    company.deliver()
    company.clock = now


def test_a_power_cut_loses_nothing_and_doubles_nothing(
    installation: Installation, company: Company, smtp_server: SmtpServer, seed: int
) -> None:
    log.warning("CHAOS_SEED=%d CHAOS_ROUNDS=%d", seed, ROUNDS)
    random = Random(seed)  # noqa: S311 (moments, not secrets)
    installation.start()
    with _storm(installation, company, random) as storm:
        for _ in range(ROUNDS):
            _until_accepted(storm, 3)
            time.sleep(random.uniform(0.1, 3))
            installation.kill9()
            installation.start(*installation.mortal)
        _until_accepted(storm, 10)
    _until_nothing_waits(installation, company)
    assert installation.ready()
    assert set(installation.stop().values()) <= {0, -15}
    _let_the_leases_end(company)

    assert storm.refused == []
    _every_accepted_report_is_there_once(company, storm)
    _every_stage_fired_once(company)
    _every_mail_arrived(company, smtp_server)
    _log_and_register_are_whole(company)


def _every_accepted_report_is_there_once(company: Company, storm: Storm) -> None:
    with company.uow(read_only=True) as uow:
        said = uow.session.scalars(select(FactAmendment).where(FactAmendment.version == 1))
        markers = Counter(str(one.facts["what_happened"]["value"]) for one in said)
    assert storm.accepted.keys() - markers.keys() == set(), "accepted and lost"
    log.warning("%d reports accepted, %d unanswered", len(storm.accepted), storm.unanswered)
    assert len(storm.accepted) > 5 * ROUNDS, "too calm to prove anything"
    assert {marker for marker, count in markers.items() if count > 1} == set(), "opened twice"


def _every_stage_fired_once(company: Company) -> None:
    with company.uow(read_only=True) as uow:
        fired = Counter(
            (str(stage.incident_id), stage.name)
            for stage in uow.session.scalars(select(Stage).where(Stage.state == "fired"))
        )
        logged = Counter((str(event.incident_id), str(event.data["stage"])) for event in _events(uow, "stage.fired"))
    assert set(fired.values()) == {1}
    assert logged == fired
    log.warning("%d stages fired", len(fired))
    assert len(fired) > 20 * ROUNDS, "too calm to prove anything"


def _events(uow: UnitOfWork, kind: str) -> list[Event]:
    return list(uow.session.scalars(select(Event).where(Event.kind == kind)))


def _every_mail_arrived(company: Company, smtp_server: SmtpServer) -> None:
    """Each person of each fired stage got the warning, or a newer one that took it in; repeats are rare and equal."""
    with company.uow(read_only=True) as uow:
        rows = {row.id: row for row in uow.session.scalars(select(OutboxMail))}
        wanted = {
            (str(event.incident_id), str(event.data["stage"]), address)
            for event in _events(uow, "stage.fired")
            for address in event.data["to"]
        }
        logged = Counter(
            (str(event.incident_id), event.data["stage"], event.data["to"]) for event in _events(uow, "mail.sent")
        )
    assert {(str(row.incident_id), str(row.payload["stage"]), row.recipient) for row in rows.values()} == wanted
    assert {row.state for row in rows.values()} <= {"sent", "folded"}
    for row in rows.values():
        newest = row
        while newest.folded_into is not None:
            newest = rows[newest.folded_into]
        assert newest.state == "sent"
    sent = {message_id(row.key, MAIL_FROM): row for row in rows.values() if row.state == "sent"}
    assert logged == Counter((str(row.incident_id), row.payload["stage"], row.recipient) for row in sent.values())
    received = Counter((mail.message_id, mail.recipients) for mail in smtp_server.received())
    assert {identity for identity, _ in received} == sent.keys()
    repeated = sum(received.values()) - len(sent)
    log.warning("%d mails, %d of them sent again after %d kills", len(sent), repeated, ROUNDS)
    assert len(received) == len(sent), "a repeated mail is the same mail to the same person"
    assert repeated <= ROUNDS


def _log_and_register_are_whole(company: Company) -> None:
    with company.uow(read_only=True) as uow:
        assert list(register.verify(uow, company.id)) == []
        lines = register.entries(uow, RegisterFilter(controller_id=company.id))
        cases = uow.session.scalars(select(Incident)).all()
        references = sorted(case.reference for case in cases)
    assert sorted(line.incident.reference for line in lines) == references
    assert references == [f"FUT-{reference[4:8]}/{number:04}" for number, reference in enumerate(references, 1)]
