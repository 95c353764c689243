"""What can break: each fault is a context, broken inside of it and mended at its end."""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TypeAlias, TypeVar

import psutil

from tests.processes import free_port, wait_until
from tests.servers import OwnPostgres, RedisServer, SmtpServer, flush
from tests.workers.hostclock import HostClock
from tests.workers.installation import Installation

Server = TypeVar("Server")

A_MAIL_IN_HAND = 20.0
"""Seconds to wait for the sender to be in the middle of a mail."""


@dataclass
class Site:
    """An installation with all it stands on."""

    installation: Installation
    host: HostClock
    smtp: SmtpServer
    random: Random
    postgres: OwnPostgres | None = None
    redis: RedisServer | None = None
    longest: float = 2.0
    """Seconds a moment may last."""

    @property
    def kind(self) -> str:
        return EMBEDDED if self.redis is None else GROWN_UP

    def a_moment(self, times: float = 1.0) -> None:
        """Let time go by, so that nothing happens at a foreseeable point of the work."""
        time.sleep(self.random.uniform(0.1, self.longest * times))


Inflict: TypeAlias = Callable[[Site], AbstractContextManager[None]]


def killed(*parts: str) -> Inflict:
    """kill -9 of parts, and started again."""

    @contextmanager
    def inflict(site: Site) -> Iterator[None]:
        site.a_moment()
        site.installation.kill9(*parts)
        yield
        site.installation.start(*parts)

    return inflict


@contextmanager
def sender_killed(site: Site) -> Iterator[None]:
    """kill -9 of the very process that hands a mail over, in the middle of it."""
    site.smtp.behave("hang")
    installation = site.installation
    wait_until(lambda: installation.connected_to(site.smtp.port), "somebody to be sending", A_MAIL_IN_HAND)
    site.a_moment(0.2)
    for process in installation.connected_to(site.smtp.port):
        process.send_signal(signal.SIGKILL)
    yield
    site.smtp.behave("accept", 0)
    if not installation.running[installation.sender].running:
        installation.kill9(installation.sender)
        installation.start(installation.sender)


@contextmanager
def broker_killed(site: Site) -> Iterator[None]:
    redis = _given(site.redis)
    redis.kill9()
    yield
    redis.start()


@contextmanager
def broker_emptied(site: Site) -> Iterator[None]:
    flush(_given(site.redis).url)
    yield


@contextmanager
def broker_lost(site: Site) -> Iterator[None]:
    """Killed, its disk lost, started empty."""
    redis = _given(site.redis)
    redis.kill9()
    redis.forget()
    yield
    redis.start()


@contextmanager
def database_killed(site: Site) -> Iterator[None]:
    postgres = _given(site.postgres)
    postgres.kill9()
    yield
    postgres.start()


def mail_server(mode: str, times: int) -> Inflict:
    """The mail server misbehaves for some mails."""

    @contextmanager
    def inflict(site: Site) -> Iterator[None]:
        site.smtp.behave(mode, site.random.randint(1, times))
        yield
        site.smtp.behave("accept", 0)
        _some_minutes_pass(site)

    return inflict


@contextmanager
def mail_server_hangs(site: Site) -> Iterator[None]:
    """It takes a mail and never answers, until it is started again."""
    site.smtp.behave("hang")
    yield
    site.smtp.behave("accept", 0)
    site.smtp.stop()
    site.smtp.start()
    _some_minutes_pass(site)


@contextmanager
def mail_server_gone(site: Site) -> Iterator[None]:
    site.smtp.stop()
    yield
    site.smtp.start()
    _some_minutes_pass(site)


def host_clock(least: timedelta, most: timedelta) -> Inflict:
    """The clock of the host is set, between two moments of the work, and stays so."""

    @contextmanager
    def inflict(site: Site) -> Iterator[None]:
        site.a_moment()
        site.host.jump(least + (most - least) * site.random.random())
        yield

    return inflict


