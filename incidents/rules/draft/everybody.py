"""What is told to everybody at once: the data and the people of all groups put together (GDPR Art. 34(3)(c))."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, cast

from incidents.rules.facts import Fact, Facts, FactState

ADDED_UP: Final = ("data_categories", "subject_categories", "vulnerable", "breach_types")
"""Lists that a group may have of its own, and that a notice to everybody must not leave out."""


def told_together(everybody: Facts, groups: Iterable[Facts]) -> Facts:
    """The facts of everybody with what any group of people has in addition: nobody is missing from a notice."""
    found = (everybody, *groups)
    merged = {key: fact for key in ADDED_UP if (fact := _joined(key, found))}
    return Facts(everybody.version, {**everybody.by_key, **merged})


def _joined(key: str, found: Iterable[Facts]) -> Fact | None:
    """One fact with the codes of all, in the order in which they were said; None where nobody knows any."""
    known = [fact for facts in found if (fact := facts.get(key)) and fact.state is FactState.KNOWN]
    codes = dict.fromkeys(code for fact in known for code in cast("list[str]", fact.value))
    return replace(known[0], value=list(codes)) if known else None
