"""Keys and tokens: time-ordered row keys, random secrets, references people can say on the phone."""

import os
import secrets
from datetime import datetime
from functools import lru_cache
from itertools import count
from uuid import UUID

from incidents.base.time import utc

_made = count(int.from_bytes(os.urandom(4), "big") >> 7)


def new_id(now: datetime) -> UUID:
    """A UUID version 7: by time, within a millisecond by a counter of the process, then 48 random bits to guess.

    The counter has 26 bits (RFC 9562, 6.2, method 1), so that keys of one instant keep the order they were made in.
    """
    milliseconds = _milliseconds(now)
    counter = next(_made) & (1 << 26) - 1
    random_part = int.from_bytes(os.urandom(6), "big")
    high, low = counter >> 14, counter & (1 << 14) - 1
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low << 48 | random_part)


@lru_cache(maxsize=16)
def _milliseconds(now: datetime) -> int:
    """Since 1970; thousands of keys are made in one instant."""
    return int(utc(now).timestamp() * 1000) & (1 << 48) - 1


def new_token() -> str:
    """A 256-bit random secret for links, sessions and API keys; only its hash is stored."""
    return secrets.token_urlsafe(32)


def reference(short_code: str, year: int, number: int) -> str:
    """The case number people say and write: ``FUT-2026/0001``."""
    return f"{short_code}-{year}/{number:04d}"
