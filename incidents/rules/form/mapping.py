"""From the fields of a form to the authority's own entry: a mapping an operator can complete, with visible gaps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from incidents.base.dated import in_force
from incidents.rules.form.filling import FilledField, FilledForm
from incidents.rules.form.model import mark, words
from incidents.rules.vocabulary import Words


@dataclass(frozen=True)
class MappedEntry:
    """One place of the authority's entry: which fields go there, and its own screen and label, empty while unknown."""

    id: str
    title: Words
    article: Words
    screen: str
    label: str
    fields: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether somebody has seen it on the live entry."""
        return bool(self.label)

    @property
    def shown(self) -> Words:
        """Screen and label as a sheet prints them; a mark while unknown."""
        name = " › ".join(part for part in (self.screen, self.label) if part)
        return Words(name, name) if self.known else mark("unknown_entry")


@dataclass(frozen=True)
class EntryMapping:
    """The authority's entry in one version; ``asks`` says yes, no or unknown for what a template leaves open."""

    version: str
    title: Words
    note: Words
    entries: tuple[MappedEntry, ...]
    asks: Mapping[str, str] = field(default_factory=dict)

    @property
    def gaps(self) -> tuple[str, ...]:
        """The ids of the entries nobody has completed yet."""
        return tuple(entry.id for entry in self.entries if not entry.known)

    def carried(self, filled: FilledForm) -> tuple[tuple[MappedEntry, tuple[FilledField, ...]], ...]:
        """Each entry with the fields of a filled form that go there; entries without any are left out."""
        pairs = ((entry, tuple(filled.fields[one] for one in entry.fields)) for entry in self.entries)
        shown = ((entry, tuple(one for one in fields if one.shown)) for entry, fields in pairs)
        return tuple((entry, fields) for entry, fields in shown if fields)


def naih_mapping(on: date, completed: Mapping[str, Mapping[str, str]] | None = None) -> EntryMapping:
    """NAIH's own entry as far as it is known on a day. Its field list is not public: nothing here is a guess.

    ``completed`` is what the operator has filled in: entry id to ``screen`` and ``label``, and ``asks`` to yes or no
    for ``national_id`` and ``declaration``.

    Raises:
        NoSuchLawError: no mapping applies.
    """
    law, known = in_force("forms", "naih-online", on), completed or {}
    entries = tuple(
        MappedEntry(
            id=entry["id"],
            title=words(entry["title"]),
            article=words(entry["article"]),
            screen=known.get(entry["id"], {}).get("screen", entry["screen"]),
            label=known.get(entry["id"], {}).get("label", entry["label"]),
            fields=tuple(entry["fields"]),
        )
        for entry in law["entries"]
    )
    asks = {**law["asks"], **known.get("asks", {})}
    return EntryMapping(law["version"], words(law["title"]), words(law["note"]), entries, asks)
