"""A running installation in real processes: ``incidens72 up``, or web, worker and beat as in compose.yaml."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.company import MAIL_FROM, SECRET_KEY
from tests.processes import BIN, Process, Processes, compose_command, free_port, product_env
from tests.workers.hostclock import HostClock

QUICK = 0.3
"""Seconds between two ticks: tests have no half minutes."""


@dataclass
class Installation:
    """Starts, kills and starts again the processes that serve one database."""

    processes: Processes
    database_url: str
    redis_url: str
    smtp_url: str
    data: Path
    host: HostClock | None = None
    """The clock of the machine it runs on, where a test sets it."""
    port: int = field(default_factory=free_port)
    running: dict[str, Process] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the pages and the API are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """The settings of every process."""
        settings: dict[str, Any] = {
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": SECRET_KEY,
            "SMTP_URL": self.smtp_url,
            "MAIL_FROM": MAIL_FROM,
            "INCIDENTS72_DATA": self.data,
            "WEB_PORT": self.port,
            "SWEEP_SECONDS": QUICK,
            "DELIVER_SECONDS": QUICK,
        }
        return product_env(**settings | ({"REDIS_URL": self.redis_url} if self.redis_url else {}))

    @property
    def parts(self) -> tuple[str, ...]:
        """The processes of this installation."""
        return ("web", "worker", "beat") if self.redis_url else ("up",)

    @property
    def front(self) -> str:
        """The part that serves the pages."""
        return self.parts[0]

    @property
    def sender(self) -> str:
        """The part that sends the mails."""
        return "worker" if self.redis_url else "up"

    def start(self, *parts: str) -> None:
        """Start the parts named (all without names) and wait until the pages are served."""
        for part in parts or self.parts:
            self.running[part] = self.launch(part)
        if self.front in (parts or self.parts):
            self.running[self.front].wait_until(self.alive, f"{self.front} to serve", timeout=120)

    def launch(self, part: str, *arguments: str, **settings: object) -> Process:
        """Start a part, beside one that may be running already."""
        command = [str(BIN / "incidens72"), "up"] if part == "up" else compose_command(part)
        command += arguments
        env = self.env | {name: str(value) for name, value in settings.items()}
        return self.processes.start(self.host.wrapped(command) if self.host else command, env)

    def alive(self) -> bool:
        """Whether the pages are served."""
        return self.answer("/health/live") == 200

    def ready(self) -> bool:
        """Whether the service says that it does its duty: a sweep has run lately."""
        return self.answer("/health/ready") == 200

    def answer(self, path: str) -> int:
        """The status of a page, 0 when nobody answers."""
        try:
            return httpx.get(self.address + path, timeout=5).status_code
        except httpx.HTTPError:
            return 0

    def kill9(self, *parts: str) -> None:
        """What a power cut does to these parts."""
        for part in parts:
            self.running[part].kill9()

    def connected_to(self, port: int) -> list[psutil.Process]:
        """Its processes that hold a connection to a port of this machine: who is sending a mail."""
        main = psutil.Process(self.running[self.sender].pid)
        return [one for one in (*main.children(recursive=True), main) if _speaks_to(one, port)]

    def stop(self) -> dict[str, int]:
        """Ask every part to end; their exit codes."""
        return {part: process.stop() for part, process in self.running.items() if process.running}


def _speaks_to(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(one.raddr and one.raddr.port == port and one.status == psutil.CONN_ESTABLISHED for one in connections)
