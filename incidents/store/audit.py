"""The event log: append, read, verify. Writers of one controller's log queue up on its chain head."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table as Columns
from sqlalchemy import Text, bindparam, inspect, literal, select, union_all, update

from incidents.base.errors import NotFound
from incidents.rules.register import GENESIS, Break, Entry, digest, entry_hash, verify_chain
from incidents.store.among import one_of
from incidents.store.tables import APPEND_ONLY, ChainHead, Controller, Event, Incident, Table
from incidents.store.uow import UnitOfWork

VOUCHED: Mapping[str, Any] = {table.__tablename__: table for table in APPEND_ONLY if table is not Event}
"""Append-only tables whose every row has an event that vouches for it, by name."""
_ROWS_OF = union_all(
    *(
        select(literal(name), table.id).where(table.controller_id == bindparam("controller_id"))
        for name, table in VOUCHED.items()
    )
)
"""Every append-only row of a controller that an event must vouch for: its table and its key."""
ROWS_AT_ONCE = 500
UNREADABLE = (LookupError, ValueError, TypeError)
"""What reading a row raises that somebody filled with what the product never writes."""


@dataclass(frozen=True)
class NewEvent:
    """What happened, before it has its place in the chain."""

    controller_id: UUID
    incident_id: UUID | None
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    record: Table | None = None
    """The append-only row this event vouches for: its digest goes into the chain."""


def about(incident: Incident, kind: str, record: Table | None = None, /, **data: object) -> NewEvent:
    """An event of a case; ``record`` is the append-only row it vouches for."""
    return NewEvent(incident.controller_id, incident.id, kind, data, record)


def begin_chain(uow: UnitOfWork, controller_id: UUID) -> None:
    """Lay the first link for a new controller."""
    uow.session.add(ChainHead(controller_id=controller_id, seq=0, hash=GENESIS))
    uow.session.flush()


def head(uow: UnitOfWork, controller_id: UUID) -> ChainHead:
    """The newest link of a controller's log, as kept apart from it.

    Raises:
        NotFound: the controller is outside the unit of work.
    """
    newest = select(ChainHead).where(ChainHead.controller_id == controller_id)
    found = uow.session.scalar(newest.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _plain(value: object) -> object:
    """A column value as JSON can hold it; bytes by their digest."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return digest(value.hex()) if isinstance(value, bytes) else value


def row_digest(row: Table) -> str:
    """SHA-256 over every column of a row."""
    columns = inspect(type(row)).column_attrs
    return digest({column.key: _plain(getattr(row, column.key)) for column in columns})


def _vouch(event: NewEvent) -> dict[str, Any]:
    data = dict(event.data)
    if event.record is not None:
        key = inspect(event.record).mapper.primary_key_from_instance(event.record)[0]
        data["record"] = {"table": event.record.__tablename__, "id": str(key), "sha256": row_digest(event.record)}
    return data


@dataclass(slots=True)
class _Head:
    """A locked head: the place and the hash of the newest entry."""

    seq: int
    hash: str


_CONTROLLERS = (
    select(Controller.id)
    .where(one_of(Controller.id, bindparam("controllers", type_=Text())))
    .order_by(Controller.id)
    .with_for_update(read=True, key_share=True)
)
_HEADS = (
    select(ChainHead.controller_id, ChainHead.seq, ChainHead.hash)
    .where(one_of(ChainHead.controller_id, bindparam("controllers", type_=Text())))
    .order_by(ChainHead.controller_id)
    .with_for_update()
)
_MOVED = (
    update(cast("Columns", ChainHead.__table__))
    .where(ChainHead.controller_id == bindparam("controller_id"))
    .values(seq=bindparam("seq"), hash=bindparam("hash"))
)


def _locked_heads(uow: UnitOfWork, controller_ids: set[UUID]) -> dict[UUID, _Head]:
    """The heads, locked once a transaction and always in the same order, so that two writers cannot embrace.

    Before a head its controller is locked against a new key, as writing the event would do later: whoever changes a
    controller and then writes the log waits here, and not holding the head. Whoever has written a row of the controller
    holds that lock already.
    """
    held: dict[UUID, _Head] = uow.session.info.setdefault("chain_heads", {})
    if wanted := controller_ids - held.keys():
        if unlocked := {key for key in wanted if not uow.written(key)}:
            uow.ask(_CONTROLLERS, controllers=unlocked)
        held.update({key: _Head(seq, newest) for key, seq, newest in uow.ask(_HEADS, controllers=wanted)})
    return held


