"""What a filing must contain, and how late it was (Art. 33(1), 33(4))."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from incidents.base.errors import FieldError
from incidents.base.time import BUDAPEST, ZonedInstant, to_the_minute, zone
from incidents.rules.decide import has_substance
from incidents.rules.form import EDPB_BREACH

FILING_KINDS = ("new", "follow_up", "withdrawal")
CHANNELS = ("online", "epapir", "krid", "post", "email", "other")
FORMS_OF_TELLING = ("email", "post", "sms", "in_person", "public", "other")
CLOCK_TOLERANCE = timedelta(minutes=5)
"""The wall clock on somebody's desk may be ahead of ours by this much."""


@dataclass(frozen=True)
class FilingForm:
    """One sent version of the notification, as a person records it.

    ``promised_on`` is the day by which the rest of an incomplete one will follow; ``unsigned_because`` says why it
    went out although a sign-off had been asked for and was not there.
    """

    kind: str
    complete: bool
    channel: str
    filed_at: ZonedInstant
    authority_identifier: str = ""
    delay_reasons: str = ""
    document_id: UUID | None = None
    note: str = ""
    form_id: str = EDPB_BREACH
    promised_on: date | None = None
    unsigned_because: str = ""


@dataclass(frozen=True)
class CommunicationForm:
    """People were told: when, in what form, with what content, how many were reached (None: not known yet)."""

    sent_at: ZonedInstant
    form: str
    reached: int | None = None
    document_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class ThreadSoFar:
    """What the thread with the authority holds before this filing."""

    opened_at: datetime
    first_signal: datetime
    deadline: datetime
    has_first: bool
    identifier_known: bool
    withdrawn: bool


def _not_a_future_time(path: str, at: ZonedInstant, now: datetime) -> list[FieldError]:
    if at.at <= now + CLOCK_TOLERANCE:
        return []
    return [FieldError(path, "future", "This time lies in the future: record the act after it has happened.")]


def _choices(form: FilingForm) -> list[FieldError]:
    errors = []
    if form.kind not in FILING_KINDS:
        errors.append(
            FieldError("kind", "required", "Choose what was sent: a new notification, a follow-up or a withdrawal.")
        )
    if form.channel not in CHANNELS:
        errors.append(FieldError("channel", "required", "Choose the channel it was sent through."))
    return errors


def _thread_faults(form: FilingForm, thread: ThreadSoFar) -> list[FieldError]:
    errors = []
    if form.kind == "new" and thread.has_first and not thread.withdrawn:
        errors.append(
            FieldError("kind", "already", "A notification has been sent already: record this one as a follow-up.")
        )
    if form.kind in {"follow_up", "withdrawal"} and not thread.has_first:
        errors.append(
            FieldError("kind", "no-first", "There is no notification yet that this could follow or withdraw.")
        )
    if form.kind == "follow_up" and not (form.authority_identifier.strip() or thread.identifier_known):
        errors.append(
            FieldError(
                "authority_identifier",
                "required",
                "A follow-up must carry the identifier NAIH gave to the first notification.",
            )
        )
    if form.kind == "withdrawal" and not has_substance(form.note):
        errors.append(FieldError("note", "substance", "Say in a full sentence why the notification is withdrawn."))
    return errors


def _promise_faults(form: FilingForm) -> list[FieldError]:
    """Only an incomplete filing promises anything, and for a day that is still to come when it is sent."""
    sent_on = form.filed_at.at.astimezone(zone(BUDAPEST)).date()
    if form.promised_on is None or (not form.complete and form.promised_on >= sent_on):
        return []
    return [FieldError("promised_on", "promise", "Give a day after the filing, and only when something is to follow.")]


def filing_faults(form: FilingForm, thread: ThreadSoFar, now: datetime) -> list[FieldError]:
    """Every field of a filing that cannot stand; delay reasons are owed by themselves once the deadline has passed."""
    errors = _choices(form) + _not_a_future_time("filed_at", form.filed_at, now)
    if form.filed_at.at < to_the_minute(thread.first_signal):
        errors.append(FieldError("filed_at", "too-early", "This is before the first signal of the incident."))
    errors += _thread_faults(form, thread) + _promise_faults(form)
    if form.kind == "new" and form.filed_at.at > thread.deadline and not has_substance(form.delay_reasons):
        errors.append(
            FieldError(
                "delay_reasons",
                "required",
                "The 72 hours had passed: the reasons for the delay must accompany the notification (Art. 33(1)).",
            )
        )
    return errors


def communication_faults(form: CommunicationForm, first_signal: datetime, now: datetime) -> list[FieldError]:
    """Every field of a communication that cannot stand (Art. 34; when, form and content must be provable)."""
    errors = _not_a_future_time("sent_at", form.sent_at, now)
    if form.sent_at.at < to_the_minute(first_signal):
        errors.append(FieldError("sent_at", "too-early", "This is before the first signal of the incident."))
    if form.form not in FORMS_OF_TELLING:
        errors.append(FieldError("form", "required", "Choose the form in which people were told."))
    if form.reached is not None and form.reached < 0:
        errors.append(FieldError("reached", "negative", "The number of people reached cannot be negative."))
    return errors
