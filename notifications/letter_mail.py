"""A letter to one person as a mail: text and HTML of the frozen wording, the greeting their own, nobody else in it."""

from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from functools import cached_property, lru_cache
from uuid import UUID

from incidents.rules.draft.personal import personal, personal_text
from incidents.rules.recipients import Person
from incidents.rules.recipients.address import email_address
from notifications.documents import text, webpage
from notifications.documents.drafts import TITLES
from notifications.mails import message_id

CRLF = "\r\n"
WORD = 45
"""Bytes of an encoded word before it is encoded: RFC 2047 allows 75 signs with everything around it."""


@dataclass(frozen=True)
class Sender:
    """Who writes: the controller by its name, through the mailbox of the installation; answers go to ``reply_to``."""

    name: str
    mail_from: str
    reply_to: str = ""

    @property
    def address(self) -> str:
        """The bare address of the mailbox."""
        return parseaddr(self.mail_from)[1] or self.mail_from


class LetterMail:
    """One frozen letter, ready to be made out to many; what is the same for all is made once."""

    def __init__(self, html: str, language: str, reference: str, sha256: str, sender: Sender) -> None:
        """``html`` is the frozen wording, ``sha256`` its fingerprint, ``reference`` the case number."""
        self.language, self._sender = language, sender
        self.subject = f"{TITLES['subjects', language]} – {reference}"
        self._text = text.write(html)
        self._html = webpage.mail(html, self.subject, language)
        self._boundary = f"=_{sha256[:32]}"

    def message_id(self, recipient_id: UUID, edition: int) -> str:
        """The Message-ID of a letter: a repeated one is the same mail to every mailbox, a new one on purpose is not."""
        return message_id(f"letter:{recipient_id}:{edition}", self._sender.mail_from)

    def text_for(self, person: Person) -> str:
        """The plain text one person gets."""
        return personal_text(self._text, person.name, person.salutation, self.language)

    def html_for(self, person: Person) -> str:
        """The HTML one person gets."""
        return personal(self._html, person.name, person.salutation, self.language)

    def content(self, person: Person, recipient_id: UUID, edition: int, at: datetime) -> bytes:
        """The whole mail as it goes over the wire; ``at`` (aware) is its date.

        Raises:
            ValueError: the address is of no form that a mail can carry.
        """
        own = (
            f"To: {_to(person)}",
            f"Date: {format_datetime(at)}",
            f"Message-ID: {self.message_id(recipient_id, edition)}",
            self._common,
        )
        parts = (("plain", self.text_for(person)), ("html", self.html_for(person)))
        body = "".join(f"--{self._boundary}{CRLF}{_part(kind, said)}" for kind, said in parts)
        return f"{CRLF.join(own)}{CRLF}{body}--{self._boundary}--{CRLF}".encode("ascii")

    @cached_property
    def _common(self) -> str:
        """The headers every recipient gets."""
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(_one_line(self._sender.name), addr_spec=self._sender.address)
        if self._sender.reply_to:
            message["Reply-To"] = self._sender.reply_to
        message["Subject"] = _one_line(self.subject)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message["Content-Language"] = self.language
        message["MIME-Version"] = "1.0"
        message["Content-Type"] = f'multipart/alternative; boundary="{self._boundary}"'
        return message.as_bytes().partition(b"\r\n\r\n")[0].decode("ascii") + CRLF


def _to(person: Person) -> str:
    """The only recipient.

    Raises:
        ValueError: what stands there is no address, whoever put it there.
    """
    if not person.email or email_address(person.email) != person.email:
        raise ValueError("there is no address a mail could carry")
    name = _one_line(person.name)
    if name.isascii():
        return formataddr((name, person.email))
    return f"{_encoded(name)}{CRLF} <{person.email}>"


def _encoded(name: str) -> str:
    """A name as encoded words (RFC 2047); the mail library's own way takes longer than all the rest of a letter."""
    words = [b""]
    for sign in name:
        spelled = sign.encode()
        if len(words[-1]) + len(spelled) > WORD:
            words.append(b"")
        words[-1] += spelled
    return f"{CRLF} ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def _one_line(said: str) -> str:
    return " ".join(said.split())


def _part(kind: str, said: str) -> str:
    headers = f'Content-Type: text/{kind}; charset="utf-8"{CRLF}Content-Transfer-Encoding: quoted-printable{CRLF}'
    body = CRLF.join(_quoted(line) for line in said.replace("\r", "").split("\n"))
    return f"{headers}{CRLF}{body}{CRLF}"


@lru_cache(maxsize=4096)
def _quoted(line: str) -> str:
    """One line as quoted-printable; all but the greeting are the same in every letter, and are spelled once."""
    return b2a_qp(line.encode(), istext=True).decode("ascii").replace("\n", CRLF)
