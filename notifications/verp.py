"""Return addresses that name the mail (VERP): a bounce says by its own recipient which row it is about.

``bounces@example.hu`` becomes ``bounces+o.<row>.<signature>@example.hu``: only who knows the secret makes one that
counts. Lower-case throughout, for mail servers on the way may fold the case of the local part.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

Kind = Literal["o", "l"]
"""What bounced: ``o`` a row of the outbox, ``l`` a letter to a person concerned."""
_SIGNATURE_LENGTH = 8
LOCAL_PART_LIMIT = 64
"""RFC 5321 4.5.3.1.1: no longer before the @."""
ROOM_FOR_NAME = LOCAL_PART_LIMIT - len(f"+o.{32 * '0'}.") - _SIGNATURE_LENGTH
"""How long the local part of the bounce address itself may be."""


@dataclass(frozen=True)
class Returned:
    """What a return address names."""

    kind: Kind
    row_id: UUID


def encode(secret: str, bounce_address: str, kind: Kind, row_id: UUID) -> str:
    """The envelope sender of one mail; ``bounce_address`` is the mailbox that collects bounces."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{kind}.{row_id.hex}.{_signature(secret, kind, row_id)}@{domain}"


def decode(secrets: Iterable[str], address: str) -> Returned | None:
    """What a return address names, or None when it was not made under any of the secrets (newest first)."""
    kind, _, rest = address.strip("<> ").rpartition("@")[0].rpartition("+")[2].lower().partition(".")
    name, _, signature = rest.partition(".")
    if kind not in {"o", "l"} or len(name) != 32 or not signature.isascii():
        return None
    try:
        row_id = UUID(hex=name)
    except ValueError:
        return None
    named: Kind = "o" if kind == "o" else "l"
    if any(hmac.compare_digest(_signature(secret, named, row_id), signature) for secret in secrets):
        return Returned(named, row_id)
    return None


def _signature(secret: str, kind: Kind, row_id: UUID) -> str:
    return hmac.new(f"verp:{secret}".encode(), kind.encode() + row_id.bytes, sha256).hexdigest()[:_SIGNATURE_LENGTH]
