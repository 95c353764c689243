"""Facts in words: what a known value reads like in a letter, by its type in the vocabulary."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

from incidents.base.dated import in_force
from incidents.base.hungarian import format_datetime, format_number
from incidents.base.time import BUDAPEST, ZonedInstant
from incidents.rules.facts import JsonValue, code_label, label, vocabulary
from incidents.rules.vocabulary import Field


class Texts:
    """The dated texts of one document in one language."""

    def __init__(self, law_id: str, on: date, lang: str) -> None:
        """Take the texts that apply on a day.

        Raises:
            NoSuchLawError: none apply.
        """
        self.law: Mapping[str, Any] = in_force("texts", law_id, on)
        self.on = on
        self.lang = lang
        self.version = f"{law_id} {self.law['version']}"

    def pick(self, words: Mapping[str, str]) -> str:
        """The words in the language of the document."""
        return words[self.lang]

    def say(self, phrase: str, **places: str) -> str:
        """A phrase with its named places filled."""
        return self.pick(self.law["phrases"][phrase]).format(**places)

    def code(self, field: Field, path: str, code: str) -> str:
        """The words of a code: the document's own where it needs statutory wording, else the vocabulary's."""
        own = self.law.get("codes", {}).get(path, {}).get(code)
        return upper_first(self.pick(own) if own else code_label(path, code, self.lang) if field.codes else code)

    def part(self, path: str) -> str:
        """The name of a part of a record, as this document prints it."""
        own = self.law.get("parts", {}).get(path)
        return self.pick(own) if own else label(path, self.lang)

    def country(self, code: str) -> str:
        """The name of a country; a code without a name stands as it is."""
        names = in_force("texts", "countries", self.on)["names"]
        return self.pick(names[code]) if code in names else code


def upper_first(text: str) -> str:
    """The text with a capital first letter; the rest stays as it is (``nyílt levél`` → ``Nyílt levél``)."""
    return text[:1].upper() + text[1:]


def paragraphs(text: object) -> tuple[str, ...]:
    """The paragraphs of what somebody typed: lines without the empty ones."""
    return tuple(line.strip() for line in str(text or "").splitlines() if line.strip())


def moment(at: ZonedInstant, lang: str) -> str:
    """An instant as the person entered it; the zone is named when it is not the Hungarian one."""
    suffix = "" if at.zone == BUDAPEST else f" ({at.zone})"
    return format_datetime(at.at, lang, at.zone) + suffix


def at_the_moment(text: str) -> str:
    """A Hungarian moment with its ending, before a remark in brackets: ``17:50`` → ``17:50-kor``."""
    day, bracket, remark = text.partition(" (")
    return f"{day}-kor{bracket}{remark}"


def stored_moment(value: JsonValue) -> ZonedInstant:
    """The instant in a stored fact."""
    stored = cast("Mapping[str, str]", value)
    return ZonedInstant(datetime.fromisoformat(stored["at"]), stored["zone"])


def counted(value: JsonValue, phrase: str, texts: Texts) -> str:
    """A count with how sure it is: ``1200 fő (hozzávetőleges szám)``; empty when there is no number."""
    stored = cast("Mapping[str, Any]", value)
    if stored["number"] is None:
        return ""
    number = format_number(stored["number"], texts.lang)
    return texts.say(phrase, number=number, precision=texts.say(stored["precision"]))


def in_words(key: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    """A known value of a fact as lines to print; no line when it is empty."""
    return _of_field(vocabulary()[key], key, value, texts)


def is_list(key: str) -> bool:
    """Whether the lines of a fact are entries of a list."""
    return vocabulary()[key].type in {"codes", "open_codes", "countries"}


def _of_field(field: Field, path: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    reader = _BY_TYPE.get(field.type)
    return reader(field, path, value, texts) if reader and value is not None else paragraphs(value)


def _code(field: Field, path: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    return (texts.code(field, path, str(value)),)


def _codes(field: Field, path: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    return tuple(texts.code(field, path, str(code)) for code in cast("list[JsonValue]", value))


def _truth(_: Field, __: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    return (upper_first(texts.say("yes" if value else "no")),)


def _hours(_: Field, __: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    number = f"{cast('float', value):g}"
    return (texts.say("hours", number=number.replace(".", ",") if texts.lang == "hu" else number),)


def _integer(_: Field, __: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    return (format_number(cast("int", value), texts.lang),)


def _instant(_: Field, __: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    return (moment(stored_moment(value), texts.lang),)


def _countries(_: Field, __: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    return tuple(texts.country(code) for code in cast("list[str]", value))


def _record(field: Field, path: str, value: JsonValue, texts: Texts) -> tuple[str, ...]:
    """One line for each part that somebody answered: ``Címzett: támadó, tolvaj``."""
    stored = cast("Mapping[str, JsonValue]", value)
    lines = []
    for name, part in field.parts.items():
        answer = ", ".join(_of_field(part, f"{path}.{name}", stored.get(name), texts))
        if answer:
            lines.append(f"{texts.part(f'{path}.{name}')}: {answer[:1].lower()}{answer[1:]}")
    return tuple(lines)


_BY_TYPE: dict[str, Callable[[Field, str, JsonValue, Texts], tuple[str, ...]]] = {
    "code": _code,
    "codes": _codes,
    "open_codes": _codes,
    "truth": _truth,
    "number": _hours,
    "integer": _integer,
    "instant": _instant,
    "countries": _countries,
    "record": _record,
}
