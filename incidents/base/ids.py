"""Keys and tokens: time-ordered row keys, random secrets, references people can say on the phone."""

import os
import secrets
from datetime import datetime
from itertools import count
from uuid import UUID

from incidents.base.time import utc

_made = count(int.from_bytes(os.urandom(2), "big"))


def new_id(now: datetime) -> UUID:
    """A UUID version 7: by time, within a millisecond by a counter of the process, then 62 random bits to guess."""
    milliseconds = int(utc(now).timestamp() * 1000) & (1 << 48) - 1
    random_part = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (next(_made) & 0xFFF) << 64 | 0x2 << 62 | random_part)


def new_token() -> str:
    """A 256-bit random secret for links, sessions and API keys; only its hash is stored."""
    return secrets.token_urlsafe(32)


def reference(short_code: str, year: int, number: int) -> str:
    """The case number people say and write: ``FUT-2026/0001``."""
    return f"{short_code}-{year}/{number:04d}"
