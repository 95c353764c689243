"""The yardstick: a Litestar handler that writes the rows of a new case and does nothing else.

It copies the rows of one case that the product opened: no vocabulary, no roles, no tenancy, no unit of work.
"""

import json
import os
import sys
from hashlib import sha256
from typing import Any
from uuid import UUID

import uvicorn
from litestar import Litestar, post
from sqlalchemy import Connection, Row, Table, insert, select, update

from incidents.base.ids import new_id
from incidents.base.time import SystemClock
from incidents.store import tables
from incidents.store.engine import create_engine_for

ENGINE = create_engine_for(os.environ["DATABASE_URL"])


def _table(entity: Any) -> Table:
    table: Table = entity.__table__
    return table


INCIDENT, HEAD, COUNTER, EVENT = map(_table, (tables.Incident, tables.ChainHead, tables.ReferenceCounter, tables.Event))
BELOW = [_table(one) for one in (tables.FactAmendment, tables.ClockRow, tables.Stage)]


def _of_case(connection: Connection, table: Table, incident_id: UUID) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(table.c.incident_id == incident_id))
    return [dict(row._mapping) for row in rows]


def _pattern() -> dict[str, list[dict[str, Any]]]:
    with ENGINE.connect() as connection:
        case = dict(connection.execute(select(INCIDENT).limit(1)).one()._mapping)
        below = {table.name: _of_case(connection, table, case["id"]) for table in (*BELOW, EVENT)}
        return {"incident": [case], **below}


PATTERN = _pattern()
CONTROLLER = PATTERN["incident"][0]["controller_id"]


def _next_number(connection: Connection) -> int:
    counted = update(COUNTER).where(COUNTER.c.controller_id == CONTROLLER).values(last=COUNTER.c.last + 1)
    return int(connection.execute(counted.returning(COUNTER.c.last)).scalar_one())


def _append(connection: Connection, incident_id: UUID) -> None:
    head: Row[Any] = connection.execute(select(HEAD).where(HEAD.c.controller_id == CONTROLLER).with_for_update()).one()
    seq, previous, events = head.seq, head.hash, []
    for event in PATTERN["event"]:
        seq += 1
        made = sha256(json.dumps([previous, seq, event["kind"], event["data"]], sort_keys=True).encode()).hexdigest()
        events.append(event | {"seq": seq, "previous": previous, "hash": made, "incident_id": incident_id})
        previous = made
    connection.execute(insert(EVENT), events)
    connection.execute(update(HEAD).where(HEAD.c.controller_id == CONTROLLER).values(seq=seq, hash=previous))


@post("/bare", sync_to_thread=True)
def create(data: dict[str, Any]) -> dict[str, str]:
    now = SystemClock().now()
    incident, clock = new_id(now), new_id(now)
    with ENGINE.begin() as connection:
        number = _next_number(connection)
        own = {"id": incident, "reference": f"BARE-{number}", "receipt_hash": str(incident), "opened_at": now}
        connection.execute(insert(INCIDENT), PATTERN["incident"][0] | own)
        for table in BELOW:
            keys = {"clock_id": clock} if table.name == "stage" else {}
            rows = [
                row | keys | {"id": clock if table.name == "clock" else new_id(now), "incident_id": incident}
                for row in PATTERN[table.name]
            ]
            connection.execute(insert(table), rows)
        _append(connection, incident)
    return {"id": str(incident), "said": data["first_signal_at"]}


if __name__ == "__main__":
    app = Litestar([create], openapi_config=None, logging_config=None)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
