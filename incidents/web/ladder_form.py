"""A ladder as a form and back: one row a stage, hours a day, errors at the field they belong to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from incidents.base.errors import FieldError, InvalidInput
from incidents.rules.office import WEEKDAYS
from incidents.rules.policies import CHANNELS, SETTLED
from incidents.web.forms import Form
from incidents.web.ladder_words import when_of

_FIELD_OF = {
    "after_hours": "hours",
    "from": "when",
    "label": "label_hu",
    "name": "label_hu",
    "moot_when": "label_hu",
    "repeat_hours": "repeat",
    "channels": "mail_only",
}
_TYPED = ("label_hu", "label_en", "hours", "audience")
"""Parts of a row that say that it is meant; a list always has something chosen."""
Row = dict[str, list[str]]


def shown(data: Mapping[str, Any]) -> Form:
    """The form filled from a ladder."""
    stages = [_row(stage) for stage in data["stages"]]
    fields = {f"stages[{at}].{part}": texts for at, row in enumerate(stages) for part, texts in row.items()}
    return Form(fields | _times(data))


def _row(stage: Mapping[str, Any]) -> Row:
    repeat = stage.get("repeat_hours")
    return {
        "name": [stage["name"]],
        "label_hu": [stage["label"]["hu"]],
        "label_en": [stage["label"]["en"]],
        "hours": [_number(abs(stage["after_hours"]))],
        "when": [when_of(stage)],
        "audience": list(stage["audience"]),
        "repeat": [_number(repeat)] if repeat else [],
        "everybody": ["on"] if stage.get("everybody_acknowledges") else [],
        "can_wait": ["on"] if stage.get("can_wait") else [],
        "mail_only": [] if "webhook" in stage.get("channels", CHANNELS) else ["on"],
    }


def _number(hours: float) -> str:
    return f"{hours:g}".replace(".", ",")


def _times(data: Mapping[str, Any]) -> Row:
    office, quiet = data.get("working_hours", {}), data.get("quiet")
    fields = {
        f"hours_{day}.{part}": [text]
        for day in WEEKDAYS
        for part, text in zip(("opens", "closes"), office.get(day, ("", "")), strict=True)
    }
    if quiet:
        fields |= {"quiet.from": [quiet["from"]], "quiet.to": [quiet["to"]]}
        fields["quiet_rest_days"] = ["on"] if quiet.get("rest_days", True) else []
    return fields


def rows_of(form: Form) -> list[Row]:
    """The stages typed, without those left empty or marked for removal."""
    return [row for row in form.rows("stages") if any(_line(row, part) for part in _TYPED)]


def again(form: Form) -> Form:
    """The same form with its stages numbered without gaps, as the errors count them."""
    rest = {name: texts for name, texts in form.data.items() if not name.startswith("stages[")}
    rows = {f"stages[{at}].{part}": texts for at, row in enumerate(rows_of(form)) for part, texts in row.items()}
    return replace(form, data={**rest, **rows})


def read(form: Form, base: Mapping[str, Any]) -> dict[str, Any]:
    """The ladder typed, in the shape of law/policies; what is not asked stays as in ``base``.

    What cannot be read stays a text, which the rules refuse at its field.
    """
    known = {stage["name"]: stage for stage in base["stages"]}
    names = _names(known, rows_of(form))
    reasons = base["moot_reasons"]
    stages = [_stage(row, name, known.get(name), reasons) for row, name in zip(rows_of(form), names, strict=True)]
    data: dict[str, Any] = {"stages": stages, "moot_reasons": reasons}
    office = {day: _pair(form, day) for day in WEEKDAYS if any(_pair(form, day))}
    if office:
        data["working_hours"] = office
    starts, ends = form.text("quiet.from"), form.text("quiet.to")
    if starts or ends:
        data["quiet"] = {"from": starts, "to": ends, "rest_days": form.has("quiet_rest_days")}
    return data


def _pair(form: Form, day: str) -> list[str]:
    return [form.text(f"hours_{day}.opens"), form.text(f"hours_{day}.closes")]


def _names(known: Iterable[str], rows: list[Row]) -> list[str]:
    """The name of each row: its own, or for a new stage the next free one."""
    names: list[str] = []
    taken = {*known, *(_line(row, "name") for row in rows)}
    free = (f"own{number}" for number in range(1, len(taken) + len(rows) + 2) if f"own{number}" not in taken)
    for row in rows:
        name = _line(row, "name")
        names.append(name if name and name not in names else next(free))
    return names


def _stage(row: Row, name: str, known: Mapping[str, Any] | None, reasons: Mapping[str, Any]) -> dict[str, Any]:
    when, hours = _line(row, "when"), _hours(_line(row, "hours"))
    ahead = when in {"before", "office"}
    after = -hours if ahead and isinstance(hours, float) else hours
    settled = sorted(SETTLED & set(reasons))
    default: Mapping[str, Any] = {"moot_when": settled, "only_ahead": bool(hours) and when != "opened"}
    kept = known or default
    stage: dict[str, Any] = {
        "name": name,
        "from": {"before": "deadline", "after": "deadline", "office": "office_close"}.get(when, when),
        "after_hours": after or 0 if isinstance(after, float) else after,
        "audience": row.get("audience", []),
        "moot_when": list(kept["moot_when"]),
        "label": {"hu": _line(row, "label_hu"), "en": _line(row, "label_en")},
        "channels": ["mail"] if "mail_only" in row else ["mail", "webhook"],
    }
    if repeat := _line(row, "repeat"):
        stage["repeat_hours"] = _hours(repeat)
    truths = {
        "everybody_acknowledges": "everybody" in row,
        "can_wait": "can_wait" in row,
        "only_ahead": bool(hours and kept.get("only_ahead")),
    }
    return stage | {key: True for key, true in truths.items() if true}


def _hours(text: str) -> float | str:
    """Hours with a comma or a point; the text itself when it is no number."""
    try:
        hours = float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        return text
    return hours if hours >= 0 else text


def _line(row: Row, part: str) -> str:
    return next(iter(row.get(part, ())), "").strip()


def refused(form: Form, error: InvalidInput) -> Form:
    """The form with each fault at its field."""
    shown_again = again(form).refused(error)
    return replace(shown_again, errors=tuple(_at_its_field(one) for one in shown_again.errors))


def _at_its_field(error: FieldError) -> FieldError:
    head, _, part = error.path.rpartition(".")
    if part in _FIELD_OF:
        return replace(error, path=f"{head}.{_FIELD_OF[part]}")
    return replace(error, path={"working_hours": "hours", "quiet": "quiet"}.get(error.path, error.path))
