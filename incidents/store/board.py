"""Queries for the board: what burns first among thousands of cases, a page at a time.

Running clocks are walked from the nearest deadline on (index ``ix_clock_running``) and only as far as a page needs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    exists,
    func,
    inspect,
    literal,
    or_,
    select,
    text,
    tuple_,
    union,
)

from incidents.rules.access import roles_for
from incidents.store.deadlines import GDPR_33
from incidents.store.incidents import BoardFilter, contains
from incidents.store.tables import Acknowledgement, ClockRow, Controller, Event, Incident, Membership, User
from incidents.store.types import Instant
from incidents.store.uow import UnitOfWork

SOON = timedelta(hours=24)
UNTAKEN, TAKEN, STILL = 0, 1, 2
"""The order of the board: running and taken by nobody, running, no running clock; in each by deadline."""

RUNNING, STOPPED = literal("running", literal_execute=True), literal("stopped", literal_execute=True)
"""Written out in the statement: SQLite uses a partial index only where it reads the word itself."""

LOST = text("event.kind IN ('mail.dead', 'mail.bounced')")
"""``LOST_MAIL``, written out for the same reason."""

CLOCKS, INCIDENTS = inspect(ClockRow).local_table, inspect(Incident).local_table
TAKEN_BY, EVENTS = inspect(Acknowledgement).local_table, inspect(Event).local_table
"""Bare tables: what a unit of work may see is asked once of a case, and not again of each row that belongs to it."""

Place: TypeAlias = tuple[int, datetime, UUID]
Row: TypeAlias = tuple[Incident, ClockRow, str]
Found: TypeAlias = Select[Incident, ClockRow, str]


def place(incident: Incident, clock: ClockRow) -> Place:
    """Where a case stands on the board; a closed one waits for nobody."""
    taken = incident.acknowledged_at is not None or incident.closed_at is not None
    rank = STILL if clock.state != "running" else TAKEN if taken else UNTAKEN
    return rank, clock.deadline_at, incident.id


def board(uow: UnitOfWork, wanted: BoardFilter, controllers: Collection[UUID] | None = None) -> Sequence[Row]:
    """Incidents with the clock they stand by (the nearest running one of any duty) and the name of the controller.

    In the order of ``place``. ``controllers`` narrows what the unit of work sees; None leaves it.
    """
    found: list[Row] = []
    narrowed = _narrow(_cases(controllers), wanted, uow.now)
    first = TAKEN if wanted.state == "closed" else UNTAKEN
    for rank in range(wanted.after[0] if wanted.after else first, STILL + 1):
        if len(found) < wanted.limit and not (rank == TAKEN and _is_nobodys(wanted)):
            statement = _of_rank(narrowed, wanted, rank)
            found += _rows(uow, statement.limit(wanted.limit - len(found)))
    return found


def running(uow: UnitOfWork, limit: int, controllers: Collection[UUID] | None, *, overdue: bool) -> Sequence[Row]:
    """Open cases by the nearest running clock alone: those whose time is over, or those it is still running for."""
    statement = _narrow(_led(_cases(controllers), ""), BoardFilter(), uow.now)
    over = ClockRow.deadline_at < uow.now
    ordered = statement.where(over if overdue else ~over).order_by(ClockRow.deadline_at, ClockRow.incident_id)
    return _rows(uow, ordered.limit(limit))


def _rows(uow: UnitOfWork, statement: Found) -> list[Row]:
    return [(row[0], row[1], row[2]) for row in uow.session.execute(statement)]


def _cases(controllers: Collection[UUID] | None) -> Found:
    statement = (
        select(Incident, ClockRow, Controller.name)
        .select_from(ClockRow)
        .join(Incident, Incident.id == ClockRow.incident_id)
        .join(Controller, Controller.id == Incident.controller_id)
    )
    return statement if controllers is None else statement.where(Incident.controller_id.in_(controllers))


def _of_rank(statement: Found, wanted: BoardFilter, rank: int) -> Found:
    if rank == STILL:
        statement = _stopped(statement, wanted.regime)
    else:
        statement = _led(statement, wanted.regime)
        if not _is_nobodys(wanted):
            statement = statement.where(_taken(wanted) if rank == TAKEN else ~_taken(wanted))
    if wanted.after and wanted.after[0] == rank:
        seen = literal(wanted.after[1], Instant()), literal(wanted.after[2], Uuid())
        statement = statement.where(tuple_(ClockRow.deadline_at, ClockRow.incident_id) > tuple_(*seen))
    return statement.order_by(ClockRow.deadline_at, ClockRow.incident_id)


def _is_nobodys(wanted: BoardFilter) -> bool:
    """Whether only open cases are asked for that nobody has taken: all of them are of the first rank."""
    return wanted.state == "open" and isinstance(wanted.person, str) and wanted.person != ""


def _taken(wanted: BoardFilter) -> ColumnElement[bool]:
    """What is taken of the cases wanted. Nothing is asked twice: the planner would take twice for much rarer."""
    taken = Incident.acknowledged_at.is_not(None)
    return taken if wanted.state == "open" else or_(taken, Incident.closed_at.is_not(None))


def _led(statement: Found, regime: str) -> Found:
    """Cases by the running clock that ends first (of that duty)."""
    other = CLOCKS.alias()
    sooner = or_(
        other.c.deadline_at < ClockRow.deadline_at,
        and_(other.c.deadline_at == ClockRow.deadline_at, other.c.id < ClockRow.id),
    )
    earlier = exists().where(other.c.incident_id == ClockRow.incident_id, other.c.state == RUNNING, sooner)
    if regime:
        statement, earlier = statement.where(ClockRow.regime == regime), earlier.where(other.c.regime == regime)
    return statement.where(ClockRow.state == RUNNING, ~earlier)


def _stopped(statement: Found, regime: str) -> Found:
    """Cases without a running clock (of that duty), by the newest one that counts."""
    other = CLOCKS.alias()
    mine = [other.c.incident_id == ClockRow.incident_id, *([other.c.regime == regime] if regime else [])]
    rank = case((other.c.regime == GDPR_33, 0), else_=1)
    newest = select(other.c.id).where(*mine, other.c.state == STOPPED).order_by(rank, other.c.deadline_at, other.c.id)
    runs = exists().where(*mine, other.c.state == RUNNING)
    leads = ClockRow.id == newest.limit(1).correlate(ClockRow).scalar_subquery()
    return statement.where(ClockRow.state == STOPPED, ~runs, leads)


def _narrow(statement: Found, wanted: BoardFilter, now: datetime) -> Found:
    if wanted.drills != "with":
        statement = statement.where(Incident.is_drill if wanted.drills == "only" else ~Incident.is_drill)
    if wanted.state != "all":
        is_open = Incident.closed_at.is_(None)
        statement = statement.where(is_open if wanted.state == "open" else ~is_open)
    if wanted.controller_id:
        statement = statement.where(Incident.controller_id == wanted.controller_id)
    if wanted.query.strip():
        statement = statement.where(contains(wanted.query, Incident.reference, Incident.title))
    if wanted.person:
        statement = statement.where(_in_the_hands_of(wanted.person))
    return statement.where(_marked(wanted.mark, now)) if wanted.mark else statement


def _in_the_hands_of(person: UUID | str) -> ColumnElement[bool]:
    """Handed over to somebody; while it was handed to nobody, whoever has taken it."""
    if not isinstance(person, UUID):
        return and_(Incident.held_by_id.is_(None), Incident.acknowledged_at.is_(None))
    # One set of cases, so that the database can begin with it; an OR would make it look at every clock there is.
    one = INCIDENTS.alias()
    took = select(TAKEN_BY.c.incident_id).where(TAKEN_BY.c.user_id == person)
    took = took.join(one, one.c.id == TAKEN_BY.c.incident_id).where(one.c.held_by_id.is_(None))
    held = INCIDENTS.alias()
    return Incident.id.in_(union(select(held.c.id).where(held.c.held_by_id == person), took))


def _marked(mark: str, now: datetime) -> ColumnElement[bool]:
    seen = exists().where(TAKEN_BY.c.incident_id == EVENTS.c.incident_id, TAKEN_BY.c.at >= EVENTS.c.at)
    lost = select(EVENTS.c.incident_id).where(LOST, EVENTS.c.incident_id.is_not(None), ~seen)
    marks = {
        "untaken": Incident.acknowledged_at.is_(None),
        "overdue": and_(ClockRow.state == RUNNING, ClockRow.deadline_at < now),
        "soon": and_(ClockRow.state == RUNNING, ClockRow.deadline_at.between(now, now + SOON)),
        "undelivered": Incident.id.in_(lost),
    }
    return marks[mark]


@dataclass(frozen=True)
class Counts:
    """The open cases at a glance."""

    open: int
    untaken: int
    overdue: int
    soon: int
    """Their time ends within a day."""


def counts(uow: UnitOfWork, controllers: Collection[UUID] | None) -> Counts:
    """How many cases are open, taken by nobody, overdue, due within a day; drills are none."""
    is_open = (~Incident.is_drill, Incident.closed_at.is_(None))
    untaken = func.count().filter(Incident.acknowledged_at.is_(None))
    some = select(func.count(), untaken).select_from(Incident).where(*is_open)
    cases = func.count(Incident.id.distinct())
    ends = (
        select(cases.filter(CLOCKS.c.deadline_at < uow.now), cases)
        .select_from(Incident)
        .join(CLOCKS, CLOCKS.c.incident_id == Incident.id)
        .where(CLOCKS.c.state == RUNNING, CLOCKS.c.deadline_at <= uow.now + SOON, *is_open)
    )
    if controllers is not None:
        some = some.where(Incident.controller_id.in_(controllers))
        ends = ends.where(Incident.controller_id.in_(controllers))
    opened, free = uow.session.execute(some).one()
    over, urgent = uow.session.execute(ends).one()
    return Counts(opened, free, over, urgent - over)


def holders(uow: UnitOfWork, incidents: Sequence[Incident]) -> dict[UUID, str]:
    """The name of whoever each case was handed over to."""
    keys = {one.held_by_id for one in incidents if one.held_by_id}
    if not keys:
        return {}
    names = {row.id: row.name for row in uow.session.execute(select(User.id, User.name).where(User.id.in_(keys)))}
    return {one.id: names[one.held_by_id] for one in incidents if one.held_by_id in names}


def colleagues(uow: UnitOfWork, controllers: Collection[UUID] | None) -> Sequence[tuple[UUID, str]]:
    """Who may hold a case at the controllers, by name."""
    statement = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role.in_(roles_for("amend")))
        .distinct()
        .order_by(User.name, User.id)
    )
    if controllers is not None:
        statement = statement.where(Membership.controller_id.in_(controllers))
    return [(row[0], row[1]) for row in uow.session.execute(statement)]
