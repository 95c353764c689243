"""Frozen forms and what changed since: what a follow-up tells, was and is (Art. 33(4))."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from incidents.rules.facts import JsonValue
from incidents.rules.form.filling import FieldStatus, FilledField, FilledForm
from incidents.rules.form.found import Lines
from incidents.rules.form.model import LANGUAGES, Form, FormField, mark

ABOUT_THE_FILING = ("kind", "completeness", "earlier_identifier", "withdrawal_reasons", "delay_reasons")
"""What differs between any two filings without being news about the breach."""


@dataclass(frozen=True)
class Change:
    """One field that says something else than in the earlier filing; lines in each language, marks included."""

    field: FormField
    was: Lines
    now: Lines
    was_value: JsonValue
    now_value: JsonValue


def frozen(filled: FilledForm) -> dict[str, JsonValue]:
    """A filled form as plain JSON, to be kept for good: form, version, kind, and every field that was shown."""
    fields: dict[str, JsonValue] = {
        field.spec.id: {
            "row": field.spec.row,
            "status": field.status.value,
            "value": field.value,
            "lines": {lang: list(lines) for lang, lines in field.lines.items()},
        }
        for field in filled.shown
    }
    head: dict[str, JsonValue] = {"form": filled.form.id, "version": filled.form.version}
    return head | {"kind": filled.kind, "complete": filled.complete, "fields": fields}


def fingerprint(frozen_form: Mapping[str, JsonValue]) -> str:
    """The SHA-256 of a frozen form, in hexadecimal: equal content, equal fingerprint."""
    plain = json.dumps(frozen_form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def difference(previous: Mapping[str, Any], current: FilledForm) -> tuple[Change, ...]:
    """The fields that say something else than in the frozen form, in the order of the form.

    A field that is gone, or was not there, counts with a mark on that side. What only tells the kind of filing
    (new or follow-up, identifier, reasons for delay) is left out.
    """
    left_out = {current.form.roles.get(role) for role in ABOUT_THE_FILING}
    before = cast("Mapping[str, Mapping[str, Any]]", previous["fields"])
    return tuple(
        _change(before.get(field.spec.id), field)
        for field in current.fields.values()
        if field.spec.id not in left_out and _differs(before.get(field.spec.id), field)
    )


def _differs(was: Mapping[str, Any] | None, field: FilledField) -> bool:
    """Silence on both sides is no change, whatever its mark."""
    return _said(was) != ((field.status.value, field.value) if field.answered else None)


def _change(was: Mapping[str, Any] | None, field: FilledField) -> Change:
    return Change(field.spec, _kept_lines(was), field.lines, _kept(was), field.value)


def difference_of_frozen(before: Mapping[str, Any], after: Mapping[str, Any], form: Form) -> tuple[Change, ...]:
    """The same between two frozen forms; ``form`` is that of the later one."""
    left_out = {form.roles.get(role) for role in ABOUT_THE_FILING}
    was, now = before["fields"], after["fields"]
    return tuple(
        Change(spec, _kept_lines(was.get(key)), _kept_lines(now.get(key)), _kept(was.get(key)), _kept(now.get(key)))
        for key, spec in form.fields.items()
        if key not in left_out and _said(was.get(key)) != _said(now.get(key))
    )


def _said(field: Mapping[str, Any] | None) -> tuple[str, JsonValue] | None:
    given = (FieldStatus.FILLED, FieldStatus.TO_BE_DETERMINED)
    return (field["status"], field["value"]) if field and field["status"] in given else None


def _kept(field: Mapping[str, Any] | None) -> JsonValue:
    return cast("JsonValue", field["value"]) if field else None


def _kept_lines(field: Mapping[str, Any] | None) -> Lines:
    if field:
        return {lang: tuple(field["lines"][lang]) for lang in LANGUAGES}
    nothing = mark("unfilled")
    return {lang: (nothing.in_language(lang),) for lang in LANGUAGES}
