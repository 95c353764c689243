"""Three-valued logic: True, False, and None for "nobody knows yet"."""

from collections.abc import Iterable, Set
from typing import TypeAlias

Truth: TypeAlias = bool | None


def all_of(*conditions: Truth) -> Truth:
    """True when every one is true, False when any is false, otherwise unknown."""
    if False in conditions:
        return False
    return None if None in conditions else True


def any_of(*conditions: Truth) -> Truth:
    """True when any is true, False when every one is false, otherwise unknown."""
    if True in conditions:
        return True
    return None if None in conditions else False


def negate(condition: Truth) -> Truth:
    """The opposite; the opposite of unknown is unknown."""
    return None if condition is None else not condition


def at_most(number: float | None, limit: float) -> Truth:
    """Whether a number that may be unknown lies at or under a limit."""
    return None if number is None else number <= limit


def has_any(found: Set[str] | None, wanted: Iterable[str]) -> Truth:
    """Whether a set that may be unknown holds any of these."""
    return None if found is None else not found.isdisjoint(wanted)