def append(uow: UnitOfWork, *events: NewEvent) -> None:
    """Write events into the log of their controllers, in the order given."""
    if not events:
        return
    controllers = {event.controller_id for event in events}
    heads = _locked_heads(uow, controllers)
    rows = []
    for event in events:
        head = heads[event.controller_id]
        entry = Entry(
            controller_id=str(event.controller_id),
            seq=head.seq + 1,
            incident_id=str(event.incident_id or ""),
            at=uow.now,
            actor=uow.actor.name,
            kind=event.kind,
            data=_vouch(event),
            previous=head.hash,
        )
        head.seq, head.hash = entry.seq, entry_hash(entry)
        rows.append(
            {
                "controller_id": event.controller_id,
                "seq": entry.seq,
                "incident_id": event.incident_id,
                "at": uow.now,
                "actor": entry.actor,
                "kind": entry.kind,
                "data": entry.data,
                "previous": entry.previous,
                "hash": head.hash,
            }
        )
        uow.to_log(event.kind, event.controller_id, event.incident_id, entry.seq)
    moved = [{"controller_id": key, "seq": heads[key].seq, "hash": heads[key].hash} for key in controllers]
    uow.change(_MOVED, moved)
    uow.add_many(Event, rows)


def events_of(uow: UnitOfWork, incident_id: UUID) -> Sequence[Event]:
    """The log of one incident, oldest first."""
    return uow.session.scalars(select(Event).where(Event.incident_id == incident_id).order_by(Event.seq)).all()


def _stored(uow: UnitOfWork, controller_id: UUID) -> Iterator[tuple[Entry, str]]:
    rows = uow.session.scalars(
        select(Event).where(Event.controller_id == controller_id).order_by(Event.seq).execution_options(yield_per=1000)
    )
    for row in rows:
        entry = Entry(
            str(row.controller_id),
            row.seq,
            str(row.incident_id or ""),
            row.at,
            row.actor,
            row.kind,
            row.data,
            row.previous,
        )
        yield entry, row.hash


@dataclass(frozen=True)
class _Vouched:
    """What an event says of an append-only row: which one, and its digest when it was written."""

    seq: int
    table: str
    key: str
    sha256: str


def _vouched_by(entry: Entry) -> _Vouched | None:
    """None when the event vouches for nothing, or was altered so that this cannot be read."""
    record = entry.data.get("record") if isinstance(entry.data, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    return _Vouched(entry.seq, *(str(record.get(part)) for part in ("table", "id", "sha256")))


def _problems(uow: UnitOfWork, vouched: Sequence[_Vouched]) -> Iterator[Break]:
    """What is wrong with the rows events vouch for, read many at a time."""
    for name in dict.fromkeys(said.table for said in vouched):
        mine = [said for said in vouched if said.table == name]
        for start in range(0, len(mine), ROWS_AT_ONCE):
            part = mine[start : start + ROWS_AT_ONCE]
            rows = _rows(uow, VOUCHED.get(name), part)
            found = ((said, _problem(uow, said) if rows is None else _difference(said, rows)) for said in part)
            yield from (Break(said.seq, problem) for said, problem in found if problem)


def _rows(uow: UnitOfWork, table: Any, vouched: Sequence[_Vouched]) -> dict[str, Any] | None:
    """Rows by their key; None when there is no such table, or somebody filled one with what cannot be read."""
    try:
        keys = [UUID(said.key) for said in vouched]
        wanted = select(table).where(table.id.in_(keys)).execution_options(populate_existing=True)
        return {str(row.id): row for row in uow.session.scalars(wanted)}
    except (*UNREADABLE, AttributeError):
        return None


def _difference(said: _Vouched, rows: Mapping[str, Any]) -> str:
    row = rows.get(said.key)
    if row is None:
        return f"{said.table} {said.key} was removed"
    return "" if row_digest(row) == said.sha256 else f"{said.table} {said.key} was altered"


def _problem(uow: UnitOfWork, said: _Vouched) -> str:
    """What is wrong with a row an event vouches for; empty when nothing is."""
    table = VOUCHED.get(said.table)
    try:
        row = uow.session.get(table, UUID(said.key), populate_existing=True) if table else None
        return _difference(said, {said.key: row} if row else {})
    except UNREADABLE:
        return f"{said.table} {said.key} was altered"


def _slipped_in(uow: UnitOfWork, controller_id: UUID, vouched: Sequence[_Vouched]) -> Iterator[str]:
    """Append-only rows no event vouches for: somebody wrote them past the log."""
    known = {(said.table, said.key) for said in vouched}
    for name, key in uow.ask(_ROWS_OF, controller_id=controller_id):
        if (name, str(key)) not in known:
            yield f"{name} {key} was slipped in"


def verify(uow: UnitOfWork, controller_id: UUID) -> list[Break]:
    """Every break in a controller's log and in the rows the log vouches for.

    Wants a read-only unit of work: there everything is read as of one moment, also while others write.
    """
    kept = uow.session.get(ChainHead, controller_id)
    seq, newest = (kept.seq, kept.hash) if kept else (-1, "")
    vouched: list[_Vouched] = []

    def watched() -> Iterator[tuple[Entry, str]]:
        for entry, stored in _stored(uow, controller_id):
            if said := _vouched_by(entry):
                vouched.append(said)
            yield entry, stored

    try:
        breaks = verify_chain(watched(), seq, newest)
    except UNREADABLE as error:
        return [Break(seq, f"an entry cannot be read any more: {error}")]
    breaks += sorted(_problems(uow, vouched), key=lambda one: one.seq)
    return breaks + [Break(seq, problem) for problem in _slipped_in(uow, controller_id, vouched)]
