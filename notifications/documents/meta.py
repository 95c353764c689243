"""What every document carries beside its text: title, language, reference, version, hash; and where templates are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
"""The folder of the templates: beside the packages, in the source tree and in the installed wheel alike."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "hu": {
        "locale": "hu-HU",
        "reference": "Hivatkozási szám",
        "version": "{version}. változat",
        "draft": "Tervezet",
        "hash": "A szöveg lenyomata (SHA-256)",
        "page": "{page}. oldal, összesen {pages}",
        "yes": "igen",
        "no": "nem",
        "empty": "Nincs megjeleníthető tétel.",
    },
    "en": {
        "locale": "en-GB",
        "reference": "Reference",
        "version": "version {version}",
        "draft": "Draft",
        "hash": "Fingerprint of the text (SHA-256)",
        "page": "Page {page} of {pages}",
        "yes": "yes",
        "no": "no",
        "empty": "There is nothing to show.",
    },
}
"""The few words that writers print themselves."""


_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without control characters and direction overrides: no format can print them, some can be fooled."""
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True)
class DocumentMeta:
    """The frame of one document. ``created_at`` is an aware instant: the same input makes the same bytes.

    ``version`` and ``sha256`` are empty on a draft that is not frozen; ``letterhead`` has one line per line.
    """

    title: str
    lang: str
    reference: str
    version: str
    sha256: str
    created_at: datetime
    letterhead: str = ""
    author: str = ""

    def __post_init__(self) -> None:
        """Keep only what can be printed: these texts are typed by people too."""
        for name in ("title", "reference", "version", "letterhead", "author"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    @property
    def words(self) -> Mapping[str, str]:
        """The writers' own words in the language of the document."""
        return WORDS[self.lang]

    @property
    def letterhead_lines(self) -> tuple[str, ...]:
        """The lines of the letterhead, the name of the sender first."""
        return tuple(line.strip() for line in self.letterhead.splitlines() if line.strip())

    @property
    def imprint(self) -> str:
        """Reference and version as the footer prints them: ``FUT-2026/0001 · 2. változat``; without either, the title.

        A register has neither, and is no draft.
        """
        if not self.reference and not self.version:
            return self.title
        version = self.words["version"].format(version=self.version) if self.version else self.words["draft"]
        return f"{self.reference} · {version}"

    @property
    def fingerprint(self) -> str:
        """The hash as the footer prints it; empty on a draft."""
        return f"{self.words['hash']}: {self.sha256}" if self.sha256 else ""
