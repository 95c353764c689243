"""Where passkeys hold, how long a challenge is good for, and what a copied one gives itself away by (WebAuthn)."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

CHALLENGE_LENGTH = timedelta(minutes=5)
"""How long somebody may take over the question of their browser."""
LONGEST_NAME = 60
MOST = 20
"""Passkeys a person may have."""
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Site:
    """What passkeys of an installation are bound to: its host name (RP ID), and the origin a browser must name."""

    host: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """The place of an installation; None where browsers know no passkeys: at a bare number, or without TLS.

    Only ``localhost`` needs no TLS: that is how browsers decide what a secure context is.
    """
    parts = urlsplit(public_url)
    host = _plain(parts.hostname or "")
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_number(host) or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        return None
    port = "" if parts.port in {None, PORTS[parts.scheme]} else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def _plain(host: str) -> str:
    """A host name as browsers write it."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def copied(before: int, now: int) -> bool:
    """Whether a counter of uses says that two devices hold the same passkey: it stood still, or ran backwards.

    Devices that do not count say nought for ever (WebAuthn, 6.1.1).
    """
    return (before > 0 or now > 0) and now <= before


def named(text: str, otherwise: str) -> str:
    """What a passkey is called: as typed, in one line of a length that fits; else by the browser it was made in."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line[:LONGEST_NAME].strip() or otherwise or "passkey"
