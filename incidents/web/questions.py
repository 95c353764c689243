"""Facts as questions on a page: what is asked together, and what stands in the form fields.

A page shows one mapping of field names to texts, whether it comes from the recorded facts or from what was just
typed; so a faulty form keeps everything. Field names are the paths of the vocabulary (``facts.recipient.kind``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias, cast

from incidents.base.dated import of_version
from incidents.base.errors import FieldError
from incidents.base.time import BUDAPEST, utc, zone
from incidents.rules.facts import Facts, FactState
from incidents.rules.groups import by_group as may_differ
from incidents.rules.readers import JsonValue
from incidents.rules.vocabulary import Field, Words, vocabulary

FormFields: TypeAlias = Mapping[str, Sequence[str]]
Shown: TypeAlias = dict[str, list[str]]

UNKNOWN, LATER, NONE = "unknown", "to_be_determined", "none"
BESIDE = frozenset({"count", "number"})
"""Types whose «not known» and «will follow» stand in a field beside the value."""
BLANK = frozenset({"text", "instant", "countries"})
"""Types where an empty field means not known, and only «will follow» stands beside it."""


@dataclass(frozen=True)
class Group:
    """Questions that belong together: a heading, a sentence why they are asked, the facts in order."""

    code: str
    title: Words
    why: Words
    fields: tuple[Field, ...]

    def answered(self, form: FormFields) -> bool:
        """Whether every question of the group has an answer, were it «not known»."""
        return all(_has_answer(form, field) for field in self.fields)

    def started(self, form: FormFields) -> bool:
        """Whether any question of the group has an answer."""
        return any(_has_answer(form, field) for field in self.fields)

    def faulty(self, errors: Sequence[FieldError]) -> bool:
        """Whether an answer of the group was refused."""
        return any(error.path.startswith(f"facts.{field.key}") for error in errors for field in self.fields)


def _has_answer(form: FormFields, field: Field) -> bool:
    name = f"facts.{field.key}"
    return any(any(said) for at, said in form.items() if at == name or at.startswith(f"{name}."))


@cache
def groups(page: str, *, by_group: bool = False) -> tuple[Group, ...]:
    """The groups of a page (``assess`` or ``facts``) in the order of the questionnaire, from the law data.

    ``by_group``: only the questions whose answer may differ from one group of people to another.
    """
    listed: Sequence[Mapping[str, Any]] = of_version("texts", "questionnaire", "1")[page]
    asked = (
        Group(
            one["code"],
            Words(one["title"]["hu"], one["title"]["en"]),
            Words(one["why"]["hu"], one["why"]["en"]),
            tuple(vocabulary()[key] for key in one["facts"] if may_differ(key) or not by_group),
        )
        for one in listed
    )
    return tuple(group for group in asked if group.fields)


def keys(page: str, *, by_group: bool = False) -> tuple[str, ...]:
    """The facts a page asks for, in order."""
    return tuple(field.key for group in groups(page, by_group=by_group) for field in group.fields)


def shown(facts: Facts, wanted: Iterable[str]) -> Shown:
    """What the form fields of these facts contain; nothing where nobody has said anything yet."""
    form: Shown = {}
    for key in wanted:
        if fact := facts.get(key):
            form |= _shown_fact(vocabulary()[key], f"facts.{key}", fact.state, fact.value)
    return form


def _shown_fact(field: Field, name: str, state: FactState, value: JsonValue) -> Shown:
    if state is FactState.KNOWN:
        return _SHOWN.get(field.type, _shown_plain)(name, value)
    if state is FactState.UNKNOWN and (field.type in BLANK or field.parts):
        return {}
    if field.parts:
        return {f"{name}.{leading(field)}": [str(state)]}
    return {f"{name}.state" if field.type in BESIDE | BLANK else name: [str(state)]}


def leading(field: Field) -> str:
    """The part of a record that also says when the whole of it is not known."""
    return next(iter(field.parts))


def _shown_plain(name: str, value: JsonValue) -> Shown:
    return {name: [_text(value)]}


def _shown_list(name: str, value: JsonValue) -> Shown:
    return {name: [str(one) for one in cast("list[JsonValue]", value)] or [NONE]}


def _shown_countries(name: str, value: JsonValue) -> Shown:
    return {name: [", ".join(str(one) for one in cast("list[JsonValue]", value))]}


def _shown_count(name: str, value: JsonValue) -> Shown:
    count = cast("dict[str, JsonValue]", value)
    return {f"{name}.number": [_text(count["number"])], f"{name}.state": [_text(count["precision"])]}


def _shown_instant(name: str, value: JsonValue) -> Shown:
    moment = cast("dict[str, str]", value)
    local = utc(datetime.fromisoformat(moment["at"])).astimezone(zone(moment.get("zone", BUDAPEST)))
    return {f"{name}.date": [f"{local:%Y-%m-%d}"], f"{name}.time": [f"{local:%H:%M}"]}


def _shown_record(name: str, value: JsonValue) -> Shown:
    parts = cast("dict[str, JsonValue]", value)
    return {f"{name}.{part}": [_text(one)] for part, one in parts.items() if one is not None}


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


_SHOWN: dict[str, Callable[[str, JsonValue], Shown]] = {
    "codes": _shown_list,
    "open_codes": _shown_list,
    "countries": _shown_countries,
    "count": _shown_count,
    "instant": _shown_instant,
    "record": _shown_record,
}
