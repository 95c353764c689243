"""The facts of a breach: versioned, with who said them and when; ``unknown`` is a value (GDPR Art. 33(4), 33(5))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from incidents.base.errors import FieldError, InvalidInput
from incidents.rules.readers import JsonValue, Problems, read
from incidents.rules.vocabulary import VERSION, code_label, help_text, label, vocabulary

__all__ = [
    "VERSION",
    "Fact",
    "FactState",
    "Facts",
    "JsonValue",
    "ParsedFact",
    "amend",
    "code_label",
    "help_text",
    "label",
    "open_tag_warnings",
    "validate",
    "vocabulary",
]


class FactState(StrEnum):
    """Whether a fact is known, not known, or still being found out (both of the last must be shown as such)."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    TO_BE_DETERMINED = "to_be_determined"


@dataclass(frozen=True)
class ParsedFact:
    """What somebody said about one fact, checked: a state, and a value when known."""

    state: FactState
    value: JsonValue = None


Parsed: TypeAlias = Mapping[str, ParsedFact]


@dataclass(frozen=True)
class Fact:
    """One fact as recorded: its value, who said it, when (UTC), in which version of the case, and why it changed."""

    key: str
    state: FactState
    value: JsonValue
    said_by: str
    said_at: datetime
    version: int
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """All facts of an incident as of one version. Nothing is edited in place: see :func:`amend`."""

    version: int
    by_key: Mapping[str, Fact] = field(default_factory=dict)

    def get(self, key: str) -> Fact | None:
        """The fact as recorded, or None when nobody has said anything about it."""
        return self.by_key.get(key)

    def state(self, key: str) -> FactState:
        """The state of a fact; unknown when nobody has said anything about it."""
        fact = self.by_key.get(key)
        return fact.state if fact else FactState.UNKNOWN

    def is_known(self, key: str) -> bool:
        """Whether there is a value."""
        return self.state(key) is FactState.KNOWN

    def value(self, key: str, default: JsonValue = None) -> JsonValue:
        """The value, or the default when it is not known."""
        fact = self.by_key.get(key)
        return fact.value if fact and fact.state is FactState.KNOWN else default

    def values(self) -> dict[str, JsonValue]:
        """Every known value by its key."""
        return {key: fact.value for key, fact in self.by_key.items() if fact.state is FactState.KNOWN}

    @classmethod
    def of(
        cls, values: Mapping[str, object], *, at: datetime = datetime(2026, 1, 1, tzinfo=UTC), by: str = "example"
    ) -> "Facts":
        """Facts from plain values, all said at once by one person; None means unknown.

        Raises:
            InvalidInput: a value does not fit the vocabulary.
        """
        parsed, errors = validate(values)
        if errors:
            raise InvalidInput(errors)
        return amend(cls(version=0), parsed, by=by, at=at)


def amend(facts: Facts, parsed: Parsed, *, by: str, at: datetime, reason: str = "") -> Facts:
    """The next version of the facts: what was said replaces what stood there, the rest stays as it was.

    ``at`` is an aware UTC instant. The older version remains valid for whatever was judged or filed on it.
    """
    version = facts.version + 1
    said = {key: Fact(key, one.state, one.value, by, at, version, reason) for key, one in parsed.items()}
    return Facts(version, {**facts.by_key, **said})


def _read_fact(key: str, raw: object, path: str, problems: Problems) -> ParsedFact:
    """One fact: null, empty text and ``unknown`` all mean unknown."""
    if raw is None or (isinstance(raw, str) and raw.strip() in {"", "unknown"}):
        return ParsedFact(FactState.UNKNOWN)
    if raw == FactState.TO_BE_DETERMINED:
        return ParsedFact(FactState.TO_BE_DETERMINED)
    return ParsedFact(FactState.KNOWN, read(vocabulary()[key], raw, path, problems))


def validate(values: Mapping[str, object], *, root: str = "facts") -> tuple[dict[str, ParsedFact], list[FieldError]]:
    """Check a partial mapping of facts from the API, a form or a file against the vocabulary.

    A value is the plain value, ``unknown`` or ``to_be_determined``; null and empty text mean unknown. Every faulty
    field is named by its path below ``root`` (``facts.recipient.kind``); the facts that are right are returned
    beside the errors, so that nothing typed is lost.
    """
    parsed: dict[str, ParsedFact] = {}
    problems = Problems(())
    for key, raw in values.items():
        path = f"{root}.{key}" if root else str(key)
        mine = Problems(())
        if key not in vocabulary():
            mine.no_such_field(path, str(key), vocabulary())
        else:
            fact = _read_fact(key, raw, path, mine)
            if not mine:
                parsed[key] = fact
        problems.extend(mine)
    return parsed, list(problems)


def open_tag_warnings(parsed: Parsed, *, root: str = "facts") -> list[FieldError]:
    """A warning for each tag of an open list (vulnerable, context, mitigations, …) that the vocabulary does not name.

    Such a tag is kept, but no rule can read it: somebody should look whether a named one was meant.
    """
    warnings = Problems(())
    for key, fact in parsed.items():
        found = vocabulary()[key]
        if found.type == "open_codes" and isinstance(fact.value, list):
            for place, tag in enumerate(fact.value):
                if tag not in found.codes:
                    warnings.unnamed_tag(f"{root}.{key}[{place}]" if root else f"{key}[{place}]", str(tag), found.codes)
    return list(warnings)
