"""Frozen forms and what changed since: what a follow-up tells, was and is (Art. 33(4))."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from incidents.rules.facts import JsonValue
from incidents.rules.form.filling import FieldStatus, FilledField, FilledForm
from incidents.rules.form.found import Lines
from incidents.rules.form.model import LANGUAGES, FormField, mark

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
    given = (FieldStatus.FILLED, FieldStatus.TO_BE_DETERMINED)
    before = (was["status"], was["value"]) if was and was["status"] in given else None
    return before != ((field.status.value, field.value) if field.answered else None)


def _change(was: Mapping[str, Any] | None, field: FilledField) -> Change:
    nothing = mark("unfilled")
    lines: Lines = {lang: (nothing.in_language(lang),) for lang in LANGUAGES}
    if was:
        lines = {lang: tuple(was["lines"][lang]) for lang in LANGUAGES}
    return Change(field.spec, lines, field.lines, was["value"] if was else None, field.value)
