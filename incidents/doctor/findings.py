"""What the doctor has found: how grave, in a sentence, and the way out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from incidents.base.i18n import Translator

GRADES: Final = ("ok", "note", "warn", "fail")
"""``note`` is good to know; ``warn`` works today; ``fail`` means that warnings may not reach anybody."""
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Finding:
    """One thing looked at. Sentences are message ids with named places."""

    grade: str
    said: str
    way_out: str = ""
    places: Mapping[str, str] = field(default_factory=lambda: _NONE)

    def sentence(self, say: Translator) -> str:
        """What was found, in a language."""
        return say(self.said, **self.places)

    def advice(self, say: Translator) -> str:
        """What to do about it, in a language; empty when there is nothing to do."""
        return say(self.way_out, **self.places) if self.way_out else ""


def ok(said: str, **places: str) -> Finding:
    """All is well."""
    return Finding("ok", said, "", places)


def note(said: str, way_out: str, **places: str) -> Finding:
    """Good to know; no fault of this installation."""
    return Finding("note", said, way_out, places)


def warn(said: str, way_out: str, **places: str) -> Finding:
    """It works today."""
    return Finding("warn", said, way_out, places)


def fail(said: str, way_out: str, **places: str) -> Finding:
    """Warnings may not reach anybody."""
    return Finding("fail", said, way_out, places)


def exit_code(findings: Iterable[Finding]) -> int:
    """0: well; 1: there are warnings; 2: there are failures."""
    grades = {finding.grade for finding in findings}
    return 2 if "fail" in grades else int("warn" in grades)
