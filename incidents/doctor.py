"""What the operator should know before relying on this installation: mode, database, broker, mail, signs of life."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError

from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.store import heartbeat, outbox
from incidents.store.engine import Database
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from notifications.smtp import Mailer, RetryableFailure, SmtpUrlError, parse_url

OLDEST_HEARTBEAT = timedelta(minutes=3)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: fine or not, and what to do."""

    fine: bool
    said: str


def examine(settings: Settings, database: Database, clock: Clock) -> Iterator[Finding]:
    """Look at everything, one finding each."""
    mode = "one process (web, worker, beat)" if settings.embedded else "web, worker and beat as processes of their own"
    engine = "SQLite" if settings.sqlite else "PostgreSQL"
    yield Finding(True, f"mode: {mode} on {engine}")
    yield Finding(True, f"address: {settings.public_url}")
    for look in (_broker, _mail):
        yield look(settings)
    yield from _signs_of_life(database, clock)


def _broker(settings: Settings) -> Finding:
    if settings.embedded:
        return Finding(True, "broker: memory:// inside the process; nothing is lost with it, deadlines are rows")
    try:
        with Redis.from_url(settings.redis_url, socket_timeout=5) as redis:
            policy = redis.config_get("maxmemory-policy").get("maxmemory-policy", "")
    except RedisError as error:
        return Finding(False, f"broker: {type(error).__name__}: {error}. Check REDIS_URL and that Redis runs.")
    if policy not in {"", "noeviction"}:
        return Finding(False, f"broker: maxmemory-policy is {policy}; set it to noeviction")
    return Finding(True, "broker: Redis answers and evicts nothing")


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return Finding(False, "mail: SMTP_URL is not set, so no warning can leave; set it to your mail server")
    try:
        with Mailer(parse_url(settings.smtp_url)) as mailer:
            mailer.check()
    except (SmtpUrlError, RetryableFailure) as error:
        return Finding(False, f"mail: {error}. Check SMTP_URL.")
    return Finding(True, "mail: the server answers and accepts the login")


def _signs_of_life(database: Database, clock: Clock) -> Iterator[Finding]:
    with unit_of_work(database, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        beats, mails, now = heartbeat.read(uow), outbox.counts(uow), uow.now
    for name in ("sweep", "deliver"):
        age = now - beats[name] if name in beats else None
        fine = age is not None and age <= OLDEST_HEARTBEAT
        said = f"last {int(age.total_seconds())} s ago" if age is not None else "never ran here"
        yield Finding(fine, f"{name}: {said}{'' if fine else '; start the worker and beat'}")
    dead = mails.get("dead", 0)
    yield Finding(dead == 0, f"mails: {mails.get('queued', 0)} waiting, {dead} could not be delivered")


def report(settings: Settings, database: Database, clock: Clock, say: Callable[[str], object]) -> bool:
    """Say every finding; returns whether all is fine."""
    findings = list(examine(settings, database, clock))
    for one in findings:
        say(f"{'ok  ' if one.fine else 'FAIL'}  {one.said}")
    return all(one.fine for one in findings)
