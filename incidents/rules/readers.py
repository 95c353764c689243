"""Reading one fact by its type: the plain value, normalised, or sentences that name the field and the way out."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import TypeAlias, cast

from incidents.base.errors import FieldError
from incidents.base.time import BUDAPEST, LocalTimeError, parse_local
from incidents.rules.vocabulary import Field

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MOST_PEOPLE = 10_000_000_000
LONGEST_TEXT = 20_000
LONGEST_TAG = 80
LONGEST_LIST = 200

UNKNOWN_FIELD = "There is no field “{given}”. The nearest ones are: {nearest}."
UNKNOWN_CODE = "“{given}” is not one of the choices. Choose from: {allowed}; or answer “unknown”."
UNNAMED_TAG = "“{given}” is kept, but no rule knows it. Known tags are: {allowed}."
NOT_A_CODE = "Choose one of: {allowed}; or answer “unknown”."
NOT_A_LIST = "Give a list. Choose from: {allowed}; or answer “unknown”."
TOO_MANY = "The list is too long: give at most {limit}."
NOT_A_COUNT = "Give a whole number, 0 or more, or “unknown” when nobody can tell yet."
NOT_A_PRECISION = "Say whether the number is “exact” or “approximate”."
NOT_HOURS = "Give a number of hours, 0 or more, or “unknown”."
NOT_A_TRUTH = "Answer true or false, or “unknown”."
NOT_TEXT = "Give a text, or “unknown”."
BROKEN_TEXT = "This text contains characters that cannot be stored. Please type it again."
LONG_TEXT = "The text is too long: at most {limit} characters."
NOT_AN_INSTANT = "Give a date and a time, for example 2026-11-20T17:50, or “unknown”."
SKIPPED_INSTANT = "This time cannot be used: it names no real moment in the time zone {zone}. Please check it."
NOT_COUNTRIES = "Give a list of two-letter country codes, for example HU, AT; or “unknown”."
NOT_A_RECORD = "Give these parts: {allowed}; or answer “unknown”."

_COUNTRY = re.compile(r"[A-Z]{2}")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Problems(list[FieldError]):
    """The faulty fields, in the order in which they were met."""

    def say(self, path: str, code: str, message: str, **params: str) -> None:
        """Add one; empty values for the places of the sentence are left out."""
        self.append(FieldError(path, code, message, params))

    def no_such_field(self, path: str, given: str, known: Iterable[str]) -> None:
        """A key that the vocabulary does not have, with the nearest it has."""
        names = list(known)
        nearest = get_close_matches(given, names, n=3, cutoff=0.5) or names
        self.say(path, "unknown-field", UNKNOWN_FIELD, given=given[:LONGEST_TAG], nearest=", ".join(nearest))

    def no_such_code(self, path: str, given: object, codes: Iterable[str]) -> None:
        """A code outside a closed list, with the list."""
        self.say(path, "unknown-code", UNKNOWN_CODE, given=str(given)[:LONGEST_TAG], allowed=", ".join(codes))

    def unnamed_tag(self, path: str, given: str, codes: Iterable[str]) -> None:
        """A tag of an open list that nobody has named yet."""
        self.say(path, "unnamed-tag", UNNAMED_TAG, given=given, allowed=", ".join(codes))

    def wrong_type(self, path: str, message: str, **params: str) -> None:
        """A value of the wrong kind."""
        self.say(path, "wrong-type", message, **params)


def read(field: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    """The value in its stored form; every fault goes to ``problems``, and the value is then of no use."""
    return _READERS[field.type](field, raw, path, problems)


def _code(field: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if isinstance(raw, bool):  # YAML reads a bare yes or no as a truth value
        raw = next((code for code in ("yes", "no") if raw == (code == "yes") and code in field.codes), raw)
    if not isinstance(raw, str):
        problems.wrong_type(path, NOT_A_CODE, allowed=", ".join(field.codes))
        return None
    if raw not in field.codes:
        problems.no_such_code(path, raw, field.codes)
    return raw


def _codes(field: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, (list, tuple)):
        problems.wrong_type(path, NOT_A_LIST, allowed=", ".join(field.codes))
        return None
    if len(raw) > LONGEST_LIST:
        problems.say(path, "too-long", TOO_MANY, limit=str(LONGEST_LIST))
        return None
    read_one = _code if field.closed else _tag
    return list(dict.fromkeys(read_one(field, one, f"{path}[{at}]", problems) for at, one in enumerate(raw)))


def _tag(field: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, str) or not raw.strip():
        problems.wrong_type(path, NOT_A_CODE, allowed=", ".join(field.codes))
        return None
    return _stored_text(raw, path, problems, LONGEST_TAG)


def _stored_text(raw: str, path: str, problems: Problems, limit: int) -> str:
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _UNSTORABLE.search(text):
        problems.say(path, "broken-text", BROKEN_TEXT)
    elif len(text) > limit:
        problems.say(path, "too-long", LONG_TEXT, limit=str(limit))
    return text


def _text(_: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, str):
        problems.wrong_type(path, NOT_TEXT)
        return None
    return _stored_text(raw, path, problems, LONGEST_TEXT)


def _integer(_: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if raw is None or raw == "unknown":
        return None
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= MOST_PEOPLE:
        problems.wrong_type(path, NOT_A_COUNT)
        return None
    return raw


def _count(field: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    """A number, or a number and how sure it is; a bare number is meant exactly."""
    if not isinstance(raw, Mapping):
        return {"number": _integer(field, raw, path, problems), "precision": "exact"}
    _only_parts(raw, ("number", "precision"), path, problems)
    if raw.get("number") is None:
        problems.wrong_type(f"{path}.number", NOT_A_COUNT)
    if raw.get("precision", "exact") not in ("exact", "approximate"):
        problems.say(f"{path}.precision", "unknown-code", NOT_A_PRECISION)
    number = _integer(field, raw.get("number"), f"{path}.number", problems)
    return {"number": number, "precision": cast("JsonValue", raw.get("precision", "exact"))}


def _number(_: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw) or raw < 0:
        problems.wrong_type(path, NOT_HOURS)
        return None
    return raw


def _truth(_: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if raw is None or raw == "unknown":
        return None
    if not isinstance(raw, bool):
        problems.wrong_type(path, NOT_A_TRUTH)
        return None
    return raw


def _instant(_: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    """A text with an offset, a wall-clock text, or a text and the zone it was meant in; kept in UTC."""
    text, zone = (raw.get("at"), raw.get("zone", BUDAPEST)) if isinstance(raw, Mapping) else (raw, BUDAPEST)
    if isinstance(text, datetime):  # YAML reads a bare time so
        text = text.isoformat()
    if not isinstance(text, str) or not isinstance(zone, str):
        problems.wrong_type(path, NOT_AN_INSTANT)
        return None
    try:
        datetime.fromisoformat(text.strip())
        moment = parse_local(text, zone)
    except LocalTimeError:
        problems.say(path, "no-such-time", SKIPPED_INSTANT, zone=zone)
    except (ValueError, OverflowError):
        problems.wrong_type(path, NOT_AN_INSTANT)
    else:
        return {"at": moment.at.isoformat(), "zone": moment.zone}
    return None


def _countries(_: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, (list, tuple)) or len(raw) > LONGEST_LIST:
        problems.wrong_type(path, NOT_COUNTRIES)
        return None
    for place, one in enumerate(raw):
        if not isinstance(one, str) or not _COUNTRY.fullmatch(one):
            problems.say(f"{path}[{place}]", "unknown-code", NOT_COUNTRIES)
    return list(raw)


def _only_parts(raw: Mapping[object, object], allowed: Iterable[str], path: str, problems: Problems) -> None:
    names = tuple(allowed)
    for key in raw:
        if key not in names:
            problems.no_such_field(f"{path}.{key}", str(key), names)


def _record(field: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    """A record with all its parts: what was not said is null, or ``unknown`` where that is a choice."""
    if not isinstance(raw, Mapping):
        problems.wrong_type(path, NOT_A_RECORD, allowed=", ".join(field.parts))
        return None
    _only_parts(raw, field.parts, path, problems)
    return {name: _part(part, raw.get(name), f"{path}.{name}", problems) for name, part in field.parts.items()}


def _part(part: Field, raw: object, path: str, problems: Problems) -> JsonValue:
    if raw is None or raw in ("", "unknown", "to_be_determined"):
        return "unknown" if "unknown" in part.codes else None
    return read(part, raw, path, problems)


_READERS: dict[str, Callable[[Field, object, str, Problems], JsonValue]] = {
    "code": _code,
    "codes": _codes,
    "open_codes": _codes,
    "text": _text,
    "integer": _integer,
    "count": _count,
    "number": _number,
    "truth": _truth,
    "instant": _instant,
    "countries": _countries,
    "record": _record,
}
