"""Keys and tokens: time-ordered row keys, random secrets, references people can say on the phone."""

import os
import secrets
from datetime import datetime
from uuid import UUID

from incidents.base.time import utc


def new_id(now: datetime) -> UUID:
    """A UUID version 7: ordered by time (good for indexes), 74 random bits (nothing to guess)."""
    milliseconds = int(utc(now).timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_token() -> str:
    """A 256-bit random secret for links, sessions and API keys; only its hash is stored."""
    return secrets.token_urlsafe(32)


def reference(short_code: str, year: int, number: int) -> str:
    """The case number people say and write: ``FUT-2026/0001``."""
    return f"{short_code}-{year}/{number:04d}"
