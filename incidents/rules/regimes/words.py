"""The words of duties: why a report is due when it is, what it waits for, how sure the law data are."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from incidents.base.dated import of_version
from incidents.rules.regimes.law import catalogue, duty_of_version

VERSION = "1"


def _texts() -> Mapping[str, Any]:
    return of_version("texts", "deadlines", VERSION)


def code_words(code: str, lang: str) -> str:
    """The sentence for a code of ``DueReport.why`` or ``warnings``, in ``hu`` or ``en``.

    Raises:
        LookupError: there is no such code.
    """
    words: str = _texts()["codes"][code][lang]
    return words


def anchor_words(anchor: str, lang: str) -> str:
    """What a period is counted from, as the words of a label: «a jelentőssé minősítés időpontja».

    Raises:
        LookupError: there is no such anchor.
    """
    words: str = _texts()["anchors"][anchor.partition(":")[0]][lang]
    return words


def setting_words(param: str, lang: str) -> str:
    """What the law leaves to the organisation or the case, as the words of a question.

    Raises:
        LookupError: there is no such setting.
    """
    words: str = _texts()["settings"][param][lang]
    return words


def setting_help(param: str, lang: str) -> str:
    """A help for a setting or an anchor, with its legal source; empty when it has none."""
    words: str = _texts()["help"].get(param, {}).get(lang, "")
    return words


def choices_of(param: str, lang: str) -> tuple[tuple[str, str], ...]:
    """The answers a setting offers, as codes and words; none where a number is asked."""
    return tuple((code, words[lang]) for code, words in _texts()["choices"].get(param, {}).items())


def certainty_words(code: str, lang: str) -> str:
    """How sure the data of a regime are: read in the law itself, in a second source, or unknown.

    Raises:
        LookupError: there is no such code.
    """
    words: str = _texts()["certainty"][code][lang]
    return words


def part_words(part: str, lang: str) -> str:
    """The name of a part of the law data that nobody has verified yet.

    Raises:
        LookupError: there is no such part.
    """
    words: str = _texts()["parts"][part][lang]
    return words


@cache
def clock_words(regime_id: str, version: str, report: str, lang: str) -> str:
    """What a clock is about: the duty, and which of its reports where there are several.

    Raises:
        NoSuchLawError: there is no such version.
    """
    duty = duty_of_version(regime_id, version)
    label = duty.label[lang]
    name = next((one.label[lang] for one in duty.reports if one.name == report), "")
    return f"{label}: {name}" if name and len(duty.reports) > 1 else label


@cache
def regime_names(lang: str) -> tuple[tuple[str, str], ...]:
    """Every regime with the name of its newest version, that of Art. 33 first."""
    newest = {duty.id: duty.label[lang] for duty in sorted(catalogue().duties, key=lambda duty: duty.applies_from)}
    return tuple(sorted(newest.items(), key=lambda one: (one[0] != "gdpr-33", one[1])))
