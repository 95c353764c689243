"""Whether a letter is in clear and plain language (Art. 12(1), 34(2)): sentences, jargon, Hungarian articles."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from incidents.base.dated import in_force
from incidents.base.hungarian import article
from incidents.rules.vocabulary import Words

_END = re.compile(r"(?<=[.!?…])[”\"')\]]*\s+(?=[„\"'(\[]?[A-ZÁÉÍÓÖŐÚÜŰ])")
_GAP = re.compile(r"[ \t\n]+")
_ARTICLE = re.compile(r"\b(az?)\s+(?=[^\s(])([„\"']*(?:\d+\.|[IVXLC]+\.|[^\s,.;:!?)]+))", re.IGNORECASE)
_WHOLE = (".", "!", "?", "…", ":")
"""What a sentence ends with; a heading or the name of a field does not count for the average."""
_EXCERPT, _BESIDE = 90, 40
"""Signs of a sentence that are quoted, and of what stands on either side of a word."""


@dataclass(frozen=True)
class ReadabilityHint:
    """One thing that makes a letter hard to read: its code, the place in the text, and what to do."""

    code: str
    where: str
    text: Words


def readability(text: str, lang: str, on: date, *, inserted: Sequence[str] = ()) -> tuple[ReadabilityHint, ...]:
    """Every hint on a plain text in ``hu`` or ``en``; empty for a text people understand.

    ``inserted`` are words that were put into the text by a program or a person (a name, a number): in Hungarian the
    article before each of them is checked by its sound.

    Raises:
        NoSuchLawError: no rules apply on that day.
    """
    law = in_force("texts", "readability", on)
    found = [*_long_sentences(text, lang, law), *_jargon(text, lang, law)]
    return tuple(found + list(_articles(text, law, inserted) if lang == "hu" else ()))


def sentences(text: str, lang: str, on: date) -> list[str]:
    """The sentences of a text: each line is at least one; dots of dates, numbers and abbreviations end none.

    Raises:
        NoSuchLawError: no rules apply on that day.
    """
    return list(_sentences(text, in_force("texts", "readability", on)["abbreviations"][lang]))


def word_count(sentence: str) -> int:
    """The words of a sentence; numbers with gaps that do not break count once, signs do not."""
    return sum(any(sign.isalnum() for sign in part) for part in _GAP.split(sentence))


def article_faults(text: str, inserted: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Wrong Hungarian articles with what is right: ``("a incidens", "az incidens")``.

    «a» is an article wherever it stands. «az» may be a pronoun, so it is judged before names, numbers and the
    words that were inserted.
    """
    starts = tuple(word.split()[0] for word in inserted if word.split())
    found = []
    for match in _ARTICLE.finditer(text):
        given, word = match.groups()
        judged = given.lower() == "a" or word.startswith(starts) or not word.lstrip("„\"'")[:1].islower()
        right = article(word, capital=given[0].isupper())
        if judged and given != right and given.lower() != right.lower():
            found.append((match.group(), f"{right} {word}"))
    return found


def _sentences(text: str, abbreviations: Sequence[str]) -> Iterator[str]:
    for line in text.splitlines():
        held: list[str] = []
        for part in _END.split(line.strip()):
            held.append(part)
            if not _goes_on(part, abbreviations):
                yield " ".join(held)
                held = []
        if held:
            yield " ".join(held)


def _goes_on(part: str, abbreviations: Sequence[str]) -> bool:
    """Whether the dot at the end belongs to an abbreviation or an initial."""
    last = (part.split() or [""])[-1].lstrip("(„\"'")
    word = last.removesuffix(".")
    return last.endswith(".") and (word.casefold() in abbreviations or (len(word) == 1 and word.isalpha()))


def _hint(law: Mapping[str, Any], code: str, where: str, **places: str) -> ReadabilityHint:
    said = {lang: law["hints"][code][lang].format(**places) for lang in ("hu", "en")}
    return ReadabilityHint(code, where, Words(**said))


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rsplit(' ', 1)[0]}…"


def _long_sentences(text: str, lang: str, law: Mapping[str, Any]) -> Iterator[ReadabilityHint]:
    limits, lengths = law["limits"][lang], []
    for sentence in _sentences(text, law["abbreviations"][lang]):
        words = word_count(sentence)
        lengths += [words] if sentence.endswith(_WHOLE) else []
        if words > limits["longest"]:
            yield _hint(law, "long_sentence", _excerpt(sentence), words=str(words), limit=str(limits["longest"]))
    average = sum(lengths) / max(len(lengths), 1)
    if average > limits["average"]:
        yield _hint(law, "long_average", "", words=f"{average:.0f}", limit=str(limits["average"]))


def _jargon(text: str, lang: str, law: Mapping[str, Any]) -> Iterator[ReadabilityHint]:
    for entry in law["jargon"][lang]:
        match = re.search(rf"(?<!\w){re.escape(entry['word'])}", text, re.IGNORECASE)
        if match:
            yield _hint(law, "jargon", _around(text, match), word=match.group().strip(), instead=entry["instead"])


def _around(text: str, match: re.Match[str]) -> str:
    """The place of a word in its line, cut between words."""
    start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
    before = text[start : match.start()][-_BESIDE:]
    after = text[match.end() : end if end >= 0 else None][:_BESIDE]
    before = f"…{before.partition(' ')[2]}" if len(before) == _BESIDE else before
    after = f"{after.rpartition(' ')[0]}…" if len(after) == _BESIDE else after
    return " ".join(f"{before}{match.group()}{after}".split())


def _articles(text: str, law: Mapping[str, Any], inserted: Sequence[str]) -> Iterator[ReadabilityHint]:
    return (_hint(law, "article", wrong, right=right) for wrong, right in article_faults(text, inserted))
