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
Mailboxes: TypeAlias = dict[tuple[Lineage, str], list[Waiting]]
"""By clock, all versions of it, and mailbox."""


@dataclass
class Batch:
    """The cases of one transaction."""

    states: Mapping[UUID, CaseState]
    """By clock."""
    ladders: Mapping[UUID, Policy]
    """By clock."""
    ends: Mapping[UUID, Sequence[datetime]]
    """By incident, the deadlines of its running clocks."""
    acknowledged: Acknowledged
    staff: Mapping[UUID, Staff]
    """By controller."""
    waiting: dict[UUID, Mailboxes]
    """Queued stage mails not in anybody's hand, by incident."""
    webhooks: Mapping[UUID, Sequence[Webhook]]
    """By controller."""
    mails: list[Draft] = field(default_factory=list)
    """To be queued at the end."""
    settled: list[DueStage] = field(default_factory=list)
    """To be written down at the end."""
    events: list[audit.NewEvent] = field(default_factory=list)
    """To be logged at the end."""
    told: dict[tuple[UUID, int, str], tuple[Told, ...]] = field(default_factory=dict)
    """Who is told at a rung now, by controller, rung and holder: the same for every case of the transaction."""

    def of_case(self, incident_id: UUID) -> list[Waiting]:
        """The queued stage mails of a case."""
        return [mail for mails in self.waiting.get(incident_id, {}).values() for mail in mails]

    def take_in(self, due: Due, mail: Draft) -> None:
        """Queue the newest warning of a clock for a mailbox: whatever still waited there is folded into it."""
        mailboxes = self.waiting.setdefault(due.incident.id, {})
        place = (lineage(due.clock), mail.new.recipient.casefold())
        for older in mailboxes.get(place, ()):
            older.state, older.folded_into = "folded", mail.id
        mailboxes[place] = [mail]
        self.mails.append(mail)

    def in_mailbox(self, due: Due, email: str) -> Sequence[Waiting]:
        """The warnings of a clock that still wait for a mailbox."""
        return self.waiting.get(due.incident.id, {}).get((lineage(due.clock), email.casefold()), ())


def read_batch(uow: UnitOfWork, due: Sequence[Due]) -> Batch:
    """Everything the stages that have fallen due need to know; the ladder of a clock that is lost is left out."""
    incidents = {one.incident.id: one.incident for one in due}
    clocks = list({clock.id: clock for one in due for clock in one.clocks}.values())
    acknowledged = Acknowledged.of(deadlines.acknowledgements_of(uow, list(incidents)), clocks)
    return Batch(
        states=_states(uow, due, acknowledged),
        ladders=ladders_of(uow, [one.clock for one in due], drills.paces_of(uow, list(incidents))),
        ends=_ends(clocks),
        acknowledged=acknowledged,
        staff=staff_of(uow, {one.controller_id for one in incidents.values()}),
        waiting=_waiting(uow, incidents, acknowledged.clocks),
        webhooks=channels.webhooks_of(uow, {one.controller_id for one in incidents.values()}),
    )


def _ends(clocks: Iterable[AnyClock]) -> dict[UUID, list[datetime]]:
    found: dict[UUID, list[datetime]] = {}
    for clock in clocks:
        if clock.state == "running":
            found.setdefault(clock.incident_id, []).append(clock.deadline_at)
    return found


def _waiting(
    uow: UnitOfWork, incidents: Mapping[UUID, AnyCase], clocks: Mapping[UUID, AnyClock]
) -> dict[UUID, Mailboxes]:
    waiting: dict[UUID, Mailboxes] = {}
    for mail in outbox.waiting_stage_mails(uow, list(incidents)):
        clock = clocks[UUID(str(mail.payload["clock_id"]))]
        mailboxes = waiting.setdefault(clock.incident_id, {})
        mailboxes.setdefault((lineage(clock), mail.recipient.casefold()), []).append(mail)
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
