"""Lists of recipients on their way in: a file kept sealed and no longer than needed, its columns, and the people."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, zone
from incidents.rules.groups import group_faults
from incidents.rules.mailing import LONGEST_KEPT, USUALLY_KEPT
from incidents.rules.recipients import Findings, column_faults
from incidents.steps.guard import require
from incidents.store import audit, incidents, recipients
from incidents.store.tables import RecipientList, UploadChunk
from incidents.store.uow import UnitOfWork
from incidents.store.vault import Vault

MOST_BYTES = 64 * 1024 * 1024
"""Of an uploaded file."""
LONGEST_PURPOSE = 500
FINDINGS_PIECE = -1
"""The number of the piece that holds what the dry run found."""
DOUBTFUL = "Most rows have no usable address. Check the columns, or tick that this is right."


@dataclass(frozen=True)
class ListForm:
    """What is said of a list before its people come: for which group, why it is held, until when."""

    group: str = ""
    purpose: str = ""
    language: str = "hu"
    delete_on: date | None = None
    source: str = "csv"
    file_name: str = ""


@dataclass(frozen=True)
class Reading:
    """How a file is read: the column of each field, and for CSV the encoding and the sign between cells."""

    columns: Mapping[str, int]
    encoding: str = ""
    separator: str = ""
    language: str = "hu"
    width: int = 0


def today(uow: UnitOfWork) -> date:
    """The day in Hungary."""
    return uow.now.astimezone(zone(BUDAPEST)).date()


def usual_end(uow: UnitOfWork) -> date:
    """The day a list is erased unless somebody says otherwise."""
    return today(uow) + USUALLY_KEPT


def _faults(uow: UnitOfWork, form: ListForm) -> list[FieldError]:
    errors = group_faults(form.group)
    if not form.purpose.strip() or len(form.purpose) > LONGEST_PURPOSE:
        errors.append(FieldError("purpose", "required", "Say in a few words what the list is used for."))
    if form.language not in {"hu", "en"}:
        errors.append(FieldError("language", "wrong", "Choose one from the list, or leave it empty."))
    if form.delete_on and not today(uow) < form.delete_on <= today(uow) + LONGEST_KEPT:
        errors.append(FieldError("delete_on", "wrong", "Choose a day from tomorrow on, within one year."))
    return errors


def begin(uow: UnitOfWork, incident_id: UUID, form: ListForm) -> RecipientList:
    """A new list: kept apart from the register, with the day it will be erased (GDPR Art. 5(1)(e)).

    Raises:
        InvalidInput: it cannot be kept so; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "draft")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to write to the people concerned.")
    if errors := _faults(uow, form):
        raise InvalidInput(errors)
    row = RecipientList(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        people_group=form.group.strip(),
        purpose=form.purpose.strip(),
        language=form.language,
        source=form.source,
        file_name=form.file_name[:LONGEST_PURPOSE],
        state="ready" if form.source == "api" else "uploading",
        uploaded_by=uow.actor.name,
        uploaded_by_id=uow.actor.user_id,
        uploaded_at=uow.now,
        delete_on=form.delete_on or usual_end(uow),
    )
    uow.add(row)
    return row


def keep_piece(uow: UnitOfWork, list_id: UUID, number: int, sealed: bytes) -> None:
    """Keep the next sealed piece of a file.

    Raises:
        Conflict: the list is no longer being uploaded.
    """
    row = _own(uow, list_id, "draft")
    if row.state != "uploading":
        raise Conflict
    _add_piece(uow, row, number, sealed)


def _add_piece(uow: UnitOfWork, row: RecipientList, number: int, sealed: bytes) -> None:
    piece = UploadChunk(
        id=new_id(uow.now),
        controller_id=row.controller_id,
        incident_id=row.incident_id,
        list_id=row.id,
        number=number,
        sealed=sealed,
    )
    uow.add(piece)


def give_up(uow: UnitOfWork, list_id: UUID) -> None:
    """The file did not arrive whole, or is none we can read: nothing of it is kept."""
    row = _own(uow, list_id, "draft", lock=True)
    if row.state == "uploading":
        recipients.delete_pieces(uow, list_id)
        uow.session.delete(row)


def finish_upload(uow: UnitOfWork, list_id: UUID, *, source: str, size: int, sha256: str) -> RecipientList:
    """The whole file is here.

    Raises:
        Conflict: the list is no longer being uploaded.
    """
    row = _own(uow, list_id, "draft", lock=True)
    if row.state != "uploading":
        raise Conflict
    row.state, row.source, row.size, row.sha256 = "uploaded", source, size, sha256
    said = {"list": str(row.id), "file": row.file_name, "size": size, "sha256": sha256, "group": row.people_group}
    incident = incidents.lock(uow, row.incident_id)
    audit.append(uow, audit.about(incident, "recipients.uploaded", None, **said))
    return row


