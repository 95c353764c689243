"""A mail that tells of a breach, read for the person who must judge it: from a processor, for example (Art. 33(2)).

The mail is a stranger's: whatever is wrong with it, reading ends with what could be read, and nothing of it is run.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import parseaddr
from html.parser import HTMLParser

from incidents.base.time import utc
from incidents.rules.evidence import NewFile, file_faults

LONGEST_TEXT = 20_000
LONGEST_LINE = 300
MOST_ATTACHMENTS = 50
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError)
"""What the standard library raises over mails that break its rules."""
_OF_PARTS = re.compile(rb"^content-[a-z-]+:", re.IGNORECASE | re.MULTILINE)
_UNSEEN = {"script", "style", "head", "title"}
_ENDS_LINE = {"p", "br", "div", "tr", "li", "h1", "h2", "h3"}


@dataclass(frozen=True)
class Attachment:
    """A file that came with the mail."""

    name: str
    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Its fingerprint."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_taken(self) -> bool:
        """Whether it is kept as evidence of its own; every other one stays inside the mail, which is evidence too."""
        return not file_faults(NewFile(self.name, self.content))


@dataclass(frozen=True)
class Mail:
    """What a mail says of itself; nothing of it is proven."""

    sender: str
    """Name and address as one line, empty when there is none."""
    subject: str
    sent_at: datetime | None
    """Aware UTC instant; None when the mail names none that can be read."""
    text: str
    attachments: tuple[Attachment, ...]


def read(content: bytes) -> Mail:
    """Read a mail; what cannot be read is left empty."""
    mail = _parsed(content)
    return Mail(
        sender=_sender(mail),
        subject=_line(mail, "subject"),
        sent_at=_sent_at(mail),
        text=_text(mail),
        attachments=tuple(_attachments(mail)),
    )


def _parsed(content: bytes) -> EmailMessage:
    """The mail; as one piece of text where the library stumbles over what is said of its parts."""
    for said in (content, _OF_PARTS.sub(b"X-Unread:", content)):
        try:
            return message_from_bytes(said, _class=EmailMessage, policy=policy.default)
        except _BROKEN:
            continue
    return EmailMessage()


def story(mail: Mail, longest: int) -> str:
    """What happened, in the words of the mail: its subject, then its text, not longer than a report may be."""
    return "\n\n".join(part for part in (mail.subject, mail.text) if part)[:longest].strip()


def _line(mail: EmailMessage, name: str) -> str:
    try:
        said = str(mail[name] or "")
    except _BROKEN:
        said = ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())[:LONGEST_LINE]


def _sender(mail: EmailMessage) -> str:
    name, address = parseaddr(_line(mail, "from"))
    return f"{name} <{address}>" if name and address else address or name


def _sent_at(mail: EmailMessage) -> datetime | None:
    try:
        said = mail["date"].datetime
        return utc(said) if said.tzinfo else None
    except _BROKEN:
        return None


def _text(mail: EmailMessage) -> str:
    try:
        body = mail.get_body(("plain", "html"))
        said = str(body.get_content()) if body else ""
        plain = body is None or body.get_content_type() == "text/plain"
    except _BROKEN:
        return ""
    lines = (" ".join(line.split()) for line in (said if plain else _words(said)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT]


class _Words(HTMLParser):
    """The words of a page without its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._hidden += tag in _UNSEEN
        self.said += ["\n"] * (tag in _ENDS_LINE)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        self.said += [] if self._hidden else [data]


def _words(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.said)


def _attachments(mail: EmailMessage) -> Iterator[Attachment]:
    try:
        parts = list(mail.iter_attachments())
    except _BROKEN:
        return
    for part in parts[:MOST_ATTACHMENTS]:
        try:
            yield Attachment(part.get_filename() or "", _bytes_of(part))
        except _BROKEN:
            continue


def _bytes_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload(0) if part.is_multipart() else None
    return inner.as_bytes() if isinstance(inner, Message) else b""
