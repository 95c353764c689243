"""A running installation in real processes: ``incidens72 up``, or web, worker and beat as in compose.yaml."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.company import MAIL_FROM, SECRET_KEY
from tests.processes import BIN, Process, Processes, compose_command, free_port, product_env

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
    def mortal(self) -> tuple[str, ...]:
        """Those that a chaos test kills."""
        return ("web", "worker") if self.redis_url else ("up",)

    def start(self, *parts: str) -> None:
        """Start the parts named (all without names) and wait until the pages are served."""
        for part in parts or self.parts:
            command = [str(BIN / "incidens72"), "up"] if part == "up" else compose_command(part)
            self.running[part] = self.processes.start(command, self.env)
        for part in self.running.keys() & {"web", "up"}:
            self.running[part].wait_until(self.alive, f"{part} to serve", timeout=60)

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

    def kill9(self) -> None:
        """What a power cut does to the mortal parts."""
        for part in self.mortal:
            self.running[part].kill9()

    def stop(self) -> dict[str, int]:
        """Ask every part to end; their exit codes."""
        return {part: process.stop() for part, process in self.running.items() if process.running}
