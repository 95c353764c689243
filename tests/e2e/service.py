"""The product as its operator runs it: `incidens72 up`, one process, an empty folder, a real mail server."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.processes import BIN, Process, Processes, free_port, listens, product_env
from tests.servers import Received, SmtpServer, wait_until


@dataclass
class Service:
    """A running installation."""

    processes: Processes
    process: Process
    smtp: SmtpServer
    address: str
    env: dict[str, str]

    @classmethod
    def start(cls, processes: Processes, smtp: SmtpServer, data: Path) -> "Service":
        """Start on an empty database and wait until it serves."""
        port = free_port()
        env = product_env(
            INCIDENTS72_DATA=data,
            WEB_PORT=port,
            SMTP_URL=smtp.url,
            MAIL_FROM="incidens72 <incidens@futar.example>",
            SWEEP_SECONDS=0.3,
            DELIVER_SECONDS=0.3,
        )
        process = processes.start([str(BIN / "incidens72"), "up"], env)
        process.wait_until(lambda: listens(port), "the service to listen", 60)
        return cls(processes, process, smtp, f"http://127.0.0.1:{port}", env)

    def setup_link(self) -> str:
        """The one-time link it printed for whoever started it."""
        found = re.search(rf"{re.escape(self.address)}/setup/\S+", self.process.output())
        assert found, self.process.output()
        return found[0]

    def mail_to(self, address: str, subject: str) -> Received:
        """The mail to that address with these words in its subject, once the mail server has it."""

        def fitting() -> list[Received]:
            return [one for one in self.smtp.received() if address in one.recipients and subject in one.subject]

        wait_until(fitting, f"a mail “{subject}” to {address}", 30)
        return fitting()[0]

    def stop(self) -> str:
        """End it as the operator does; all it has printed."""
        self.process.stop()
        return self.process.output()

    def command(self, *arguments: str) -> str:
        """Run another command on the same data; what it printed. It must succeed."""
        called = self.processes.start([str(BIN / "incidens72"), *arguments], self.env)
        assert called.popen.wait(240) == 0, called.output()
        return called.output()
