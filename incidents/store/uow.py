"""The unit of work: one transaction, one actor, one set of controllers. The only place that commits.

A query on rows of a controller is filtered to the set the unit was opened for. Opened without a set, or with a
statement that cannot be filtered, it raises: a forgotten filter fails closed.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, make_transient_to_detached, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from incidents.base import logs
from incidents.base.errors import FieldError, InvalidInput, NotFound
from incidents.base.time import Clock
from incidents.rules.readers import BROKEN_TEXT
from incidents.store.among import among, packed
from incidents.store.engine import HURRIED
from incidents.store.tables import ClockRow, Controller, FactAmendment, Incident, OfController, Table
from incidents.store.writing import Statement, beginning, run, write

log = logs.logger("incidents.store")
Found = TypeVar("Found")
HeldRow = TypeVar("HeldRow", Controller, Incident, FactAmendment, ClockRow)


class TenancyError(RuntimeError):
    """A statement or row outside the controllers the unit of work was opened for."""


class _Every:
    """The set of every controller: for the clock, the operator and look-ups of secrets, never for a page."""


EVERY_CONTROLLER: Final = _Every()
FEW: Final = 16
"""Controllers written into a statement one by one; more go as one value, see ``incidents.store.among``."""
Scope = frozenset[UUID] | _Every


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, an API key, a reporter without an account or the clock itself.

    ``by_link``: the acts a secret link or a mail allows at a controller, whatever the role. ``is_process``: the clock,
    the worker or a command of this installation, which no matrix binds; nobody who asks over the network is that.
    """

    name: str
    user_id: UUID | None = None
    roles: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    is_operator: bool = False
    by_link: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    is_process: bool = False


