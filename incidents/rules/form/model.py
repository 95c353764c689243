"""A form of an authority as data: sections, fields, options, and when each field is shown or owed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from incidents.base.dated import NoSuchLawError, every, in_force, of_version
from incidents.rules.vocabulary import Words

LANGUAGES = ("hu", "en")
EDPB_BREACH = "edpb-breach"
"""The form that notifications are filled in on for the time being."""

Conditions: TypeAlias = tuple[Mapping[str, frozenset[str]], ...]
"""One of these must hold; each asks for every key (an earlier field, or ``case.…``) to have one of its answers."""


@dataclass(frozen=True)
class FormOption:
    """One choice of a field, with its letter in the form; ``tbd`` may stand only while the filing is incomplete."""

    id: str
    letter: str
    label: Words
    tbd: bool = False


@dataclass(frozen=True)
class FactMap:
    """Which options the codes of a fact (or of a part of it, ``unintelligible.state``) stand for."""

    fact: str
    to: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class FormField:
    """One input field: what it asks, where its answer comes from, when it is shown and when an answer is owed.

    ``form`` says how an answer given in the form counts: ``only`` (the vocabulary has no such fact), ``refine``
    (before the source), ``gap`` (where the source has none) or empty (never).
    """

    id: str
    row: int
    section: str
    type: str
    requirement: str
    label: Words
    help: Words
    options: Mapping[str, FormOption]
    when: Conditions
    unless: Conditions
    due: bool | Conditions
    always: bool
    repeatable: bool
    fact: str
    profile: str
    read: str
    maps: tuple[FactMap, ...]
    words_of: tuple[str, ...]
    place: str
    form: str
    unknown: str
    rest: str
    loose: bool

    @property
    def tbd_option(self) -> str:
        """The option for what is still to be determined; empty when the form offers none."""
        return next((option.id for option in self.options.values() if option.tbd), "")

    @property
    def many(self) -> bool:
        """Whether several options may be chosen."""
        return self.type == "choices"

    @property
    def source(self) -> str:
        """The place its answer comes from: ``facts:cause``, ``controller:seat``, ``clock:awareness``, ``form:…``."""
        if self.place:
            return self.place
        fact = self.fact or (self.maps[0].fact if self.maps and not self.loose else "")
        if fact:
            return f"facts:{fact.partition('.')[0]}"
        return f"controller:{self.profile}" if self.profile else f"form:{self.id}"


@dataclass(frozen=True)
class FormSection:
    """A titled group of fields; ``when`` shows or hides all of it."""

    id: str
    block: int
    title: Words
    when: Conditions


@dataclass(frozen=True)
class Form:
    """A form in one version. Fields stand in the order of the form; conditions look only at earlier ones."""

    id: str
    version: str
    title: Words
    status: Words
    sections: Mapping[str, FormSection]
    fields: Mapping[str, FormField]
    roles: Mapping[str, Any]
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        """Id and version, as frozen filings keep it."""
        return f"{self.id} {self.version}"

    def by_row(self, row: int) -> FormField:
        """The field with the form's own number.

        Raises:
            KeyError: there is no such row.
        """
        return {one.row: one for one in self.fields.values()}[row]


def form_in_force(form_id: str, on: date) -> Form:
    """The form of that id that applies on a day.

    Raises:
        NoSuchLawError: none applies.
    """
    return form_of_version(form_id, in_force("forms", form_id, on)["version"])


def form_to_fill(form_id: str, on: date) -> Form:
    """The form of that id that applies on a day; before its first day its first version, for some form is needed.

    Raises:
        NoSuchLawError: there is no form of that id at all.
    """
    with suppress(NoSuchLawError):
        return form_in_force(form_id, on)
    known = sorted((law["applies_from"], law["version"]) for law in every("forms") if law["id"] == form_id)
    if not known:
        raise NoSuchLawError(f"there is no forms/{form_id}")
    return form_of_version(form_id, known[0][1])


def forms_to_fill(on: date) -> tuple[Form, ...]:
    """Every form that can be filled in on a day, in order of id; a new form is a new file."""
    ids = {law["id"] for law in every("forms") if "sections" in law}
    return tuple(form_to_fill(form_id, on) for form_id in sorted(ids))


@cache
def form_of_version(form_id: str, version: str) -> Form:
    """A form in the version a filing was made on, whatever the day.

    Raises:
        NoSuchLawError: there is none.
    """
    law = of_version("forms", form_id, version)
    return Form(
        id=law["id"],
        version=law["version"],
        title=words(law["title"]),
        status=words(law.get("status")),
        sections={data["id"]: _section(data) for data in law["sections"]},
        fields={data["id"]: _field(data) for data in law["fields"]},
        roles=law.get("roles", {}),
        sources=tuple(law["sources"]),
    )


@cache
def form_words(version: str = "1") -> Mapping[str, Any]:
    """What every form says about its fields: marks, obstacles, hints, limits.

    Raises:
        NoSuchLawError: there is no such version.
    """
    return of_version("forms", "words", version)


def words(data: Mapping[str, str] | None) -> Words:
    """Words in both languages; empty when there are none."""
    return Words(data["hu"], data["en"]) if data else Words("", "")


def mark(name: str, group: str = "marks") -> Words:
    """A mark, phrase or name every form shares, in both languages."""
    return words(form_words()[group][name])


def _conditions(data: Any) -> Conditions:
    tables: Sequence[Mapping[str, list[str]]] = [data] if isinstance(data, Mapping) else data or []
    return tuple({key: frozenset(answers) for key, answers in table.items()} for table in tables)


def _section(data: Mapping[str, Any]) -> FormSection:
    return FormSection(data["id"], data["block"], words(data["title"]), _conditions(data.get("when")))


def _options(data: Sequence[Mapping[str, Any]]) -> dict[str, FormOption]:
    return {
        one["id"]: FormOption(one["id"], one.get("letter", chr(ord("a") + place)), words(one), one.get("tbd", False))
        for place, one in enumerate(data)
    }


def _maps(data: Sequence[Mapping[str, Any]]) -> tuple[FactMap, ...]:
    return tuple(
        FactMap(
            one["fact"],
            {code: (to,) if isinstance(to, str) else tuple(to) for code, to in one["to"].items()},
        )
        for one in data
    )


def _due(data: Mapping[str, Any]) -> bool | Conditions:
    """Whether, or when, an answer is owed: said in the data, or by the requirement."""
    if "due" in data:
        return data["due"] if isinstance(data["due"], bool) else _conditions(data["due"])
    return data["requirement"] == "mandatory" or (data["requirement"] == "if_applicable" and "when" in data)


def _field(data: Mapping[str, Any]) -> FormField:
    sourced = any(key in data for key in ("fact", "profile", "read", "maps"))
    texts = {key: data.get(key, "") for key in ("fact", "profile", "read", "place", "unknown", "rest")}
    flags = {key: data.get(key, False) for key in ("always", "repeatable", "loose")}
    return FormField(
        **{key: data[key] for key in ("id", "row", "section", "type", "requirement")},
        **texts,
        **flags,
        label=words(data["label"]),
        help=words(data.get("help")),
        options=_options(data.get("options", [])),
        when=_conditions(data.get("when")),
        unless=_conditions(data.get("unless")),
        due=_due(data),
        maps=_maps(data.get("maps", [])),
        words_of=tuple(data.get("words_of", [])),
        form=data.get("form", "" if sourced else "only"),
    )
