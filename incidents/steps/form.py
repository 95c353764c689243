"""The form of the authority: read as the case fills it, answered where the case has no such fact (Art. 33(3))."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, cast
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules.draft import CaseFile
from incidents.rules.facts import JsonValue
from incidents.rules.form import (
    EDPB_BREACH,
    Beside,
    Change,
    EntryMapping,
    FieldStatus,
    FilledForm,
    Form,
    FormHint,
    Obstacle,
    Reporter,
    Told,
    difference,
    filled,
    fingerprint,
    form_to_fill,
    frozen,
    obstacles,
    quality_hints,
    validate_answers,
)
from incidents.steps import authority
from incidents.steps.draft import case_file
from incidents.steps.guard import require
from incidents.store import audit, controllers, filings, incidents, thread
from incidents.store.tables import Communication, Controller, Filing, FormAnswer, Incident
from incidents.store.uow import UnitOfWork

FilingKind = Literal["new", "follow_up", "withdrawal"]
TO_FOLLOW = (FieldStatus.TO_BE_DETERMINED, FieldStatus.MISSING)


@dataclass(frozen=True)
class Asked:
    """For which filing the form is read; what is empty follows from the thread. ``filed_at`` is an aware instant."""

    kind: str = ""
    complete: bool = False
    form_id: str = EDPB_BREACH
    filed_at: datetime | None = None
    delay_reasons: str = ""
    authority_identifier: str = ""
    withdrawal_reasons: str = ""


@dataclass(frozen=True)
class CaseForm:
    """The form of a case as it stands: filled, who said what in it, what was promised, what went out before.

    ``as_of`` is the aware instant of the newest thing that can have changed it: a sheet made twice is the same sheet.
    """

    filled: FilledForm
    case: CaseFile
    beside: Beside
    answers: Mapping[str, JsonValue]
    said: Mapping[str, FormAnswer]
    mapping: EntryMapping
    as_of: datetime
    previous: Mapping[str, Any] | None

    @property
    def form(self) -> Form:
        """The form itself."""
        return self.filled.form

    @cached_property
    def frozen(self) -> dict[str, JsonValue]:
        """What would go out, as plain JSON."""
        return frozen(self.filled)

    @cached_property
    def fingerprint(self) -> str:
        """The hash of exactly this content."""
        return fingerprint(self.frozen)

    def as_if(self, given: Mapping[str, object]) -> "CaseForm":
        """The form as it would read with these answers as well; those that cannot stand are left out."""
        answers = {**self.answers, **validate_answers(self.form, given)[0]}
        read_again = filled(self.form, self.case, answers, self.beside)
        return dataclasses.replace(self, answers=answers, filled=read_again)

    def as_filing(self, *, complete: bool) -> FilledForm:
        """The same answers in a complete or an incomplete filing."""
        return filled(self.form, self.case, self.answers, self.beside, complete=complete)

    @cached_property
    def in_the_way(self) -> tuple[Obstacle, ...]:
        """What stands in the way of calling it complete."""
        return obstacles(self.as_filing(complete=True))

    @cached_property
    def needed(self) -> tuple[Obstacle, ...]:
        """What even an incomplete one should say."""
        return obstacles(self.as_filing(complete=False))

    @cached_property
    def hints(self) -> tuple[FormHint, ...]:
        """What would make it say more."""
        return quality_hints(self.filled)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs from the filing before; nothing before the first."""
        return difference(self.previous, self.filled) if self.previous else ()

    @cached_property
    def promised(self) -> dict[str, date]:
        """By field, the day by which an answer that is still open was promised."""
        return {
            field.spec.id: date.fromisoformat(row.promised_on)
            for field in self.filled.shown
            if field.status in TO_FOLLOW and (row := self.said.get(field.spec.id)) and row.promised_on
        }


