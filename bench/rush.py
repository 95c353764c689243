"""Many stages due at about the same time: how late their mails are, what the worker holds, what a second one brings."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import psutil
from sqlalchemy import func, select

from bench.figures import Line
from bench.sweeping import due_cases
from incidents.base.time import SystemClock
from incidents.store.tables import OutboxMail, Stage
from tests.company import Company
from tests.processes import BIN, ROOT, Process, Processes, compose_command, free_port, listens, product_env, wait_until
from tests.servers import RedisServer

CALM, CROWD, SHARED = 60, 10_000, 500
"""Stages within a minute on an ordinary day, and when everything happens at once; stages for one worker and for two."""
MINUTE = timedelta(minutes=1)
HEAD_START = timedelta(seconds=3)
NETWORK_MILLISECONDS = 25
"""How long a mail server somewhere else takes for a mail."""
SWEEP_SECONDS, DELIVER_SECONDS = 30, 15
LATE_LIMIT, SHARE_LIMIT = SWEEP_SECONDS + 2, 1.6
PATIENCE = 1800.0


@dataclass
class Host:
    """One machine that sweeps and sends: the whole service on SQLite, a worker with beat on PostgreSQL."""

    started: list[Process]
    most: float = 0.0

    def look(self) -> None:
        """Remember the most memory (MB) its processes held together, a page they share counted once."""
        held = 0.0
        for process in self.started:
            main = psutil.Process(process.pid)
            held += sum(one.memory_full_info().pss for one in (main, *main.children(recursive=True))) / 1e6
        self.most = max(self.most, held)

    def end(self) -> None:
        for process in self.started:
            process.kill9()


@dataclass
class Place:
    """A database with its mail server, and whoever works on it."""

    processes: Processes
    database_url: str
    engine: str
    folder: Path
    redis: RedisServer | None
    hosts: int = 0
    ports: dict[float, int] = field(default_factory=dict)

    def sink(self, milliseconds: float) -> int:
        """The port of a mail server that takes so long for a mail."""
        if milliseconds not in self.ports:
            port = free_port()
            command = [str(BIN / "python"), "-m", "bench.mail_sink", str(port), str(milliseconds)]
            server = self.processes.start(command, cwd=ROOT)
            server.wait_until(lambda: listens(port), "the mail server to listen")
            self.ports[milliseconds] = port
        return self.ports[milliseconds]

    @cached_property
    def company(self) -> Company:
        return Company(self.database_url, SystemClock(), self.folder / f"rush-{self.engine}")

    def host(self, sweep: float, deliver: float, milliseconds: float = 0) -> Host:
        """Ticking so often, with a mail server that takes so long for a mail."""
        self.hosts += 1
        own = {"INCIDENTS72_DATA": self.folder / f"host-{self.engine}-{self.hosts}", "WEB_PORT": free_port()}
        ticks = {"SWEEP_SECONDS": sweep, "DELIVER_SECONDS": deliver}
        broker = {"REDIS_URL": self.redis.url} if self.redis else {}
        mails = {"SMTP_URL": f"smtp://127.0.0.1:{self.sink(milliseconds)}?starttls=off"}
        env = product_env(**self.company.env | own | ticks | broker | mails)
        if self.redis is None:
            return Host([self.processes.start([str(BIN / "incidens72"), "up"], env)])
        name = f"--hostname=host{self.hosts}@%h"
        worker = self.processes.start([*compose_command("worker"), name], env)
        return Host([worker, self.processes.start(compose_command("beat"), env)])


def _waiting(company: Company) -> int:
    """Stages that have not fired yet and mails that have not left."""
    with company.uow(read_only=True) as uow:
        stages = select(func.count(Stage.id)).where(Stage.state == "scheduled", Stage.name == "opened")
        mails = select(func.count(OutboxMail.id)).where(OutboxMail.state == "queued")
        return (uow.session.scalar(stages) or 0) + (uow.session.scalar(mails) or 0)


def _sent(company: Company, since: datetime) -> list[tuple[float, datetime]]:
    """Seconds from due to handed over, and when, of every mail queued since then."""
    with company.uow(read_only=True) as uow:
        rows = uow.session.execute(
            select(OutboxMail.sent_at, OutboxMail.payload).where(
                OutboxMail.created_at >= since, OutboxMail.template == "stage", OutboxMail.state == "sent"
            )
        ).all()
    return [
        ((sent_at - datetime.fromisoformat(str(payload["due_at"]))).total_seconds(), sent_at)
        for sent_at, payload in rows
        if sent_at is not None
    ]


def _percentile(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def _until_sent(company: Company, hosts: Sequence[Host]) -> None:
    def done() -> bool:
        for host in hosts:
            host.look()
        return _waiting(company) == 0

    wait_until(done, "the last mail to be handed over", PATIENCE, pause=0.5)


def _minute(place: Place, count: int) -> Iterator[Line]:
    """So many stages within a minute, the service ticking as it does by default."""
    company = place.company
    company.open_case()
    host = place.host(SWEEP_SECONDS, DELIVER_SECONDS)
    wait_until(lambda: _waiting(company) == 0, "the service to be there", PATIENCE)
    begun = company.clock.now()
    first = begun + HEAD_START + timedelta(seconds=count / 1000)
    due_cases(company, count, lambda number: first + MINUTE * number / count)
    _until_sent(company, [host])
    host.end()
    late = sorted(seconds for seconds, _ in _sent(company, begun))
    until_last = max(at for _, at in _sent(company, begun)) - first
    shown = ", ".join(f"{name} {_percentile(late, share):.1f}" for name, share in (("p50", 0.5), ("p95", 0.95)))
    p99 = _percentile(late, 0.99)
    yield Line(
        f"{count:,} stages due in one minute, {len(late):,} mails, {place.engine}: due to handed over",
        f"{shown}, p99 {p99:.1f}, most {late[-1]:.1f} s",
        f"p99 ≤ {LATE_LIMIT} s" if count == CALM else "",
        p99 <= LATE_LIMIT if count == CALM else None,
    )
    if count != CALM:
        yield Line(f"until the last of them is handed over, {place.engine}", f"{until_last.total_seconds():.0f} s")
        yield Line(f"most memory of the worker meanwhile, {place.engine}", f"{host.most:.0f} MB")


def _rate(place: Place, hosts: int) -> float:
    """Mails a second from the first to the last, from stages that are all due at once."""
    company = place.company
    working = [place.host(1, 1, NETWORK_MILLISECONDS) for _ in range(hosts)]
    due_cases(company, 1, lambda _: company.clock.now())
    wait_until(lambda: _waiting(company) == 0, "the service to be there", PATIENCE)
    time.sleep(5)  # every host has looked once
    begun = company.clock.now()
    due_cases(company, SHARED, lambda _: begun)
    _until_sent(company, working)
    for host in working:
        host.end()
    times = sorted(at for _, at in _sent(company, begun))
    return (len(times) - 1) / (times[-1] - times[0]).total_seconds()


def _shared(place: Place) -> Iterator[Line]:
    pairs = [(_rate(place, 1), _rate(place, 2)) for _ in range(3)]
    one, two = (sorted(rates)[1] for rates in zip(*pairs, strict=True))
    gains = sorted(second / first for first, second in pairs)
    where = f"a mail server that takes {NETWORK_MILLISECONDS} ms a mail, {place.engine}"
    yield Line(f"warnings sent by one worker host, {where}", f"{one:.1f} mails/s")
    yield Line(
        f"by two, {where}",
        f"{two:.1f} mails/s; × {gains[1]:.2f} ({gains[0]:.2f}–{gains[2]:.2f})",
        f"≥ × {SHARE_LIMIT}",
        gains[1] >= SHARE_LIMIT,
    )


def rush(processes: Processes, database_url: str, engine: str, folder: Path) -> Iterator[Line]:
    """An ordinary minute, ten thousand stages in one, and on PostgreSQL one worker host beside two."""
    redis = RedisServer(processes) if engine == "PostgreSQL" else None
    if redis is not None:
        redis.start()
    place = Place(processes, database_url, engine, folder, redis)
    yield from _minute(place, CALM)
    yield from _minute(place, CROWD)
    if redis is not None:
        yield from _shared(place)
        redis.kill9()
    place.company.close()
