"""For those who run the service: alive, ready, metrics. Names no case and no person."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.enums import MediaType
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from incidents.store import health as stored
from incidents.web.sessions import PageRequest, clock_of, system_uow
from incidents.web.watch import watch

NO_DATABASE = "the database does not answer or lacks migrations: run `incidens72 migrate`"
NO_SWEEP = "no sweep for three minutes: is the worker running, and beat?"


@get("/health/live", include_in_schema=False, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/health/ready", include_in_schema=False, sync_to_thread=True)
def ready(request: PageRequest) -> Response[dict[str, Any]]:
    """The service does its duty: database in its newest shape, and a sweep within three minutes."""
    reasons = _reasons(request)
    body = {"status": "not ready" if reasons else "ready", "reasons": reasons}
    return Response(body, status_code=503 if reasons else 200, media_type=MediaType.JSON)


def _reasons(request: PageRequest) -> list[str]:
    if not stored.has_newest_shape(request.app.state.engine):
        return [NO_DATABASE]
    return [] if watch(request).sweeping(clock_of(request).now()) else [NO_SWEEP]


@get("/metrics", include_in_schema=False, sync_to_thread=True)
def metrics(request: PageRequest) -> Response[bytes]:
    """Gauges in the Prometheus text format. A gauge without a value is left out, never 0."""
    with system_uow(request, read_only=True) as uow:
        found = stored.vitals(uow)
    now, seen, registry = clock_of(request).now(), watch(request), CollectorRegistry()
    gauges = {
        ("incidens72_running_clocks", "Clocks that run now"): found.running_clocks,
        ("incidens72_minutes_to_nearest_deadline", "Minutes; negative when overdue"): _minutes(
            now, found.nearest_deadline
        ),
        ("incidens72_sweep_age_seconds", "Seconds since the last sweep"): _seconds(seen.sweep_at, now),
        ("incidens72_outbox_queued", "Mails that wait"): found.queued_mails,
        ("incidens72_outbox_oldest_seconds", "Age of the oldest waiting mail"): _seconds(found.oldest_queued, now),
        ("incidens72_outbox_dead", "Mails given up"): found.dead_mails,
    }
    for (name, meaning), value in gauges.items():
        if value is not None:
            Gauge(name, meaning, registry=registry).set(value)
    return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return (now - since).total_seconds() if since else None


def _minutes(now: datetime, until: datetime | None) -> float | None:
    return (until - now).total_seconds() / 60 if until else None


handlers: list[Any] = [live, ready, metrics]
