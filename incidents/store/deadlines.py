"""Clocks and their stages: start, correct, stop, claim what is due."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, cast
from uuid import UUID

from sqlalchemy import Table as Columns
from sqlalchemy import Text, bindparam, func, select, update

from incidents.base.errors import NotFound
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules.escalation import PlannedStage, Policy
from incidents.store.among import one_of
from incidents.store.tables import Acknowledgement, ClockRow, Event, Incident, Stage
from incidents.store.uow import UnitOfWork

GDPR_33 = "gdpr-33"
_STAGES = cast("Columns", Stage.__table__)
LOST_MAIL = ("mail.dead", "mail.bounced")
"""Entries of the log that say that a mail reached nobody."""


@dataclass(slots=True)
class DueStage:
    """A stage that has fallen due, and what becomes of it; ``settle`` writes that down."""

    id: UUID
    name: str
    due_at: datetime
    state: str = "scheduled"
    reason: str = ""
    late_by_seconds: int | None = None
    due_text: str = field(init=False)
    """When it fell due as mails, messages and the log spell it."""

    def __post_init__(self) -> None:
        self.due_text = self.due_at.isoformat()


class DueCase(NamedTuple):
    """What a sweep needs to know of a case, without the rest of its row."""

    id: UUID
    controller_id: UUID
    held_by_id: UUID | None
    acknowledged_at: datetime | None
    closed_at: datetime | None


class DueClock(NamedTuple):
    """What a sweep needs to know of a clock version."""

    id: UUID
    controller_id: UUID
    incident_id: UUID
    regime: str
    subject: str
    report: str
    version: int
    policy: str
    policy_version: str
    deadline_at: datetime
    state: str
    set_at: datetime


AnyCase: TypeAlias = Incident | DueCase
AnyClock: TypeAlias = ClockRow | DueClock


class Due(NamedTuple):
    """A locked incident with its running clock and all its stages that have fallen due, oldest first.

    ``clocks`` are all versions of all clocks of the incident.
    """

    incident: AnyCase
    clock: AnyClock
    stages: tuple[DueStage, ...]
    clocks: Sequence[AnyClock] = ()


@dataclass(frozen=True)
class NewClock:
    """One report owed: by which dated regime, counted from what, due when (UTC), escalated by which ladder.

    ``subject`` tells duties of one regime apart; ``anchor_kind`` is an anchor of ``rules.regimes``.
    """

    regime: str
    regime_version: str
    anchor: ZonedInstant
    anchor_kind: str
    deadline_at: datetime
    policy: Policy
    version: int = 1
    reason: str = ""
    subject: str = ""
    report: str = "notification"


def add_clock(uow: UnitOfWork, incident: Incident, new: NewClock) -> ClockRow:
    """Start a clock version; its stages are added apart."""
    clock = ClockRow(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        regime=new.regime,
        regime_version=new.regime_version,
        subject=new.subject,
        report=new.report,
        version=new.version,
        policy=new.policy.id,
        policy_version=new.policy.version,
        anchor_kind=new.anchor_kind,
        anchor_at=new.anchor.at,
        anchor_zone=new.anchor.zone,
        deadline_at=new.deadline_at,
        reason=new.reason,
        set_by=uow.actor.name,
        set_at=uow.now,
        state="running",
        stop_reason="",
    )
    uow.add(clock)
    return clock


def add_stages(uow: UnitOfWork, clock: ClockRow, planned: Iterable[PlannedStage]) -> None:
    """Plan warnings on a clock version."""
    uow.add_many(Stage, [_stage(uow, clock, plan) for plan in planned])


def add_stage(uow: UnitOfWork, clock: AnyClock, plan: PlannedStage) -> DueStage:
    """Plan one more warning on a clock version."""
    row = _stage(uow, clock, plan)
    uow.add_many(Stage, [row])
    return DueStage(row["id"], plan.name, plan.due_at)


def _stage(uow: UnitOfWork, clock: AnyClock, plan: PlannedStage) -> dict[str, Any]:
    return {
        "id": new_id(uow.now),
        "controller_id": clock.controller_id,
        "incident_id": clock.incident_id,
        "clock_id": clock.id,
        "name": plan.name,
        "due_at": plan.due_at,
        "state": "scheduled",
        "reason": "",
    }


def clocks_of(uow: UnitOfWork, incident_id: UUID, regime: str = GDPR_33) -> Sequence[ClockRow]:
    """Every version of the clocks of a regime, oldest first; the Art. 33 clock is one, others may be several."""
    return uow.session.scalars(
        select(ClockRow)
        .where(ClockRow.incident_id == incident_id, ClockRow.regime == regime)
        .order_by(ClockRow.version)
    ).all()


def clocks_of_cases(uow: UnitOfWork, incident_ids: Collection[UUID]) -> Sequence[ClockRow]:
    """Every clock version of cases, whatever the regime, oldest first."""
    return uow.session.scalars(
        select(ClockRow).where(ClockRow.incident_id.in_(incident_ids)).order_by(ClockRow.set_at, ClockRow.version)
    ).all()


def acknowledgements_of(uow: UnitOfWork, incident_ids: Collection[UUID]) -> Sequence[Acknowledgement]:
    """Every acknowledgement in cases, oldest first."""
    return uow.session.scalars(
        select(Acknowledgement)
        .where(one_of(Acknowledgement.incident_id, uow.packed(incident_ids)))
        .order_by(Acknowledgement.id)
    ).all()


def lost_in(uow: UnitOfWork, incident_ids: Collection[UUID], seen: Sequence[Acknowledgement]) -> frozenset[UUID]:
    """The cases in which a mail reached nobody, and that nobody has acknowledged since; ``seen``: what was."""
    failed = uow.session.execute(
        select(Event.incident_id, func.max(Event.at))
        .where(Event.incident_id.in_(incident_ids), Event.kind.in_(LOST_MAIL))
        .group_by(Event.incident_id)
    )
    when: dict[UUID, datetime] = {case: at for case, at in failed if case is not None}
    last = {row.incident_id: row.at for row in seen}
    return frozenset(key for key, at in when.items() if key not in last or last[key] < at)


def newest_like(uow: UnitOfWork, clock: ClockRow) -> ClockRow:
    """The newest version of a clock."""
    newest = uow.session.scalars(
        select(ClockRow)
        .where(
            ClockRow.incident_id == clock.incident_id,
            ClockRow.regime == clock.regime,
            ClockRow.subject == clock.subject,
            ClockRow.report == clock.report,
        )
        .order_by(ClockRow.version.desc())
    ).first()
    return newest or clock


def load(uow: UnitOfWork, clock_id: UUID) -> ClockRow:
    """One clock version by its key.

    Raises:
        NotFound: there is none in the set of controllers.
    """
    clock = uow.session.scalar(select(ClockRow).where(ClockRow.id == clock_id))
    if clock is None:
        raise NotFound
    return clock


def stages_of(uow: UnitOfWork, incident_id: UUID) -> Sequence[Stage]:
    """Every stage of every clock version of an incident, by due time."""
    return uow.session.scalars(
        select(Stage).where(Stage.incident_id == incident_id).order_by(Stage.due_at, Stage.id)
    ).all()


def cancel_scheduled(uow: UnitOfWork, clock: ClockRow, reason: str) -> list[Stage]:
    """Call off every stage of a clock that has not fired, with the reason."""
    stages = uow.session.scalars(select(Stage).where(Stage.clock_id == clock.id, Stage.state == "scheduled")).all()
    for stage in stages:
        stage.state, stage.reason, stage.settled_at = "cancelled", reason, uow.now
    return list(stages)


def stop(uow: UnitOfWork, clock: ClockRow, reason: str) -> list[Stage]:
    """Stop a running clock and call off what was planned on it."""
    clock.state, clock.stop_reason, clock.stopped_at = "stopped", reason, uow.now
    return cancel_scheduled(uow, clock, reason)


def next_due(uow: UnitOfWork) -> datetime | None:
    """When the next planned stage falls due (aware UTC), or fell due; None when nothing is planned."""
    return uow.session.scalar(select(Stage.due_at).where(Stage.state == "scheduled").order_by(Stage.due_at).limit(1))


_KEYS = bindparam("keys", type_=Text())
_CLOCKS = (
    select(*(getattr(ClockRow, name) for name in DueClock._fields))
    .where(one_of(ClockRow.incident_id, _KEYS))
    .order_by(ClockRow.set_at, ClockRow.version)
)
_DUE = (
    select(Stage.clock_id, Stage.id, Stage.name, Stage.due_at)
    .where(one_of(Stage.incident_id, _KEYS), Stage.state == "scheduled", Stage.due_at <= bindparam("now"))
    .order_by(Stage.due_at, Stage.id)
)


def _lock_due_cases(uow: UnitOfWork, limit: int, without: Collection[UUID], only: UUID | None) -> dict[UUID, DueCase]:
    """Lock incidents that have something due and that nobody else holds; never waits on PostgreSQL."""
    statement = (
        select(*(getattr(Incident, name) for name in DueCase._fields))
        .select_from(Stage)
        .join(Incident, Incident.id == Stage.incident_id)
        .where(Stage.state == "scheduled", Stage.due_at <= uow.now)
        .order_by(Stage.due_at)
        .limit(limit)
        .with_for_update(of=Incident, skip_locked=True, key_share=True)  # see incidents.lock
    )
    if without:
        statement = statement.where(Stage.incident_id.not_in(without))
    if only is not None:
        statement = statement.where(Stage.incident_id == only)
    return {row[0]: DueCase(*row) for row in uow.session.execute(statement)}


def claim_due(
    uow: UnitOfWork, limit: int, *, without: Collection[UUID] = (), only: UUID | None = None
) -> list[Due] | None:
    """Take incidents with due stages for this transaction; two sweeps never get the same one. None: nothing is due.

    Wants a unit of work that is open for every controller.

    The stages are read again under the lock: what another sweep fired a moment ago is not seen as due any more, so
    the list can be empty.
    """
    cases = _lock_due_cases(uow, limit, without, only)
    if not cases:
        return None
    keys = uow.packed(cases)
    clocks = {clock.id: clock for clock in (DueClock(*row) for row in uow.ask(_CLOCKS, keys=keys))}
    of_case: dict[UUID, list[DueClock]] = {}
    for clock in clocks.values():
        of_case.setdefault(clock.incident_id, []).append(clock)
    stages = _due_stages(uow, keys)
    return [
        Due(cases[clock.incident_id], clock, tuple(mine), of_case[clock.incident_id])
        for key, mine in stages.items()
        if (clock := clocks[key])
    ]


def _due_stages(uow: UnitOfWork, keys: str) -> dict[UUID, list[DueStage]]:
    """Of cases with these packed keys, by clock, oldest first; the clock with the oldest one first."""
    found: dict[UUID, list[DueStage]] = {}
    for clock_id, key, name, due_at in uow.ask(_DUE, keys=keys, now=uow.now):
        found.setdefault(clock_id, []).append(DueStage(key, name, due_at))
    return found


_SETTLED = (
    update(_STAGES)
    .where(_STAGES.c.id == bindparam("key"))
    .values(
        state=bindparam("state"),
        reason=bindparam("reason"),
        late_by_seconds=bindparam("late"),
        settled_at=bindparam("now"),
    )
)


def settle(uow: UnitOfWork, stages: Sequence[DueStage]) -> None:
    """Write down what became of stages: fired or called off, now."""
    if stages:
        uow.change(
            _SETTLED,
            [
                {
                    "key": one.id,
                    "state": one.state,
                    "reason": one.reason,
                    "late": one.late_by_seconds,
                    "now": uow.now,
                }
                for one in stages
            ],
        )
