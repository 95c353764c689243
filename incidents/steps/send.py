"""Send: what went to the authority and to the people, recorded for good (Art. 33(1), 33(4), 34)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.clock import lateness
from incidents.rules.send import (
    CommunicationForm,
    FilingForm,
    ThreadSoFar,
    communication_faults,
    filing_faults,
)
from incidents.steps import following, thread
from incidents.steps.clock import stop_clock
from incidents.steps.form import known_identifier
from incidents.steps.guard import require
from incidents.steps.thread import Printer
from incidents.store import audit, deadlines, documents, filings, incidents
from incidents.store.tables import ClockRow, Communication, Filing, Incident
from incidents.store.uow import UnitOfWork


def _thread(uow: UnitOfWork, incident: Incident, clock: ClockRow, sent: Sequence[Filing]) -> ThreadSoFar:
    return ThreadSoFar(
        opened_at=incident.opened_at,
        first_signal=incident.first_signal_at,
        deadline=clock.deadline_at,
        has_first=bool(sent),
        identifier_known=bool(known_identifier(uow, incident.id, sent)),
        withdrawn=bool(sent) and sent[-1].kind == "withdrawal",
    )


def _document_faults(uow: UnitOfWork, incident_id: UUID, document_id: UUID | None, *kinds: str) -> list[FieldError]:
    """A document named as sent must be a frozen draft of this case and of the right kind."""
    if document_id is None or any(documents.exists(uow, incident_id, document_id, kind) for kind in kinds):
        return []
    return [FieldError("document_id", "unknown", "Choose one of the frozen drafts of this case.")]


def record_filing(uow: UnitOfWork, incident_id: UUID, form: FilingForm, printer: Printer | None = None) -> Filing:
    """Record a sent version of the notification with exactly what it said; ``printer`` makes its transfer sheet.

    Its lateness is measured on the clock of this moment, for good. Complete or not is for the person to say: complete
    is refused while anything stands in the way.

    Raises:
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "file")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to record a filing.")
    clock, sent = deadlines.clocks_of(uow, incident_id)[-1], filings.of_case(uow, incident_id)
    errors = filing_faults(form, _thread(uow, incident, clock, sent), uow.now)
    errors += _document_faults(uow, incident_id, form.document_id, "authority")
    if any(error.path == "kind" for error in errors):
        raise InvalidInput(errors)
    found = thread.form_for(uow, incident, form)
    errors += thread.completeness_faults(form, found) + thread.sign_off_faults(uow, incident, form, found, sent)
    if errors:
        raise InvalidInput(errors)
    row = _filing(uow, form, incident, clock, len(sent) + 1)
    uow.add(row)
    said = {"version": row.version, "kind": row.kind, "complete": row.complete, "channel": row.channel}
    times = {"filed_at": row.filed_at.isoformat(), "late_by_seconds": row.late_by_seconds}
    audit.append(uow, audit.about(incident, "filing.recorded", row, **said, **times))
    thread.keep_content(uow, incident, row, form, found, printer)
    stop_clock(uow, incident, "withdrawn" if form.kind == "withdrawal" else "filed")
    thread.go_on(uow, incident, row, form, found)
    return row


def _filing(uow: UnitOfWork, form: FilingForm, incident: Incident, clock: ClockRow, version: int) -> Filing:
    late_by = lateness(form.filed_at.at, clock.deadline_at) if form.kind == "new" else timedelta(0)
    return Filing(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=version,
        kind=form.kind,
        complete=form.complete,
        channel=form.channel,
        filed_at=form.filed_at.at,
        filed_zone=form.filed_at.zone,
        authority_identifier=form.authority_identifier.strip(),
        clock_id=clock.id,
        deadline_at=clock.deadline_at,
        late_by_seconds=int(late_by.total_seconds()),
        delay_reasons=form.delay_reasons.strip(),
        document_id=form.document_id,
        note=form.note.strip(),
        filed_by=uow.actor.name,
        recorded_at=uow.now,
    )


def record_communication(uow: UnitOfWork, incident_id: UUID, form: CommunicationForm) -> Communication:
    """Record that people were told: the proof of when, in what form and with what content (Art. 34, 5(2)).

    Raises:
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "communicate")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to record a communication.")
    errors = communication_faults(form, incident.first_signal_at, uow.now)
    if errors := errors + _document_faults(uow, incident_id, form.document_id, "subjects", "notice"):
        raise InvalidInput(errors)
    row = _communication(uow, form, incident)
    uow.add(row)
    said = {"form": row.form, "sent_at": row.sent_at.isoformat(), "reached": row.reached}
    audit.append(uow, audit.about(incident, "communication.recorded", row, **said))
    following.told(uow, incident, row)
    return row


def _communication(uow: UnitOfWork, form: CommunicationForm, incident: Incident) -> Communication:
    return Communication(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        sent_at=form.sent_at.at,
        sent_zone=form.sent_at.zone,
        form=form.form,
        reached=form.reached,
        document_id=form.document_id,
        note=form.note.strip(),
        recorded_by=uow.actor.name,
        recorded_at=uow.now,
    )
