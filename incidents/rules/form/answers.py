"""Answers given in the form itself, checked field by field: types, options, and every faulty field named."""

from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import cast

from incidents.base.errors import FieldError
from incidents.base.time import BUDAPEST, LocalTimeError, parse_local
from incidents.rules.facts import JsonValue
from incidents.rules.form.found import State
from incidents.rules.form.model import Form, FormField
from incidents.rules.readers import LONGEST_TAG, LONGEST_TEXT, MOST_PEOPLE, Problems
from incidents.rules.readers import read as read_fact
from incidents.rules.vocabulary import Field, Words

ANSWERED_ELSEWHERE = "This field is filled from the case: change it at {place}."
NOT_AN_OPTION = "“{given}” is not one of the options. Choose from: {allowed}."
ONE_OPTION = "Choose one option. The options are: {allowed}."
A_LIST_OF_OPTIONS = "Give a list of options. The options are: {allowed}."
NOT_TEXT = "Give a text."
NOT_A_TICK = "Answer true or false."
NOT_A_DATE = "Give a date, for example 2026-11-20."
NOT_A_MOMENT = "Give a date and a time that exist, for example 2026-11-20T17:50."
NOT_A_NUMBER = "Give a whole number, 0 or more."
NOT_COUNTRIES = "Give a list of two-letter country codes, for example HU, AT."
NOT_NUMBERS = "Give a whole number for each country, for example AT: 120."
TOO_LONG = "This is too long: at most {limit} characters."
LONGEST_LINE = 500

_TEXT = Field("text", "text", Words("", ""), Words("", ""))


def validate_answers(
    form: Form, answers: Mapping[str, object], *, root: str = "answers"
) -> tuple[dict[str, JsonValue], list[FieldError]]:
    """Check answers given in a form, by field id; null and empty mean no answer and come back as None.

    ``to_be_determined`` is an answer to any field of the form itself: whether it may stand is for the kind of filing
    to say (see ``obstacles``). The right answers are returned beside the errors, so that nothing typed is lost.
    """
    given: dict[str, JsonValue] = {}
    problems = Problems(())
    for field_id, raw in answers.items():
        path, mine = f"{root}.{field_id}" if root else field_id, Problems(())
        spec = form.fields.get(field_id)
        if spec is None:
            nearest = get_close_matches(field_id, form.fields, n=3, cutoff=0.5)
            mine.no_such_field(path, field_id, nearest or list(form.fields)[:3])
            value = None
        else:
            value = _answer(spec, raw, path, mine)
        if not mine:
            given[field_id] = value
        problems.extend(mine)
    return given, list(problems)


def _answer(spec: FormField, raw: object, path: str, problems: Problems) -> JsonValue:
    if not spec.form:
        problems.say(path, "answered-elsewhere", ANSWERED_ELSEWHERE, place=spec.source)
        return None
    if raw is None or raw in ([], {}) or (isinstance(raw, str) and not raw.strip()):
        return None
    if raw == State.TO_BE_DETERMINED:
        return ([spec.tbd_option] if spec.many else spec.tbd_option) if spec.tbd_option else str(raw)
    if spec.options:
        return _many(spec, raw, path, problems) if spec.many else _one(spec, raw, path, problems)
    return _READERS[spec.type](raw, path, problems)


def _one(spec: FormField, raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, str):
        problems.wrong_type(path, ONE_OPTION, allowed=", ".join(spec.options))
    elif raw not in spec.options:
        problems.say(path, "unknown-option", NOT_AN_OPTION, given=raw[:LONGEST_TAG], allowed=", ".join(spec.options))
    else:
        return raw
    return None


def _many(spec: FormField, raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, (list, tuple)):
        problems.wrong_type(path, A_LIST_OF_OPTIONS, allowed=", ".join(spec.options))
        return None
    chosen = [_one(spec, one, f"{path}[{place}]", problems) for place, one in enumerate(raw)]
    return [one for one in spec.options if one in chosen]


def _text(raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, str):
        problems.wrong_type(path, NOT_TEXT)
        return None
    return read_fact(_TEXT, raw, path, problems)


def _line(raw: object, path: str, problems: Problems) -> JsonValue:
    if isinstance(raw, str) and LONGEST_LINE < len(raw) <= LONGEST_TEXT:
        problems.say(path, "too-long", TOO_LONG, limit=str(LONGEST_LINE))
        return None
    return _text(raw, path, problems)


def _tick(raw: object, path: str, problems: Problems) -> JsonValue:
    if isinstance(raw, bool):
        return raw
    problems.wrong_type(path, NOT_A_TICK)
    return None


def _date(raw: object, path: str, problems: Problems) -> JsonValue:
    try:
        return date.fromisoformat(raw.strip() if isinstance(raw, str) else "").isoformat()
    except ValueError:
        problems.wrong_type(path, NOT_A_DATE)
        return None


def _moment(raw: object, path: str, problems: Problems) -> JsonValue:
    """Text with an offset, or the wall clock of Budapest; kept with the offset of that place."""
    try:
        return parse_local(raw if isinstance(raw, str) else "", BUDAPEST).local.isoformat()
    except (LocalTimeError, OverflowError):
        problems.wrong_type(path, NOT_A_MOMENT)
        return None


def _is_count(raw: object) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= MOST_PEOPLE


def _number(raw: object, path: str, problems: Problems) -> JsonValue:
    if not _is_count(raw):
        problems.wrong_type(path, NOT_A_NUMBER)
        return None
    return cast("int", raw)


def _is_country(raw: object) -> bool:
    return isinstance(raw, str) and len(raw) == 2 and raw.isascii() and raw.isalpha() and raw.isupper()


def _countries(raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, (list, tuple)) or not all(_is_country(one) for one in raw):
        problems.wrong_type(path, NOT_COUNTRIES)
        return None
    return list(dict.fromkeys(raw))


def _by_country(raw: object, path: str, problems: Problems) -> JsonValue:
    if not isinstance(raw, Mapping) or not all(_is_country(key) and _is_count(one) for key, one in raw.items()):
        problems.wrong_type(path, NOT_NUMBERS)
        return None
    return dict(raw)


_READERS: dict[str, Callable[[object, str, Problems], JsonValue]] = {
    "text": _line,
    "long_text": _text,
    "checkbox": _tick,
    "date": _date,
    "datetime": _moment,
    "number": _number,
    "countries": _countries,
    "numbers_by_country": _by_country,
}
