"""Queries for the case: lock, facts, references, the register."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, SQLColumnExpression, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from incidents.base.errors import NotFound
from incidents.base.ids import new_id, reference
from incidents.rules.facts import Fact, Facts, FactState, ParsedFact
from incidents.store.tables import (
    Controller,
    FactAmendment,
    IdempotentRequest,
    Incident,
    ReferenceCounter,
)
from incidents.store.uow import UnitOfWork


def load(uow: UnitOfWork, incident_id: UUID) -> Incident:
    """The incident, unlocked.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    incident = uow.at_hand(Incident, incident_id)
    if incident is None:
        incident = uow.session.scalar(select(Incident).where(Incident.id == incident_id))
    if incident is None:
        raise NotFound
    return incident


def lock(uow: UnitOfWork, incident_id: UUID) -> Incident:
    """The incident, locked until the transaction ends: whoever changes anything of a case holds this.

    The lock lets others refer to the row: who writes the log while a mail is delivered does not wait for whoever
    works in the case, and waits for the log itself. With a plain FOR UPDATE the two would embrace.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    incident = uow.session.scalar(
        select(Incident)
        .where(Incident.id == incident_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if incident is None:
        raise NotFound
    return uow.hold(incident)


def _counted(insert: Any) -> Insert:
    first = insert(ReferenceCounter).values(controller_id=bindparam("controller_id"), year=bindparam("year"), last=1)
    counted = first.on_conflict_do_update(
        index_elements=["controller_id", "year"], set_={"last": ReferenceCounter.last + 1}
    )
    made: Insert = counted.returning(ReferenceCounter.last)
    return made


_COUNTED = {"postgresql": _counted(postgresql.insert), "sqlite": _counted(sqlite.insert)}


def next_reference(uow: UnitOfWork, controller: Controller, year: int) -> str:
    """The next case number of a controller in a year; two at once wait for each other, also for the first one."""
    counted = _COUNTED[uow.session.get_bind().dialect.name]
    number = uow.ask(counted, controller_id=controller.id, year=year)[0][0]
    return reference(controller.short_code, year, number)


def add_amendment(
    uow: UnitOfWork,
    incident: Incident,
    said: dict[str, ParsedFact],
    reason: str,
    *,
    group: str = "",
    ends_group: bool = False,
) -> FactAmendment:
    """Record what was said as the next version of the facts; the incident must be locked or new.

    ``group`` names the group of people it was said about; ``ends_group`` takes the group back.
    """
    row = _amendment(uow, incident, said, reason, group, ends_group=ends_group)
    uow.add(row)
    return row


def add_with_facts(uow: UnitOfWork, incident: Incident, said: dict[str, ParsedFact]) -> FactAmendment:
    """Write a new incident with the first version of its facts."""
    row = _amendment(uow, incident, said, "", "", ends_group=False)
    uow.add(uow.hold(incident), uow.hold(row))
    return row


def _amendment(
    uow: UnitOfWork, incident: Incident, said: dict[str, ParsedFact], reason: str, group: str, *, ends_group: bool
) -> FactAmendment:
    incident.facts_version += 1
    return FactAmendment(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=incident.facts_version,
        people_group=group,
        ends_group=ends_group,
        facts={key: {"state": str(fact.state), "value": fact.value} for key, fact in said.items()},
        reason=reason,
        said_by=uow.actor.name,
        said_at=uow.now,
    )


def amendments(uow: UnitOfWork, incident_id: UUID) -> Sequence[FactAmendment]:
    """Everything that was said, oldest first."""
    return uow.session.scalars(
        select(FactAmendment).where(FactAmendment.incident_id == incident_id).order_by(FactAmendment.version)
    ).all()


def fold_facts(rows: Sequence[FactAmendment], upto: int | None = None) -> Facts:
    """The facts about everybody as of a version (the newest without one)."""
    facts = Facts(0)
    for row in _until(rows, upto):
        facts = Facts(row.version, facts.by_key if row.people_group else {**facts.by_key, **_said(row)})
    return facts


def fold_groups(rows: Sequence[FactAmendment], upto: int | None = None) -> dict[str, Facts]:
    """What was said of each group of people by itself, in the order in which the groups were first named."""
    groups: dict[str, Facts] = {}
    for row in _until(rows, upto):
        if row.ends_group:
            groups.pop(row.people_group, None)
        elif name := row.people_group:
            earlier = groups.get(name, Facts(0))
            groups[name] = Facts(row.version, {**earlier.by_key, **_said(row)})
    return groups


def _until(rows: Sequence[FactAmendment], upto: int | None) -> Sequence[FactAmendment]:
    return [row for row in rows if upto is None or row.version <= upto]


def _said(row: FactAmendment) -> dict[str, Fact]:
    return {
        key: Fact(key, FactState(said["state"]), said["value"], row.said_by, row.said_at, row.version, row.reason)
        for key, said in row.facts.items()
    }


def by_receipt(uow: UnitOfWork, receipt_hash: str) -> Incident:
    """The incident of a receipt.

    Raises:
        NotFound: there is none.
    """
    found = uow.session.scalar(select(Incident).where(Incident.receipt_hash == receipt_hash))
    if found is None:
        raise NotFound
    return found


def answered(uow: UnitOfWork, controller_id: UUID, key: str) -> IdempotentRequest | None:
    """The request answered before under an idempotency key."""
    return uow.session.scalar(
        select(IdempotentRequest).where(IdempotentRequest.controller_id == controller_id, IdempotentRequest.key == key)
    )


@dataclass(frozen=True)
class RegisterQuery:
    """Which incidents a register is asked for: opened from an instant on and before another, of these controllers."""

    controllers: Collection[UUID] | None = None
    """None: all the unit of work sees."""
    query: str = ""
    since: datetime | None = None
    before: datetime | None = None


def for_register(uow: UnitOfWork, wanted: RegisterQuery) -> Sequence[Incident]:
    """The incidents of a register in the order in which they were opened; drills are none."""
    statement = select(Incident).where(~Incident.is_drill).order_by(Incident.opened_at, Incident.id)
    if wanted.controllers is not None:
        statement = statement.where(Incident.controller_id.in_(wanted.controllers))
    if wanted.query.strip():
        statement = statement.where(contains(wanted.query, Incident.reference, Incident.title))
    if wanted.since:
        statement = statement.where(Incident.opened_at >= wanted.since)
    if wanted.before:
        statement = statement.where(Incident.opened_at < wanted.before)
    return uow.session.scalars(statement).all()


MARKS = ("untaken", "overdue", "soon", "undelivered")
"""What makes a case urgent: nobody took it, its time is over, less than a day is left, a mail reached nobody."""


@dataclass(frozen=True)
class BoardFilter:
    """What the board shows."""

    query: str = ""
    state: str = "open"
    controller_id: UUID | None = None
    limit: int = 50
    drills: str = ""
    """Empty: no drills; ``only`` drills; ``with`` drills."""
    after: tuple[int, datetime, UUID] | None = None
    """The ``board.place`` of the last row seen."""
    regime: str = ""
    """Only cases with a clock of this duty, which then leads."""
    person: UUID | str = ""
    """Only cases in the hands of this account; ``nobody``: in nobody's."""
    mark: str = ""
    """Only cases with a mark: one of ``MARKS``."""


def contains(query: str, *columns: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """A case-blind search for a text in columns; wildcard characters mean themselves."""
    escaped = query.replace("\0", "").strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(*(func.lower(column).like(f"%{escaped}%", escape="\\") for column in columns))
