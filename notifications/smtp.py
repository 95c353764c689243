"""The only code that speaks SMTP: one connection per delivery run, STARTTLS and login, failures told apart."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from notifications.failures import FinalFailure, RetryableFailure, ServerFailure

__all__ = ["FinalFailure", "Mailer", "RetryableFailure", "ServerFailure", "SmtpServer", "SmtpUrlError", "parse_url"]

TIMEOUT_SECONDS = 30
"""For each answer of the server; the lease of a claimed mail is longer than a whole conversation."""


OK, FORWARDED = 250, 251
NO_RECIPIENT = (553, b"the address names no mailbox")
"""What a server would say, were it asked about a mail whose address could not be read."""


TOO_LARGE = 552
"""The one refusal of a sender that is about the mail: it is larger than the server takes (RFC 1870)."""


class SmtpUrlError(ValueError):
    """SMTP_URL cannot be used; the sentence says why."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mails are handed over, and how."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    starttls: str
    """``required``, ``optional`` (used when offered) or ``off``."""
    ca_file: str | None


def parse_url(url: str) -> SmtpServer:
    """Read ``smtp://user:password@host:587?starttls=required&ca=/path`` or ``smtps://…``.

    STARTTLS is required unless the server is on this machine or the address says otherwise: a breach register must
    not send passwords in the clear by accident.

    Raises:
        SmtpUrlError: scheme, host or the STARTTLS word cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SmtpUrlError("SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465")
    options = parse_qs(parts.query)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    starttls = options.get("starttls", ["optional" if local else "required"])[0]
    if starttls not in {"required", "optional", "off"}:
        raise SmtpUrlError("starttls in SMTP_URL must be required, optional or off")
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
        starttls=starttls,
        ca_file=options.get("ca", [None])[0],
    )


class Mailer:
    """Hands mails over one at a time; connects when first needed and again after a failure."""

    def __init__(self, server: SmtpServer) -> None:
        """Remember where; nothing is opened yet."""
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Nothing to do before the first mail."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Say goodbye, if anybody was spoken to."""
        self._drop(polite=True)

    def check(self) -> None:
        """Connect, secure and log in, without sending anything.

        Raises:
            ServerFailure: one of these did not work.
        """
        self._connected()

    def send(self, message: EmailMessage, sender: str = "") -> None:
        """Hand one mail over; when this returns, the server has taken it.

        ``sender`` is where bounces go, else the From address.

        Raises:
            ServerFailure: the server takes no mail at all; the others need not be tried now.
            RetryableFailure: try again later.
            FinalFailure: never try this one again.
        """
        self._hand_over(lambda connection: connection.send_message(message, from_addr=sender or None))

    def send_content(self, content: bytes, sender: str, recipient: str, before: Callable[[], None]) -> None:
        """Hand one finished mail over, to one recipient; when this returns, the server has taken it.

        ``before`` is called once the server wants the content and before it gets any of it: what must be done before
        this mail can have arrived has until then.

        Raises:
            ServerFailure, RetryableFailure, FinalFailure: as :meth:`send`.
        """
        self._hand_over(lambda connection: _converse(connection, content, sender, recipient, before))

    def _hand_over(self, speak: Callable[[smtplib.SMTP], object]) -> None:
        connection = self._connected()
        try:
            speak(connection)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()), NO_RECIPIENT)
            self._after_refusal()
            raise _refusal(code, answer) from error
        except smtplib.SMTPSenderRefused as error:
            self._drop(polite=False)
            raise _sender_refused(error) from error
        except smtplib.SMTPResponseException as error:
            self._drop(polite=False)
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop(polite=False)
            raise RetryableFailure(f"{type(error).__name__}: {error}") from error
        except (ValueError, MessageError) as error:
            self._drop(polite=False)
            raise FinalFailure(f"the mail cannot be sent as it is written: {error}") from error

    def _after_refusal(self) -> None:
        """The conversation can go on after a refused recipient."""
        if self._connection is not None:
            try:
                self._connection.rset()
            except (smtplib.SMTPException, OSError):
                self._drop(polite=False)

    def _connected(self) -> smtplib.SMTP:
        """A connection that is secured and logged in. Where this fails, a setting or the server needs mending."""
        if self._connection is None:
            try:
                self._connection = self._connect()
            except smtplib.SMTPAuthenticationError as error:
                raise ServerFailure(f"the mail server refused the login: {error.smtp_code}") from error
            except (smtplib.SMTPException, OSError) as error:
                raise ServerFailure(f"{type(error).__name__}: {error}") from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.implicit_tls:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=_tls(server))
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            _secure_and_log_in(connection, server)
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self, *, polite: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        leave: Callable[[], object] = connection.quit if polite else connection.close
        try:
            leave()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _converse(
    connection: smtplib.SMTP, content: bytes, sender: str, recipient: str, before: Callable[[], None]
) -> None:
    """What ``sendmail`` says, with a moment between the recipient and the content."""
    code, answer = connection.mail(sender, [f"size={len(content)}"] if connection.has_extn("size") else [])
    if code != OK:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    code, answer = connection.rcpt(recipient)
    if code not in {OK, FORWARDED}:
        raise smtplib.SMTPRecipientsRefused({recipient: (code, answer)})
    before()
    code, answer = connection.data(content)
    if code != OK:
        raise smtplib.SMTPDataError(code, answer)


def _tls(server: SmtpServer) -> ssl.SSLContext:
    """Made only when needed: reading the machine's certificates takes longer than sending a mail."""
    return ssl.create_default_context(cafile=server.ca_file)


def _secure_and_log_in(connection: smtplib.SMTP, server: SmtpServer) -> None:
    connection.ehlo()
    if not server.implicit_tls and server.starttls != "off":
        if connection.has_extn("starttls"):
            connection.starttls(context=_tls(server))
            connection.ehlo()
        elif server.starttls == "required":
            raise smtplib.SMTPNotSupportedError("the mail server offers no STARTTLS, and it is required")
    if server.user:
        try:
            connection.login(server.user, server.password)
        except UnicodeError as error:
            raise smtplib.SMTPException("user and password in SMTP_URL must be plain ASCII") from error


def _refusal(code: int, answer: bytes | str) -> RetryableFailure | FinalFailure:
    kind = FinalFailure if 500 <= code < 600 else RetryableFailure
    return kind(_said(code, answer))


def _sender_refused(error: smtplib.SMTPSenderRefused) -> ServerFailure | FinalFailure:
    """No recipient was named yet: unless the mail is too large, every other mail would be refused as well."""
    kind = FinalFailure if error.smtp_code == TOO_LARGE else ServerFailure
    return kind(_said(error.smtp_code, error.smtp_error))


def _said(code: int, answer: bytes | str) -> str:
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