SYSTEM = Actor("incidens72", is_process=True)


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction and its circumstances; ``now`` is one instant for all that happens in it."""

    session: Session
    actor: Actor
    scope: Scope | None
    now: datetime

    def sees(self, controller_id: UUID) -> bool:
        """Whether this unit of work was opened for that controller."""
        return isinstance(self.scope, _Every) or (self.scope is not None and controller_id in self.scope)

    def add(self, *rows: Table) -> None:
        """Write new rows at once and in this order, so that the next ones may refer to them; changed ones as well.

        Past the bookkeeping of a flush, which costs more than the writing; every row is looked at all the same.

        Raises:
            TenancyError: a row of a controller outside the set.
            InvalidInput: a text with a NUL.
        """
        new = [row for row in rows if inspect(row).key is None]
        values = [new_values(row) for row in new]
        for row, said in zip(new, values, strict=True):
            self._allow(row)
            _refuse_nul(said)
        self.session.flush()
        written = zip(new, values, strict=True)
        for table, group in groupby(written, lambda one: inspect(type(one[0])).local_table):
            write(self._connection(), table, [said for _, said in group])
        self._wrote(owner for row in new if (owner := owner_of(row)) is not None)
        for row in new:
            make_transient_to_detached(row)
        self.session.add_all(new)

    def _allow(self, row: Table) -> None:
        owner = owner_of(row)
        if owner is not None and not self.sees(owner):
            raise TenancyError(f"a {type(row).__name__} of a controller outside the unit of work")

    def add_many(self, table: type[OfController], rows: Sequence[Mapping[str, Any]]) -> None:
        """Write thousands of new rows of controllers at once: the one door for it, and every row is looked at.

        Raises:
            TenancyError: a row of a controller outside the set, or of none.
            InvalidInput: a text with a NUL.
        """
        for row in rows:
            owner = row.get("controller_id")
            if not isinstance(owner, UUID) or not self.sees(owner):
                raise TenancyError(f"a {table.__name__} of a controller outside the unit of work")
            _refuse_nul(row)
        if rows:
            self.session.flush()
            write(self._connection(), inspect(table).local_table, rows)
            self._wrote(row["controller_id"] for row in rows)

    def ask(self, statement: Statement, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement made beforehand, past the ORM, and give what it answers.

        Nothing narrows it, so it binds its controller as ``controller_id`` or several as ``controllers`` (a set, for
        ``one_of``), and those are looked at. Without either it is for units of work that are open for every controller.

        Raises:
            TenancyError: for a controller outside the set.
        """
        several = values.get("controllers")
        self._own(several if several is not None else [values.get("controller_id")])
        if several is not None:
            values["controllers"] = self.packed(several)
        self.session.flush()
        return run(self._connection(), statement, values)

    def packed(self, keys: Iterable[UUID]) -> str:
        """A set of keys as the one value that ``one_of`` takes on this database."""
        return packed(keys, self.session.get_bind().dialect.name)

    def ask_rows(self, table: type[Found], statement: Statement, **values: Any) -> list[Found]:
        """The same for whole rows: the statement selects every column of their table. Rows known here stay as they are.

        Raises:
            TenancyError: for a controller outside the set.
        """
        keys = [column.key for column in inspect(table).local_table.columns]
        return [self._present(table, dict(zip(keys, row, strict=True))) for row in self.ask(statement, **values)]

    def _present(self, table: type[Found], values: Mapping[str, Any]) -> Found:
        mapper = inspect(table)
        identity = mapper.identity_key_from_primary_key([values[column.key] for column in mapper.primary_key])
        row = self.session.identity_map.get(identity)
        if row is None:
            row = table()
            vars(row).update(values)  # as loading does; setting one by one would note each as a change
            make_transient_to_detached(row)
            self.session.add(row)
        return cast("Found", row)

    def change(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement made beforehand once for each row; each binds its controller as ``controller_id``.

        Without one it is for units of work that are open for every controller.

        Raises:
            TenancyError: for a controller outside the set, or for none.
        """
        self._own(row["controller_id"] for row in rows)
        self.session.flush()
        run(self._connection(), statement, *rows)

    def _connection(self) -> Connection:
        """The connection of the transaction; the session takes long to find it, and it stays while that is active."""
        begun, info = self.session.get_transaction(), self.session.info
        if begun is None or not begun.is_active or info.get("begun") is not begun:
            info["connection"] = self.session.connection()
            info["begun"] = self.session.get_transaction()
        found: Connection = info["connection"]
        return found

    def written(self, controller_id: UUID) -> bool:
        """Whether this unit of work has written a row of a controller: that locks the controller against a new key."""
        return controller_id in self.session.info.get("written", ())

    def _wrote(self, controllers: Iterable[UUID]) -> None:
        self.session.info.setdefault("written", set()).update(controllers)

    def _own(self, controllers: Iterable[UUID | None]) -> None:
        if not isinstance(self.scope, _Every) and not all(one and self.sees(one) for one in controllers):
            raise TenancyError("a statement about a controller outside the unit of work")

    def at_hand(self, table: type[HeldRow], key: UUID) -> HeldRow | None:
        """A row this unit of work was told to hold, by its key; asks the database nothing."""
        held: Table | None = self.session.info.get("held", {}).get((table, key))
        return held if isinstance(held, table) and held in self.session else None

    def hold(self, row: HeldRow) -> HeldRow:
        """Keep a row of the set at hand: the session by itself forgets what nobody looks at."""
        self.session.info.setdefault("held", {})[type(row), row.id] = row
        return row

    def held(self, table: type[HeldRow]) -> Sequence[HeldRow]:
        """Every row of a kind this unit of work was told to hold, in that order."""
        kept = self.session.info.get("held", {})
        return [row for (kind, _), row in kept.items() if kind is table and row in self.session]

    def to_log(self, kind: str, controller_id: UUID, incident_id: UUID | None, seq: int) -> None:
        """Say in the log of the process, once this is committed, that an event of that kind was recorded."""
        line = {"kind": kind, "controller_id": controller_id, "incident_id": incident_id, "seq": seq}
        self.say("event", **line)

    def say(self, event: str, **line: object) -> None:
        """Say something in the log of the process once this is committed: a code word, and values under known keys."""
        self.session.info.setdefault("to_log", []).append((event, line))

    def remember(self, what: Hashable, find: Callable[[], Found]) -> Found:
        """What was found once in this unit of work stays found: for answers that cannot change while it is open."""
        known: dict[Hashable, Any] = self.session.info.setdefault("known", {})
        if what not in known:
            known[what] = find()
        found: Found = known[what]
        return found

    def require(self, controller_id: UUID) -> None:
        """Refuse a controller outside the set.

        Raises:
            NotFound: outside; the same answer as for one that does not exist.
        """
        if not self.sees(controller_id):
            raise NotFound


@contextmanager
def unit_of_work(
    engine: Engine,
    clock: Clock,
    actor: Actor,
    controllers: Scope | None = None,
    *,
    read_only: bool = False,
    hurried: bool = False,
    glance: bool = False,
) -> Iterator[UnitOfWork]:
    """Open a transaction; commit when the block ends well, roll back when it raises.

    Args:
        engine: where.
        clock: gives the one instant of this transaction.
        actor: who is written into the log.
        controllers: the tenants it may touch; ``None`` means none at all.
        read_only: never commits, sees everything as of one moment, and takes no write lock on SQLite.
        hurried: does not wait for the disk. A killed process loses nothing by it; a power cut, or a killed PostgreSQL,
            loses what was committed so since the last commit that waited. Only for what may be done twice.
        glance: reads with one statement: that sees one moment by itself, and PostgreSQL need not open and end a
            transaction around it.
    """
    bind = _bound(engine, read_only, hurried, glance)
    with Session(bind, autoflush=True, expire_on_commit=False, info={"scope": controllers}) as session:
        yield UnitOfWork(session, actor, controllers, clock.now())
        if not (read_only or glance):
            session.commit()
            for said, line in session.info.get("to_log", ()):
                log.info(said, **line)
        # A unit that only reads ends by closing: an explicit rollback would expire the rows it hands out.


@lru_cache(maxsize=8)
def _bound(engine: Engine, read_only: bool, hurried: bool, glance: bool) -> Engine:
    """The engine with the options of a unit of work; few engines live at once, and options are dear to make."""
    if (read_only or glance) and engine.dialect.name == "sqlite":
        return engine.execution_options(read_only=True)
    if read_only or glance:
        return engine.execution_options(isolation_level="AUTOCOMMIT" if glance else "REPEATABLE READ")
    return engine.execution_options(**{HURRIED: True}) if hurried else engine


@event.listens_for(Session, "do_orm_execute")
def _filter_by_controller(state: ORMExecuteState) -> None:
    """Narrow every statement to the controllers of the unit of work, or refuse it."""
    scope = state.session.info.get("scope")
    if isinstance(scope, _Every) or state.is_column_load or state.is_relationship_load:
        return
    mappers = state.all_mappers
    if not mappers:
        raise TenancyError("a statement without mapped tables cannot be filtered by controller")
    touches = any(issubclass(mapper.class_, OfController | Controller) for mapper in mappers)
    if scope is None and touches:
        raise TenancyError("rows of a controller asked for without a set of controllers")
    if state.is_insert and touches:
        raise TenancyError("rows of a controller are added one by one, so that each is checked")
    info = state.session.info
    if "criteria" not in info:
        info["criteria"] = _criteria(scope or frozenset(), state.session.get_bind().dialect.name)
    state.statement = state.statement.options(*info["criteria"])


def _criteria(allowed: frozenset[UUID], dialect: str) -> Sequence[ExecutableOption]:
    """The narrowing of a unit of work; joined tables are no top-level mappers: without a set they match nothing."""
    if len(allowed) > FEW:
        return _criteria_of_many(packed(allowed, dialect))
    return (
        with_loader_criteria(OfController, lambda row: row.controller_id.in_(allowed), include_aliases=True),
        with_loader_criteria(Controller, lambda row: row.id.in_(allowed), include_aliases=True),
    )


def _criteria_of_many(keys: str) -> Sequence[ExecutableOption]:
    return (
        with_loader_criteria(OfController, lambda row: among(row.controller_id, keys), include_aliases=True),
        with_loader_criteria(Controller, lambda row: among(row.id, keys), include_aliases=True),
    )


@event.listens_for(Session, "before_flush")
def _refuse_unstorable(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Refuse a text with a NUL, which PostgreSQL cannot hold, as a fault of its field and on both databases."""
    for row in (*session.new, *session.dirty):
        _refuse_nul(vars(row))


def new_values(row: Table) -> dict[str, Any]:
    """What a new row says in every column; what was left open is filled with the column's own beginning, or nothing."""
    said, columns = vars(row), _columns(type(row))
    for key, column in columns:
        if key not in said:
            said[key] = beginning(column)
    return {column.key: said[key] for key, column in columns}


@cache
def _columns(table: type[Table]) -> tuple[tuple[str, Any], ...]:
    """The attributes of a table with their columns."""
    return tuple((attribute.key, attribute.columns[0]) for attribute in inspect(table).column_attrs)


def owner_of(row: object) -> UUID | None:
    """The controller a row belongs to, or is."""
    if isinstance(row, Controller):
        return row.id
    return row.controller_id if isinstance(row, OfController) else None


def _refuse_nul(values: Mapping[str, Any]) -> None:
    broken = [key for key, value in values.items() if isinstance(value, str) and "\0" in value]
    if broken:
        raise InvalidInput([FieldError(key, "broken-text", BROKEN_TEXT) for key in broken])


@event.listens_for(Session, "before_flush")
def _guard_writes(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Refuse to write a row of a controller outside the set."""
    scope = session.info.get("scope")
    if isinstance(scope, _Every):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        owner = owner_of(row)
        if owner is not None and (scope is None or owner not in scope):
            raise TenancyError(f"a {type(row).__name__} of a controller outside the unit of work")
