"""Sending letters, as the clock does it: whose turn it is, how it went, and when a wave or the whole is done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from incidents.rules import mailing as rules
from incidents.steps.mailing import note
from incidents.store import mailings, recipients
from incidents.store.mailings import Claimed
from incidents.store.tables import Mailing
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Turn:
    """The next letters of a mailing, leased to us, and what each language is sent."""

    mailing_id: UUID
    incident_id: UUID
    controller_id: UUID
    letters: Mapping[str, Any]
    claimed: Collection[Claimed]


def next_turn(uow: UnitOfWork, mailing_id: UUID, most: int) -> Turn | None:
    """The next letters that may leave now; None when there are none, the limit is used up, or it does not run."""
    row = mailings.load(uow, mailing_id, lock=True)
    if row.state != "running":
        return None
    upto = rules.upto(row.waves, row.wave)
    allowed = rules.allowance(row.paid_until, uow.now, row.rate)
    count = most if allowed is None else min(most, allowed)
    claimed = mailings.claim(uow, row, upto, count) if count else []
    row.paid_until = rules.paid(row.paid_until, uow.now, row.rate, len(claimed))
    if claimed:
        return Turn(row.id, row.incident_id, row.controller_id, row.letters, claimed)
    if count:
        _finish_what_is_done(uow, row, upto)
    return None


def _finish_what_is_done(uow: UnitOfWork, row: Mailing, upto: int | None) -> None:
    """A wave is done when nobody in it waits for a first try; the whole, when nobody waits at all."""
    if not mailings.waits(uow, row, None, *mailings.WAITING):
        row.state, row.finished_at = "done", uow.now
        note(uow, row, "done")
    elif upto is not None and not mailings.waits(uow, row, upto, "queued"):
        row.state, row.why_paused = "paused", "wave"
        note(uow, row, "wave", wave=row.wave)


def sent(uow: UnitOfWork, claimed: Claimed) -> bool:
    """The mail server took the letter; False when somebody else holds it by now."""
    return mailings.mark_sent(uow, claimed)


def refused(uow: UnitOfWork, claimed: Claimed, answer: str) -> bool:
    """The mailbox takes no letter, ever: on to the post list, or no way is left."""
    return mailings.settle(uow, claimed, answer=answer, **mailings.undeliverable(uow.now))


def put_off(uow: UnitOfWork, claimed: Claimed, answer: str) -> bool:
    """The mailbox asks to try later; after several tries over most of a day it is given up."""
    wait = rules.next_try(claimed.attempt)
    if wait is None:
        return refused(uow, claimed, answer)
    return mailings.settle(uow, claimed, state="deferred", answer=answer, next_attempt_at=uow.now + wait)


def give_back(uow: UnitOfWork, claimed: Collection[Claimed]) -> None:
    """Letters that were not tried keep their turn."""
    mailings.give_back(uow, claimed)


def note_trouble(uow: UnitOfWork, mailing_id: UUID, trouble: str, *, pause: bool = False) -> None:
    """Say on the page why nothing leaves; with ``pause`` a person has to look at it first."""
    row = mailings.load(uow, mailing_id, lock=True)
    row.trouble, row.trouble_at = trouble[:500], uow.now
    if pause and row.state == "running":
        row.state, row.why_paused = "paused", "person"
        note(uow, row, "paused", why="refused")


def forget_trouble(uow: UnitOfWork, mailing_id: UUID) -> None:
    """Letters leave again."""
    row = mailings.load(uow, mailing_id, lock=True)
    row.trouble, row.trouble_at = "", None


def tested(uow: UnitOfWork, mailing_id: UUID, wanted: int) -> None:
    """The test letters have left; one that was asked for meanwhile is still owed."""
    row = mailings.load(uow, mailing_id, lock=True)
    row.tests_wanted, row.trouble, row.trouble_at = max(row.tests_wanted - wanted, 0), "", None
    if row.state == "draft":
        row.state = "test_sent"
    note(uow, row, "tested", languages=sorted(row.letters))


def not_tested(uow: UnitOfWork, mailing_id: UUID, trouble: str, *, again: bool) -> None:
    """The test letters did not leave; unless it may work ``again``, they are not owed any more."""
    note_trouble(uow, mailing_id, trouble)
    if not again:
        mailings.load(uow, mailing_id, lock=True).tests_wanted = 0


def bounced(uow: UnitOfWork, recipient_id: UUID, answer: str, *, final: bool) -> bool:
    """A letter came back, or its delivery is delayed. False when there is nobody it could be about."""
    row = recipients.find_one(uow, recipient_id)
    if row is None or row.state not in {"sent", "deferred", "queued"}:
        return False
    row.answer = answer[:40]
    if final:
        row.state, row.bounced_at = "post" if row.postable else "unreachable", uow.now
    return True
