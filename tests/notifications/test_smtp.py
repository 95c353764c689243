"""Handing mails over: encrypted and logged in where it matters, and failures told apart."""

import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from notifications import smtp
from notifications.smtp import FinalFailure, Mailer, RetryableFailure, ServerFailure, SmtpUrlError, parse_url
from tests.processes import free_port
from tests.servers import SmtpServer


def _letter(subject: str = "Új incidens", to: str = "dpo@futar.example") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "incidens@futar.example", to, subject
    letter["Message-ID"] = "<warning-1@futar.example>"
    letter.set_content("Tisztelt Doktor Dóra! Őrizze meg ezt a levelet.")
    return letter


def _send(url: str, *letters: EmailMessage) -> None:
    with Mailer(parse_url(url)) as mailer:
        for letter in letters:
            mailer.send(letter)


class _Kept(Message):
    """What a server without any security has got."""

    def __init__(self) -> None:
        super().__init__()
        self.subjects: list[str] = []

    def handle_message(self, message: object) -> None:
        self.subjects.append(str(message["Subject"]))  # type: ignore[index]


@pytest.fixture
def plain_server() -> Iterator[tuple[str, _Kept]]:
    """A relay inside the house that knows neither STARTTLS nor logins: its address and what it got."""
    kept, port = _Kept(), free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield f"smtp://127.0.0.1:{port}", kept
    server.stop()


@pytest.mark.parametrize("wish", ["required", "optional"])
def test_a_server_that_offers_starttls_gets_the_mail_encrypted_and_after_a_login(
    smtp_server: SmtpServer, wish: str
) -> None:
    _send(smtp_server.url.replace("starttls=required", f"starttls={wish}"), _letter())
    [mail] = smtp_server.received()
    assert mail.tls
    assert mail.subject == "Új incidens"
    assert mail.text() == "Tisztelt Doktor Dóra! Őrizze meg ezt a levelet.\n"


def test_without_encryption_no_password_is_said_to_a_server_that_demands_it(smtp_server: SmtpServer) -> None:
    with pytest.raises(RetryableFailure):
        _send(smtp_server.url.replace("starttls=required", "starttls=off"), _letter())
    assert smtp_server.received() == []


def test_a_server_without_starttls_gets_nothing_when_encryption_is_required(plain_server: tuple[str, _Kept]) -> None:
    url, kept = plain_server
    with pytest.raises(ServerFailure, match="offers no STARTTLS"):
        _send(f"{url}?starttls=required", _letter())
    assert kept.subjects == []


@pytest.mark.parametrize("wish", ["optional", "off"])
def test_a_relay_without_starttls_is_used_when_the_operator_allows_it(
    plain_server: tuple[str, _Kept], wish: str
) -> None:
    url, kept = plain_server
    _send(f"{url}?starttls={wish}", _letter("a"), _letter("b"))
    assert kept.subjects == ["a", "b"]


def test_a_certificate_nobody_vouches_for_is_refused(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ServerFailure, match="CERTIFICATE_VERIFY_FAILED"):
        _send(smtp_server.url, _letter())
    assert smtp_server.received() == []


