"""What moved the verdict from one run of the risk test to the next: answers, rules and the facts behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from incidents.rules.facts import Facts

Outcome: TypeAlias = Mapping[str, Any]
"""A stored explanation: see ``explain`` and ``explain_groups``."""
QUESTIONS = ("notify_authority", "tell_subjects")
WHOLE = ""
"""The name of everybody who is in no group of people."""
_STANDING = frozenset({"document", "note"})
"""Effects that say nothing about the answers."""


@dataclass(frozen=True)
class Moved:
    """How one group of people (or everybody) fares now: the answers before and after, and the reasons of both."""

    group: str
    before: tuple[str, str]
    """On the authority and on the people; empty texts when the group is new."""
    after: tuple[str, str]
    gained: tuple[Mapping[str, Any], ...]
    """The rules that decide now and did not before, as stored."""
    lost: tuple[Mapping[str, Any], ...]

    @property
    def changed(self) -> bool:
        """Whether an answer is another one."""
        return self.before != self.after


def by_group(outcome: Outcome) -> dict[str, Outcome]:
    """The explanation for each group of people; under the empty name that of everybody else, or of everybody."""
    return dict(outcome["groups"]) if "groups" in outcome else {WHOLE: outcome}


def answers(outcome: Outcome) -> tuple[str, str]:
    """What the test says on the authority and on the people."""
    return str(outcome[QUESTIONS[0]]), str(outcome[QUESTIONS[1]])


def verdict_changed(before: Outcome, after: Outcome) -> bool:
    """Whether any answer is another one: of the breach as a whole, or whether a group must be told."""
    return answers(before) != answers(after) or any(
        one.changed for one in moved(before, after) if one.group and one.after[1] != one.before[1]
    )


def moved(before: Outcome, after: Outcome) -> tuple[Moved, ...]:
    """Every group of the newer run beside the older one."""
    earlier = by_group(before)
    return tuple(_moved(name, earlier.get(name), now) for name, now in by_group(after).items())


def _moved(group: str, before: Outcome | None, after: Outcome) -> Moved:
    had = dict(_rules(before)) if before else {}
    has = dict(_rules(after))
    return Moved(
        group=group,
        before=answers(before) if before else ("", ""),
        after=answers(after),
        gained=tuple(rule for key, rule in has.items() if key not in had),
        lost=tuple(rule for key, rule in had.items() if key not in has),
    )


def _rules(outcome: Outcome) -> Iterator[tuple[tuple[str, str, str], Mapping[str, Any]]]:
    for rule in outcome["rules"]:
        if rule["effect"] not in _STANDING:
            yield (rule["id"], rule["ground"], rule["effect"]), rule


def changed_facts(before: Facts, after: Facts) -> tuple[str, ...]:
    """The facts that read differently, in the order in which they were first said."""
    return tuple(
        key
        for key in dict.fromkeys([*after.by_key, *before.by_key])
        if (before.state(key), before.value(key)) != (after.state(key), after.value(key))
    )
