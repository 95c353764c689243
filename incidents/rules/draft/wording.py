"""What a person writes for the letter in place of a recorded fact, and what makes it hard to read (Art. 34(2))."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from incidents.base.errors import FieldError
from incidents.rules.decide import NO_SUCH_GROUP
from incidents.rules.draft.case import CaseFile
from incidents.rules.draft.subjects import OWN_WORDS, worded
from incidents.rules.draft.words import paragraphs
from incidents.rules.readability import ReadabilityHint, readability

LONGEST_WORDS = 4_000
"""Signs of one part: two pages of a letter."""


@dataclass(frozen=True)
class WordingForm:
    """Own words for the letter in one language, for everybody or for one group of people; empty: the fact stands."""

    language: str
    group: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TextHint:
    """Something that makes a person's own text hard to read, and in which part of the letter."""

    key: str
    hint: ReadabilityHint


def wording_faults(form: WordingForm, groups: Collection[str]) -> list[FieldError]:
    """Every field of a wording that cannot stand; ``groups`` are those the case knows."""
    return list(_faults(form, groups))


def _faults(form: WordingForm, groups: Collection[str]) -> Iterator[FieldError]:
    if form.language not in {"hu", "en"}:
        yield FieldError("language", "required", "Choose the language of the letter.")
    if form.group and form.group not in groups:
        yield FieldError("group", "unknown", NO_SUCH_GROUP, {"group": form.group})
    for key, text in form.words.items():
        if key not in OWN_WORDS:
            yield FieldError(f"words.{key}", "unknown", "This part of the letter cannot be worded apart.")
        elif len(text) > LONGEST_WORDS:
            limit = {"limit": str(LONGEST_WORDS)}
            yield FieldError(f"words.{key}", "too-long", "This is too long: at most {limit} characters.", limit)


def text_hints(case: CaseFile, lang: str) -> tuple[TextHint, ...]:
    """What makes the person's own texts in the letter hard to read: long sentences, jargon, wrong Hungarian articles.

    A text that was recorded as a fact is read in the language of the organisation.

    Raises:
        NoSuchLawError: no rules apply on that day.
    """
    return tuple(_hints(case, lang))


def _hints(case: CaseFile, lang: str) -> Iterator[TextHint]:
    for key in OWN_WORDS:
        own = paragraphs(case.own_words.get(lang, {}).get(key))
        language = lang if own else case.controller.language
        text = "\n".join(worded(case, key, lang))
        for hint in readability(text, language, case.today, inserted=[case.controller.name]):
            yield TextHint(key, hint)
