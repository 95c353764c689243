"""The newest run of the risk test in words: what it proposes, why, and which open question would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.rules.draft.words import Texts, in_words
from incidents.rules.vocabulary import vocabulary
from incidents.steps.cases import Case
from incidents.store.tables import Assessment

UNSAID = frozenset({"document"})
"""Effects that hold for every case and need no line of their own."""


@dataclass(frozen=True)
class Ground:
    """Why the test answers as it does, and the sources."""

    text: str
    sources: str


@dataclass(frozen=True)
class OpenQuestion:
    """A fact that nobody knows and that would change the answer: its name, and what would follow."""

    label: str
    changes: tuple[tuple[str, str, str], ...]
    """The possible answer in words, then what the test would say on the authority and on the people."""


@dataclass(frozen=True)
class Opinion:
    """What the test says; a named person decides."""

    notify: str
    """``yes``, ``no`` or ``review``."""
    tell: str
    grounds: tuple[Ground, ...]
    questions: tuple[OpenQuestion, ...]
    warnings: tuple[str, ...]
    enisa: Mapping[str, Any]
    rule_set: str
    made_by: str
    made_at: datetime
    outdated: bool
    """Whether facts have been recorded since."""


def opinion(case: Case, lang: str) -> Opinion | None:
    """The newest run of the test in a case, in words; None before the first."""
    if not case.assessments:
        return None
    newest: Assessment = case.assessments[-1]
    said = newest.outcome
    return Opinion(
        notify=said["notify_authority"],
        tell=said["tell_subjects"],
        grounds=tuple(_grounds(said, lang)),
        questions=tuple(_question(one, Texts("authority", newest.made_at.date(), lang)) for one in said["unknowns"]),
        warnings=tuple(one["message"][lang] for one in said["warnings"]),
        enisa=said["enisa"],
        rule_set=newest.rule_set,
        made_by=newest.made_by,
        made_at=newest.made_at,
        outdated=newest.facts_version < case.facts.version,
    )


def _grounds(said: Mapping[str, Any], lang: str) -> list[Ground]:
    fired: Sequence[Mapping[str, Any]] = [one for one in said["rules"] if one["effect"] not in UNSAID]
    return [Ground(one["reason"][lang], "; ".join(one["source"])) for one in [*fired, *said["cleared"]]]


def _question(unknown: Mapping[str, Any], texts: Texts) -> OpenQuestion:
    changes = (
        (_answer(unknown["fact"], one["value"], texts), one["notify_authority"], one["tell_subjects"])
        for one in unknown["changes"]
    )
    return OpenQuestion(unknown["label"][texts.lang], tuple(changes))


def _answer(fact: str, value: Any, texts: Texts) -> str:
    """A possible answer in words; counts are plain numbers here."""
    if vocabulary()[fact].type == "count":
        return str(value["number"] if isinstance(value, dict) else value)
    return ", ".join(in_words(fact, value, texts))
