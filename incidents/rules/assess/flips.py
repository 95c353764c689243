"""One fact turned over, to see whether the verdict hangs on it: what a person may ask without changing anything.

A flip is named by a short text that fits into an address: ``recipient.kind=attacker``, ``data_categories+health``,
``data_categories-health``, ``subjects_count=1000``; ``recipient~2`` is the third answer the what-if itself tries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from incidents.rules.assess.reading import Values
from incidents.rules.assess.situation import UNSPECIFIED
from incidents.rules.assess.whatif import POSSIBLE, answered
from incidents.rules.facts import JsonValue
from incidents.rules.vocabulary import Field, vocabulary

COUNTS = (1, 10, 50, 100, 101, 1000, 10_000, 100_000)
HOURS = (1, 24, 48, 72, 120)
UNREAD = frozenset({"mitigations", "records_count", "subjects_band"})
"""Facts of the risk test that no rule hangs on, or that stand for another one."""
_NAME = re.compile(r"([a-z_.]+)([=+~-])(.*)")


@dataclass(frozen=True)
class Flip:
    """A fact (``recipient.kind`` for a part) and what becomes of it: ``set``, or one code ``add``, ``drop``."""

    name: str
    fact: str
    act: str
    value: JsonValue


def flips(values: Values) -> tuple[Flip, ...]:
    """Every fact the test reads with each of its other answers, in the order of the vocabulary."""
    asked = ((key, field) for key, field in vocabulary().items() if field.risk and key not in UNREAD)
    return tuple(flip for key, field in asked for flip in _of_field(key, field, values))


def _of_field(key: str, field: Field, values: Values) -> Iterator[Flip]:
    known = values.get(key)
    if field.parts:
        parts = known if isinstance(known, dict) else {}
        for name, part in field.parts.items():
            yield from _of_value(f"{key}.{name}", part, parts.get(name))
    elif field.type in {"codes", "open_codes"}:
        yield from _of_list(key, field, known if isinstance(known, list) else [])
    else:
        yield from _of_value(key, field, known)


def _of_list(key: str, field: Field, known: list[JsonValue]) -> Iterator[Flip]:
    for code in field.codes:
        if code not in known:
            yield Flip(f"{key}+{code}", key, "add", code)
    for one in known:
        yield Flip(f"{key}-{one}", key, "drop", one)


def _of_value(fact: str, field: Field, known: JsonValue) -> Iterator[Flip]:
    now = known.get("number") if isinstance(known, dict) else known
    for value in _answers(field):
        if value != now:
            yield Flip(f"{fact}={_written(value)}", fact, "set", value)


def _answers(field: Field) -> tuple[JsonValue, ...]:
    by_type: dict[str, tuple[JsonValue, ...]] = {
        "truth": (True, False),
        "count": COUNTS,
        "integer": COUNTS,
        "number": HOURS,
    }
    return by_type.get(field.type, tuple(field.codes))


def _written(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def suggested(fact: str) -> tuple[Flip, ...]:
    """The answers the what-if tries for a fact nobody knows."""
    return tuple(Flip(f"{fact}~{place}", fact, "set", value) for place, value in enumerate(POSSIBLE.get(fact, ())))


def flip_named(name: str, values: Values) -> Flip:
    """The flip of a name, for the facts as they stand.

    Raises:
        LookupError: there is no such flip.
    """
    found = _NAME.fullmatch(name)
    among = () if found is None else suggested(found[1]) if found[2] == "~" else flips(values)
    for flip in among:
        if flip.name == name:
            return flip
    raise LookupError(name)


def flipped(values: Values, flip: Flip) -> dict[str, JsonValue]:
    """The facts with that one turned over."""
    if flip.act == "set":
        value = flip.value
        if vocabulary()[flip.fact.partition(".")[0]].type == "count" and isinstance(value, int):
            value = {"number": value, "precision": "exact"}
        return answered(values, flip.fact, value)
    known = values.get(flip.fact)
    rest = [one for one in (known if isinstance(known, list) else []) if one not in {flip.value, UNSPECIFIED}]
    return {**values, flip.fact: [*rest, flip.value] if flip.act == "add" else rest}
