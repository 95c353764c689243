"""A form filled from a case: every field with its answer, its state, and the place where it is answered."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from incidents.rules.draft.case import CaseFile
from incidents.rules.facts import JsonValue
from incidents.rules.form import found
from incidents.rules.form.conditions import holds
from incidents.rules.form.found import NOTHING, Found, Lines, State
from incidents.rules.form.model import LANGUAGES, Form, FormField, FormSection, mark
from incidents.rules.form.readers import READERS
from incidents.rules.form.reading import Beside, Reading


class FieldStatus(StrEnum):
    """Whether a field has its answer, will have it later, lacks one that is owed, was left empty, or has no place."""

    FILLED = "filled"
    TO_BE_DETERMINED = "to_be_determined"
    MISSING = "missing"
    UNFILLED = "unfilled"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class FilledField:
    """One field with its answer. ``lines`` are ready to print in each language, marks included; ``value`` is the
    answer itself (option ids, text, number, ISO date), None when there is none.

    ``place`` is where to give or change the answer: ``facts:cause``, ``controller:seat``, ``clock:awareness``,
    ``decision``, ``send:communication``, ``form:<field>``.
    """

    spec: FormField
    status: FieldStatus
    value: JsonValue
    lines: Lines
    place: str
    due: bool

    @property
    def shown(self) -> bool:
        """Whether the field has a place in this case."""
        return self.status is not FieldStatus.NOT_APPLICABLE

    @property
    def answered(self) -> bool:
        """Whether it has an answer to send, be it that it will follow."""
        return self.status in {FieldStatus.FILLED, FieldStatus.TO_BE_DETERMINED}

    @property
    def in_form(self) -> bool:
        """Whether it is answered in the form itself."""
        return self.place == f"form:{self.spec.id}"


@dataclass(frozen=True)
class Meter:
    """How far a form is: of the answers owed, how many are given, promised or missing."""

    mandatory: int
    filled: int
    to_be_determined: int
    missing: int


@dataclass(frozen=True)
class FilledForm:
    """All fields of a form for one filing of one case, in the order of the form."""

    form: Form
    kind: Literal["new", "follow_up", "withdrawal"]
    complete: bool
    fields: Mapping[str, FilledField]

    @property
    def shown(self) -> tuple[FilledField, ...]:
        """The fields that have a place in this case."""
        return tuple(field for field in self.fields.values() if field.shown)

    @property
    def sections(self) -> tuple[tuple[FormSection, tuple[FilledField, ...]], ...]:
        """The sections with something to show, each with its fields."""
        listed = self.form.sections.values()
        inside = ((one, tuple(field for field in self.shown if field.spec.section == one.id)) for one in listed)
        return tuple((section, fields) for section, fields in inside if fields)

    @property
    def meter(self) -> Meter:
        """How far it is; recommended fields and those that may stay empty do not count."""
        statuses = [field.status for field in self.shown if field.due]
        filled, later, missing = (
            statuses.count(one) for one in (FieldStatus.FILLED, FieldStatus.TO_BE_DETERMINED, FieldStatus.MISSING)
        )
        return Meter(len(statuses), filled, later, missing)

    def of_role(self, role: str) -> tuple[FilledField, ...]:
        """The fields that play a part in a rule (``delay_reasons``, ``measures``); none when the form has no such."""
        named = self.form.roles.get(role, ())
        return tuple(self.fields[one] for one in ([named] if isinstance(named, str) else named))


def filled(
    form: Form,
    case: CaseFile,
    answers: Mapping[str, JsonValue] | None = None,
    beside: Beside | None = None,
    *,
    kind: Literal["new", "follow_up", "withdrawal"] | None = None,
    complete: bool | None = None,
) -> FilledForm:
    """The form as the case fills it; ``answers`` are those given in the form (see ``validate_answers``).

    ``kind`` and ``complete`` ask what it would look like as another filing, as «complete» for example; without them
    those of the case count. Nothing is invented: what is due and unknown is missing, or to be determined when
    somebody said so or a fact was recorded as unknown (Art. 33(4)).
    """
    changes: dict[str, object] = {} if kind is None else {"filing_kind": kind}
    changes |= {} if complete is None else {"complete": complete}
    case = dataclasses.replace(case, **changes) if changes else case  # type: ignore[arg-type]
    reading = Reading(case, beside or Beside())
    values = dict(reading.states)
    fields: dict[str, FilledField] = {}
    for spec in form.fields.values():
        one = _field(form, spec, reading, answers or {}, values)
        fields[spec.id] = one
        if one.answered:
            values[spec.id] = one.value
    return FilledForm(form, case.filing_kind, case.complete, fields)


def _shown(form: Form, spec: FormField, values: Mapping[str, JsonValue]) -> bool:
    hidden = bool(spec.unless) and holds(spec.unless, values)
    return holds(form.sections[spec.section].when, values) and holds(spec.when, values) and not hidden


def _due(spec: FormField, reading: Reading, values: Mapping[str, JsonValue]) -> bool:
    """Whether an answer is owed here; a withdrawal owes no more than who, what and why."""
    if reading.case.filing_kind == "withdrawal" and not spec.always:
        return False
    return spec.due if isinstance(spec.due, bool) else holds(spec.due, values)


def _field(
    form: Form,
    spec: FormField,
    reading: Reading,
    answers: Mapping[str, JsonValue],
    values: Mapping[str, JsonValue],
) -> FilledField:
    if not _shown(form, spec, values):
        return FilledField(spec, FieldStatus.NOT_APPLICABLE, None, _marked("not_applicable"), spec.source, due=False)
    answer, place = _answer(spec, reading, answers)
    due = _due(spec, reading, values)
    status = _status(answer, due)
    lines = answer.lines if any(answer.lines.values()) else _marked(status.value)
    return FilledField(spec, status, answer.value, lines, place, due)


def _answer(spec: FormField, reading: Reading, answers: Mapping[str, JsonValue]) -> tuple[Found, str]:
    """The answer and its place: the form's own where it may count, else that of the source."""
    own = found.typed(spec, answers.get(spec.id), reading.texts) if spec.form else NOTHING
    here = f"form:{spec.id}"
    given = own.state is not State.NONE
    if spec.form == "only" or (spec.form == "refine" and given):
        return own, here
    source = _source(spec, reading)
    if spec.form == "gap" and given and source.state is not State.FILLED:
        return own, here
    return source, here if spec.form and source.silent else spec.source


def _source(spec: FormField, reading: Reading) -> Found:
    if spec.read:
        return READERS[spec.read](reading, spec)
    if spec.maps:
        return reading.mapped(spec)
    if spec.profile:
        return found.text(getattr(reading.case.controller, spec.profile))
    return reading.fact(spec.fact, spec)


def _status(answer: Found, due: bool) -> FieldStatus:
    if answer.state is State.NONE:
        return FieldStatus.MISSING if due else FieldStatus.UNFILLED
    return FieldStatus(answer.state.value)


def _marked(name: str) -> Lines:
    words = mark(name)
    return {lang: (words.in_language(lang),) for lang in LANGUAGES}