def read(uow: UnitOfWork, incident_id: UUID, asked: Asked | None = None) -> CaseForm:
    """The form as the case fills it now.

    Raises:
        NotFound, Forbidden: not this actor's to read.
        NoSuchLawError: no such form applies today.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    return form_of(uow, incident, asked or Asked())


def form_of(uow: UnitOfWork, incident: Incident, asked: Asked) -> CaseForm:
    """The same, of a case somebody may see already."""
    sent = filings.of_case(uow, incident.id)
    case = _case(uow, incident, asked, sent)
    form = form_to_fill(asked.form_id, authority.today(uow))
    said = thread.answers(uow, incident.id, form.id)
    mapping = authority.entry(uow)
    beside = _beside(uow, incident, mapping)
    answers = _usable(form, said)
    content = thread.newest_content(uow, incident.id, form.id)
    return CaseForm(
        filled=filled(form, case, answers, beside),
        case=case,
        beside=beside,
        answers=answers,
        said=said,
        mapping=mapping,
        as_of=thread.content_as_of(uow, incident.id),
        previous=content.content if content and case.filing_kind != "new" else None,
    )


def next_kind(sent: Sequence[Filing]) -> FilingKind:
    """What the next filing of a thread is: a new one, or one that follows."""
    return "new" if not sent or sent[-1].kind == "withdrawal" else "follow_up"


def known_identifier(uow: UnitOfWork, incident_id: UUID, sent: Sequence[Filing]) -> str:
    """How the authority identifies the notification, as it was entered last; empty while nobody has said."""
    named = [row.authority_identifier for row in thread.receipts(uow, incident_id) if row.authority_identifier]
    return (named or [row.authority_identifier for row in sent if row.authority_identifier] or [""])[-1]


def _case(uow: UnitOfWork, incident: Incident, asked: Asked, sent: Sequence[Filing]) -> CaseFile:
    """The case file for one filing; whether that is late is told by when it is sent."""
    kind = cast("FilingKind", asked.kind or next_kind(sent))
    first = sent[0].filed_at if sent and kind != "new" else uow.now
    case = case_file(uow, incident.id, asked.delay_reasons)
    return dataclasses.replace(
        case,
        filing_kind=kind,
        complete=asked.complete,
        now=asked.filed_at or first,
        authority_reference=asked.authority_identifier.strip() or known_identifier(uow, incident.id, sent),
        withdrawal_reasons=asked.withdrawal_reasons.strip(),
    )


def _beside(uow: UnitOfWork, incident: Incident, mapping: EntryMapping) -> Beside:
    told = tuple(_told(row) for row in thread.communications(uow, incident.id))
    return Beside(_reporter(controllers.load(uow, incident.controller_id)), told, asks=mapping.asks)


def _told(row: Communication) -> Told:
    return Told(ZonedInstant(row.sent_at, row.sent_zone), row.form, row.reached)


def _reporter(who: Controller) -> Reporter:
    """Who notifies unless the form says otherwise: the data protection officer, else the responsible manager."""
    if who.dpo_name:
        return Reporter(who.dpo_name, _contact(who.dpo_email, who.dpo_phone), "dpo")
    contact = _contact(who.responsible_manager_email, who.responsible_manager_phone)
    name = who.responsible_manager_name
    return Reporter(name, contact, "other" if name else "", who.responsible_manager_title)


def _contact(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _usable(form: Form, said: Mapping[str, FormAnswer]) -> dict[str, JsonValue]:
    """The answers that fit the form of today; one given to an older version may not."""
    given = {key: row.value if row.state == "given" else row.state for key, row in said.items() if row.state != "none"}
    return validate_answers(form, given)[0]


def answer(
    uow: UnitOfWork,
    incident_id: UUID,
    given: Mapping[str, object],
    promised: Mapping[str, str] | None = None,
    form_id: str = EDPB_BREACH,
) -> int:
    """Record answers given in the form, by field, and promises (ISO dates); returns how many fields changed.

    ``to_be_determined`` is an answer, None takes an answer back, an empty date a promise.

    Raises:
        InvalidInput: some answers cannot stand; every faulty field is named and nothing is kept.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "draft")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to change the form.")
    today = authority.today(uow)
    form = form_to_fill(form_id, today)
    values, errors = validate_answers(form, given)
    if errors := [*errors, *_promise_faults(form, promised or {}, today)]:
        raise InvalidInput(errors)
    rows = list(_changed(uow, incident, form, values, promised or {}))
    for row in rows:
        uow.add(row)
        audit.append(uow, audit.about(incident, "form.answered", row, field=row.field, row=form.fields[row.field].row))
    return len(rows)


def _promise_faults(form: Form, promised: Mapping[str, str], today: date) -> Iterator[FieldError]:
    for field, text in promised.items():
        if field not in form.fields:
            yield FieldError(f"by.{field}", "unknown-field", "There is no such field in this form.")
        elif text.strip() and not _is_day(text, today):
            yield FieldError(f"by.{field}", "promise", "Give a day that is still to come, for example 2026-12-01.")


def _is_day(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text.strip()) >= today
    except ValueError:
        return False


def _changed(
    uow: UnitOfWork, incident: Incident, form: Form, values: Mapping[str, JsonValue], promised: Mapping[str, str]
) -> Iterator[FormAnswer]:
    """The rows to write, in the order of the form: only what differs from what was said last."""
    known, version = thread.answers(uow, incident.id, form.id), thread.last_answer(uow, incident.id)
    for field in (key for key in form.fields if key in values or key in promised):
        last = known.get(field)
        before = (last.state, last.value, last.promised_on) if last else ("none", None, "")
        state, value = _stated(values[field]) if field in values else before[:2]
        now = (state, value, promised[field].strip() if field in promised else before[2])
        if now != before:
            version += 1
            yield _row(uow, incident, form, version, field, now)


def _stated(value: JsonValue) -> tuple[str, JsonValue]:
    if value is None:
        return "none", None
    return ("to_be_determined", None) if value == "to_be_determined" else ("given", value)


def _row(
    uow: UnitOfWork, incident: Incident, form: Form, version: int, field: str, said: tuple[str, JsonValue, str]
) -> FormAnswer:
    state, value, promised_on = said
    return FormAnswer(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=version,
        form=form.id,
        form_version=form.version,
        field=field,
        state=state,
        value=value,
        promised_on=promised_on,
        said_by=uow.actor.name,
        said_at=uow.now,
    )
