"""What has to answer: database, its clock and shape, broker, mail server."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from incidents.base.i18n import msgid
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.doctor.findings import Finding, fail, ok, warn
from incidents.store import health
from incidents.store.engine import Database
from notifications.smtp import Mailer, RetryableFailure, SmtpUrlError, parse_url

SKEW, BAD_SKEW = timedelta(seconds=2), timedelta(seconds=30)


def database(settings: Settings, engine: Database, clock: Clock) -> Iterator[Finding]:
    """Whether the database is there, in its newest shape and at the same time as we are."""
    if not _is_there(settings):
        yield fail(msgid("database: there is none yet"), msgid("Start the service, or run `incidens72 migrate`."))
        return
    if not health.answers(engine):
        yield fail(msgid("database: it does not answer"), msgid("Check DATABASE_URL and that PostgreSQL runs."))
        return
    yield ok(msgid("database: it answers"))
    if not health.has_newest_shape(engine):
        yield fail(
            msgid("migrations: some are missing"), msgid("Run `incidens72 migrate` and start the service again.")
        )
        return
    yield ok(msgid("migrations: all have run"))
    yield _clocks(health.clock_skew(engine, clock))


def usable(settings: Settings, engine: Database) -> bool:
    """Whether the database can be asked for rows."""
    return _is_there(settings) and health.has_newest_shape(engine)


def _is_there(settings: Settings) -> bool:
    """Whether there is a database at all: to connect to a SQLite file would make one."""
    return not settings.sqlite or Path(settings.database_url.removeprefix("sqlite:///")).exists()


def _clocks(skew: timedelta) -> Finding:
    seconds = f"{abs(skew.total_seconds()):.1f}"
    if abs(skew) <= SKEW:
        return ok(msgid("clocks: this machine and the database differ by {seconds} s"), seconds=seconds)
    kind = fail if abs(skew) > BAD_SKEW else warn
    return kind(
        msgid("clocks: this machine and the database differ by {seconds} s, so deadlines differ too"),
        msgid("Let both set their clocks by NTP."),
        seconds=seconds,
    )


def broker(settings: Settings) -> Finding:
    """Whether Redis answers and forgets nothing."""
    if settings.embedded:
        return ok(msgid("broker: memory:// inside the process; nothing is lost with it, deadlines are rows"))
    try:
        with Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5) as redis:
            policy = redis.config_get("maxmemory-policy").get("maxmemory-policy", "")
    except RedisError as error:
        return fail(
            msgid("broker: Redis does not answer ({error})"),
            msgid("Check REDIS_URL and that Redis runs: until then no worker is woken."),
            error=type(error).__name__,
        )
    if policy not in {"", "noeviction"}:
        return warn(
            msgid("broker: Redis may drop messages (maxmemory-policy is {policy})"),
            msgid("Set maxmemory-policy to noeviction."),
            policy=policy,
        )
    return ok(msgid("broker: Redis answers and evicts nothing"))


def mail(settings: Settings) -> Finding:
    """Whether the mail server can be reached, secured and logged into; nothing is sent."""
    if not settings.smtp_url:
        return fail(
            msgid("mail: SMTP_URL is not set, so no warning can leave"), msgid("Set SMTP_URL to your mail server.")
        )
    try:
        with Mailer(parse_url(settings.smtp_url)) as mailer:
            mailer.check()
    except (SmtpUrlError, RetryableFailure) as error:
        return fail(msgid("mail: {error}"), msgid("Check SMTP_URL and the mail server."), error=str(error))
    return ok(msgid("mail: the server answers and accepts the login"))
