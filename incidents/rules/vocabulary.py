"""The vocabulary of facts: one dated list of keys, types, codes and words for API, form, letters and risk test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from incidents.base.dated import of_version

VERSION = "1"
"""The vocabulary new facts are written in."""


@dataclass(frozen=True)
class Words:
    """The same words in Hungarian and English."""

    hu: str
    en: str

    def in_language(self, lang: str) -> str:
        """The words in ``hu``; English for any other language."""
        return self.hu if lang == "hu" else self.en


@dataclass(frozen=True)
class Field:
    """One fact, or one part of a record: its key, its type and its words.

    ``type`` is one of code, codes, open_codes, count, integer, number, truth, text, instant, countries, record.
    ``risk`` marks what the risk test reads.
    """

    key: str
    type: str
    label: Words
    help: Words
    risk: bool = False
    codes: Mapping[str, Words] = field(default_factory=dict)
    parts: Mapping[str, "Field"] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether a code outside the list is an error."""
        return self.type in {"code", "codes"}


def _words(data: Mapping[str, str] | None) -> Words:
    return Words(data["hu"], data["en"]) if data else Words("", "")


def _field(key: str, data: Mapping[str, Any]) -> Field:
    return Field(
        key=key,
        type=data["type"],
        label=_words(data["label"]),
        help=_words(data.get("help")),
        risk=data.get("risk", False),
        codes={code: _words(words) for code, words in data.get("codes", {}).items()},
        parts={name: _field(name, part) for name, part in data.get("parts", {}).items()},
    )


@cache
def vocabulary(version: str = VERSION) -> Mapping[str, Field]:
    """Every fact by its key, in the order of the list.

    Raises:
        NoSuchLawError: there is no such version.
    """
    listed = of_version("vocabulary", "facts", version)["facts"]
    return {key: _field(key, data) for key, data in listed.items()}


def label(key: str, lang: str) -> str:
    """The name of a fact or of a part (``recipient.kind``), as pages and letters print it.

    Raises:
        KeyError: there is no such fact.
    """
    return _find(key).label.in_language(lang)


def help_text(key: str, lang: str) -> str:
    """The short help beside a question; empty for parts that need none.

    Raises:
        KeyError: there is no such fact.
    """
    return _find(key).help.in_language(lang)


def code_label(key: str, code: str, lang: str) -> str:
    """The words for a code; a tag that nobody has named yet is shown as it was written.

    Raises:
        KeyError: there is no such fact.
    """
    words = _find(key).codes.get(code)
    return words.in_language(lang) if words else code


def _find(path: str) -> Field:
    key, _, part = path.partition(".")
    found = vocabulary()[key]
    return found.parts[part] if part else found
