"""From the situation to the two answers, without words: quick enough to be asked many times in a what-if."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from incidents.rules.assess.clearing import CLEARING, EXTENT, Condition, Ground, slow
from incidents.rules.assess.high_risk import HIGH_RISK
from incidents.rules.assess.jurisdiction import texts
from incidents.rules.assess.situation import DIMENSIONS, Exposure, Situation
from incidents.rules.assess.verdict import Answer, strictest

Grounds: TypeAlias = tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answers and the grounds that led to them; ``open_grounds`` hang on a fact nobody knows."""

    notify_authority: Answer
    tell_subjects: Answer
    cleared: Mapping[str, Ground]
    grounds: Grounds
    open_grounds: Grounds


def decide(s: Situation) -> Decision:
    """Authority on unless everything that was hit is cleared; people off unless a rule fires (GDPR 33(1), 34(1))."""
    cleared: dict[str, Ground] = {}
    grounds: list[Ground] = []
    open_grounds: list[Ground] = []
    answers = [_dimension(s, one, cleared, grounds, open_grounds) for one in DIMENSIONS if one in s.hits]
    if s.unspecified and s.exposure > Exposure.TRUSTED:
        answers.append(Answer.YES)
        grounds.append(("A2", "unspecified"))
    people = _people(s, grounds, open_grounds)
    authority = _authority(s, strictest(answers), people, grounds)
    if people is Answer.NO:
        grounds.append(("H0", "cleared" if authority is Answer.NO else "none"))
    return Decision(authority, people, cleared, tuple(grounds), tuple(open_grounds))


def _dimension(
    s: Situation, dimension: str, cleared: dict[str, Ground], grounds: list[Ground], open_grounds: list[Ground]
) -> Answer:
    """Whether one dimension still calls for the authority; what nobody knows clears nothing."""
    hangs = ""
    for ground, condition in CLEARING[dimension].items():
        truth = condition(s)
        if truth:
            cleared[dimension] = ground
            return Answer.NO
        if truth is None:
            hangs = hangs or ("extent" if ground[0] in EXTENT else "confirm")
    if hangs:
        open_grounds.append(("A3", hangs))
        return Answer.REVIEW
    if dimension == "availability" and slow(s):
        grounds.append(("N5", "slow"))
        return Answer.REVIEW
    grounds.append(("A1", dimension))
    return Answer.YES


def _people(s: Situation, grounds: list[Ground], open_grounds: list[Ground]) -> Answer:
    answer = Answer.NO
    hanging: list[Ground] = []
    for ground, condition, effect in _high_risk(s.law.rules_version):
        truth = condition(s)
        if truth is None:
            hanging.append(ground)
        elif truth:
            grounds.append(ground)
            answer = effect if answer is not Answer.YES else answer
    if answer is Answer.YES:
        return answer
    open_grounds.extend(hanging)
    return Answer.REVIEW if hanging else answer


@cache
def _high_risk(rules_version: str) -> tuple[tuple[Ground, Condition, Answer], ...]:
    """The rules for telling people, each with what it asks for when it fires."""
    told = texts(rules_version)
    answers = {"people_yes": Answer.YES, "people_review": Answer.REVIEW}
    return tuple((ground, condition, answers[told[ground].effect]) for ground, condition in HIGH_RISK.items())


def _authority(s: Situation, answer: Answer, people: Answer, grounds: list[Ground]) -> Answer:
    """People = yes implies authority = yes; a jurisdiction may tie the notification to a high risk altogether."""
    if s.law.authority_threshold == "high_risk":
        grounds.append(("J1", "threshold"))
        return people
    if people.rank > answer.rank:
        grounds.append(("A1", "people"))
        return people
    return answer
