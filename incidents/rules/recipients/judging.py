"""Row by row: who it is, what is odd about it, and who is already on the list. Nobody is lost silently."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from incidents.rules.recipients.address import abroad, email_address, is_home_postcode, same_email
from incidents.rules.recipients.columns import bare
from incidents.rules.recipients.person import Person

LONGEST = 200
"""Signs of any one cell that is kept."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_LANGUAGES = {
    **dict.fromkeys(("hu", "hun", "huhu", "m", "magyar", "hungarian", "hungary"), "hu"),
    **dict.fromkeys(("en", "eng", "engb", "enus", "a", "angol", "english"), "en"),
}
_CHANNELS = {
    **dict.fromkeys(("email", "mail", "e", "elektronikus"), "email"),
    **dict.fromkeys(("post", "posta", "postai", "p", "level", "letter", "papir"), "post"),
}
REFUSING = ("duplicate", "nobody", "too-long")
"""Findings for which a row is left out; every other one is only mentioned."""
FINDINGS = (
    *REFUSING,
    "bad-email",
    "no-address",
    "incomplete-address",
    "shared-email",
    "line-break",
    "formula",
    "unknown-language",
)


@dataclass(frozen=True)
class Judged:
    """A row of the list after a look at it; without a person it is left out."""

    line: int
    person: Person | None
    findings: tuple[str, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)
    """What stood there, for whoever has to correct it."""

    @property
    def identity(self) -> str:
        """What two rows about one person have in common: the name, and the address the letter goes to.

        Whoever has no address at all cannot be told apart by one: two people may share a name.
        """
        name = bare(self.person.name) if self.person else ""
        return f"{name}|{self.address}" if self.address else f"{name}|line {self.line}"

    @property
    def address(self) -> str:
        """The spelling by which an address is found again; empty without one."""
        if self.person is None:
            return ""
        if self.person.email:
            return same_email(self.person.email)
        parts = [bare(part) for part in (self.person.postcode, self.person.town, self.person.street)]
        return "|".join(parts) if any(parts) else ""


@dataclass
class Judge:
    """Reads rows by their columns; remembers whom it has seen, in a few bytes each."""

    columns: Mapping[str, int]
    language: str = "hu"
    """For whoever the list gives no language, or one we have no letter in."""
    _seen: set[int] = field(default_factory=set)
    _emails: set[int] = field(default_factory=set)

    def judge(self, line: int, cells: Sequence[str]) -> Judged | None:
        """One row; nothing for an empty one."""
        raw = {name: cells[place] for name, place in self.columns.items() if place < len(cells) and cells[place]}
        if not any(text.strip() for text in raw.values()):
            return None
        if any(len(text) > LONGEST for text in raw.values()):
            return Judged(line, None, ("too-long",), raw)
        person, findings = _read(raw, self.language)
        if not (person.name or person.email or person.street):
            return Judged(line, None, ("nobody",), raw)
        return self._compared(Judged(line, person, tuple(findings), raw))

    def _compared(self, row: Judged) -> Judged:
        """Whether somebody was on the list before: the same name at the same address is the same person."""
        key = hash(row.identity)
        if key in self._seen:
            return replace(row, person=None, findings=("duplicate",))
        self._seen.add(key)
        if row.person and row.person.email:
            shared = hash(row.address)
            if shared in self._emails:
                row = replace(row, findings=(*row.findings, "shared-email"))
            self._emails.add(shared)
        return row


def _read(raw: Mapping[str, str], default_language: str) -> tuple[Person, list[str]]:
    findings = [code for code, there in (("line-break", _has_break(raw)), ("formula", _has_formula(raw))) if there]
    said = {name: _one_line(text) for name, text in raw.items()}
    language = _LANGUAGES.get(bare(said.get("language", "")), "")
    if said.get("language") and not language:
        findings.append("unknown-language")
    person = Person(
        name=said.get("name") or " ".join(filter(None, (said.get("family_name"), said.get("given_name")))),
        # A line break in an address is an attempt to add a header, or a broken row: either way it is no address.
        email="" if _breaks(raw.get("email", "")) else email_address(raw.get("email", "")),
        postcode=said.get("postcode", ""),
        town=said.get("town", ""),
        street=said.get("street", ""),
        country=abroad(said.get("country", ""), bare(said.get("country", ""))),
        language=language or default_language,
        salutation=said.get("salutation", ""),
    )
    if raw.get("email", "").strip() and not person.email:
        findings.append("bad-email")
    return _with_channel(person, bare(said.get("channel", "")), findings), findings


def _with_channel(person: Person, wanted: str, findings: list[str]) -> Person:
    """By e-mail where there is an address, else by post; as the list wishes where that is possible."""
    home_code = bool(person.country) or is_home_postcode(person.postcode)
    postable = person.postable and home_code
    if (person.street or person.town or person.postcode) and not postable:
        findings.append("incomplete-address")
        person = replace(person, postcode=person.postcode if home_code else "")
    possible = [channel for channel, there in (("email", person.email), ("post", postable)) if there]
    wish = _CHANNELS.get(wanted)
    if not possible:
        findings.append("no-address")
        return replace(person, channel="none")
    return replace(person, channel=wish if wish in possible else possible[0])


def _has_break(raw: Mapping[str, str]) -> bool:
    return any(_breaks(text) for text in raw.values())


def _breaks(text: str) -> bool:
    return not text.isprintable() and len(text.strip().splitlines()) > 1


def _has_formula(raw: Mapping[str, str]) -> bool:
    return any(text.lstrip().startswith(_FORMULA) for name, text in raw.items() if name != "email")


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
    return " ".join(text.split())


@dataclass
class Findings:
    """What a look at a whole list has found: counts of all, and the first rows of each kind by line number."""

    keep: int = 200
    rows: int = 0
    people: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    shown: list[Judged] = field(default_factory=list)
    sample: list[Judged] = field(default_factory=list)

    def take(self, row: Judged) -> None:
        """Count one row."""
        self.rows += 1
        for code in row.findings:
            self.counts[code] = self.counts.get(code, 0) + 1
        if row.findings and len(self.shown) < self.keep:
            self.shown.append(row)
        if row.person is None:
            return
        self.people += 1
        self.channels[row.person.channel] = self.channels.get(row.person.channel, 0) + 1
        self.languages[row.person.language] = self.languages.get(row.person.language, 0) + 1
        if len(self.sample) < 5:
            self.sample.append(row)

    @classmethod
    def of(cls, rows: Iterable[Judged | None]) -> "Findings":
        """Everything found in these rows."""
        found = cls()
        for row in rows:
            if row is not None:
                found.take(row)
        return found

    @property
    def doubtful(self) -> bool:
        """Whether the columns look wrongly chosen: nobody, or hardly anybody, could be written to.

        Wrong columns show as addresses that are none; half of the rows is far beyond any list kept with care.
        """
        unusable = sum(self.counts.get(code, 0) for code in ("bad-email", "nobody", "too-long"))
        return self.rows > 0 and (self.people == 0 or 2 * unusable > self.rows or self.unreachable == self.people)

    @property
    def unreachable(self) -> int:
        """People the list gives no address for."""
        return self.channels.get("none", 0)

    def summary(self) -> dict[str, object]:
        """The counts as they are kept: numbers only, nobody's data."""
        return {
            "rows": self.rows,
            "people": self.people,
            "channels": self.channels,
            "languages": self.languages,
            "findings": self.counts,
            "doubtful": self.doubtful,
        }
