"""The published case most like this one: for comparing, never for deciding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from incidents.base.dated import of_version
from incidents.rules.assess.reading import Values, code_set, part

VERSION = "1"
Measure: TypeAlias = Callable[[Values, Values], float | None]
"""How alike two situations are in one respect, 0 to 1; None where the published case does not say."""


@dataclass(frozen=True)
class Nearest:
    """A published case, how alike it is (0 to 1), and the facts in which the two agree and differ."""

    id: str
    source: str
    title: Mapping[str, str]
    notify_authority: str
    """What the source says: ``yes``, ``no``, ``depends`` or ``silent``."""
    tell_subjects: str
    likeness: float
    same: tuple[str, ...]
    different: tuple[str, ...]


def nearest(values: Values) -> Nearest | None:
    """The published case nearest to the known facts; None when none is near enough to say anything.

    What nobody knows here is a difference: an open case is like no other.
    """
    law = _law()
    found = max((_compared(values, case, law) for case in law["cases"]), key=lambda one: one.likeness)
    return found if found.likeness >= law["weights"]["near"] else None


@cache
def _law() -> Mapping[str, Any]:
    return of_version("cases", "published", VERSION)


def _compared(values: Values, case: Mapping[str, Any], law: Mapping[str, Any]) -> Nearest:
    alike = {
        key: likeness for key, measure in _MEASURES.items() if (likeness := measure(values, case["facts"])) is not None
    }
    weights: Mapping[str, float] = law["weights"]
    all_of_it = sum(weights[key] for key in alike)
    return Nearest(
        id=case["id"],
        source=case["source"],
        title=case["title"],
        notify_authority=case["notify_authority"],
        tell_subjects=case["tell_subjects"],
        likeness=round(sum(weights[key] * likeness for key, likeness in alike.items()) / all_of_it, 3),
        same=tuple(key for key, likeness in alike.items() if likeness == 1),
        different=tuple(key for key, likeness in alike.items() if likeness < 1),
    )


def _plain(key: str) -> Measure:
    return lambda mine, theirs: None if theirs.get(key) in {None, "unknown"} else float(mine.get(key) == theirs[key])


def _overlap(key: str) -> Measure:
    """What two lists have in common, of all that is in either; two empty lists are the same."""

    def measure(mine: Values, theirs: Values) -> float | None:
        their, own = code_set(theirs, key), code_set(mine, key)
        if their is None:
            return None
        if own is None:
            return 0.0
        return len(own & their) / len(own | their) if own | their else 1.0

    return measure


def _family(cause: object) -> str:
    return next((name for name, causes in _law()["families"].items() if cause in causes), "")


def _cause(mine: Values, theirs: Values) -> float | None:
    cause, own = theirs.get("cause"), mine.get("cause")
    if cause in {None, "unspecified"}:
        return None
    if own == cause:
        return 1.0
    return 0.5 if _family(cause) and _family(own) == _family(cause) else 0.0


def _recipient(mine: Values, theirs: Values) -> float | None:
    """Who has the data weighs twice as much as what they assure."""
    their, own = part(theirs, "recipient"), part(mine, "recipient")
    if not their or their.get("kind") == "unknown":
        return None
    kind = own.get("kind") == their.get("kind")
    return (2 * kind + (own.get("assurance") == their.get("assurance"))) / 3


def _unintelligible(mine: Values, theirs: Values) -> float | None:
    their, own = part(theirs, "unintelligible"), part(mine, "unintelligible")
    if their.get("state") in {None, "unknown"}:
        return None
    protected = (own.get("state") == "yes", own.get("key_safe")) if their["state"] == "yes" else (own.get("state"),)
    wanted = (True, their.get("key_safe")) if their["state"] == "yes" else (their["state"],)
    return float(protected == wanted)


_MEASURES: Mapping[str, Measure] = {
    "cause": _cause,
    "recipient": _recipient,
    "data_categories": _overlap("data_categories"),
    "unintelligible": _unintelligible,
    "breach_types": _overlap("breach_types"),
    "special_categories": _overlap("special_categories"),
    "exfiltrated": _plain("exfiltrated"),
    "malicious": _plain("malicious"),
    "service_impact": _plain("service_impact"),
    "vulnerable": _overlap("vulnerable"),
}
