"""Send: what went to the authority and to the people, recorded for good (Art. 33(1), 33(4), 34)."""

from uuid import UUID

from sqlalchemy import select

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
from incidents.steps.clock import stop_clock
from incidents.steps.guard import require
from incidents.store import audit, deadlines, incidents
from incidents.store.tables import ClockRow, Communication, Document, Filing, Incident
from incidents.store.uow import UnitOfWork


def _filings(uow: UnitOfWork, incident_id: UUID) -> list[Filing]:
    return list(uow.session.scalars(select(Filing).where(Filing.incident_id == incident_id).order_by(Filing.version)))


def _thread(incident: Incident, clock: ClockRow, filings: list[Filing]) -> ThreadSoFar:
    return ThreadSoFar(
        opened_at=incident.opened_at,
        first_signal=incident.first_signal_at,
        deadline=clock.deadline_at,
        has_first=bool(filings),
        identifier_known=any(filing.authority_identifier for filing in filings),
        withdrawn=bool(filings) and filings[-1].kind == "withdrawal",
    )


def _document_faults(uow: UnitOfWork, incident_id: UUID, document_id: UUID | None, kind: str) -> list[FieldError]:
    """A document named as sent must be a frozen draft of this case and of the right kind."""
    if document_id is None:
        return []
    row = uow.session.scalar(select(Document).where(Document.id == document_id))
    if row is not None and row.incident_id == incident_id and row.kind == kind:
        return []
    return [FieldError("document_id", "unknown", "Choose one of the frozen drafts of this case.")]


def record_filing(uow: UnitOfWork, incident_id: UUID, form: FilingForm) -> Filing:
    """Record a sent version of the notification. Its lateness is measured on the clock of this moment, for good.

    Raises:
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "file")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to record a filing.")
    clock = deadlines.clocks_of(uow, incident_id)[-1]
    filings = _filings(uow, incident_id)
    errors = filing_faults(form, _thread(incident, clock, filings), uow.now)
    if errors := errors + _document_faults(uow, incident_id, form.document_id, "authority"):
        raise InvalidInput(errors)
    row = Filing(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=len(filings) + 1,
        kind=form.kind,
        complete=form.complete,
        channel=form.channel,
        filed_at=form.filed_at.at,
        filed_zone=form.filed_at.zone,
        authority_identifier=form.authority_identifier.strip(),
        clock_id=clock.id,
        deadline_at=clock.deadline_at,
        late_by_seconds=int(lateness(form.filed_at.at, clock.deadline_at).total_seconds()) if form.kind == "new" else 0,
        delay_reasons=form.delay_reasons.strip(),
        document_id=form.document_id,
        note=form.note.strip(),
        filed_by=uow.actor.name,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    audit.append(
        uow,
        audit.NewEvent(
            incident.controller_id,
            incident.id,
            "filing.recorded",
            {
                "version": row.version,
                "kind": row.kind,
                "complete": row.complete,
                "channel": row.channel,
                "filed_at": row.filed_at.isoformat(),
                "late_by_seconds": row.late_by_seconds,
            },
            row,
        ),
    )
    stop_clock(uow, incident, "withdrawn" if form.kind == "withdrawal" else "filed")
    return row


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
    if errors := errors + _document_faults(uow, incident_id, form.document_id, "subjects"):
        raise InvalidInput(errors)
    row = Communication(
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
    uow.session.add(row)
    audit.append(
        uow,
        audit.NewEvent(
            incident.controller_id,
            incident.id,
            "communication.recorded",
            {"form": row.form, "sent_at": row.sent_at.isoformat(), "reached": row.reached},
            row,
        ),
    )
    return row