def test_the_certificate_of_the_house_can_be_named_in_the_address(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    _send(f"{smtp_server.url}&ca={smtp_server.ca_file}", _letter())
    assert len(smtp_server.received()) == 1


def test_several_mails_use_one_connection_and_a_refused_one_does_not_stop_the_next(smtp_server: SmtpServer) -> None:
    with Mailer(parse_url(smtp_server.url)) as mailer:
        mailer.send(_letter("first"))
        smtp_server.behave("refuse")
        with pytest.raises(FinalFailure):
            mailer.send(_letter("second"))
        mailer.send(_letter("third"))
    assert [mail.subject for mail in smtp_server.received()] == ["first", "third"]


def test_a_mailbox_that_does_not_exist_is_a_final_failure_and_says_what_the_server_said(
    smtp_server: SmtpServer,
) -> None:
    smtp_server.behave("refuse")
    with pytest.raises(FinalFailure, match=r"550 5\.1\.1 no such mailbox"):
        _send(smtp_server.url, _letter())


@pytest.mark.parametrize(("mode", "kept"), [("busy", 0), ("refuse_login", 0), ("hang", 0), ("drop", 1)])
def test_what_may_go_away_by_itself_is_tried_again(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch, mode: str, kept: int
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 1)
    smtp_server.behave(mode)
    with Mailer(parse_url(smtp_server.url)) as mailer:
        with pytest.raises(RetryableFailure):
            mailer.send(_letter())
        assert len(smtp_server.received()) == kept
        mailer.send(_letter())
    assert len(smtp_server.received()) == kept + 1


def test_a_wrong_password_is_the_operators_to_mend_not_the_mails_fault(smtp_server: SmtpServer) -> None:
    url = f"smtp://{smtp_server.user}:wrong@127.0.0.1:{smtp_server.port}?starttls=required"
    with pytest.raises(ServerFailure, match="refused the login: 535"):
        _send(url, _letter())


def test_who_is_refused_before_any_recipient_is_named_has_a_server_to_mend_not_a_mail(smtp_server: SmtpServer) -> None:
    smtp_server.behave("refuse_sender")
    with Mailer(parse_url(smtp_server.url)) as mailer:
        with pytest.raises(ServerFailure, match=r"530 5\.7\.0 log in first"):
            mailer.send(_letter())
        mailer.send(_letter())
    assert len(smtp_server.received()) == 1


def test_a_mail_larger_than_the_server_takes_is_given_up(smtp_server: SmtpServer) -> None:
    smtp_server.behave("too_large")
    with pytest.raises(FinalFailure, match="552"):
        _send(smtp_server.url, _letter())


def test_bounces_go_where_the_envelope_says(smtp_server: SmtpServer) -> None:
    with Mailer(parse_url(smtp_server.url)) as mailer:
        mailer.send(_letter(), "bounces+o.1@futar.example")
    [mail] = smtp_server.received()
    assert (mail.sender, str(mail.message["From"])) == ("bounces+o.1@futar.example", "incidens@futar.example")


def test_a_password_the_protocol_cannot_carry_keeps_the_mail_and_names_the_setting(smtp_server: SmtpServer) -> None:
    url = f"smtp://{smtp_server.user}:jelsz%C3%B3@127.0.0.1:{smtp_server.port}?starttls=required"
    with pytest.raises(ServerFailure, match="SMTP_URL must be plain ASCII"):
        _send(url, _letter())


def test_a_server_that_is_gone_is_waited_for(smtp_server: SmtpServer) -> None:
    smtp_server.stop()
    with pytest.raises(ServerFailure, match="ConnectionRefused"):
        _send(smtp_server.url, _letter())
    smtp_server.start()


def test_a_silent_server_holds_a_mail_no_longer_than_the_timeout(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.5)
    smtp_server.behave("hang")
    begun = time.monotonic()
    with pytest.raises(RetryableFailure):
        _send(smtp_server.url, _letter())
    assert time.monotonic() - begun < 10


def test_a_mail_no_server_could_take_as_it_is_written_is_given_up(smtp_server: SmtpServer) -> None:
    impossible = _letter()
    for _ in range(2):  # a mail resent twice has two senders: the mail library will not guess
        impossible["Resent-Date"] = "Fri, 20 Nov 2026 17:50:00 +0100"
    with Mailer(parse_url(smtp_server.url)) as mailer:
        with pytest.raises(FinalFailure):
            mailer.send(impossible)
        mailer.send(_letter())
    assert len(smtp_server.received()) == 1


def test_an_address_that_names_no_mailbox_is_a_final_failure(smtp_server: SmtpServer) -> None:
    with pytest.raises(FinalFailure, match="names no mailbox"):
        _send(smtp_server.url, _letter(to="("))


def test_an_address_with_hungarian_letters_is_reached(smtp_server: SmtpServer) -> None:
    _send(smtp_server.url, _letter(to="őrszem@futár.example"))
    [mail] = smtp_server.received()
    assert mail.recipients == ("őrszem@futár.example",)


@pytest.mark.parametrize(
    ("url", "port", "starttls", "implicit"),
    [
        ("smtp://mail.futar.example", 587, "required", False),
        ("smtp://mail.futar.example:25?starttls=off", 25, "off", False),
        ("smtp://127.0.0.1:1025", 1025, "optional", False),
        ("smtp://localhost", 587, "optional", False),
        ("smtps://mail.futar.example", 465, "required", True),
    ],
)
def test_encryption_is_the_rule_and_only_this_machine_is_excepted(
    url: str, port: int, starttls: str, implicit: bool
) -> None:
    server = parse_url(url)
    assert (server.port, server.starttls, server.implicit_tls) == (port, starttls, implicit)


def test_a_password_may_hold_any_sign() -> None:
    server = parse_url("smtp://n%C3%A9v%40futar.example:p%40ss%3Aw%2Frd%3F@mail.futar.example")
    assert (server.user, server.password) == ("név@futar.example", "p@ss:w/rd?")


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25", "smtp://h?starttls=maybe"])
def test_an_unusable_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(SmtpUrlError, match="SMTP_URL"):
        parse_url(url)
