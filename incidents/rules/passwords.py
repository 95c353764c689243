"""Which passwords hold: long ones that nobody would try first. No rules about signs and capitals."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from incidents.base.dated import every
from incidents.base.errors import FieldError

FEWEST_SIGNS = 5
"""Different signs a password must have: twelve times the same one is long, and nothing else."""
TRIMMINGS = "0123456789!.?-_ "
"""What people put around a common word to make it longer."""
SHORTEST_NAME = 4
"""Names shorter than this may stand in a password: nearly every sentence has them somewhere."""
REST = 6
"""Signs that must be left of a password when names are taken out of it."""
COMMON = "This password is among those that are tried first. Several words that only you would put together are good."
TOO_NEAR = (
    "This password is too close to your name, your address, your organisation or this service."
    " Choose words far from them."
)


def plain(text: str) -> str:
    """A text without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


@cache
def _common() -> frozenset[str]:
    words = {plain(word) for law in every("passwords") for word in law["words"]}
    return frozenset(words | {stem for word in words if len(stem := word.strip(TRIMMINGS)) >= FEWEST_SIGNS})


def guessable(password: str, about: Iterable[str] = ()) -> list[FieldError]:
    """What makes a password easy to guess: it is on the list, repeats itself, or is a name and little more.

    ``about``: names of the person (e-mail address, name, organisation); those of this product are known.
    """
    said = plain(password)
    if said in _common() or said.strip(TRIMMINGS) in _common() or _repeats(said):
        return [FieldError("password", "too-common", COMMON)]
    names = {name for text in (*about, "incidens72", "incidens") for name in _names(plain(text))}
    rest = said
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    if len(rest) < REST:
        return [FieldError("password", "too-near", TOO_NEAR)]
    return []


def _repeats(text: str) -> bool:
    halves = any(text == text[:size] * (len(text) // size) for size in range(1, len(text) // 2 + 1))
    return len(set(text)) < FEWEST_SIGNS or halves


def _names(text: str) -> list[str]:
    parts = "".join(char if char.isalnum() else " " for char in text).split()
    return [part for part in (*parts, "".join(parts)) if len(part) >= SHORTEST_NAME]
