"""Publicity: a public notice, where it was published, and what proves that it stood there (Art. 34(3)(c))."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.rules.evidence import SHOWN
from incidents.rules.publicity import ProofForm, PublicationForm, proof_faults, publication_faults
from incidents.rules.send import CommunicationForm
from incidents.steps import send
from incidents.steps.evidence import take
from incidents.steps.guard import require
from incidents.store import audit, documents, incidents, publicity, thread
from incidents.store.tables import Communication, Evidence, Incident, Publication, PublicationProof
from incidents.store.uow import UnitOfWork

CLOSED = "The case is closed. Reopen it to record a publication."


@dataclass(frozen=True)
class Proof:
    """A notice was seen at its place or taken down, with the file that shows it."""

    row: PublicationProof
    file: Evidence | None


@dataclass(frozen=True)
class Published:
    """A publication with its proofs, oldest first."""

    row: Publication
    proofs: Sequence[Proof]

    @property
    def shown(self) -> bool:
        """Whether anything proves that it stood there."""
        return any(proof.row.kind == "seen" for proof in self.proofs)

    @property
    def ended(self) -> bool:
        """Whether it was taken down."""
        return any(proof.row.kind == "ended" for proof in self.proofs)


def published(uow: UnitOfWork, incident_id: UUID) -> list[Published]:
    """Where the notices of a case were published, oldest first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    proofs, files = publicity.proofs(uow, incident_id), thread.evidence_of(uow, incident_id)
    return [
        Published(
            row, [Proof(one, files.get(one.evidence_id) if one.evidence_id else None) for one in proofs.get(row.id, [])]
        )
        for row in publicity.publications(uow, incident_id)
    ]


def publish(uow: UnitOfWork, incident_id: UUID, form: PublicationForm) -> Publication:
    """Record that a notice was published; it counts as telling the people in public form.

    Raises:
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = _open(uow, incident_id)
    errors = publication_faults(form, incident.first_signal_at, uow.now)
    if form.document_id and not documents.exists(uow, incident_id, form.document_id, "notice"):
        errors.append(FieldError("document_id", "unknown", "Choose one of the frozen notices of this case."))
    if errors:
        raise InvalidInput(errors)
    told = CommunicationForm(form.published_at, "public", None, form.document_id, _where(form))
    row = _publication(uow, incident, form, send.record_communication(uow, incident_id, told))
    uow.add(row)
    said = {"place": row.place, "name": row.name, "address": row.address, "published_at": row.published_at.isoformat()}
    audit.append(uow, audit.about(incident, "notice.published", row, **said))
    return row


def prove(uow: UnitOfWork, incident_id: UUID, publication_id: UUID | None, form: ProofForm) -> PublicationProof:
    """Record that a notice was seen at its place, or taken down, with the file that shows it.

    Raises:
        InvalidInput: it cannot be recorded so, or the case has no such publication; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = _open(uow, incident_id)
    notice = publicity.publication(uow, incident_id, publication_id) if publication_id else None
    if notice is None:
        raise InvalidInput([FieldError("publication_id", "unknown", "Choose one of the publications of this case.")])
    if errors := proof_faults(form, notice.published_at, uow.now):
        raise InvalidInput(errors)
    kept = take(uow, incident, form.file, "proof", accepts=SHOWN) if form.file else None
    row = PublicationProof(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        publication_id=notice.id,
        kind=form.kind,
        at=form.at.at,
        zone=form.at.zone,
        evidence_id=kept.id if kept else None,
        note=form.note.strip(),
        recorded_by=uow.actor.name,
        recorded_at=uow.now,
    )
    uow.add(row)
    said = {"name": notice.name, "note": row.note} | ({"file": kept.name, "sha256": kept.sha256} if kept else {})
    audit.append(uow, audit.about(incident, "notice.ended" if form.kind == "ended" else "notice.proved", row, **said))
    return row


def proof_file(uow: UnitOfWork, incident_id: UUID, evidence_id: UUID) -> Evidence:
    """A file that proves a publication of a case, with its content.

    Raises:
        NotFound, Forbidden: there is none, or not this actor's to read.
    """
    found = thread.evidence(uow, evidence_id)
    require(uow, found.controller_id, "read")
    rows = publicity.proofs(uow, incident_id).values()
    if evidence_id not in {one.evidence_id for some in rows for one in some}:
        raise NotFound
    return found


def _open(uow: UnitOfWork, incident_id: UUID) -> Incident:
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "communicate")
    if incident.closed_at is not None:
        raise Conflict(CLOSED)
    return incident


def _where(form: PublicationForm) -> str:
    return " – ".join(part for part in (form.name.strip(), form.address.strip(), form.note.strip()) if part)


def _publication(uow: UnitOfWork, incident: Incident, form: PublicationForm, told: Communication) -> Publication:
    return Publication(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        place=form.place,
        name=form.name.strip(),
        address=form.address.strip(),
        language=form.language,
        published_at=form.published_at.at,
        published_zone=form.published_at.zone,
        until_at=form.until.at if form.until else None,
        until_zone=form.until.zone if form.until else "",
        document_id=form.document_id,
        communication_id=told.id,
        note=form.note.strip(),
        recorded_by=uow.actor.name,
        recorded_at=uow.now,
    )
