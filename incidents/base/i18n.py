"""Words in the person's language: gettext catalogues read from ``incidents/locale/<language>/*.po`` and merged.

Message ids are the English sentences, so English needs no catalogue. Places are named: ``{name}`` in sentences that
Python fills, ``%(name)s`` in templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType

from babel.messages.pofile import read_po

LANGUAGES = ("hu", "en")
DEFAULT_LANGUAGE = "hu"


def msgid(text: str) -> str:
    """Mark a sentence for the catalogues where it is only named, not yet translated; gives it back unchanged."""
    return text


@dataclass(frozen=True)
class Translator:
    """The sentences of one language; a sentence without translation comes back in English."""

    lang: str
    catalogue: Mapping[str, tuple[str, ...]]

    def gettext(self, message: str) -> str:
        """The sentence in this language, its places still open."""
        return self.catalogue.get(message, (message,))[0]

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form for a count; Hungarian nouns stay in the singular after a number."""
        forms = self.catalogue.get(singular, (singular, plural))
        return forms[0] if count == 1 else forms[-1]

    def __call__(self, message: str, **params: object) -> str:
        """The sentence in this language with its ``{places}`` filled."""
        text = self.gettext(message)
        return text.format(**params) if params else text


def known_language(lang: str | None) -> str:
    """The language asked for when there is one by that code, else Hungarian."""
    return lang if lang in LANGUAGES else DEFAULT_LANGUAGE


@cache
def translator(lang: str) -> Translator:
    """The translator of a language; Hungarian for a code nobody knows."""
    lang = known_language(lang)
    merged: dict[str, tuple[str, ...]] = {}
    for name in catalogue_files(lang):
        merged |= read_catalogue(lang, name)
    return Translator(lang, MappingProxyType(merged))


def catalogue_files(lang: str) -> tuple[str, ...]:
    """The names of the catalogue files of a language: one a topic."""
    folder = files("incidents") / "locale" / lang
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".po")))


def read_catalogue(lang: str, name: str) -> dict[str, tuple[str, ...]]:
    """One catalogue file: English sentence (the singular when there are two) to its translated forms."""
    raw = (files("incidents") / "locale" / lang / name).read_bytes()
    found: dict[str, tuple[str, ...]] = {}
    for message in read_po(BytesIO(raw), locale=lang):
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if ids[0] and any(strings):
            found[ids[0]] = tuple(str(one) for one in strings if one)
    return found
