"""For those who run the service: alive, ready, metrics. Names no case, no controller and no person."""

import hmac
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from litestar import Response, get
from litestar.enums import MediaType
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from incidents import __version__
from incidents.base.settings import Settings
from incidents.store import health as stored
from incidents.store.health import Vitals
from incidents.web.sessions import PageRequest, clock_of, settings_of
from incidents.web.watch import DELIVER, SWEEP, alive, watch

NO_DATABASE = "the database does not answer or lacks migrations: run `incidens72 migrate`"
NO_SWEEP = "no sweep for three minutes: is the worker running, and beat?"
NO_DELIVERY = "no delivery for three minutes: is the worker running, and beat?"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""What a proxy adds: a request that came through one is not from this machine, wherever the proxy stands."""
Measured = tuple[str, str, dict[str, str], float | None]
"""Name, meaning, labels and value of one gauge; None: there is no value, and the gauge is left out."""


@get("/health/live", include_in_schema=False, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/health/ready", include_in_schema=False, sync_to_thread=True)
def ready(request: PageRequest) -> Response[dict[str, Any]]:
    """The service does its duty: database in its newest shape, a sweep and a delivery within three minutes."""
    reasons = _reasons(request)
    body = {"status": "not ready" if reasons else "ready", "reasons": reasons}
    return Response(body, status_code=503 if reasons else 200, media_type=MediaType.JSON)


def _reasons(request: PageRequest) -> list[str]:
    if not stored.has_newest_shape(request.app.state.engine):
        return [NO_DATABASE]
    seen, now = watch(request), clock_of(request).now()
    works = ((seen.swept_at, NO_SWEEP), (seen.delivered_at, NO_DELIVERY))
    return [reason for last, reason in works if not alive(last, now)]


@get("/metrics", include_in_schema=False, sync_to_thread=True)
def metrics(request: PageRequest) -> Response[bytes]:
    """Gauges in the Prometheus text format; docs/operations.md says what they mean and when to be alarmed."""
    forwarded = any(name in request.headers for name in FORWARDED)
    host = request.client.host if request.client else ""
    if refusal := refused(settings_of(request), host, request.headers.get("authorization", ""), forwarded=forwarded):
        return refusal
    state = request.app.state
    found, now = stored.vitals_if_reachable(state.engine, state.clock), clock_of(request).now()
    content = exposed(now, found)
    return Response(content, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})


def refused(settings: Settings, host: str, authorization: str, *, forwarded: bool) -> Response[bytes] | None:
    """Why somebody may not read the metrics: with METRICS_TOKEN a wrong one, without it not being on this machine."""
    if settings.metrics_token:
        expected = f"Bearer {settings.metrics_token}"
        if hmac.compare_digest(authorization.encode(), expected.encode()):
            return None
        headers = {"www-authenticate": "Bearer"}
        return Response(
            b"bring METRICS_TOKEN as a bearer token\n", status_code=401, headers=headers, media_type="text/plain"
        )
    if not forwarded and _is_loopback(host):
        return None
    said = b"metrics are for this machine only; set METRICS_TOKEN to read them from elsewhere\n"
    return Response(said, status_code=403, media_type="text/plain")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def exposed(now: datetime, found: Vitals | None) -> bytes:
    """The gauges as text; of a database that does not answer only that it does not."""
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for name, meaning, labels, value in _measured(now, found):
        if value is None:
            continue
        if name not in gauges:
            gauges[name] = Gauge(f"incidens72_{name}", meaning, list(labels), registry=registry)
        (gauges[name].labels(**labels) if labels else gauges[name]).set(value)
    return generate_latest(registry)


def _measured(now: datetime, found: Vitals | None) -> Iterator[Measured]:
    yield "build_info", "Always 1; the label says which version runs", {"version": __version__}, 1
    yield "database_up", "Whether the database answers", {}, float(found is not None)
    if found is None:
        return
    for (regime, state), count in sorted(found.clocks.items()):
        yield "open_clocks", "Running clocks, drills left out", {"regime": regime, "state": state}, count
    yield "overdue_clocks", "Running clocks past their deadline", {}, _overdue(found)
    yield "minutes_to_nearest_deadline", "Negative when overdue", {}, _minutes(now, found.nearest_deadline)
    for work, at in sorted(found.beats.items()):
        yield "work_age_seconds", "Since a kind of background work last ended well", {"work": work}, _seconds(at, now)
    yield "sweep_age_seconds", "Since the last sweep", {}, _seconds(found.beats.get(SWEEP), now)
    yield "delivery_age_seconds", "Since the last delivery", {}, _seconds(found.beats.get(DELIVER), now)
    yield from _outgoing(now, found)
    yield "drills_running", "Drills going on", {}, found.drills


def _outgoing(now: datetime, found: Vitals) -> Iterator[Measured]:
    for channel, state in (
        ("mail", "queued"),
        ("mail", "dead"),
        ("mail", "bounced"),
        ("webhook", "queued"),
        ("webhook", "dead"),
    ):
        labels = {"channel": channel, "state": state}
        yield "outbox_messages", "What has not got through", labels, found.outbox.get((channel, state), 0)
    yield "outbox_oldest_seconds", "Age of the oldest waiting message", {}, _seconds(found.oldest_queued, now)
    yield "webhooks_failing", "Webhooks whose last message was given up", {}, found.failing_webhooks
    yield (
        "mail_server_down_seconds",
        "Since the mail server takes nothing",
        {},
        _seconds(found.mail_server_down_since, now) or 0,
    )


def _overdue(found: Vitals) -> int:
    return sum(count for (_, state), count in found.clocks.items() if state == "overdue")


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return (now - since).total_seconds() if since else None


def _minutes(now: datetime, until: datetime | None) -> float | None:
    return (until - now).total_seconds() / 60 if until else None


handlers: list[Any] = [live, ready, metrics]
