"""The mailbox page of the demo: what left the house, without a mail server in sight. Exists in demo mode only."""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from litestar import MediaType, Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from incidents.base.errors import NotFound
from incidents.web.rendering import page
from incidents.web.sessions import PUBLIC, Connection, PageRequest, settings_of

FRAMED = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation",
    "x-frame-options": "SAMEORIGIN",
}
"""A mail brings its own styles and nothing else; only the mailbox page may show it, and its links leave the frame."""

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Letter:
    """One mail as the page shows it."""

    key: str
    subject: str
    to: str
    sender: str
    sent_at: datetime | None
    text: str
    html: str


def letters(folder: Path) -> list[Letter]:
    """Every mail in a Maildir folder, newest first; none when nothing has been sent yet."""
    if not (folder / "new").is_dir():
        return []
    box = mailbox.Maildir(folder, create=False)
    found = [_read(key, box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118  iterating a mailbox gives mails
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: (one.sent_at or oldest, one.key), reverse=True)


def _read(key: str, raw: bytes) -> Letter:
    mail = message_from_bytes(raw, policy=policy.default)
    sent = mail["date"].datetime if mail["date"] else None
    return Letter(
        key=key,
        subject=str(mail["subject"] or ""),
        to=str(mail["to"] or ""),
        sender=str(mail["from"] or ""),
        sent_at=sent if sent and sent.tzinfo else None,
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body else ""


def pieces(text: str, own_address: str) -> Iterator[tuple[str, bool]]:
    """The text cut at its links: each piece, and whether it is a link into this service (no other becomes one)."""
    place = 0
    for found in _ADDRESS.finditer(text):
        if found.group().startswith(f"{own_address}/"):
            yield text[place : found.start()], False
            yield found.group(), True
            place = found.end()
    yield text[place:], False


def _demo_only(connection: Connection, _: BaseRouteHandler) -> None:
    if not settings_of(connection).demo:
        raise NotFound


@get("/mailbox", opt=PUBLIC, guards=[_demo_only], sync_to_thread=True)
def list_mails(request: PageRequest) -> Response[str]:
    """The mails of the demo, newest first."""
    return page(request, "pages/mailbox.html", letters=letters(_folder(request)))


@get("/mailbox/{key:str}", opt=PUBLIC, guards=[_demo_only], sync_to_thread=True)
def show_mail(request: PageRequest, key: FromPath[str]) -> Response[str]:
    """One mail: its text with working links, and its HTML part shut in a frame without scripts."""
    letter = _letter(request, key)
    parts = list(pieces(letter.text, settings_of(request).public_url))
    return page(request, "pages/mail.html", letter=letter, pieces=parts)


@get("/mailbox/{key:str}/html", opt=PUBLIC, guards=[_demo_only], sync_to_thread=True)
def show_html(request: PageRequest, key: FromPath[str]) -> Response[str]:
    """The HTML part of a mail, for the frame in its page."""
    html = _letter(request, key).html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, media_type=MediaType.HTML, headers=FRAMED)


def _letter(request: PageRequest, key: str) -> Letter:
    letter = next((one for one in letters(_folder(request)) if one.key == key), None)
    if letter is None:
        raise NotFound
    return letter


def _folder(request: PageRequest) -> Path:
    return settings_of(request).data_dir / "mailbox"


handlers: list[Any] = [list_mails, show_mail, show_html]
