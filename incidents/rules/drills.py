"""Drills: the made-up stories, how fast the ladder may go, when a drill is over.

Measures must be tested regularly (GDPR 32(1)(d)); what is tested here is detection and escalation (Guidelines 9/2022
§ 36, § 40).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incidents.base.dated import of_version
from incidents.base.errors import FieldError
from incidents.rules.facts import FactState, ParsedFact
from incidents.rules.report import title_of

LADDER_MINUTES = 72 * 60
FEWEST_MINUTES = 10
OWN = "own"
SPEEDS = (30, 120, 480, LADDER_MINUTES)
"""In how many minutes the 72 hours may pass: half an hour, two hours, a working day, real time."""
LONGEST_NOTE = 500

CHOOSE = "Choose one of these."
MINUTES = "Give whole minutes between 10 and 4320: in so many the 72 hours of the ladder pass."
TOO_LONG = "This is too long: at most {limit} characters."


@dataclass(frozen=True)
class Scenario:
    """A made-up incident, in Hungarian and English."""

    id: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    what_happened: Mapping[str, str]
    kind: str
    breach_types: tuple[str, ...]

    def facts(self, lang: str) -> dict[str, ParsedFact]:
        """What is known at the start of the drill, in a language."""
        story = self.what_happened[lang]
        return {
            "title": ParsedFact(FactState.KNOWN, title_of(story)),
            "what_happened": ParsedFact(FactState.KNOWN, story),
            "kind": ParsedFact(FactState.KNOWN, self.kind),
            "breach_types": ParsedFact(FactState.KNOWN, list(self.breach_types)),
        }


@dataclass(frozen=True)
class DrillForm:
    """What a drill is asked to be; ``speed`` is one of ``SPEEDS`` as text, or ``own`` with ``minutes``."""

    scenario: str
    speed: str
    minutes: str = ""
    note: str = ""

    @property
    def ladder_in_minutes(self) -> int:
        """In how many minutes the 72 hours pass.

        Raises:
            ValueError: none that can be read; ask ``faults`` first.
        """
        return int(self.minutes if self.speed == OWN else self.speed)

    @property
    def factor(self) -> float:
        """How many hours of the ladder pass in one."""
        return LADDER_MINUTES / self.ladder_in_minutes


def words() -> Mapping[str, Any]:
    """The texts of drills (law/texts)."""
    return of_version("texts", "drills", "1")


def scenarios() -> tuple[Scenario, ...]:
    """The stories to choose from."""
    return tuple(Scenario(**{**story, "breach_types": tuple(story["breach_types"])}) for story in words()["scenarios"])


def scenario(key: str) -> Scenario:
    """One story.

    Raises:
        LookupError: there is none of that name.
    """
    found = {one.id: one for one in scenarios()}
    return found[key]


def faults(form: DrillForm) -> list[FieldError]:
    """Everything that is wrong with what a drill is asked to be."""
    errors = []
    if form.scenario not in {one.id for one in scenarios()}:
        errors.append(FieldError("scenario", "required", CHOOSE))
    if form.speed not in {OWN, *(str(one) for one in SPEEDS)}:
        errors.append(FieldError("speed", "required", CHOOSE))
    elif form.speed == OWN and not _may_be(form.minutes):
        errors.append(FieldError("minutes", "number", MINUTES))
    if len(form.note) > LONGEST_NOTE:
        errors.append(FieldError("note", "too-long", TOO_LONG, {"limit": str(LONGEST_NOTE)}))
    return errors


def _may_be(minutes: str) -> bool:
    plain = minutes.isascii() and minutes.isdecimal() and len(minutes) <= len(str(LADDER_MINUTES))
    return plain and FEWEST_MINUTES <= int(minutes) <= LADDER_MINUTES


def is_over(deadline: datetime, now: datetime, scheduled: Iterable[str]) -> bool:
    """Whether a drill has nothing left to show: its deadline has passed, and of each rung the first has gone out.

    ``scheduled`` are the names of the stages still planned; ``overdue-2`` and later repeats are not waited for.
    """
    return now >= deadline and all(_is_repeat(name) for name in scheduled)


def _is_repeat(name: str) -> bool:
    _, _, count = name.partition("-")
    return bool(count) and int(count) > 1


def period_of(speed: float) -> timedelta:
    """How long the 72 hours take at a speed."""
    return timedelta(minutes=LADDER_MINUTES / speed)
