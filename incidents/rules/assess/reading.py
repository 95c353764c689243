"""Reading single values of facts by their type; whatever is absent is None, never a default."""

from collections.abc import Mapping
from typing import TypeAlias

from incidents.rules.assess.truth import Truth
from incidents.rules.facts import JsonValue

Values: TypeAlias = Mapping[str, JsonValue]


def part(values: Values, key: str) -> Mapping[str, JsonValue]:
    """A record, empty when nobody has answered."""
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def code_set(values: Values, key: str) -> frozenset[str] | None:
    """A list as a set; None when nobody has answered."""
    found = values.get(key)
    return frozenset(str(one) for one in found) if isinstance(found, list) else None


def text(value: JsonValue) -> str | None:
    """A text or code, None when there is none."""
    return value if isinstance(value, str) else None


def truth(value: JsonValue) -> Truth:
    """A yes or no, None when nobody has answered."""
    return value if isinstance(value, bool) else None


def number(value: JsonValue) -> float | None:
    """A number, None when there is none."""
    return None if isinstance(value, bool) or not isinstance(value, (int, float)) else value


def whole(value: JsonValue) -> int | None:
    """A whole number, None when there is none."""
    return None if isinstance(value, bool) or not isinstance(value, int) else value