def piece_reader(open_uow: Callable[[], Any], vault: Vault, list_id: UUID) -> Callable[[int], bytes]:
    """What opens a piece of an uploaded file by its number, each in a short transaction of its own."""

    def read(number: int) -> bytes:
        with open_uow() as uow:
            return vault.open_piece(recipients.piece(uow, list_id, number))

    return read


def look(uow: UnitOfWork, list_id: UUID, act: str = "draft") -> RecipientList:
    """A list, for showing.

    Raises:
        NotFound, Forbidden: not this actor's to prepare.
    """
    return _own(uow, list_id, act)


def read_as(uow: UnitOfWork, list_id: UUID, reading: Reading) -> RecipientList:
    """Record which column means what; nothing is imported by it.

    Raises:
        InvalidInput: the columns cannot be used; every faulty one is named.
        Conflict: the list is imported already.
    """
    row = _own(uow, list_id, "draft", lock=True)
    if row.state not in {"uploaded", "broken"}:
        raise Conflict
    if errors := column_faults(reading.columns, reading.width):
        raise InvalidInput(errors)
    row.reading = {
        "columns": dict(reading.columns),
        "encoding": reading.encoding,
        "separator": reading.separator,
        "width": reading.width,
    }
    row.language, row.state, row.fault, row.found = reading.language, "uploaded", "", {}
    return row


def keep_findings(uow: UnitOfWork, list_id: UUID, found: Findings, vault: Vault) -> RecipientList:
    """Keep what the dry run found: the counts for good, the first odd rows under seal as long as the file.

    Raises:
        Conflict: the list is imported already.
    """
    row = _own(uow, list_id, "draft", lock=True)
    if row.state != "uploaded":
        raise Conflict
    row.found = found.summary()
    recipients.delete_piece(uow, list_id, FINDINGS_PIECE)
    shown = [{"line": one.line, "findings": list(one.findings), "raw": dict(one.raw)} for one in found.shown]
    _add_piece(uow, row, FINDINGS_PIECE, vault.close_piece(json.dumps(shown).encode()))
    return row


def findings_shown(uow: UnitOfWork, row: RecipientList, vault: Vault) -> list[dict[str, Any]]:
    """The first odd rows of the dry run: line, findings, what stood there."""
    sealed = recipients.find_piece(uow, row.id, FINDINGS_PIECE)
    shown: list[dict[str, Any]] = json.loads(vault.open_piece(sealed)) if sealed else []
    return shown


def confirm(uow: UnitOfWork, list_id: UUID, *, all_the_same: bool = False) -> RecipientList:
    """Import what the dry run found. Where the columns look wrong, only if somebody says so expressly.

    Raises:
        InvalidInput: nobody could be written to, or the columns look wrong.
        Conflict: the list is imported already.
    """
    row = _own(uow, list_id, "draft", lock=True)
    if row.state != "uploaded" or not row.found:
        raise Conflict
    if row.found["people"] == 0:
        raise InvalidInput([FieldError("columns", "nobody", "There is nobody on this list who could be written to.")])
    if row.found["doubtful"] and not all_the_same:
        raise InvalidInput([FieldError("all_the_same", "doubtful", DOUBTFUL)])
    row.state = "importing"
    return row


def break_off(uow: UnitOfWork, list_id: UUID, fault: str) -> None:
    """The file could not be read to its end: whoever was imported is taken out again, and somebody must look."""
    row = recipients.load(uow, list_id, lock=True)
    recipients.delete_people(uow, list_id, row.people + 1)
    row.state, row.fault, row.people, row.imported_line = "broken", fault, 0, 0


def forget_file(uow: UnitOfWork, row: RecipientList) -> None:
    """The uploaded file is needed no longer."""
    recipients.delete_pieces(uow, row.id)


def _own(uow: UnitOfWork, list_id: UUID, act: str, *, lock: bool = False) -> RecipientList:
    row = recipients.load(uow, list_id, lock=lock)
    require(uow, row.controller_id, act)
    return row


def lists_of(uow: UnitOfWork, incident_id: UUID) -> Sequence[RecipientList]:
    """The lists of a case, newest first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    return recipients.of_case(uow, incident_id)


USED_FILE_KEPT = timedelta(days=1)
"""How long an uploaded file waits for somebody to go on with it."""
