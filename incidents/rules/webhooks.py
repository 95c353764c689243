"""Webhooks: which addresses may be called, which warnings each gets, and how a message is signed.

The signature is that of "Standard Webhooks": HMAC-SHA256 over ``id.timestamp.body`` with the secret's bytes.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from incidents.base.errors import FieldError

SHAPES = ("json", "teams", "slack")
KINDS = ("before", "overdue", "notice", "trouble")
"""Warnings before the deadline, from the deadline on, changes in a case that somebody must answer, mail trouble."""
SECRET_PREFIX = "whsec_"  # noqa: S105  only its beginning
LONGEST_NAME, LONGEST_URL = 80, 1000
MOST = 10
"""Webhooks of one controller: each warning goes to all of them."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""How a network that speaks IPv6 only writes an IPv4 address (RFC 6052)."""

NAME = "Give a name that says where the messages go."
ADDRESS = "Give a whole address that starts with https://, without spaces and without a user name."
TLS = "The address must start with https://. Without TLS anybody on the way could read the message."
SHAPE = "Choose how the message should look."
NO_KIND = "Choose at least one kind of message."
LONG = "This is too long: at most {limit} characters."


@dataclass(frozen=True)
class WebhookForm:
    """What somebody typed about a new webhook."""

    name: str
    url: str
    shape: str = "json"
    kinds: tuple[str, ...] = KINDS


def faults(form: WebhookForm, *, private: bool) -> list[FieldError]:
    """Every field that cannot be used. ``private``: addresses inside the house, without TLS, are allowed."""
    errors = []
    if not form.name.strip():
        errors.append(FieldError("name", "required", NAME))
    elif len(form.name) > LONGEST_NAME:
        errors.append(FieldError("name", "long", LONG, {"limit": str(LONGEST_NAME)}))
    errors += _address_faults(form.url.strip(), private=private)
    if form.shape not in SHAPES:
        errors.append(FieldError("shape", "required", SHAPE))
    if not form.kinds or not set(form.kinds) <= set(KINDS):
        errors.append(FieldError("kinds", "required", NO_KIND))
    return errors


def _address_faults(url: str, *, private: bool) -> list[FieldError]:
    if len(url) > LONGEST_URL:
        return [FieldError("url", "long", LONG, {"limit": str(LONGEST_URL)})]
    parts = split(url)
    if parts is None:
        return [FieldError("url", "address", ADDRESS)]
    return [FieldError("url", "tls", TLS)] if parts.scheme == "http" and not private else []


def split(url: str) -> SplitResult | None:
    """The parts of an address that can be called; None for any other."""
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username is not None or port == 0:
        return None
    return parts


def is_public(address: str) -> bool:
    """Whether a network address lies in the open Internet: what it hides inside (IPv4 in IPv6) counts as well."""
    ip = ip_address(address.partition("%")[0])
    if ip in _NAT64:
        return _is_global(IPv4Address(int(ip) & 0xFFFFFFFF))
    return all(_is_global(one) for one in (ip, *_inside(ip)))


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _inside(ip: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return ()
    found = (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()))
    return [one for one in found if one is not None]


def shown(url: str) -> str:
    """What a page shows of an address: the path of a chat's webhook is itself a secret."""
    parts = urlsplit(url)
    rest = "/…" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{rest}"


def new_secret(random: bytes) -> str:
    """The secret of a webhook as it is shown once: ``whsec_`` and the bytes in Base64."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def signed(secrets: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers that prove a message; ``at`` is an aware instant, each secret adds a signature.

    During a change of secrets both sign, so that the receiver may change whenever it likes.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = (
        base64.b64encode(hmac.new(base64.b64decode(secret.removeprefix(SECRET_PREFIX)), content, sha256).digest())
        for secret in secrets
    )
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": timestamp,
        "Webhook-Signature": " ".join(f"v1,{one.decode()}" for one in signatures),
    }
