"""A mail from outside becomes a report: brought in, looked at, accepted or put aside (Art. 33(2))."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.ids import new_id
from incidents.rules import inbox as rules
from incidents.rules.evidence import NewFile, file_faults, kind_of, safe_name
from incidents.rules.report import StaffReport
from incidents.steps import report
from incidents.steps.evidence import take
from incidents.steps.guard import require, where_may
from incidents.steps.report import Opened
from incidents.store import audit, inbox, incidents
from incidents.store.tables import InboundMail
from incidents.store.uow import UnitOfWork

ACT = "amend"
"""Who works on cases judges mails; whoever may only report does not read what others were sent."""
NO_MAIL = "Choose the e-mail as a file (.eml): in your mail program, save the message."
JUDGED = "This mail has been judged already."
SHORTEST_REASON = 10


def bring(uow: UnitOfWork, controller_id: UUID, file: NewFile | None) -> InboundMail:
    """Take a saved mail in; the same mail brought again is the one that is there.

    Raises:
        InvalidInput: no mail, or too large a one.
    """
    require(uow, controller_id, ACT)
    if file is None or (not file_faults(file) and kind_of(file.content) != "eml"):
        raise InvalidInput([FieldError("file", "type", NO_MAIL)])
    if faults := file_faults(file):
        raise InvalidInput(faults)
    digest = hashlib.sha256(file.content).hexdigest()
    return inbox.same(uow, controller_id, digest) or _keep(uow, controller_id, file, digest)


def _keep(uow: UnitOfWork, controller_id: UUID, file: NewFile, digest: str) -> InboundMail:
    row = InboundMail(
        id=new_id(uow.now),
        controller_id=controller_id,
        name=safe_name(file),
        size=len(file.content),
        sha256=digest,
        content=file.content,
        brought_by=uow.actor.name,
        brought_at=uow.now,
        state="waiting",
    )
    uow.add(row)
    _log(uow, row, "mail.brought", size=row.size)
    return row


def waiting(uow: UnitOfWork) -> Sequence[InboundMail]:
    """The mails that wait, at the controllers where this actor judges them."""
    return inbox.waiting(uow, where_may(uow, ACT))


def look(uow: UnitOfWork, mail_id: UUID) -> tuple[InboundMail, rules.Mail]:
    """A mail and what it says.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    row = inbox.load(uow, mail_id)
    require(uow, row.controller_id, ACT)
    return row, rules.read(row.content)


def accept(uow: UnitOfWork, mail_id: UUID, said: StaffReport) -> Opened:
    """Open a case from it: the mail and the files that came with it are its first evidence.

    Raises:
        Conflict: it has been judged already.
        InvalidInput: the first signal cannot be right.
    """
    row = _judge(uow, mail_id, "accepted")
    opened = report.open_from_staff(uow, row.controller_id, said, "page")
    incident = incidents.lock(uow, opened.incident_id)
    take(uow, incident, NewFile(row.name, row.content), "other")
    for one in rules.read(row.content).attachments:
        if one.is_taken:
            take(uow, incident, NewFile(one.name, one.content), "other")
    row.incident_id = incident.id
    _log(uow, row, "mail.accepted", incident=str(incident.id), reference=incident.reference)
    return opened


def dismiss(uow: UnitOfWork, mail_id: UUID, reason: str) -> None:
    """Put it aside: no report of a breach.

    Raises:
        Conflict: it has been judged already.
        InvalidInput: without a reason of a few words.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput([FieldError("reason", "required", "Say in a few words why this is no report of a breach.")])
    row = _judge(uow, mail_id, "dismissed")
    row.reason = reason.strip()
    _log(uow, row, "mail.dismissed", reason=row.reason)


def _judge(uow: UnitOfWork, mail_id: UUID, state: str) -> InboundMail:
    row = inbox.load(uow, mail_id, lock=True)
    require(uow, row.controller_id, ACT)
    if row.state != "waiting":
        raise Conflict(JUDGED)
    row.state, row.judged_by, row.judged_at = state, uow.actor.name, uow.now
    return row


def _log(uow: UnitOfWork, row: InboundMail, kind: str, **said: object) -> None:
    data = {"mail": str(row.id), "sha256": row.sha256, **said}
    audit.append(uow, audit.NewEvent(row.controller_id, row.incident_id, kind, data))
