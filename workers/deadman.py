"""The dead-man ping: somebody outside misses it when the sweep stops, also when this whole machine does."""

from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from incidents.base import logs
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.store import heartbeat
from incidents.store.engine import Database
from incidents.store.uow import SYSTEM, unit_of_work

EVERY = timedelta(minutes=1)
TIMEOUT_SECONDS = 5
log = logs.logger("workers.deadman")


def ping(settings: Settings, engine: Database, clock: Clock, begun: datetime) -> bool:
    """Ask for DEADMAN_URL when the sweep begun at an instant (UTC) has given its sign of life; at most once a minute.

    Whatever goes wrong is logged and nothing else: the warnings do not depend on it.
    """
    if not settings.deadman_url or not _our_turn(engine, clock, begun):
        return False
    try:
        status = _get(settings.deadman_url)
    except (OSError, HTTPException, ValueError):
        log.exception("deadman.unreachable")
        return False
    if not 200 <= status < 300:
        log.error("deadman.refused", status=status)
    return 200 <= status < 300


def _our_turn(engine: Database, clock: Clock, begun: datetime) -> bool:
    with unit_of_work(engine, clock, SYSTEM) as uow:
        swept = heartbeat.read(uow).get("sweep")
        return swept is not None and swept >= begun and heartbeat.turn(uow, "deadman", EVERY)


def _get(url: str) -> int:
    """The status of an address; a redirect is an answer and is not followed."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        return connection.getresponse().status
    finally:
        connection.close()
