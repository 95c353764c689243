"""Legal words with a short help and their source, as pages show them beside the word."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from incidents.base.dated import of_version
from incidents.rules.vocabulary import Words


@dataclass(frozen=True)
class Term:
    """A legal word: what it means in plain words, and where that comes from.

    ``said`` is a regular expression: how the word stands in the English sentences of a page.
    """

    id: str
    said: str
    word: Words
    help: Words
    source: Words


@cache
def terms() -> Mapping[str, Term]:
    """Every legal word that has a help, by its code."""
    return {
        code: Term(
            code, data["said"], *(Words(data[part]["hu"], data[part]["en"]) for part in ("word", "help", "source"))
        )
        for code, data in of_version("vocabulary", "terms", "1")["terms"].items()
    }
