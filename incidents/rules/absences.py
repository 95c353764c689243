"""What an entry in the calendar of absences must say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from incidents.base.errors import FieldError
from incidents.rules.absence import Absence

LONGEST_ABSENCE = timedelta(days=731)
LONGEST_NOTE = 500


@dataclass(frozen=True)
class AbsenceForm:
    """From the first to the last day (both included, in Hungary), and who stands in."""

    first: date
    last: date
    stand_in_id: UUID | None = None
    note: str = ""


def absence_faults(
    form: AbsenceForm, user_id: UUID, today: date, known: Collection[Absence], colleagues: Collection[UUID]
) -> list[FieldError]:
    """Every field of an absence that cannot stand.

    ``known`` are the person's other absences, ``colleagues`` who may stand in.
    """
    errors = []
    if form.last < form.first:
        errors.append(FieldError("last", "order", "The last day cannot come before the first one."))
    elif form.last < today:
        errors.append(FieldError("last", "past", "This absence is over already."))
    elif form.last - form.first > LONGEST_ABSENCE:
        errors.append(FieldError("last", "too-long", "An absence can last two years at most."))
    if any(one.first <= form.last and form.first <= one.last for one in known):
        errors.append(FieldError("first", "overlap", "There is an absence on these days already: end that one first."))
    if form.stand_in_id == user_id:
        errors.append(FieldError("stand_in", "self", "Somebody else must stand in."))
    elif form.stand_in_id is not None and form.stand_in_id not in colleagues:
        errors.append(FieldError("stand_in", "unknown", "Choose a colleague who may work on the same cases."))
    if len(form.note) > LONGEST_NOTE:
        limit = {"limit": str(LONGEST_NOTE)}
        errors.append(FieldError("note", "too-long", "This is too long: at most {limit} characters.", limit))
    return errors
