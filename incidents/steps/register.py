"""Register: every incident, notified or not, with its reasons (Art. 33(5)); closed, exported, proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.time import BUDAPEST, zone
from incidents.rules.lifecycle import obstacles_to_closing
from incidents.rules.register import Break, canonical, digest
from incidents.steps.cases import Case, read_case, read_cases
from incidents.steps.clock import restart_clock, stop_clock
from incidents.steps.guard import require, where_may
from incidents.store import audit, incidents
from incidents.store.incidents import RegisterQuery
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class RegisterFilter:
    """Which entries of the register are asked for; empty means all. Years are local (Europe/Budapest)."""

    query: str = ""
    year: int | None = None
    notified: str = ""
    """``yes``, ``no`` (decided not to notify) or ``undecided``."""
    controller_id: UUID | None = None


@dataclass(frozen=True)
class SignedHead:
    """The newest link of a controller's log, signed, so that an export can be checked years later, offline."""

    controller_id: str
    seq: int
    hash: str
    at: str
    public_key: str
    signature: str


def close_incident(uow: UnitOfWork, incident_id: UUID, note: str) -> None:
    """Close a case whose duties are done.

    Raises:
        Conflict: a duty is open; the sentence names it.
        InvalidInput: no closing note.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "close")
    if incident.closed_at is not None:
        raise Conflict("The case is closed already.")
    if incident.is_drill:
        raise Conflict("This is a drill: end it on the page of drills.")
    if obstacles := obstacles_to_closing(read_case(uow, incident).marks):
        raise Conflict(obstacles[0])
    if not note.strip():
        raise InvalidInput([FieldError("note", "required", "Say in a sentence with what result the case is closed.")])
    incident.closed_at, incident.closing_note = uow.now, note.strip()
    stop_clock(uow, incident, "closed")
    audit.append(uow, audit.about(incident, "incident.closed", note=incident.closing_note))


def reopen_incident(uow: UnitOfWork, incident_id: UUID, note: str) -> None:
    """Open a closed case again, for new facts; an unfiled duty to notify runs on from the same awareness.

    Raises:
        Conflict: the case is open.
        InvalidInput: no reason.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "close")
    if incident.is_drill:
        raise Conflict("A drill that has ended stays as it is. Start a new one.")
    if incident.closed_at is None:
        raise Conflict("The case is open.")
    if not note.strip():
        raise InvalidInput([FieldError("note", "required", "Say why the case is opened again.")])
    incident.closed_at, incident.closing_note = None, ""
    if read_case(uow, incident).clock.stop_reason == "closed":
        restart_clock(uow, incident, "reopened")
    audit.append(uow, audit.about(incident, "incident.reopened", note=note.strip()))


def entries(uow: UnitOfWork, wanted: RegisterFilter) -> list[Case]:
    """The cases that make up the register, in the order in which they were opened.

    Without a controller: of every one whose register the actor may see.

    Raises:
        NotFound, Forbidden: the actor may not see the register of that controller.
    """
    controllers = where_may(uow, "register")
    if wanted.controller_id:
        require(uow, wanted.controller_id, "register")
        controllers = frozenset({wanted.controller_id})
    since, before = _year(wanted.year) if wanted.year else (None, None)
    found = incidents.for_register(uow, RegisterQuery(controllers, wanted.query, since, before))
    return [one for one in read_cases(uow, found) if _has(one, wanted.notified)]


def _year(year: int) -> tuple[datetime, datetime]:
    first = datetime(year, 1, 1, tzinfo=zone(BUDAPEST))
    return first, first.replace(year=year + 1)


def _has(case: Case, notified: str) -> bool:
    if not notified:
        return True
    state = case.decision.notify if case.decision else "undecided"
    return notified == ("yes" if case.filings else state)


def verify(uow: UnitOfWork, controller_id: UUID) -> Sequence[Break]:
    """Every place where the controller's event log, or a row it vouches for, was altered, removed or reordered.

    Open the unit of work read-only: then the log is read as of one moment, while others may go on writing.

    Raises:
        NotFound, Forbidden: the actor may not see the register of that controller.
    """
    require(uow, controller_id, "register")
    return audit.verify(uow, controller_id)


def record_export(uow: UnitOfWork, controller_id: UUID, what: str, content: bytes) -> None:
    """Write into the log that the register left the house, in what form, with which hash.

    Raises:
        NotFound, Forbidden: the actor may not export the register of that controller.
    """
    require(uow, controller_id, "export")
    audit.append(
        uow, audit.NewEvent(controller_id, None, "register.exported", {"form": what, "sha256": digest(content.hex())})
    )


def signed_head(uow: UnitOfWork, controller_id: UUID, secret: str) -> SignedHead:
    """The newest link of a controller's log with an Ed25519 signature made from the installation's secret."""
    head = audit.head(uow, controller_id)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest(["register-signing-key", secret])))
    body = [str(controller_id), head.seq, head.hash, uow.now.isoformat()]
    return SignedHead(
        controller_id=str(controller_id),
        seq=head.seq,
        hash=head.hash,
        at=uow.now.isoformat(),
        public_key=key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
        signature=key.sign(canonical(body)).hex(),
    )
