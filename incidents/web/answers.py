"""Answers typed into a questionnaire, read back into the values the steps take; only what changed is an answer."""

from collections.abc import Callable, Iterable

from incidents.base.errors import FieldError
from incidents.base.i18n import msgid
from incidents.rules.facts import Facts, validate
from incidents.rules.vocabulary import Field, vocabulary
from incidents.web.questions import LATER, NONE, UNKNOWN, FormFields, leading, shown

STATES = frozenset({UNKNOWN, LATER})
TRUTHS = {"yes": True, "no": False}

VALUE_AND_UNKNOWN = msgid("You gave an answer and also marked it as not known. Keep one of the two.")
NEITHER_AND_SOME = msgid("You marked items together with an answer that excludes them. Keep one of the two.")
HALF_A_TIME = msgid("Give both the date and the time, or leave both empty.")


class _Unusable(Exception):
    """Two parts of one answer exclude each other."""

    def __init__(self, path: str, message: str) -> None:
        self.error = FieldError(path, "contradiction", message)
        super().__init__(message)


def changed_answers(
    form: FormFields, facts: Facts, wanted: Iterable[str]
) -> tuple[dict[str, object], list[FieldError]]:
    """The answers that differ from what is recorded, as the step takes them, and every faulty field by its path."""
    changed: dict[str, object] = {}
    errors: list[FieldError] = []
    for key in wanted:
        name = f"facts.{key}"
        if _filled(form, name) == _filled(shown(facts, [key]), name):
            continue
        try:
            changed[key] = _read(vocabulary()[key], name, form)
        except _Unusable as problem:
            errors.append(problem.error)
    return changed, errors + validate(changed)[1]


def field_of(path: str) -> str:
    """The form field an error path belongs to: places in a list are not fields of their own."""
    return path.partition("[")[0]


def _filled(form: FormFields, name: str) -> dict[str, list[str]]:
    """What is filled in for one fact, in a form that can be compared."""
    mine = {at: said for at, said in form.items() if at == name or at.startswith(f"{name}.")}
    tidy = {
        at: sorted(text.strip().replace("\r\n", "\n") for text in said if text.strip()) for at, said in mine.items()
    }
    return {at: said for at, said in tidy.items() if said}


def _one(form: FormFields, name: str) -> str:
    return next((text.strip() for text in form.get(name, ()) if text.strip()), "")


def _read(field: Field, name: str, form: FormFields) -> object:
    return _READERS.get(field.type, _read_plain)(field, name, form)


def _read_plain(_: Field, name: str, form: FormFields) -> object:
    return _or_state(name, form, _one(form, name))


def _or_state(name: str, form: FormFields, value: object) -> object:
    """The value, or the answer «not known» that stands beside it; both at once is a contradiction."""
    state = _one(form, f"{name}.state")
    if state not in STATES:
        return value
    if value not in ("", None):
        raise _Unusable(name, VALUE_AND_UNKNOWN)
    return state


def _read_list(_: Field, name: str, form: FormFields) -> object:
    marked = [text for text in form.get(name, ()) if text]
    alone = [text for text in marked if text in STATES or text == NONE]
    if alone and len(marked) > 1:
        raise _Unusable(name, NEITHER_AND_SOME)
    return ([] if alone == [NONE] else alone[0]) if alone else (marked or UNKNOWN)


def _read_countries(_: Field, name: str, form: FormFields) -> object:
    codes = _one(form, name).upper().replace(";", ",").replace(" ", ",").split(",")
    return _or_state(name, form, [code for code in codes if code] or "")


def _read_truth(_: Field, name: str, form: FormFields) -> object:
    said = _one(form, name)
    return TRUTHS.get(said, said)


def _whole(text: str) -> object:
    """A whole number typed with or without spaces or dots between thousands; else the text, to be refused by name."""
    digits = "".join(text.split()).replace(".", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 12 else text


def _read_count(_: Field, name: str, form: FormFields) -> object:
    typed, state = _one(form, f"{name}.number"), _one(form, f"{name}.state")
    if typed and state not in STATES:
        return {"number": _whole(typed), "precision": state or "exact"}
    return _or_state(name, form, typed)


def _read_integer(_: Field, name: str, form: FormFields) -> object:
    typed = _one(form, name)
    return _whole(typed) if typed else None


def _read_number(_: Field, name: str, form: FormFields) -> object:
    typed = _one(form, name)
    try:
        return _or_state(name, form, float(typed.replace(",", ".")) if typed else "")
    except ValueError:
        return typed


def _read_instant(_: Field, name: str, form: FormFields) -> object:
    day, hour = _one(form, f"{name}.date"), _one(form, f"{name}.time")
    if bool(day) != bool(hour):
        raise _Unusable(f"{name}.{'time' if day else 'date'}", HALF_A_TIME)
    return _or_state(name, form, f"{day}T{hour}" if day else "")


def _read_record(field: Field, name: str, form: FormFields) -> object:
    lead = leading(field)
    parts = {part: _read(one, f"{name}.{part}", form) for part, one in field.parts.items()}
    said = {part: value for part, value in parts.items() if value not in ("", None)}
    if said.get(lead) != LATER:  # a leading part may have «unknown» among its own choices, which is an answer
        return said or UNKNOWN
    if set(said.values()) - {LATER, UNKNOWN}:
        raise _Unusable(f"{name}.{lead}", VALUE_AND_UNKNOWN)
    return LATER


_READERS: dict[str, Callable[[Field, str, FormFields], object]] = {
    "codes": _read_list,
    "open_codes": _read_list,
    "countries": _read_countries,
    "truth": _read_truth,
    "count": _read_count,
    "integer": _read_integer,
    "number": _read_number,
    "instant": _read_instant,
    "record": _read_record,
}
