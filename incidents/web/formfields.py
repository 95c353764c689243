"""Fields of any form as a page shows them, and what was typed into them read back; only what changed is an answer."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from incidents.base.errors import FieldError
from incidents.base.i18n import Translator, msgid
from incidents.rules.form import FieldStatus, FilledField, FormField, FormSection
from incidents.steps.cases import Case
from incidents.steps.form import TO_FOLLOW, CaseForm
from incidents.web.facts import spoken_name
from incidents.web.forms import Form
from incidents.web.places import Place, place_of

LATER = "to_be_determined"
VALUE_AND_LATER = msgid("You gave an answer and also marked it as still to be determined. Keep one of the two.")
TRUTHS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Shown:
    """One field on the page: its answer in words, where that comes from, who said it, and whether it can be typed."""

    field: FilledField
    lines: tuple[str, ...]
    place: Place
    said_by: str
    said_at: datetime | None
    promised: date | None
    typed_here: bool
    own: bool
    steers: bool
    stamp: str

    @property
    def spec(self) -> FormField:
        """The field of the form."""
        return self.field.spec

    @property
    def name(self) -> str:
        """Its name in the page."""
        return f"answers.{self.spec.id}"

    @property
    def open(self) -> bool:
        """Whether its answer is still missing or to follow."""
        return self.field.status in TO_FOLLOW


@dataclass(frozen=True)
class ShownSection:
    """A section with its fields; ``missing`` and ``later`` count what is owed and not there."""

    section: FormSection
    fields: tuple[Shown, ...]

    @property
    def missing(self) -> int:
        """How many answers are owed and missing."""
        return sum(one.field.status is FieldStatus.MISSING for one in self.fields)

    @property
    def later(self) -> int:
        """How many answers will follow."""
        return sum(one.field.status is FieldStatus.TO_BE_DETERMINED for one in self.fields)

    def faulty(self, errors: Sequence[FieldError]) -> bool:
        """Whether an answer of the section was refused."""
        names = {part for one in self.fields for part in (one.name, f"by.{one.spec.id}")}
        return any(error.path.partition("[")[0] in names for error in errors)


@dataclass(frozen=True)
class Look:
    """A form looked at: of which case, in which language."""

    found: CaseForm
    case: Case
    lang: str
    say: Translator

    def place(self, name: str) -> Place:
        """Where an answer is given."""
        return place_of(name, self.case, self.lang, self.say)

    def said(self, field: FilledField, place: Place) -> tuple[str, datetime | None]:
        """Who gave an answer, and when: in the form, or as a fact of the case."""
        row = self.found.said.get(field.spec.id)
        if row and field.in_form and field.spec.id in self.found.answers:
            return row.said_by, row.said_at
        fact = self.case.facts.get(place.fact) if place.fact else None
        return (spoken_name(fact.said_by, self.lang), fact.said_at) if fact else ("", None)


def sections(look: Look, stamps: Mapping[str, str] | None = None) -> tuple[ShownSection, ...]:
    """Every section with something to show; ``stamps`` are those of a page that was sent in, and stay."""
    asked = look.found.form.fields.values()
    steering = {key for one in asked for table in (*one.when, *one.unless) for key in table}
    recorded, kept = fields_of(look.found, look.lang), stamps or {}
    return tuple(
        ShownSection(
            section,
            tuple(
                _shown(look, one, one.spec.id in steering, kept.get(one.spec.id) or stamp(recorded, one.spec.id))
                for one in fields
            ),
        )
        for section, fields in look.found.filled.sections
    )


def _shown(look: Look, field: FilledField, steers: bool, mark: str) -> Shown:
    place, key = look.place(field.place), field.spec.id
    by, at = look.said(field, place)
    row = look.found.said.get(key)
    return Shown(
        field=field,
        lines=field.lines[look.lang],
        place=place,
        said_by=by,
        said_at=at,
        promised=date.fromisoformat(row.promised_on) if row and row.promised_on else None,
        typed_here=typed_here(field),
        own=field.in_form and key in look.found.answers,
        steers=steers,
        stamp=mark,
    )


def typed_here(field: FilledField) -> bool:
    """Whether an answer given in the form would count."""
    spec = field.spec
    return spec.form in {"only", "refine"} or (
        spec.form == "gap" and (field.in_form or field.status is not FieldStatus.FILLED)
    )


def fields_of(found: CaseForm, lang: str) -> Form:
    """What stands in the fields of the page when nothing has been typed yet."""
    data: dict[str, list[str]] = {}
    for field in found.filled.shown:
        if typed_here(field):
            data |= _texts(field, lang)
        if (row := found.said.get(field.spec.id)) and row.promised_on:
            data[f"by.{field.spec.id}"] = [row.promised_on]
    return Form(data)


def _texts(field: FilledField, lang: str) -> dict[str, list[str]]:
    spec, name = field.spec, f"answers.{field.spec.id}"
    if field.status is FieldStatus.TO_BE_DETERMINED and not spec.tbd_option:
        return {f"later.{spec.id}": ["on"]}
    if not field.answered:
        return {}
    return _WRITERS.get(spec.type, _write_text)(name, field, lang)


def _write_text(name: str, field: FilledField, lang: str) -> dict[str, list[str]]:
    return {name: ["\n".join(field.lines[lang])]}


def _write_value(name: str, field: FilledField, _lang: str) -> dict[str, list[str]]:
    value = field.value
    return {name: [str(one) for one in value] if isinstance(value, list) else [str(value)]}


def _write_truth(name: str, field: FilledField, _lang: str) -> dict[str, list[str]]:
    return {name: ["yes" if field.value else "no"]}


def _write_moment(name: str, field: FilledField, _lang: str) -> dict[str, list[str]]:
    day, _, time = str(field.value).partition("T")
    return {f"{name}.date": [day], f"{name}.time": [time[:5]]}


def _write_countries(name: str, field: FilledField, _lang: str) -> dict[str, list[str]]:
    return {name: [", ".join(cast("list[str]", field.value))]}


def _write_numbers(name: str, field: FilledField, _lang: str) -> dict[str, list[str]]:
    return {name: ["\n".join(f"{key}: {one}" for key, one in cast("Mapping[str, int]", field.value).items())]}


_WRITERS: Mapping[str, Callable[[str, FilledField, str], dict[str, list[str]]]] = {
    "choice": _write_value,
    "choices": _write_value,
    "checkbox": _write_truth,
    "date": _write_value,
    "datetime": _write_moment,
    "number": _write_value,
    "countries": _write_countries,
    "numbers_by_country": _write_numbers,
}


def stamp(form: Form, field_id: str) -> str:
    """A short mark of what stands in a field, and of its promise: what came back changed is an answer."""
    parts = [form.values(f"{name}.{field_id}{end}") for name in ("answers", "later") for end in ("", ".date", ".time")]
    tidy = [sorted(" ".join(text.split()) for text in part if text.strip()) for part in parts]
    marks = (repr(tidy), form.text(f"by.{field_id}"))
    return ".".join(hashlib.sha256(text.encode()).hexdigest()[:10] for text in marks)


@dataclass(frozen=True)
class Typed:
    """What was typed and differs from what the page showed: answers and promises by field, and what is faulty."""

    answers: Mapping[str, object]
    promises: Mapping[str, str]
    faults: tuple[FieldError, ...]


def typed(form: Form, fields: Mapping[str, FormField]) -> Typed:
    """Read a page back; a field somebody else has changed meanwhile stays as it is unless it was changed here too."""
    answers: dict[str, object] = {}
    promises: dict[str, str] = {}
    faults: list[FieldError] = []
    for field_id, marks in stamps_of(form).items():
        if field_id not in fields:
            continue
        before, now = marks.split("."), stamp(form, field_id).split(".")
        if now[1] != before[1]:
            promises[field_id] = form.text(f"by.{field_id}")
        if now[0] != before[0] and fields[field_id].form:
            answers[field_id] = value = _read(form, fields[field_id])
            if value == LATER and fields[field_id].form != "refine" and form.text(f"answers.{field_id}"):
                faults.append(FieldError(f"answers.{field_id}", "contradiction", VALUE_AND_LATER))
    return Typed(answers, promises, tuple(faults))


def stamps_of(form: Form) -> dict[str, str]:
    """The stamps that came back with a page, by field."""
    pairs = (text.partition(":") for text in form.values("on_page"))
    return {field_id: marks for field_id, _, marks in pairs if marks.count(".") == 1}


def typed_over(form: Form, recorded: Form) -> Form:
    """What was typed, and what is recorded for fields that were not on the page."""
    here = stamps_of(form)
    beside = {name: said for name, said in recorded.data.items() if _field_of(name) not in here}
    return replace(form, data={**beside, **form.data})


def _field_of(name: str) -> str:
    return name.partition(".")[2].removesuffix(".date").removesuffix(".time")


def _read(form: Form, spec: FormField) -> object:
    if form.has(f"later.{spec.id}"):
        return LATER
    return _READERS.get(spec.type, _read_text)(form, f"answers.{spec.id}")


def _read_text(form: Form, name: str) -> object:
    return form.value(name).replace("\r\n", "\n").strip() or None


def _read_list(form: Form, name: str) -> object:
    return [one for one in form.values(name) if one] or None


def _read_truth(form: Form, name: str) -> object:
    text = form.text(name)
    return TRUTHS.get(text, text) if text else None


def _read_moment(form: Form, name: str) -> object:
    return form.local_time(name) or None


def _read_number(form: Form, name: str) -> object:
    text = "".join(form.text(name).split())
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else text or None


def _read_countries(form: Form, name: str) -> object:
    return form.text(name).upper().replace(";", ",").replace(",", " ").split() or None


def _read_numbers(form: Form, name: str) -> object:
    """Lines such as ``AT: 120``; what does not read so comes back as it is, to be refused by name."""
    pairs = [line.partition(":") for line in form.text(name).splitlines() if line.strip()]
    numbers = {key.strip().upper(): "".join(number.split()) for key, _, number in pairs}
    if all(one.isascii() and one.isdecimal() and len(one) <= 12 for one in numbers.values()):
        return {key: int(one) for key, one in numbers.items()} or None
    return form.text(name)


_READERS: Mapping[str, Callable[[Form, str], object]] = {
    "choices": _read_list,
    "checkbox": _read_truth,
    "datetime": _read_moment,
    "number": _read_number,
    "countries": _read_countries,
    "numbers_by_country": _read_numbers,
}
