"""The thread with the authority: what an incomplete filing promises, receipts, orders and their answers, sign-off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from incidents.base.errors import FieldError
from incidents.base.time import BUDAPEST, ZonedInstant, to_the_minute, zone
from incidents.rules.decide import has_substance
from incidents.rules.form import FieldStatus, FilledForm
from incidents.rules.send import CHANNELS, CLOCK_TOLERANCE

ORDER_KINDS = ("clarify", "tell_people", "other")
SIGN_OFF_ANSWERS = ("approved", "refused")
LAST_MINUTE = time(23, 59)
MOST_DAYS = 365
OPEN = (FieldStatus.TO_BE_DETERMINED, FieldStatus.MISSING)


@dataclass(frozen=True)
class OrderForm:
    """An order of the authority: its deadline is a moment it names, or so many days from its receipt."""

    kind: str
    title: str
    text: str
    received_at: ZonedInstant
    authority_reference: str = ""
    deadline_at: ZonedInstant | None = None
    days: int | None = None


@dataclass(frozen=True)
class OrderAnswerForm:
    """What was answered to an order: when, through which channel, in a few words; late answers say why in ``note``."""

    sent_at: ZonedInstant
    channel: str
    text: str
    identifier: str = ""
    note: str = ""


def open_fields(filled: FilledForm) -> tuple[str, ...]:
    """The fields whose answers are owed and not there yet: to be determined, or missing."""
    return tuple(field.spec.id for field in filled.shown if field.due and field.status in OPEN)


def promises(
    filled: FilledForm, promised: Mapping[str, date], otherwise: date | None = None
) -> dict[date, tuple[str, ...]]:
    """By day, the fields an incomplete filing promises for it; ``otherwise`` is the day of those without their own."""
    days = {field: promised.get(field, otherwise) for field in open_fields(filled)}
    days |= {field: day for field, day in promised.items() if field not in days}
    found: dict[date, tuple[str, ...]] = {}
    for field, day in days.items():
        if day is not None:
            found[day] = (*found.get(day, ()), field)
    return dict(sorted(found.items()))


def end_of(day: date) -> ZonedInstant:
    """The last minute of a day in Hungary: a promise for a day is kept on that day."""
    return ZonedInstant(datetime.combine(day, LAST_MINUTE, zone(BUDAPEST)), BUDAPEST)


def is_kept(fields: Sequence[str], filled: FilledForm) -> bool:
    """Whether a filing answers everything that was promised: nothing of it is open any more, or it is complete."""
    still = {field.spec.id for field in filled.shown if field.status in OPEN}
    return filled.complete or not still & set(fields)


def order_faults(form: OrderForm, first_signal: datetime, now: datetime) -> list[FieldError]:
    """Every field of an order that cannot stand."""
    return [*_order_words(form), *_order_times(form, first_signal, now)]


def _order_words(form: OrderForm) -> Iterator[FieldError]:
    if form.kind not in ORDER_KINDS:
        yield FieldError("kind", "required", "Choose what the authority orders.")
    if not form.title.strip():
        yield FieldError("title", "required", "Say in a few words what is ordered.")
    if not form.text.strip():
        yield FieldError("text", "required", "Write down what the order says, or at least what must be answered.")


def _order_times(form: OrderForm, first_signal: datetime, now: datetime) -> Iterator[FieldError]:
    if form.received_at.at > now + CLOCK_TOLERANCE:
        yield FieldError("received_at", "future", "This time lies in the future: record the act after it has happened.")
    if form.received_at.at < to_the_minute(first_signal):
        yield FieldError("received_at", "too-early", "This is before the first signal of the incident.")
    if (form.deadline_at is None) == (form.days is None):
        yield FieldError("deadline_at", "required", "Give either the deadline the order names, or its number of days.")
    elif form.deadline_at is not None and form.deadline_at.at <= form.received_at.at:
        yield FieldError("deadline_at", "too-early", "The deadline must come after the receipt of the order.")
    elif form.days is not None and not 1 <= form.days <= MOST_DAYS:
        yield FieldError("days", "range", "Give a number of days between 1 and 365.")


def answer_faults(form: OrderAnswerForm, received: datetime, now: datetime) -> list[FieldError]:
    """Every field of an answer to an order that cannot stand."""
    errors = []
    if form.sent_at.at > now + CLOCK_TOLERANCE:
        errors.append(
            FieldError("sent_at", "future", "This time lies in the future: record the act after it has happened.")
        )
    if form.sent_at.at < to_the_minute(received):
        errors.append(FieldError("sent_at", "too-early", "This is before the order was received."))
    if form.channel not in CHANNELS:
        errors.append(FieldError("channel", "required", "Choose the channel it was sent through."))
    if not form.text.strip():
        errors.append(FieldError("text", "required", "Say in a few words what was answered."))
    return errors


def sign_off_faults(answer: str, sentence: str) -> list[FieldError]:
    """Every field of an answer to a request for sign-off that cannot stand; only a refusal must say why."""
    errors = []
    if answer not in SIGN_OFF_ANSWERS:
        errors.append(FieldError("answer", "required", "Choose whether you sign it off."))
    if answer != "approved" and not has_substance(sentence):
        errors.append(FieldError("sentence", "substance", "Say in a sentence why; it is kept with your name."))
    return errors
