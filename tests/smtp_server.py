"""A mail server for tests, in a process of its own: STARTTLS and login are demanded, mails become files.

Started by ``tests.servers.SmtpServer``. In its folder it keeps ``000001.eml`` (the bytes received) and ``000001.json``
(the envelope). ``behaviour.json`` there makes it misbehave: {"mode": "drop", "times": 1}.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MODES = (
    "accept",
    "refuse",  # 550 to the recipient: never try again
    "busy",  # 451 to the recipient: try later
    "refuse_sender",  # 530 before any recipient is named
    "too_large",  # 552 before any recipient is named
    "refuse_login",  # 535
    "hang",  # never answers the message
    "drop",  # keeps the message, then cuts the line instead of saying 250
    "vanish",  # cuts the line before it keeps the message
    "hang_up",  # keeps the message, says 250 and cuts the line
)


class Mailbox:
    """The folder: what was received, and how to behave next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = max((int(file.stem) for file in folder.glob("*.eml")), default=0)  # kept before a restart

    def behaviour(self, *modes: str) -> str:
        """The mode now due, if it is one of those asked for; counted down when it is limited."""
        file = self._folder / "behaviour.json"
        if not file.exists():
            return "accept"
        order = json.loads(file.read_text())
        if order["mode"] not in modes or order["times"] == 0:
            return "accept"
        order["times"] -= 1
        self._write(file, json.dumps(order).encode())
        return str(order["mode"])

    def keep(self, envelope: Envelope, session: Session) -> None:
        self._count += 1
        name = f"{self._count:06}"
        about = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None}
        assert isinstance(envelope.content, bytes)
        self._write(self._folder / f"{name}.eml", envelope.content)
        self._write(self._folder / f"{name}.json", json.dumps(about).encode())

    def _write(self, path: Path, content: bytes) -> None:
        # Renaming is atomic: a reader never sees half a mail.
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)


class Handler:
    """What aiosmtpd calls for each command."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match self._mailbox.behaviour("refuse", "busy"):
            case "refuse":
                return "550 5.1.1 no such mailbox"
            case "busy":
                return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match self._mailbox.behaviour("refuse_sender", "too_large"):
            case "refuse_sender":
                return "530 5.7.0 log in first"
            case "too_large":
                return "552 5.3.4 message larger than allowed"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mode = self._mailbox.behaviour("hang", "drop", "vanish", "hang_up")
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode != "vanish":
            self._mailbox.keep(envelope, session)
        assert isinstance(server.transport, asyncio.Transport)
        if mode in {"drop", "vanish"}:
            server.transport.abort()
        if mode == "hang_up":
            asyncio.get_running_loop().call_soon(server.transport.close)  # sends what was said first
        return "250 OK kept"


class Login:
    """Knows one user; made anew for each connection."""

    def __init__(self, mailbox: Mailbox, user: str, password: str) -> None:
        self._mailbox = mailbox
        self._pair = LoginPassword(user.encode(), password.encode())
        self._refused = False

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        # A client tries one mechanism after the other; all of one connection count as one login.
        self._refused = self._refused or self._mailbox.behaviour("refuse_login") == "refuse_login"
        return AuthResult(success=data == self._pair and not self._refused, handled=False)


async def serve(folder: Path, port: int, user: str, password: str, limit: int) -> None:
    mailbox = Mailbox(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    def session() -> SMTP:
        return SMTP(
            Handler(mailbox),
            hostname="localhost",
            data_size_limit=limit,
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            auth_require_tls=True,
            authenticator=Login(mailbox, user, password),
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], 30_000_000))
