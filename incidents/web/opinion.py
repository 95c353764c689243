"""What the risk test says, in words: the answers, why, what would change them, the nearest case, the score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.base.i18n import translator
from incidents.rules.assess.difference import WHOLE, Moved, answers, by_group, moved
from incidents.rules.assess.flips import Flip, suggested
from incidents.rules.assess.sources import source_label
from incidents.rules.draft.words import Texts, in_words
from incidents.rules.facts import JsonValue
from incidents.rules.vocabulary import code_label, label, vocabulary
from incidents.steps.assess import moved_facts
from incidents.steps.cases import Case
from incidents.store.tables import Assessment
from incidents.web.facts import EMPTY_LIST, spoken_name

UNSAID = frozenset({"document", "clears"})
"""Effects told elsewhere: the register is kept anyway, and what is cleared has its own list."""
ASIDE = frozenset({"exemption", "note"})
"""Effects that decide nothing: what to check next."""


@dataclass(frozen=True)
class Ground:
    """One rule: why the test answers as it does, its sources, and the facts it read."""

    rule: str
    text: str
    sources: str
    evidence: tuple[tuple[str, str], ...] = ()
    about: str = ""
    """The dimension it clears, in words."""


@dataclass(frozen=True)
class Answer:
    """A possible answer to an open question, what the test would say then, and the name of the flip that shows it."""

    text: str
    notify: str
    tell: str
    flip: str


@dataclass(frozen=True)
class OpenQuestion:
    """A fact that nobody knows and that would change the answer."""

    label: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Published:
    """The nearest published case: what its source says, and in what it agrees with this one and differs."""

    title: str
    source: str
    notify: str
    tell: str
    percent: int
    same: tuple[str, ...]
    different: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """The verdict on one group of people; without a name on everybody else, or on everybody."""

    group: str
    notify: str
    """``yes``, ``no`` or ``review``."""
    tell: str
    grounds: tuple[Ground, ...]
    cleared: tuple[Ground, ...]
    notes: tuple[Ground, ...]
    questions: tuple[OpenQuestion, ...]
    warnings: tuple[str, ...]
    enisa: Mapping[str, Any]
    nearest: Published | None

    @property
    def read(self) -> tuple[str, ...]:
        """The names of the facts the rules that decided have read."""
        return tuple(dict.fromkeys(name for ground in self.grounds for name, _ in ground.evidence))


@dataclass(frozen=True)
class Said:
    """The verdict in words: the strictest answers, and the part of each group of people."""

    notify: str
    tell: str
    parts: tuple[Part, ...]
    rule_set: str

    @property
    def grouped(self) -> bool:
        """Whether some people fare otherwise than others."""
        return len(self.parts) > 1


@dataclass(frozen=True)
class Opinion:
    """A kept run of the test; a named person decides."""

    said: Said
    version: int
    facts_version: int
    made_by: str
    made_at: datetime
    outdated: bool
    """Whether facts have been recorded since."""


@dataclass(frozen=True)
class Step:
    """What moved the verdict from one run to the next."""

    facts: tuple[str, ...]
    changed: bool
    groups: tuple["MovedPart", ...]


@dataclass(frozen=True)
class MovedPart:
    """The answers before and after for one group of people, and the rules that came and went."""

    group: str
    before: tuple[str, str]
    after: tuple[str, str]
    gained: tuple[Ground, ...]
    lost: tuple[Ground, ...]


def opinion(case: Case, lang: str, version: int | None = None) -> Opinion | None:
    """A run of the test in a case (the newest without a version), in words; None when there is none."""
    runs = [run for run in case.assessments if version in {None, run.version}]
    if not runs:
        return None
    run: Assessment = runs[-1]
    return Opinion(
        said=in_words_of(run.outcome, lang, run.made_at),
        version=run.version,
        facts_version=run.facts_version,
        made_by=spoken_name(run.made_by, lang),
        made_at=run.made_at,
        outdated=run.facts_version < case.incident.facts_version,
    )


def in_words_of(outcome: Mapping[str, Any], lang: str, on: datetime) -> Said:
    """An explanation of the rules in words."""
    notify, tell = answers(outcome)
    texts = Texts("authority", on.date(), lang)
    parts = tuple(_part(name, said, texts) for name, said in by_group(outcome).items())
    return Said(notify, tell, parts, outcome["rule_set"])


def _part(group: str, said: Mapping[str, Any], texts: Texts) -> Part:
    notify, tell = answers(said)
    rules = said["rules"]
    return Part(
        group=group,
        notify=notify,
        tell=tell,
        grounds=tuple(_ground(one, texts) for one in rules if one["effect"] not in UNSAID | ASIDE),
        cleared=tuple(_ground(one, texts) for one in said["cleared"]),
        notes=tuple(_ground(one, texts) for one in rules if one["effect"] in ASIDE),
        questions=tuple(_question(one, texts) for one in said["unknowns"]),
        warnings=tuple(one["message"][texts.lang] for one in said["warnings"]),
        enisa=said["enisa"],
        nearest=_published(said["nearest"], texts.lang) if said.get("nearest") else None,
    )


def _ground(rule: Mapping[str, Any], texts: Texts) -> Ground:
    """A rule that fired, or one that cleared a dimension."""
    dimension = rule.get("dimension", "")
    return Ground(
        rule=rule.get("id") or rule["rule"],
        text=rule["reason"][texts.lang],
        sources="; ".join(source_label(one, texts.lang) for one in rule["source"]),
        evidence=tuple(
            (label(key, texts.lang), ", ".join(in_words(key, value, texts)))
            for key, value in rule["facts"].items()
            if value not in (None, [])
        ),
        about=code_label("breach_types", dimension, texts.lang) if dimension else "",
    )


def _question(unknown: Mapping[str, Any], texts: Texts) -> OpenQuestion:
    fact = unknown["fact"]
    names = {repr(flip.value): flip.name for flip in suggested(fact)}
    return OpenQuestion(
        unknown["label"][texts.lang],
        tuple(
            Answer(
                _words(fact, one["value"], texts),
                one["notify_authority"],
                one["tell_subjects"],
                names.get(repr(one["value"]), ""),
            )
            for one in unknown["changes"]
        ),
    )


def _published(near: Mapping[str, Any], lang: str) -> Published:
    return Published(
        title=near["title"][lang],
        source=source_label(near["source"], lang),
        notify=near["notify_authority"],
        tell=near["tell_subjects"],
        percent=round(100 * near["likeness"]),
        same=tuple(label(key, lang) for key in near["same"]),
        different=tuple(label(key, lang) for key in near["different"]),
    )


def _words(fact: str, value: JsonValue, texts: Texts) -> str:
    """A possible answer in words; counts are plain numbers here, and no codes at all are «none»."""
    key, _, part = fact.partition(".")
    field = vocabulary()[key].parts[part] if part else vocabulary()[key]
    if field.type == "count":
        return str(value["number"] if isinstance(value, dict) else value)
    if field.type in {"code", "codes", "open_codes"}:
        codes = value if isinstance(value, list) else [value]
        return ", ".join(code_label(fact, str(code), texts.lang) for code in codes) or translator(texts.lang)(
            EMPTY_LIST
        )
    if field.type in {"truth", "number"} or not part:
        return ", ".join(in_words(key, value, texts)) if not part else texts.say("yes" if value else "no")
    return str(value)


def flip_words(flip: Flip, lang: str, on: datetime) -> str:
    """The answer of a flip in words."""
    return _words(flip.fact, flip.value, Texts("authority", on.date(), lang))


def what_moved(case: Case, version: int, lang: str) -> Step | None:
    """What moved the verdict since the run before a version; None for the first run."""
    runs = {run.version: run for run in case.assessments}
    run, before = runs[version], runs.get(version - 1)
    if before is None:
        return None
    facts = moved_facts(case.amendments, before.facts_version, run.facts_version)
    return difference(before.outcome, run.outcome, facts, lang, run.made_at)


def difference(before: Mapping[str, Any], after: Mapping[str, Any], facts: list[str], lang: str, on: datetime) -> Step:
    """Two explanations side by side, in words."""
    texts = Texts("authority", on.date(), lang)
    groups = tuple(_moved(one, texts) for one in moved(before, after))
    return Step(tuple(label(key, lang) for key in facts), any(one.before != one.after for one in groups), groups)


def _moved(one: Moved, texts: Texts) -> MovedPart:
    gained, lost = (tuple(_told(rules, texts)) for rules in (one.gained, one.lost))
    return MovedPart(one.group or WHOLE, one.before, one.after, gained, lost)


def _told(rules: tuple[Mapping[str, Any], ...], texts: Texts) -> Iterator[Ground]:
    return (_ground(rule, texts) for rule in rules)
