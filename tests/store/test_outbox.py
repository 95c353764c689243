"""The outbox: one mail in one hand at a time; a lost hand lets go; a mail that cannot go is given up, visibly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from incidents.store import outbox
from incidents.store.outbox import BACK_OFF, LEASE, MAX_ATTEMPTS, NewMail
from incidents.store.tables import OutboxMail
from tests.builders import Firm, Town


@pytest.fixture
def town(empty_town: Town) -> Town:
    """Claims are made over all mails of all firms: no others may be there."""
    return empty_town


@pytest.fixture
def firm(town: Town) -> Firm:
    return town.found(staff=())


def queue(firm: Firm, *keys: str, **fields: Any) -> None:
    given: dict[str, Any] = {"template": "invite", "recipient": "dpo@futar.example", "name": "Doktor Dóra"}
    given |= {"language": "hu", "payload": {}, "controller_id": firm.id} | fields
    with firm.town.uow() as uow:
        for key in keys:
            outbox.add(uow, NewMail(key=key, **given))


def claim(town: Town) -> OutboxMail | None:
    with town.uow() as uow:
        return outbox.claim_one(uow)


def settle(town: Town, mail: OutboxMail, *, error: str = "", final: bool = False) -> str:
    """What delivery does after the SMTP conversation; says in what state it left the mail."""
    with town.uow() as uow:
        row = outbox.claimed(uow, mail.id, mail.attempts)
        if row is None:
            return "not ours any more"
        if error:
            outbox.mark_failed(uow, row, error, final=final)
        else:
            outbox.mark_sent(uow, row)
        return row.state


def stored(town: Town, mail_id: UUID) -> OutboxMail:
    with town.uow(read_only=True) as uow:
        return uow.session.get_one(OutboxMail, mail_id)


def test_the_mail_that_has_waited_longest_is_claimed_first(town: Town, firm: Firm) -> None:
    queue(firm, "first")
    town.clock.advance(seconds=1)
    queue(firm, "second")
    assert [mail.key for mail in (claim(town), claim(town)) if mail] == ["first", "second"]
    assert claim(town) is None


def test_a_claimed_mail_is_left_alone_until_its_lease_ends(town: Town, firm: Firm) -> None:
    queue(firm, "one")
    first = claim(town)
    town.clock.advance(seconds=LEASE.total_seconds() - 1)
    assert claim(town) is None
    town.clock.advance(seconds=1)
    again = claim(town)
    assert first and again and (first.id, first.attempts, again.attempts) == (again.id, 1, 2)


def test_who_lost_the_lease_cannot_settle_what_another_holds(town: Town, firm: Firm) -> None:
    """The first sender hung in the SMTP conversation for longer than the lease."""
    queue(firm, "one")
    slow = claim(town)
    town.clock.advance(seconds=LEASE.total_seconds())
    quick = claim(town)
    assert slow and quick
    assert settle(town, slow) == "not ours any more"
    assert settle(town, quick) == "sent"
    assert settle(town, quick) == "not ours any more"


def test_a_failed_mail_is_tried_again_after_1_5_15_and_60_minutes_and_given_up_after_8(town: Town, firm: Firm) -> None:
    queue(firm, "one")
    waited = []
    for _ in range(MAX_ATTEMPTS - 1):
        mail = claim(town)
        assert mail
        assert settle(town, mail, error="450 try again") == "queued"
        waits = stored(town, mail.id).next_attempt_at - town.clock.now()
        town.clock.advance(seconds=waits.total_seconds() - 1)
        assert claim(town) is None
        town.clock.advance(seconds=1)
        waited.append(waits)
    assert waited[:4] == list(BACK_OFF) == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
    assert set(waited[4:]) == {timedelta(hours=1)}
    last = claim(town)
    assert last
    assert settle(town, last, error="450 try again") == "dead"
    town.clock.advance(days=30)
    assert claim(town) is None


def test_a_mail_refused_for_good_is_given_up_at_once_and_says_why(town: Town, firm: Firm) -> None:
    queue(firm, "one")
    mail = claim(town)
    assert mail
    assert settle(town, mail, error="550 no such mailbox", final=True) == "dead"
    assert stored(town, mail.id).last_error == "550 no such mailbox"


def test_a_sent_mail_forgets_the_trouble_it_had_and_the_secret_it_carried(town: Town, firm: Firm) -> None:
    queue(firm, "one", payload={"token": "secret", "controller": "Futár Példa Kft."})
    first = claim(town)
    assert first
    settle(town, first, error="450 try again")
    town.clock.advance(minutes=1)
    again = claim(town)
    assert again
    assert again.payload["token"] == "secret"
    settle(town, again)
    sent = stored(town, again.id)
    assert (sent.last_error, sent.lease_until, sent.sent_at) == ("", None, town.clock.now())
    assert sent.payload == {"controller": "Futár Példa Kft."}


def test_a_key_is_queued_once_for_ever(town: Town, firm: Firm) -> None:
    queue(firm, "one")
    with pytest.raises(IntegrityError):
        queue(firm, "one")


def test_a_key_may_be_long_enough_for_a_whole_chain_of_contacts(town: Town, firm: Firm) -> None:
    """A mail that died twice carries two more addresses in its key; one that does not fit would stop all delivery."""
    longest = f"{'a' * 64}@{'b' * 180}.example"
    queue(firm, f"stage:{firm.id}:1:overdue-100:{longest}:next:{longest}:next:{longest}")
    assert claim(town)


def test_the_counts_tell_how_many_wait_are_sent_and_dead(town: Town, firm: Firm) -> None:
    queue(firm, "one", "two", "three")
    mail = claim(town)
    assert mail
    settle(town, mail)
    with town.uow(read_only=True) as uow:
        assert outbox.counts(uow) == {"queued": 2, "sent": 1}


def test_many_deliverers_at_once_never_get_the_same_mail(town: Town, firm: Firm) -> None:
    keys = [f"mail-{number:02}" for number in range(30)]
    queue(firm, *keys)

    def deliver(_: int) -> list[tuple[str, int]]:
        mine = []
        while mail := claim(town):
            mine.append((mail.key, mail.attempts))
            settle(town, mail)
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [mail for share in pool.map(deliver, range(6)) for mail in share]
    assert sorted(taken) == [(key, 1) for key in keys]
