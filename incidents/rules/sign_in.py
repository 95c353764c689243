"""How slow guessing is made, how long a sign-in lasts, and who must prove themselves twice."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from incidents.base.dated import every, in_force

SUDO = timedelta(minutes=10)
"""How long after a proof of identity a dangerous act needs no new one."""
ON_THE_WAY = timedelta(minutes=15)
"""How long somebody may take over the second step, or over setting one up."""
REMEMBERED = timedelta(hours=24)
"""How long a failure counts against an account, a link asked for against its address."""
FROM_ONE_PLACE = timedelta(hours=1)
"""How long a failure counts against a network address: many people may share one."""
FREE_FOR_ACCOUNT, FREE_FOR_PLACE, FREE_LINKS = 5, 40, 3
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""The signs of recovery codes: none that looks like another."""
CODE_LENGTH, HINT_LENGTH, CODES = 12, 2, 10
TOTP_STEP = 30
"""Seconds a code of an authenticator program is good for (RFC 6238)."""


@dataclass(frozen=True)
class Lengths:
    """How long a sign-in lasts: at the most, and without being used."""

    most: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class Failures:
    """How often something failed lately, and when it last did (aware UTC)."""

    count: int = 0
    last: datetime | None = None

    def wait(self, free: int, now: datetime) -> timedelta:
        """How long to wait before the next try: nothing for the free ones, then twice as long each time."""
        if self.last is None or self.count < free:
            return timedelta()
        doubled = FIRST_WAIT * 2 ** min(self.count - free, 10)
        until: datetime = self.last + min(doubled, LONGEST_WAIT)
        return max(until - now, timedelta())


def minutes(wait: timedelta) -> str:
    """A waiting time in whole minutes, never less than one."""
    return str(max(1, -(-int(wait.total_seconds()) // 60)))


def demanded(roles: Mapping[UUID, frozenset[str]], rules: Mapping[UUID, Iterable[str]]) -> bool:
    """Whether a person of these roles must have a second step, by the rules of the controllers that have one."""
    return any(held & set(rules.get(controller, ())) for controller, held in roles.items())


def standard_roles(now: datetime) -> tuple[str, ...]:
    """The roles a controller asks for a second step when it switches that on without choosing."""
    return tuple(_law(now)["roles"])


def grace(now: datetime) -> timedelta:
    """How long a demanded second step may wait to be set up, from the first sign-in after the demand."""
    return timedelta(hours=_law(now)["grace_hours"])


def _law(now: datetime) -> Mapping[str, Any]:
    return in_force("accounts", "second_step", now.date())


def typed_code(text: str) -> str:
    """A code as it was meant: spaces and dashes fall out, letters are capitals."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in plain if char.isalnum())


def spaced(code: str) -> str:
    """A recovery code as it is shown: ``ABCD-EFGH-JKLM``."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def event_words(kind: str, lang: str) -> str:
    """What happened with an account, in words; the bare kind when nobody knows it."""
    (law,) = (one for one in every("vocabulary") if one["id"] == "account_events")
    return str(law["kinds"].get(kind, {}).get(lang, kind))