@contextmanager
def twice(site: Site) -> Iterator[None]:
    """Somebody has started it twice: two beats and two senders, or two whole services on one file."""
    installation = site.installation
    if site.redis is None:
        second = [installation.launch("up", WEB_PORT=free_port())]
    else:
        second = [
            installation.launch("beat"),
            installation.launch("worker", "--hostname=second@%h", INCIDENTS72_DATA=installation.data / "second"),
        ]
    site.a_moment(4.0)
    yield
    for process in second:
        process.kill9()


@contextmanager
def disk_full(site: Site) -> Iterator[None]:
    """No file can grow or be written any more, as on a full disk; what was written stays."""
    process = psutil.Process(site.installation.running["up"].pid)
    soft, hard = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (0, hard))
    yield
    process.rlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _some_minutes_pass(site: Site) -> None:
    """A mail tried in vain is tried again after a minute or more: nobody here waits for that."""
    site.host.jump(timedelta(minutes=6))


def _given(server: Server | None) -> Server:
    assert server is not None, "this installation has none"
    return server


EMBEDDED, GROWN_UP = "embedded", "compose"
BOTH = frozenset({EMBEDDED, GROWN_UP})
FORWARD, BACK = timedelta(hours=3), timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """One kind of trouble, in the words of the report, and the kinds of installation it can happen to."""

    name: str
    words: str
    inflict: Inflict
    where: frozenset[str] = BOTH
    no_answer: bool = False
    """While it lasts nobody can promise to keep a report: the service may answer with an error."""


FAULTS = (
    Fault("kill-all", "web, worker, beat and delivery in one process: kill -9", killed("up"), frozenset({EMBEDDED})),
    Fault("kill-web", "web: kill -9", killed("web"), frozenset({GROWN_UP})),
    Fault("kill-worker", "worker with its children: kill -9", killed("worker"), frozenset({GROWN_UP})),
    Fault("kill-beat", "beat: kill -9", killed("beat"), frozenset({GROWN_UP})),
    Fault("kill-delivery", "the process handing a mail over, in the middle of it: kill -9", sender_killed),
    Fault("broker-killed", "Redis: kill -9 and started again", broker_killed, frozenset({GROWN_UP})),
    Fault("broker-flushed", "Redis: emptied while it runs", broker_emptied, frozenset({GROWN_UP})),
    Fault("broker-lost", "Redis: kill -9, its disk lost, started empty", broker_lost, frozenset({GROWN_UP})),
    Fault("database-killed", "PostgreSQL: kill -9 and started again", database_killed, frozenset({GROWN_UP}), True),
    Fault("disk-full", "SQLite: nothing can be written to the disk", disk_full, frozenset({EMBEDDED}), True),
    Fault("mail-gone", "mail server: not there", mail_server_gone),
    Fault("mail-hangs", "mail server: takes a mail and never answers", mail_server_hangs),
    Fault("mail-busy", "mail server: 451, try later", mail_server("busy", 3)),
    Fault("mail-refused", "mail server: 550, never try again", mail_server("refuse", 2)),
    Fault("mail-login", "mail server: refuses the login", mail_server("refuse_login", 2)),
    Fault("mail-cut-early", "mail server: cuts the line after DATA, mail not kept", mail_server("vanish", 2)),
    Fault("mail-cut-before-250", "mail server: keeps the mail, cuts the line instead of 250", mail_server("drop", 1)),
    Fault("mail-cut-after-250", "mail server: says 250 and cuts the line", mail_server("hang_up", 2)),
    Fault("clock-forward", "clock of the host: set forward, up to 3 hours", host_clock(timedelta(0), FORWARD)),
    Fault("clock-back", "clock of the host: set back, up to 1 hour", host_clock(-BACK, timedelta(0))),
    Fault("twice", "everything that ticks started twice", twice),
)


def faults_of(kind: str) -> tuple[Fault, ...]:
    """Those that can happen to a kind of installation."""
    return tuple(fault for fault in FAULTS if kind in fault.where)
