"""Escalate: what has fallen due fires, once; what has lost its point is called off with the reason.

One transaction writes the stage's state, the log entry and the mails; a crash before the commit leaves all of it to
the next sweep, a crash after it leaves nothing (docs/decisions/0001).
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from incidents.base.time import Clock
from incidents.rules import escalation
from incidents.rules.escalation import CaseState, Fire, Person, Policy
from incidents.steps.cases import is_filed
from incidents.steps.policies import ladder_of
from incidents.store import audit, controllers, deadlines, decisions, filings, heartbeat, outbox, people
from incidents.store.deadlines import Due
from incidents.store.engine import Database
from incidents.store.tables import ClockRow, Controller, Decision, Filing, Incident, OutboxMail, Stage
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work

log = logging.getLogger(__name__)

BATCH = 200
"""Due stages looked at in one transaction."""


@dataclass
class Batch:
    """What one transaction of the sweep knows about its incidents, read in a handful of queries."""

    states: dict[UUID, CaseState]
    people: dict[UUID, list[Person]]
    controllers: dict[UUID, Controller]
    waiting: dict[tuple[UUID, str], list[OutboxMail]]
    """Queued stage mails not in anybody's hand, by incident and mailbox."""
    events: list[audit.NewEvent] = field(default_factory=list)


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
        log.exception("a batch of the sweep failed; its %d cases are settled one by one", len(taken))
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
        batch = _read_batch(uow, due)
        settled = sum(_settle(uow, batch, one) for one in due)
        audit.append(uow, *batch.events)
        return settled


def _settle_alone(engine: Database, clock: Clock, incident_id: UUID, left_out: set[UUID]) -> int:
    try:
        return _settle_due(engine, clock, left_out, [], incident_id) or 0
    except Exception:
        log.exception("case %s cannot be settled: its warnings do not go out", incident_id)
        left_out.add(incident_id)
        return 0


def _read_batch(uow: UnitOfWork, due: Sequence[Due]) -> Batch:
    incidents = {one.incident.id: one.incident for one in due}
    owners = {one.incident.controller_id for one in due}
    waiting: dict[tuple[UUID, str], list[OutboxMail]] = {}
    for mail in outbox.waiting_stage_mails(uow, list(incidents)):
        if mail.incident_id is not None:
            waiting.setdefault((mail.incident_id, mail.recipient.casefold()), []).append(mail)
    return Batch(
        states=case_states(uow, incidents.values()),
        people=people.people_of(uow, owners),
        controllers=controllers.by_ids(uow, owners),
        waiting=waiting,
    )


def named_in_profile(controller: Controller) -> list[Person]:
    """The DPO and the responsible manager of the profile: they are warned even without an account."""
    named = (
        ("dpo", controller.dpo_name, controller.dpo_email),
        ("manager", controller.responsible_manager_name, controller.responsible_manager_email),
    )
    return [Person("", name, email, controller.language, frozenset({role})) for role, name, email in named if email]


def case_states(uow: UnitOfWork, incidents: Iterable[Incident]) -> dict[UUID, CaseState]:
    """What the escalation policy needs to know about each case now."""
    by_id = {incident.id: incident for incident in incidents}
    decided, sent = decisions.newest_of(uow, by_id), filings.of_cases(uow, by_id)
    return {key: _case_state(incident, decided.get(key), sent.get(key, [])) for key, incident in by_id.items()}


def _case_state(incident: Incident, decision: Decision | None, sent: Sequence[Filing]) -> CaseState:
    """Stages are planned on running clocks only.

    A clock that runs under a decision not to notify runs because new facts have overtaken that decision: until
    somebody decides on them, nothing is decided, and a notification withdrawn before counts for nothing.
    """
    overtaken = decision is not None and decision.notify == "no"
    return CaseState(
        acknowledged=incident.acknowledged_at is not None,
        decided=decision is not None and not overtaken,
        notify=True if decision and not overtaken else None,
        filed=is_filed(sent, decision) and not (overtaken and sent[-1].kind == "withdrawal"),
        closed=incident.closed_at is not None,
    )


def _settle(uow: UnitOfWork, batch: Batch, due: Due) -> int:
    """Fire or call off every due stage of a clock, with the repeats that have fallen due meanwhile."""
    policy = ladder_of(uow, due.clock)
    stages = list(due.stages)
    for stage in stages:  # grows by repeats that are due already
        if _fire_or_cancel(uow, batch, policy, due, stage):
            stages.extend(_repeat(uow, policy, due.clock, stage))
    return len(stages)


def _fire_or_cancel(uow: UnitOfWork, batch: Batch, policy: Policy, due: Due, stage: Stage) -> bool:
    rule = escalation.rule_named(policy, stage.name)
    verdict = escalation.outcome(rule, batch.states[due.incident.id])
    stage.settled_at = uow.now
    if not isinstance(verdict, Fire):
        stage.state, stage.reason = "cancelled", verdict.reason_code
        batch.events.append(_event(due, stage, "stage.cancelled", reason=stage.reason))
        return False
    stage.state = "fired"
    stage.late_by_seconds = int((uow.now - stage.due_at).total_seconds())
    controller = batch.controllers[due.incident.controller_id]
    named = [*batch.people[controller.id], *named_in_profile(controller)]
    reached = [person for person in escalation.recipients(rule, named, controller.email) if person.email]
    for person in reached:
        _queue(uow, batch, due, stage, person)
    batch.events.append(
        _event(
            due, stage, "stage.fired", late_by_seconds=stage.late_by_seconds, to=[person.email for person in reached]
        )
    )
    return True


def _event(due: Due, stage: Stage, kind: str, **more: object) -> audit.NewEvent:
    return audit.NewEvent(
        due.incident.controller_id,
        due.incident.id,
        kind,
        {
            "stage": stage.name,
            "clock": due.clock.version,
            "clock_id": str(due.clock.id),
            "due_at": stage.due_at.isoformat(),
            **more,
        },
    )


def _queue(uow: UnitOfWork, batch: Batch, due: Due, stage: Stage, person: Person) -> None:
    """Queue the newest warning for a person and fold what still waits for them into it."""
    mailbox = (due.incident.id, person.email.casefold())
    waiting = batch.waiting.get(mailbox, [])
    folded = [name for mail in waiting for name in (*mail.payload.get("folded", []), mail.payload["stage"])]
    mail = outbox.add(
        uow,
        outbox.NewMail(
            key=f"stage:{due.incident.id}:{due.clock.version}:{stage.name}:{person.email.casefold()}",
            template="stage",
            recipient=person.email,
            name=person.name,
            language=person.language,
            payload={
                "stage": stage.name,
                "clock_id": str(due.clock.id),
                "due_at": stage.due_at.isoformat(),
                "late_by_seconds": stage.late_by_seconds,
                "folded": folded,
            },
            controller_id=due.incident.controller_id,
            incident_id=due.incident.id,
            user_id=UUID(person.user_id) if person.user_id else None,
        ),
    )
    for older in waiting:
        older.state, older.folded_into = "folded", mail.id
    batch.waiting[mailbox] = [mail]


def _repeat(uow: UnitOfWork, policy: Policy, clock: ClockRow, stage: Stage) -> list[Stage]:
    """Plan what follows a repeated stage; hand it back when it is due already."""
    following = escalation.next_repeat(policy, stage.name, stage.due_at)
    if following is None:
        return []
    row = deadlines.add_stages(uow, clock, [following])[0]
    return [row] if following.due_at <= uow.now else []
