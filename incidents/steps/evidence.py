"""Evidence: a file taken in with its hash, and handed out again only as a file."""

import hashlib
from uuid import UUID

from incidents.base.errors import InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.rules.evidence import KINDS, PAPERS, Accepts, NewFile, file_faults, kind_of, safe_name
from incidents.steps.guard import require
from incidents.store import audit, incidents, thread
from incidents.store.tables import Evidence, Incident
from incidents.store.uow import UnitOfWork


def take(
    uow: UnitOfWork,
    incident: Incident,
    file: NewFile,
    purpose: str,
    path: str = "file",
    *,
    accepts: Accepts = PAPERS,
    note: str = "",
) -> Evidence:
    """Keep a file of a locked case as it is; whoever calls has asked whether the actor may.

    Raises:
        InvalidInput: empty, too large, or none of the kinds that are taken here; names the field ``path``.
    """
    if errors := file_faults(file, path, accepts):
        raise InvalidInput(errors)
    row = Evidence(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        purpose=purpose,
        name=safe_name(file),
        media_type=KINDS[kind_of(file.content)][0],
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        content=file.content,
        note=note.strip(),
        added_by=uow.actor.name,
        added_at=uow.now,
    )
    uow.add(row)
    said = {"purpose": purpose, "note": row.note, "name": row.name, "size": row.size, "sha256": row.sha256}
    audit.append(uow, audit.about(incident, "evidence.added", row, **said))
    return row


def read(uow: UnitOfWork, evidence_id: UUID) -> Evidence:
    """A file with its content.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    row = thread.evidence(uow, evidence_id)
    require(uow, row.controller_id, "read")
    return row


def hand_out(uow: UnitOfWork, incident_id: UUID, evidence_id: UUID) -> Evidence:
    """A file of a case with its content, for saving; that somebody took a copy is itself an entry of the log.

    Raises:
        NotFound, Forbidden: there is none, or not this actor's to read.
    """
    row = read(uow, evidence_id)
    if row.incident_id != incident_id:
        raise NotFound
    incident = incidents.lock(uow, incident_id)
    audit.append(uow, audit.about(incident, "evidence.downloaded", None, name=row.name, sha256=row.sha256))
    return row
