"""What one transaction of the sweep knows about its cases, read in a handful of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from incidents.rules.absence import Told
from incidents.rules.escalation import CaseState, Policy
from incidents.steps.cases import is_filed
from incidents.steps.policies import ladders_of
from incidents.steps.telling import Acknowledged, Lineage, Staff, lineage, staff_of
from incidents.store import audit, channels, deadlines, decisions, drills, filings, outbox
from incidents.store.deadlines import GDPR_33, AnyCase, AnyClock, Due, DueStage
from incidents.store.outbox import Draft
from incidents.store.tables import ClockRow, Decision, Filing, Incident, OutboxMail, Webhook
from incidents.store.uow import UnitOfWork

Waiting: TypeAlias = OutboxMail | Draft
Mailboxes: TypeAlias = dict[str, list[Waiting]]
"""Queued stage mails of a clock, all versions of it, that are not in anybody's hand, by mailbox."""


@dataclass(slots=True)
class Turn:
    """A clock with stages that have fallen due, and what the sweep knows about it and its case."""

    incident: AnyCase
    clock: AnyClock
    clock_id: str
    """As mails and the log spell it."""
    stages: Sequence[DueStage]
    policy: Policy
    state: CaseState
    ends: Sequence[datetime]
    """The deadlines of the running clocks of the case."""
    staff: Staff
    webhooks: Sequence[Webhook]
    mailboxes: Mailboxes
    of_case: Mapping[Lineage, Mailboxes]
    """Those of every clock of the case."""

    def in_mailbox(self, email: str) -> Sequence[Waiting]:
        """The warnings of this clock that still wait for a mailbox."""
        return self.mailboxes.get(email.casefold(), ())

    def take_in(self, mail: Draft) -> None:
        """The newest warning of this clock for a mailbox: whatever still waited there is folded into it."""
        mailbox = mail.new.recipient.casefold()
        for older in self.mailboxes.get(mailbox, ()):
            older.state, older.folded_into = "folded", mail.id
        self.mailboxes[mailbox] = [mail]


@dataclass
class Batch:
    """The clocks of one transaction."""

    turns: Sequence[Turn]
    acknowledged: Acknowledged
    mails: list[Draft] = field(default_factory=list)
    """To be queued at the end."""
    settled: list[DueStage] = field(default_factory=list)
    """To be written down at the end."""
    events: list[audit.NewEvent] = field(default_factory=list)
    """To be logged at the end."""
    told: dict[tuple[UUID, int, str], tuple[Told, ...]] = field(default_factory=dict)
    """Who is told at a rung now, by controller, rung and holder: the same for every case of the transaction."""


def read_batch(uow: UnitOfWork, due: Sequence[Due]) -> Batch:
    """Everything the stages that have fallen due need to know.

    Raises:
        KeyError: the ladder of a clock is lost; the sweep then settles each case alone and leaves that one out.
    """
    incidents = {one.incident.id: one.incident for one in due}
    clocks = list({clock.id: clock for one in due for clock in one.clocks}.values())
    acknowledged = Acknowledged.of(deadlines.acknowledgements_of(uow, list(incidents)), clocks)
    controllers = {one.controller_id for one in incidents.values()}
    states = _states(uow, due, acknowledged)
    ladders = ladders_of(uow, [one.clock for one in due], drills.paces_of(uow, list(incidents)))
    ends, staff = _ends(clocks), staff_of(uow, controllers)
    waiting, webhooks = _waiting(uow, incidents, acknowledged.clocks), channels.webhooks_of(uow, controllers)
    turns = [
        Turn(
            incident=one.incident,
            clock=one.clock,
            clock_id=str(one.clock.id),
            stages=one.stages,
            policy=ladders[one.clock.id],
            state=states[one.clock.id],
            ends=ends.get(one.incident.id, ()),
            staff=staff[one.incident.controller_id],
            webhooks=webhooks[one.incident.controller_id],
            mailboxes=(of_case := waiting.setdefault(one.incident.id, {})).setdefault(lineage(one.clock), {}),
            of_case=of_case,
        )
        for one in due
    ]
    return Batch(turns, acknowledged)


def _ends(clocks: Iterable[AnyClock]) -> dict[UUID, list[datetime]]:
    found: dict[UUID, list[datetime]] = {}
    for clock in clocks:
        if clock.state == "running":
            found.setdefault(clock.incident_id, []).append(clock.deadline_at)
    return found


def _waiting(
    uow: UnitOfWork, incidents: Mapping[UUID, AnyCase], clocks: Mapping[UUID, AnyClock]
) -> dict[UUID, dict[Lineage, Mailboxes]]:
    """By incident and clock."""
    waiting: dict[UUID, dict[Lineage, Mailboxes]] = {}
    for mail in outbox.waiting_stage_mails(uow, list(incidents)):
        clock = clocks[UUID(str(mail.payload["clock_id"]))]
        mailboxes = waiting.setdefault(clock.incident_id, {}).setdefault(lineage(clock), {})
        mailboxes.setdefault(mail.recipient.casefold(), []).append(mail)
    return waiting


def _states(uow: UnitOfWork, due: Sequence[Due], acknowledged: Acknowledged) -> dict[UUID, CaseState]:
    """What the ladder needs to know about the case behind each clock."""
    ids = {one.incident.id for one in due if one.clock.regime == GDPR_33}
    decided, sent = decisions.newest_of(uow, ids), filings.of_cases(uow, ids)
    return {
        one.clock.id: _notification(one.incident, decided.get(one.incident.id), sent.get(one.incident.id, []))
        if one.clock.regime == GDPR_33
        else _duty(one, acknowledged)
        for one in due
    }


def state_of(uow: UnitOfWork, incident: Incident, clock: ClockRow) -> CaseState:
    """What the ladder knows now about the case behind one clock."""
    clocks = deadlines.clocks_of_cases(uow, [incident.id])
    acknowledged = Acknowledged.of(deadlines.acknowledgements_of(uow, [incident.id]), clocks)
    return _states(uow, [Due(incident, clock, ())], acknowledged)[clock.id]


def _duty(due: Due, acknowledged: Acknowledged) -> CaseState:
    """The clock of another regime: whoever declines the duty or records its report stops the clock with its stages."""
    return CaseState(acknowledged=acknowledged.duty(due.clock), closed=due.incident.closed_at is not None)


def _notification(incident: AnyCase, decision: Decision | None, sent: Sequence[Filing]) -> CaseState:
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
