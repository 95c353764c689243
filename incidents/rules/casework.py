"""The work in a case: playbooks by what happened, tasks, comments and files; none of it is asked for by law."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from incidents.base.dated import every, of_version
from incidents.base.errors import FieldError

LONGEST_TITLE, LONGEST_TEXT = 300, 4_000
WHO = ("it", "handler", "dpo", "manager")
"""Whose hands a step is for."""
TOO_LONG = "This is too long: at most {limit} characters."


@dataclass(frozen=True)
class Step:
    """One step of a playbook: by how many hours from the report, for whose hands, after which example or article."""

    code: str
    role: str
    hours: int
    source: str
    title: Mapping[str, str]

    def due(self, opened_at: datetime) -> datetime:
        """By when it should be done."""
        return opened_at + timedelta(hours=self.hours)


@dataclass(frozen=True)
class Playbook:
    """What is usually done when something of this kind has happened."""

    id: str
    version: str
    label: Mapping[str, str]
    kinds: tuple[str, ...]
    """Codes of the fact ``kind`` it is meant for."""
    facts: tuple[str, ...]
    """Facts that call for it whatever the kind, once one of them is known."""
    sources: tuple[str, ...]
    steps: tuple[Step, ...]

    def fits(self, kind: str, known: Collection[str]) -> bool:
        """Whether it is meant for a kind of incident, or for what is known of it."""
        return kind in self.kinds or any(fact in known for fact in self.facts)


def playbooks(on: date) -> tuple[Playbook, ...]:
    """Every playbook in force on a day."""
    return tuple(
        _playbook(data)
        for data in every("playbooks")
        if data["applies_from"] <= on and not data.get("applies_to", date.max) <= on
    )


def playbook(playbook_id: str, version: str) -> Playbook:
    """A playbook as it was when a case started it.

    Raises:
        NoSuchLawError: there is none.
    """
    return _playbook(of_version("playbooks", playbook_id, version))


def _playbook(data: Mapping[str, object]) -> Playbook:
    given = dict(data)
    steps = tuple(Step(**one) for one in given["steps"])  # type: ignore[attr-defined]
    return Playbook(
        id=str(given["id"]),
        version=str(given["version"]),
        label=given["label"],  # type: ignore[arg-type]
        kinds=tuple(given["kinds"]),  # type: ignore[arg-type]
        facts=tuple(given.get("facts", ())),  # type: ignore[arg-type]
        sources=tuple(given["sources"]),  # type: ignore[arg-type]
        steps=tuple(sorted(steps, key=lambda step: step.hours)),
    )


@dataclass(frozen=True)
class TaskForm:
    """Something to do: what, by when, who."""

    title: str
    due_at: datetime | None = None
    person: str = ""
    """The account of whoever does it; empty: anybody."""


def task_faults(form: TaskForm, able: frozenset[str]) -> list[FieldError]:
    """Every field of a task that cannot stand; ``able`` are the accounts that may work on the case."""
    errors = []
    if not form.title.strip():
        errors.append(FieldError("title", "required", "Say what is to be done."))
    elif len(form.title) > LONGEST_TITLE:
        errors.append(FieldError("title", "too-long", TOO_LONG, {"limit": str(LONGEST_TITLE)}))
    if form.person and form.person not in able:
        errors.append(FieldError("person", "unknown", "Choose somebody who may work on this case."))
    return errors


def text_faults(text: str, path: str, *, needed: bool) -> list[FieldError]:
    """Why a text of a comment or a note cannot stand."""
    if needed and not text.strip():
        return [FieldError(path, "required", "Write a sentence: an empty one says nothing.")]
    if len(text) > LONGEST_TEXT:
        return [FieldError(path, "too-long", TOO_LONG, {"limit": str(LONGEST_TEXT)})]
    return []
