"""A data protection officer of many: organisations by the hundred and their cases by the thousand, written as rows."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert

from incidents.base.ids import new_id
from incidents.base.time import Clock
from incidents.store.engine import Database
from incidents.store.tables import (
    Acknowledgement,
    Assessment,
    ClockRow,
    Controller,
    Decision,
    Event,
    Filing,
    Handover,
    Incident,
    Membership,
    User,
)

DPO = "dpo@sok.example"
KINDS = ("Elveszett laptop", "Téves címzett", "Zsarolóvírus", "Adathalász levél", "Nyilvánossá vált lista")
HASH = "0" * 64


@dataclass
class Crowd:
    """What was written: the officer's account, and the keys of controllers and colleagues."""

    dpo_id: UUID
    controllers: list[UUID]
    colleagues: list[UUID]


class _Rows:
    """Rows of every table, to be written at once, in an order that foreign keys allow."""

    order = (
        User,
        Controller,
        Membership,
        Incident,
        ClockRow,
        Acknowledgement,
        Handover,
        Assessment,
        Decision,
        Filing,
        Event,
    )

    def __init__(self) -> None:
        self.kept: dict[Any, list[dict[str, Any]]] = {table: [] for table in self.order}

    def add(self, table: Any, **row: Any) -> UUID:
        self.kept[table].append(row)
        key: UUID = row.get("id", UUID(int=0))
        return key

    def write(self, connection: Connection) -> None:
        for table, rows in self.kept.items():
            for start in range(0, len(rows), 2_000):
                connection.execute(insert(table.__table__), rows[start : start + 2_000])


def settle(engine: Database, clock: Clock, controllers: int, incidents: int) -> Crowd:
    """Open as many cases in every state: some overdue, one in five with a second duty, one in six closed."""
    rows, now = _Rows(), clock.now()
    key = _keys(now)
    staff = [_person(rows, key, now, number) for number in range(1 + controllers)]
    firms = [_firm(rows, key, now, number, staff) for number in range(controllers)]
    for number in range(incidents):
        _case(rows, key, now, number, firms[number % controllers], staff)
    with engine.begin() as connection:
        rows.write(connection)
    return Crowd(staff[0], firms, staff[1:])


def _keys(now: Any) -> Any:
    steps = count()
    return lambda: new_id(now + timedelta(milliseconds=next(steps)))


def _person(rows: _Rows, key: Any, now: Any, number: int) -> UUID:
    email = f"felelos{number}@sok.example" if number else DPO
    return rows.add(
        User, id=key(), email=email, name=f"Felelős {number}.", password_hash="", language="hu", created_at=now
    )


def _firm(rows: _Rows, key: Any, now: Any, number: int, staff: list[UUID]) -> UUID:
    firm = rows.add(
        Controller, id=key(), name=f"{number}. Példa Kft.", short_code=f"P{number:03d}", subject_to={}, created_at=now
    )
    for user, role in ((staff[0], "dpo"), (staff[number + 1], "handler")):
        rows.add(Membership, controller_id=firm, user_id=user, role=role, deputy=False)
    return firm


def _case(rows: _Rows, key: Any, now: Any, number: int, firm: UUID, staff: list[UUID]) -> None:
    opened = now - timedelta(minutes=11 * (number % 331), hours=12 if number % 25 == 3 else 0)
    taken, decided, filed, closed = number % 3 > 0, number % 4 == 1, number % 8 == 1, number % 6 == 5
    case = rows.add(
        Incident,
        id=key(),
        controller_id=firm,
        reference=f"P{number % 200:03d}-2026/{number:05d}",
        title=f"{KINDS[number % 5]} ({number})",
        facts_version=1,
        first_signal_at=opened,
        first_signal_zone="Europe/Budapest",
        opened_at=opened,
        opened_via="link",
        held_by_id=_holder(staff, number) if number % 7 == 2 else None,
        acknowledged_at=opened if taken else None,
        closed_at=now if closed else None,
    )
    mine = {"controller_id": firm, "incident_id": case}
    clock = _clock(rows, key, mine, opened, state="stopped" if filed or closed else "running")
    if number % 5 == 0:
        _clock(
            rows,
            key,
            mine,
            opened,
            regime="kibertv",
            report="first_notice",
            regime_version="2025-01-01",
            state="running",
            hours=24,
        )
    if taken:
        who = _holder(staff, number)
        rows.add(Acknowledgement, id=key(), **mine, user_id=who, name="Felelős", via="page", at=opened)
        _event(rows, mine, opened, "incident.acknowledged")
    if number % 7 == 2:
        who = _holder(staff, number)
        rows.add(Handover, id=key(), **mine, user_id=who, name="Felelős", note="x", handed_by="x", at=opened)
    if number % 50 == 0:
        _event(rows, mine, now, "mail.dead")
    for _ in range(3):
        _event(rows, mine, opened, "stage.fired")
    if decided:
        _decision(rows, key, mine, now)
    if filed:
        _filing(rows, key, mine, now, clock)


def _holder(staff: list[UUID], number: int) -> UUID:
    return staff[1 + number % min(50, len(staff) - 1)]


def _clock(rows: _Rows, key: Any, mine: dict[str, Any], at: Any, hours: int = 72, **fields: Any) -> UUID:
    given = {
        "regime": "gdpr-33",
        "regime_version": "2018-05-25",
        "report": "notification",
        "anchor_kind": "first_signal",
    } | fields
    return rows.add(
        ClockRow,
        id=key(),
        **mine,
        version=1,
        policy="gdpr-33",
        policy_version="1",
        anchor_at=at,
        anchor_zone="Europe/Budapest",
        deadline_at=at + timedelta(hours=hours),
        set_by="x",
        set_at=at,
        **given,
    )


def _decision(rows: _Rows, key: Any, mine: dict[str, Any], now: Any) -> None:
    run = rows.add(
        Assessment, id=key(), **mine, version=1, facts_version=1, rule_set="x", outcome={}, made_by="x", made_at=now
    )
    said = {"reasons_authority": "x", "reasons_subjects": "x", "decided_by": "x", "decided_at": now}
    rows.add(Decision, id=key(), **mine, version=1, facts_version=1, notify="yes", tell="no", assessment_id=run, **said)


def _filing(rows: _Rows, key: Any, mine: dict[str, Any], now: Any, clock: UUID) -> None:
    rows.add(
        Filing,
        id=key(),
        **mine,
        version=1,
        kind="new",
        complete=True,
        channel="online",
        filed_at=now,
        filed_zone="Europe/Budapest",
        clock_id=clock,
        deadline_at=now,
        late_by_seconds=0,
        filed_by="x",
        recorded_at=now,
    )


def _event(rows: _Rows, mine: dict[str, Any], at: Any, kind: str) -> None:
    seq = len(rows.kept[Event]) + 1
    rows.add(Event, **mine, seq=seq, at=at, actor="x", kind=kind, data={}, previous=HASH, hash=HASH)
