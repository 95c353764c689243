"""Calling an address somebody typed: what its answer means, and that it never leads into the house."""

import socket
import threading

import pytest

from notifications import post as calling
from notifications.failures import FinalFailure, RetryableFailure
from notifications.post import Gone, post
from tests.hooks import OK, Endpoint, answer, endpoint
from tests.processes import free_port
from tests.servers import SmtpServer

BODY = '{"a":"ő"}'.encode()


def _post(where: Endpoint, *, private: bool = True) -> None:
    post(where.url, BODY, {"Webhook-Id": "msg_1"}, private=private)


def test_the_body_arrives_as_it_was_signed_and_2xx_is_enough() -> None:
    with endpoint() as here:
        _post(here)
    [call] = here.calls
    assert (call.line, call.body) == ("POST /hook?for=us HTTP/1.1", BODY)
    assert call.headers["webhook-id"] == "msg_1"
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    assert call.headers["host"] == here.url.split("/")[2]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_an_address_in_trouble_is_tried_again(status: int) -> None:
    with endpoint(answer(status)) as here, pytest.raises(RetryableFailure, match=str(status)):
        _post(here)


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404])
def test_an_answer_that_no_repetition_would_change_is_final_and_no_redirect_is_followed(status: int) -> None:
    with endpoint() as elsewhere:
        with endpoint(answer(status, f"Location: {elsewhere.url}")) as here, pytest.raises(FinalFailure) as refused:
            _post(here)
        assert elsewhere.calls == []
    assert str(status) in str(refused.value)


def test_who_is_gone_says_410() -> None:
    with endpoint(answer(410)) as here, pytest.raises(Gone):
        _post(here)


def test_an_interim_answer_is_not_the_answer() -> None:
    with endpoint(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK) as here:
        _post(here)


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 20_000])
def test_what_is_no_http_answer_is_tried_again(said: bytes) -> None:
    with endpoint(said) as here, pytest.raises(RetryableFailure):
        _post(here)


def test_nobody_there_is_tried_again() -> None:
    with pytest.raises(RetryableFailure, match="Nobody accepts"):
        post(f"http://127.0.0.1:{free_port()}/", BODY, {}, private=True)


def test_a_silent_address_holds_a_message_no_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LONGEST_SECONDS", 0.3)
    with endpoint() as here:
        here.silent.set()
        with pytest.raises(RetryableFailure, match="ten seconds"):
            _post(here)


def test_an_address_that_drips_its_answer_does_not_get_round_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LONGEST_SECONDS", 0.5)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _ = listener.accept()
            with line:
                while not stop.wait(0.05):
                    try:
                        line.sendall(b"H")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        with pytest.raises(RetryableFailure, match="ten seconds"):
            post(f"http://127.0.0.1:{listener.getsockname()[1]}/", BODY, {}, private=True)
        stop.set()
        dripping.join(10)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1"])  # noqa: S104
def test_no_way_of_writing_it_leads_into_the_house(host: str) -> None:
    with pytest.raises((FinalFailure, RetryableFailure)) as refused:
        post(f"https://{host}:{free_port()}/", BODY, {}, private=False)
    assert "accepts" not in str(refused.value), "nothing was connected to"


def test_a_name_that_leads_inside_beside_outside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: object, **__: object) -> list[object]:
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(FinalFailure, match="private network"):
        post("https://rebinding.example/", BODY, {}, private=False)


def test_without_tls_nothing_leaves_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("93.184.216.34", 80))])
    with pytest.raises(FinalFailure, match="Without TLS"):
        post("http://chat.example/", BODY, {}, private=True)


def test_tls_is_checked_against_the_name(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the tests is made out to localhost and 127.0.0.1."""
    with endpoint(certificates=smtp_server.folder) as here:
        _post(here)
        assert len(here.calls) == 1
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(RetryableFailure, match="CERTIFICATE_VERIFY_FAILED"):
            _post(here)
        assert len(here.calls) == 1
