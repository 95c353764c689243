"""The clock of the host is set back: nothing waits until it is there again, and nothing is told twice."""

from datetime import timedelta

import pytest

from incidents.steps import setback
from incidents.store import channels, outbox
from incidents.store.outbox import LEASE
from tests.builders import Firm, Town


@pytest.fixture
def town(empty_town: Town) -> Town:
    """Nobody else's mails wait here."""
    return empty_town


def notice(town: Town) -> bool:
    return setback.notice(town.database, town.clock)


def claim(town: Town) -> str | None:
    with town.uow() as uow:
        row = outbox.claim_one(uow)
        return row.key if row else None


def claimed(town: Town) -> set[str]:
    """All that may leave now."""
    found = set()
    while key := claim(town):
        found.add(key)
    return found


def test_nothing_happens_while_the_clock_goes_on(town: Town, firm: Firm) -> None:
    firm.report()
    town.sweep()
    assert not notice(town)
    town.clock.advance(seconds=-10)  # no more than two hosts may differ
    assert not notice(town)


def test_a_mail_queued_before_leaves_at_once(town: Town, firm: Firm) -> None:
    case = firm.report()
    town.sweep()
    queued = {mail.key for mail in case.mails("queued")}
    town.clock.advance(hours=-1)
    assert claim(town) is None
    assert notice(town)
    assert claimed(town) >= queued


def test_a_mail_in_a_dead_hand_is_free_after_a_lease_and_no_later(town: Town, firm: Firm) -> None:
    case = firm.report()
    town.sweep()
    queued = {mail.key for mail in case.mails("queued")}
    claimed(town)
    town.clock.advance(hours=-1)
    assert notice(town)
    assert claim(town) is None
    town.clock.move_to(town.clock.now() + LEASE)
    assert claimed(town) >= queued


def test_a_mail_that_waits_for_its_hour_goes_on_waiting(town: Town, firm: Firm) -> None:
    case = firm.report()
    town.sweep()
    held = town.clock.now() + timedelta(hours=8)
    with town.uow() as uow:
        for mail in outbox.mails_of(uow, case.id):
            mail.next_attempt_at = held
    town.clock.advance(hours=-1)
    assert notice(town)
    assert {mail.next_attempt_at for mail in case.mails("queued")} == {held}


def test_a_mail_server_that_was_down_is_asked_at_once(town: Town, firm: Firm) -> None:
    town.sweep()
    with town.uow() as uow:
        channels.note_outage(uow, "connection refused")
    town.clock.advance(hours=-1)
    assert notice(town)
    with town.uow() as uow:
        found = channels.outage(uow)
        assert found is not None
        assert found.next_try_at == town.clock.now()
        channels.end_outage(uow)


def test_no_stage_fires_again_and_none_fires_early(town: Town, firm: Firm) -> None:
    case = firm.report()
    town.clock.advance(hours=24)
    town.sweep()
    before = case.stages()
    town.clock.advance(hours=-1)
    assert notice(town)
    town.sweep()
    assert case.stages() == before
    assert not notice(town)
