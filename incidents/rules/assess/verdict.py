"""What the risk test answers: two independent questions, each yes, no or review, with the rules that decided them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from incidents.rules.assess.jurisdiction import Jurisdiction, Text
from incidents.rules.assess.situation import Situation
from incidents.rules.enisa import Score


class Answer(StrEnum):
    """Yes, no, or a human must decide (and the finding names the fact that decides)."""

    NO = "no"
    REVIEW = "review"
    YES = "yes"

    @property
    def rank(self) -> int:
        """How strict the answer is: no 0, review 1, yes 2."""
        return _RANKS[self]


_RANKS = {Answer.NO: 0, Answer.REVIEW: 1, Answer.YES: 2}


def strictest(answers: Iterable[Answer]) -> Answer:
    """The strictest of some answers; no when there are none."""
    return max(answers, key=lambda one: one.rank, default=Answer.NO)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired, cleared something, or could not be decided for want of a fact."""

    text: Text
    situation: Situation
    undecided: bool = False
    """Whether it hangs on facts that nobody knows yet."""
    unknown: tuple[str, ...] = ()
    """Those facts (``recipient.count``)."""

    @property
    def rule(self) -> str:
        """The id of the rule: ``N2``."""
        return self.text.rule

    @property
    def effect(self) -> str:
        """What it does; a rule for telling people that hangs on an unknown fact asks for a review."""
        if self.undecided and self.text.effect == "people_yes":
            return "people_review"
        return self.text.effect


@dataclass(frozen=True, slots=True)
class Cleared:
    """A dimension that no longer counts, and the rule that cleared it."""

    dimension: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Warned:
    """A contradiction between facts, or something to look at twice; ``fact`` and ``tag`` where one is meant."""

    code: str
    fact: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answers with their reasons. An aid: a named person decides."""

    notify_authority: Answer
    tell_subjects: Answer
    findings: tuple[Finding, ...]
    cleared: tuple[Cleared, ...]
    warnings: tuple[Warned, ...]
    enisa: Score
    jurisdiction: Jurisdiction
    situation: Situation

    @property
    def rule_set(self) -> str:
        """The versions it was made under: ``hu-1/risk-1``."""
        return self.jurisdiction.rule_set


@dataclass(frozen=True)
class GroupedVerdict:
    """One verdict for each group of people, and the strictest answers for the breach as a whole."""

    notify_authority: Answer
    tell_subjects: Answer
    by_group: Mapping[str, Verdict]


def combine(by_group: Mapping[str, Verdict]) -> GroupedVerdict:
    """The breach as a whole: as strict as its strictest group. Whom to tell is decided group by group."""
    return GroupedVerdict(
        notify_authority=strictest(one.notify_authority for one in by_group.values()),
        tell_subjects=strictest(one.tell_subjects for one in by_group.values()),
        by_group=dict(by_group),
    )
