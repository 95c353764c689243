"""What stands in the way of sending a form, and what would make it better (Art. 33(1), 33(3), 33(4))."""

from collections.abc import Iterator
from dataclasses import dataclass

from incidents.rules.decide import has_substance
from incidents.rules.form.filling import FieldStatus, FilledField, FilledForm
from incidents.rules.form.model import form_words, mark
from incidents.rules.vocabulary import Words

_OWN_WORDS = ("delay_reasons", "earlier_identifier", "withdrawal_reasons")
_REASONS = ("delay_reasons", "withdrawal_reasons")


@dataclass(frozen=True)
class Obstacle:
    """One thing that must be done before sending: its code, the field, where to do it, and the sentence."""

    code: str
    field_id: str
    row: int
    place: str
    text: Words


@dataclass(frozen=True)
class FormHint:
    """Advice on quality, never a bar: its code, the field it is about, where to answer, and the sentence."""

    code: str
    field_id: str
    place: str
    text: Words


def obstacles(filled: FilledForm) -> tuple[Obstacle, ...]:
    """What stands in the way of sending it as it calls itself; empty when it can go.

    Complete: nothing owed may be missing and nothing «to be determined» (Art. 33(4)). Incomplete: only who notifies,
    when awareness was, and what the kind of filing itself needs: reasons for the delay after the 72 hours (Art.
    33(1)), the earlier identifier for a follow-up, reasons for a withdrawal. A reason must say something.
    """
    return tuple(_obstacle(filled, field) for field in filled.shown if _stands_in_the_way(filled, field))


def _stands_in_the_way(filled: FilledForm, field: FilledField) -> bool:
    now = filled.complete or field.spec.always
    if field.status is FieldStatus.MISSING or (field.status is FieldStatus.TO_BE_DETERMINED):
        return now
    return _role(filled, field, _REASONS) != "" and field.due and not has_substance(str(field.value))


def _role(filled: FilledForm, field: FilledField, roles: tuple[str, ...]) -> str:
    return next((role for role in roles if filled.form.roles.get(role) == field.spec.id), "")


def _obstacle(filled: FilledForm, field: FilledField) -> Obstacle:
    code = _role(filled, field, _OWN_WORDS) or field.status.value
    phrase = mark(code, "obstacles")
    row = str(field.spec.row)
    said = Words(
        phrase.hu.format(row=row, label=field.spec.label.hu), phrase.en.format(row=row, label=field.spec.label.en)
    )
    return Obstacle(code, field.spec.id, field.spec.row, field.place, said)


def quality_hints(filled: FilledForm) -> tuple[FormHint, ...]:
    """What would make the notification say more: a thin one has been followed by an inspection.

    Measures empty or one line, a description of a few words, numbers without even an estimate, consequences that are
    only options of the list, no copy of the register entry.
    """
    if filled.kind == "withdrawal":
        return ()
    found = (_measures, _description, _numbers, _consequences, _register_copy)
    return tuple(hint for look in found for hint in look(filled))


def _hint(code: str, field: FilledField) -> FormHint:
    return FormHint(code, field.spec.id, field.place, mark(code, "hints"))


def _word_count(field: FilledField) -> int:
    return len({word.casefold() for line in field.lines["hu"] for word in line.split()})


def _measures(filled: FilledForm) -> Iterator[FormHint]:
    for field in filled.of_role("measures"):
        if field.status in {FieldStatus.MISSING, FieldStatus.UNFILLED}:
            yield _hint("measures_empty", field)
        elif _thin(field, "measure_words") and len(field.lines["hu"]) == 1:
            yield _hint("measures_thin", field)


def _thin(field: FilledField, limit: str) -> bool:
    return field.status is FieldStatus.FILLED and _word_count(field) < form_words()["limits"][limit]


def _description(filled: FilledForm) -> Iterator[FormHint]:
    return (_hint("description_thin", one) for one in filled.of_role("descriptions") if _thin(one, "description_words"))


def _numbers(filled: FilledForm) -> Iterator[FormHint]:
    for known, number in filled.form.roles.get("counts", ()):
        if filled.fields[known].shown and filled.fields[number].status is not FieldStatus.FILLED:
            yield _hint("number_without_estimate", filled.fields[known])


def _consequences(filled: FilledForm) -> Iterator[FormHint]:
    """Options were ticked and nobody added a word of their own."""
    ticked = [field for field in filled.of_role("consequences") if field.status is FieldStatus.FILLED]
    written = [field for field in filled.of_role("own_words") if field.status is FieldStatus.FILLED]
    if ticked and not written:
        yield _hint("consequences_copied", ticked[-1])


def _register_copy(filled: FilledForm) -> Iterator[FormHint]:
    fields = filled.of_role("attachments")
    named = " ".join(line.casefold() for field in fields if field.answered for line in field.lines["hu"])
    if fields and not any(word in named for word in form_words()["register_words"]):
        yield _hint("register_copy", fields[0])
