"""The mail server of the demo: takes every mail in a real SMTP conversation and lays it into a Maildir folder."""

import mailbox
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"


class MaildirHandler:
    """What aiosmtpd calls when a mail is complete."""

    def __init__(self, folder: Path) -> None:
        """Make the folder when it is not there."""
        self._box = mailbox.Maildir(folder)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail; the answer is given when it is on disk."""
        content = envelope.content
        self._box.add(content if isinstance(content, bytes) else str(content).encode())
        return "250 OK"


def free_port(host: str = LOOPBACK, port: int = 0) -> int:
    """The port itself if nobody listens on it, or for 0 one that the machine chooses.

    Raises:
        OSError: somebody listens on it.
    """
    with socket.create_server((host, port)) as probe:
        found: int = probe.getsockname()[1]
        return found


@contextmanager
def mail_sink(folder: Path) -> Iterator[str]:
    """Receive mails as long as the block lasts; gives the SMTP_URL to send them to."""
    controller = Controller(MaildirHandler(folder), hostname=LOOPBACK, port=free_port())
    controller.start()
    try:
        yield f"smtp://{LOOPBACK}:{controller.port}?starttls=off"
    finally:
        controller.stop()
