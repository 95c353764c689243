"""What a source says about a field: a value that no language changes, and its lines in each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias, cast

from incidents.base.hungarian import format_date, format_number
from incidents.base.time import ZonedInstant
from incidents.rules.draft.words import Texts, moment, paragraphs, stored_moment
from incidents.rules.facts import JsonValue
from incidents.rules.form.model import LANGUAGES, FormField, mark

Lines: TypeAlias = Mapping[str, tuple[str, ...]]
NO_LINES: Lines = dict.fromkeys(LANGUAGES, ())


class State(StrEnum):
    """Whether a source answers a field, says that the answer will follow, or has none."""

    FILLED = "filled"
    TO_BE_DETERMINED = "to_be_determined"
    NONE = "none"


@dataclass(frozen=True)
class Found:
    """An answer: its state, its value (option ids, text, number, ISO date) and its lines in each language.

    ``silent`` marks a source that was answered and still says nothing about this field: it is then answered in the
    form.
    """

    state: State = State.NONE
    value: JsonValue = None
    lines: Lines = field(default_factory=lambda: NO_LINES)
    silent: bool = False


NOTHING = Found()
SILENT = Found(silent=True)
TBD = Found(State.TO_BE_DETERMINED)


def said(value: JsonValue, lines: Lines) -> Found:
    """An answer with its words; nothing when the value is empty."""
    return Found(State.FILLED, value, lines) if value not in (None, "", []) else NOTHING


def text(typed: object) -> Found:
    """What somebody typed, the same in both languages."""
    lines = paragraphs(typed)
    return said("\n".join(lines), dict.fromkeys(LANGUAGES, lines))


def phrased(name: str, **places: str) -> dict[str, str]:
    """A shared phrase with its places filled, in each language."""
    phrase = mark(name, "phrases")
    return {lang: phrase.in_language(lang).format(**places) for lang in LANGUAGES}


def joined(parts: Sequence[Mapping[str, str]]) -> Found:
    """Several phrases as the lines of one answer; the Hungarian wording is its value."""
    lines = {lang: tuple(part[lang] for part in parts) for lang in LANGUAGES}
    return said("\n".join(lines["hu"]), lines)


def chosen(spec: FormField, *options: str) -> Found:
    """One option of a field, or several in the order of the form; the form's own «to be determined» is that state."""
    ordered = [one for one in spec.options if one in options]
    if not ordered:
        return NOTHING
    lines = {lang: tuple(spec.options[one].label.in_language(lang) for one in ordered) for lang in LANGUAGES}
    state = State.TO_BE_DETERMINED if any(spec.options[one].tbd for one in ordered) else State.FILLED
    return Found(state, cast("JsonValue", ordered) if spec.many else ordered[0], lines)


def instant(at: ZonedInstant) -> Found:
    """A moment in the zone it was entered in; the value is ISO 8601 with its offset."""
    return said(at.local.isoformat(), {lang: (moment(at, lang),) for lang in LANGUAGES})


def day(on: date) -> Found:
    """A day."""
    return said(on.isoformat(), {lang: (format_date(on, lang),) for lang in LANGUAGES})


def number(count: int) -> Found:
    """A whole number; zero is one."""
    return said(count, {lang: (format_number(count, lang),) for lang in LANGUAGES})


def countries(codes: Sequence[str], texts: Mapping[str, Texts]) -> Found:
    """Countries by their names."""
    return said(list(codes), {lang: tuple(texts[lang].country(code) for code in codes) for lang in LANGUAGES})


def by_country(numbers: Mapping[str, int], texts: Mapping[str, Texts]) -> Found:
    """A number for each country."""
    lines = {
        lang: tuple(
            phrased("by_country", country=texts[lang].country(code), number=format_number(count, lang))[lang]
            for code, count in numbers.items()
        )
        for lang in LANGUAGES
    }
    return said(dict(numbers), lines) if numbers else NOTHING


def typed(spec: FormField, value: JsonValue, texts: Mapping[str, Texts]) -> Found:
    """An answer given in the form, as ``answers.validate_answers`` keeps it."""
    if value == State.TO_BE_DETERMINED:
        return chosen(spec, spec.tbd_option) if spec.tbd_option else TBD
    if value is None:
        return NOTHING
    if spec.options:
        return chosen(spec, *(cast("list[str]", value) if spec.many else [str(value)]))
    return _typed_plain(spec.type, value, texts)


def _typed_plain(kind: str, value: JsonValue, texts: Mapping[str, Texts]) -> Found:
    match kind:
        case "checkbox":
            words = mark("yes" if value else "no")
            shown = said(value, {lang: (words.in_language(lang),) for lang in LANGUAGES})
        case "date":
            shown = day(date.fromisoformat(cast("str", value)))
        case "datetime":
            shown = instant(moment_of(value))
        case "number":
            shown = number(cast("int", value))
        case "countries":
            shown = countries(cast("list[str]", value), texts)
        case "numbers_by_country":
            shown = by_country(cast("Mapping[str, int]", value), texts)
        case _:
            shown = text(value)
    return shown


def moment_of(value: JsonValue) -> ZonedInstant:
    """A stored instant, or ISO 8601 text with an offset."""
    return stored_moment(value) if isinstance(value, dict) else ZonedInstant(datetime.fromisoformat(str(value)))
