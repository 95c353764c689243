"""What is blacked out of a register that leaves the house: names that are known, and what looks like personal data."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from incidents.base.dated import of_version

SHORTEST_NAME = 4
"""Below this a "name" would black out words that are none."""


def law() -> Mapping[str, Any]:
    """The kinds of personal data that are hidden, with their words, reasons and sources."""
    return of_version("texts", "redaction", "1")


def kinds(lang: str) -> list[tuple[str, str, str]]:
    """What is hidden: the code, the name and the reason of each kind, in a language."""
    return [(one["id"], one["name"][lang], one["reason"][lang]) for one in law()["kinds"]]


@dataclass
class Redaction:
    """Blacks out texts in a language, and counts what it has hidden.

    ``names`` are those of everybody the register knows: staff, reporters, contacts. Hungarian endings stay readable
    ("[kitakarva: név]nak"). What nobody has named to the service and looks like no number or address cannot be found.
    """

    names: Iterable[str]
    lang: str
    hidden: Counter[str] = field(default_factory=Counter)
    """How often something of each kind was hidden."""

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        known = sorted({name.strip() for name in self.names if len(name.strip()) >= SHORTEST_NAME}, key=len)
        listed = [(one["id"], re.compile(one["pattern"])) for one in law()["kinds"] if one.get("pattern")]
        if not known:
            return listed
        anyone = "|".join(re.escape(name) for name in reversed(known))
        return [("name", re.compile(rf"(?<!\w)(?:{anyone})", re.IGNORECASE)), *listed]

    @cached_property
    def _marks(self) -> Mapping[str, str]:
        return {one["id"]: one["mark"][self.lang] for one in law()["kinds"]}

    def text(self, said: str) -> str:
        """A text without what is hidden; in its place stands what kind of thing it was."""
        for kind, pattern in self._patterns:
            said, count = pattern.subn(self._marks[kind], said)
            self.hidden[kind] += count
        return said

    def row(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """A line of the register with every text blacked out; days and numbers stay."""
        return {key: self.text(cell) if isinstance(cell, str) else cell for key, cell in cells.items()}
