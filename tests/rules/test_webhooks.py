"""Webhooks: which addresses may be called, and that a signature is the one every library of the standard checks."""

import base64
import hmac
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules import webhooks
from incidents.rules.webhooks import WebhookForm

AT = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


def _codes(url: str, *, private: bool = False) -> list[str]:
    return [one.code for one in webhooks.faults(WebhookForm("csatorna", url), private=private)]


@pytest.mark.parametrize(
    "url", ["https://hooks.futar.example/a?b=c", "https://futar.example:8443", "https://[2001:db8::1]/x"]
)
def test_an_address_with_tls_is_taken(url: str) -> None:
    assert _codes(url) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "futar.example",
        "ftp://futar.example",
        "https://",
        "https://a b.example",
        "https://x:y@futar.example",
        "https://futár.example",
        "https://futar.example:0",
        "https://futar.example:99999",
        "https://futar.example/\r\nX: y",
        "https://futar.example\\@evil.example",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_whole_plain_address_is_refused(url: str) -> None:
    assert _codes(url) == ["address"]


def test_without_tls_only_an_installation_that_allows_addresses_inside_the_house_calls_one() -> None:
    assert _codes("http://chat.internal/x") == ["tls"]
    assert _codes("http://chat.internal/x", private=True) == []


def test_every_faulty_field_is_named_at_once() -> None:
    errors = webhooks.faults(WebhookForm(" ", "x", "fax", ()), private=False)
    assert [one.path for one in errors] == ["name", "url", "shape", "kinds"]
    assert _codes("https://futar.example/" + "x" * 1000) == ["long"]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_addresses_of_the_open_internet_may_be_called(address: str) -> None:
    assert webhooks.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:db8::1",
    ],
)
def test_no_address_leads_into_the_house_however_it_is_written(address: str) -> None:
    assert not webhooks.is_public(address)


def test_of_a_chats_address_only_the_host_is_shown() -> None:
    assert webhooks.shown("https://hooks.chat.example/services/T0/B0/secret") == "https://hooks.chat.example/…"
    assert webhooks.shown("https://futar.example:8443/") == "https://futar.example:8443"


@given(key=st.binary(min_size=24, max_size=64), body=st.binary(max_size=200))
def test_the_signature_is_the_hmac_of_id_timestamp_and_body(key: bytes, body: bytes) -> None:
    headers = webhooks.signed([webhooks.new_secret(key)], "msg_1", AT, body)
    expected = hmac.new(key, b"msg_1." + headers["Webhook-Timestamp"].encode() + b"." + body, sha256).digest()
    assert headers["Webhook-Signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert headers["Webhook-Timestamp"] == str(int(AT.timestamp()))


def test_the_signature_is_that_of_the_published_example() -> None:
    """The worked example of the standard's own documentation."""
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)
    headers = webhooks.signed([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers["Webhook-Signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_being_changed_both_sign() -> None:
    old, new = webhooks.new_secret(b"o" * 32), webhooks.new_secret(b"n" * 32)
    both = webhooks.signed([new, old], "m", AT, b"{}")["Webhook-Signature"].split(" ")
    assert both == [webhooks.signed([one], "m", AT, b"{}")["Webhook-Signature"] for one in (new, old)]
