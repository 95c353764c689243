"""Escalate: what has fallen due fires, once; what has lost its point is called off with the reason.

One transaction writes the stage's state, the log entry and the mails; a crash before the commit leaves all of it to
the next sweep, a crash after it leaves nothing (docs/decisions/0001).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

from incidents.base import logs
from incidents.base.time import Clock
from incidents.rules import escalation, office
from incidents.rules.absence import Told, is_acknowledged, repeat_after, told_at
from incidents.rules.escalation import Fire, Moot, StageRule
from incidents.steps import webhooks
from incidents.steps.sweep_batch import Batch, Turn, Waiting, read_batch
from incidents.steps.telling import named_in_profile
from incidents.store import audit, deadlines, heartbeat, outbox
from incidents.store.deadlines import DueStage
from incidents.store.engine import Database
from incidents.store.outbox import Draft
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work

__all__ = ["named_in_profile", "sweep"]

log = logs.logger("incidents.sweep")

Everybody: TypeAlias = tuple[Told, ...]
BATCH = 1000
"""Due stages looked at in one transaction."""


def sweep(engine: Database, clock: Clock) -> int:
    """Fire everything that has fallen due, batch by batch, and prove to be alive; returns the stages settled.

    A case that cannot be settled is left out, so that the others get their warnings; the sign of life is then
    withheld, and every page and ``/health/ready`` raise the alarm.
    """
    settled = 0
    left_out: set[UUID] = set()
    while (count := _sweep_batch(engine, clock, left_out)) is not None:
        settled += count
    if not left_out:
        with unit_of_work(engine, clock, SYSTEM) as uow:
            heartbeat.beat(uow, "sweep")
    return settled


def _sweep_batch(engine: Database, clock: Clock, left_out: set[UUID]) -> int | None:
    """Settle one batch; when it fails, each of its cases alone. None when nothing is due any more."""
    taken: list[UUID] = []
    try:
        return _settle_due(engine, clock, left_out, taken)
    except Exception:
        log.exception("sweep.batch_failed", count=len(taken))
        if not taken:
            raise  # the failure is not of a case: the next sweep tries again
    return sum(_settle_alone(engine, clock, incident_id, left_out) for incident_id in taken)


def _settle_due(
    engine: Database, clock: Clock, left_out: set[UUID], taken: list[UUID], only: UUID | None = None
) -> int | None:
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        due = deadlines.claim_due(uow, BATCH, without=left_out, only=only)
        if due is None:
            return None
        taken.extend({one.incident.id for one in due})
        batch = read_batch(uow, due)
        settled = sum(_settle(uow, batch, turn) for turn in batch.turns)
        deadlines.settle(uow, batch.settled)
        outbox.add_all(uow, batch.mails)
        audit.append(uow, *batch.events)
        return settled


def _settle_alone(engine: Database, clock: Clock, incident_id: UUID, left_out: set[UUID]) -> int:
    try:
        return _settle_due(engine, clock, left_out, [], incident_id) or 0
    except Exception:
        log.exception("sweep.case_left_out", incident_id=incident_id)
        left_out.add(incident_id)
        return 0


def _settle(uow: UnitOfWork, batch: Batch, turn: Turn) -> int:
    """Fire or call off every due stage of a clock, with the repeats that have fallen due meanwhile."""
    _release(uow, turn)
    stages, settled = list(turn.stages), 0
    while stages:  # grows by repeats that are due already; what fell due last is told last and takes the others in
        stage = stages.pop(0)
        settled += 1
        told = _fire_or_cancel(uow, batch, turn, stage)
        if told is not None:
            stages.extend(_repeat(uow, batch, turn, stage, told))
            stages.sort(key=lambda one: one.due_at)
    return settled


def _release(uow: UnitOfWork, turn: Turn) -> None:
    """What quiet hours hold goes out in time for a deadline that has come nearer since."""
    if not turn.ends or not any(turn.of_case.values()):
        return
    latest = max(min(turn.ends) - office.NEVER_HELD_WITHIN, uow.now)
    for mailboxes in turn.of_case.values():
        for mail in (mail for mails in mailboxes.values() for mail in mails):
            if not mail.attempts and mail.next_attempt_at > latest:
                mail.next_attempt_at = latest


def _fire_or_cancel(uow: UnitOfWork, batch: Batch, turn: Turn, stage: DueStage) -> Everybody | None:
    """Fire a stage, which gives whoever is told, or call it off."""
    rule = escalation.rule_named(turn.policy, stage.name)
    told = _told(uow, batch, turn, rule, stage)
    verdict = escalation.outcome(rule, turn.state)
    if isinstance(verdict, Fire) and not told:
        verdict = Moot("acknowledged")
    batch.settled.append(stage)
    if isinstance(verdict, Moot):
        stage.state, stage.reason = "cancelled", verdict.reason_code
        batch.events.append(_event(turn, stage, "stage.cancelled", reason=stage.reason))
        return None
    stage.state = "fired"
    stage.late_by_seconds = int((uow.now - stage.due_at).total_seconds())
    _tell(uow, batch, turn, rule, stage, told)
    return told


def _told(uow: UnitOfWork, batch: Batch, turn: Turn, rule: StageRule, stage: DueStage) -> Everybody:
    """Who is told: everybody whose turn it is; of a repeat nobody once it is acknowledged, and nobody twice who has."""
    told = _whoever_is_told(uow, batch, turn, rule)
    seen = batch.acknowledged.stage(turn.clock, stage.name)
    if escalation.split_name(stage.name)[1] == 1 or not seen:
        return told
    if is_acknowledged(rule, [one.person for one in told], seen):
        return ()
    return tuple(one for one in told if one.person.user_id not in seen)


def _whoever_is_told(uow: UnitOfWork, batch: Batch, turn: Turn, rule: StageRule) -> Everybody:
    holder, staff = str(turn.incident.held_by_id or ""), turn.staff
    key = (turn.incident.controller_id, id(rule), holder)
    if key not in batch.told:
        batch.told[key] = told_at(rule, uow.now, staff.people, staff.away, staff.fallback, holder)
    return batch.told[key]


def _tell(uow: UnitOfWork, batch: Batch, turn: Turn, rule: StageRule, stage: DueStage, told: Everybody) -> None:
    """Queue the mails of a stage and note in the log whom they went to, why, and until when they are held."""
    goes = office.sending(uow.now, can_wait=rule.can_wait, quiet=turn.policy.quiet, deadlines=turn.ends)
    reached = [one for one in told if one.person.email]
    for one in reached:
        batch.mails.append(_warning(uow, turn, stage, one, goes))
    if "webhook" in rule.channels:
        webhooks.queue_stage(uow, turn.webhooks, turn.clock, stage, goes.at)
    more: dict[str, object] = {
        "late_by_seconds": stage.late_by_seconds,
        "to": [one.person.email for one in reached],
    }
    if special := [_why(one) for one in reached if one.why != "audience"]:
        more["why"] = special
    if goes.held:
        more["held_until"] = goes.at.isoformat()
    batch.events.append(_event(turn, stage, "stage.fired", **more))


def _why(told: Told) -> dict[str, object]:
    return {"to": told.person.email, "why": told.why, "for": list(told.instead_of)}


def _event(turn: Turn, stage: DueStage, kind: str, **more: object) -> audit.NewEvent:
    return audit.NewEvent(
        turn.incident.controller_id,
        turn.incident.id,
        kind,
        {
            "stage": stage.name,
            "clock": turn.clock.version,
            "clock_id": turn.clock_id,
            "due_at": stage.due_text,
            **more,
        },
    )


def _warning(uow: UnitOfWork, turn: Turn, stage: DueStage, told: Told, goes: office.Sending) -> Draft:
    """The newest warning of a clock for a person, with what still waits for them folded into it.

    It goes out no later than what it takes in.
    """
    person = told.person
    waiting = turn.in_mailbox(person.email)
    mail = outbox.draft(
        uow,
        outbox.NewMail(
            key=f"stage:{turn.clock_id}:{stage.name}:{person.email.casefold()}",
            template="stage",
            recipient=person.email,
            name=person.name,
            language=person.language,
            payload=_said(turn, stage, told, waiting),
            controller_id=turn.incident.controller_id,
            incident_id=turn.incident.id,
            user_id=_account(person.user_id),
        ),
    )
    mail.next_attempt_at = min([goes.at, *(older.next_attempt_at for older in waiting)])
    turn.take_in(mail)
    return mail


@lru_cache(maxsize=1024)
def _account(user_id: str) -> UUID | None:
    """The key of an account as people carry it: the same few in every case."""
    return UUID(user_id) if user_id else None


def _said(turn: Turn, stage: DueStage, told: Told, waiting: Sequence[Waiting]) -> dict[str, object]:
    folded = [name for mail in waiting for name in (*mail.payload.get("folded", []), mail.payload["stage"])]
    return {
        "stage": stage.name,
        "clock_id": turn.clock_id,
        "due_at": stage.due_text,
        "late_by_seconds": stage.late_by_seconds,
        "folded": folded,
        "why": told.why,
        "for": list(told.instead_of),
    }


def _repeat(uow: UnitOfWork, batch: Batch, turn: Turn, stage: DueStage, told: Everybody) -> list[DueStage]:
    """Plan what follows a repeated stage; hand it back when it is due already."""
    seen = batch.acknowledged.stage(turn.clock, stage.name)
    now = escalation.PlannedStage(stage.name, stage.due_at)
    following = repeat_after(turn.policy, now, [one.person for one in told], seen)
    if following is None:
        return []
    row = deadlines.add_stage(uow, turn.clock, following)
    return [row] if following.due_at <= uow.now else []
