"""The people on a list: taken in in batches, found by address, erased on their day; counts and proof stay."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from incidents.base.errors import Conflict
from incidents.base.ids import new_id
from incidents.rules import letter_codes
from incidents.rules.recipients import Findings, Judged
from incidents.rules.recipients.address import same_email
from incidents.steps.guard import require
from incidents.steps.mailing import end, note
from incidents.steps.uploads import USED_FILE_KEPT, forget_file, today
from incidents.store import audit, incidents, mailings, recipients
from incidents.store.tables import Recipient, RecipientList
from incidents.store.uow import UnitOfWork
from incidents.store.vault import Vault

BATCH = 2000
"""People in one transaction: others get their turn in between."""


def take_in(
    uow: UnitOfWork, list_id: UUID, rows: Sequence[Judged], vault: Vault, *, behind: int, line: int
) -> RecipientList | None:
    """Put a batch of an uploaded file on its list, from behind one line up to another.

    None when somebody else has taken it in, or the list is gone: an import that was killed goes on where it stood,
    and two that run at once do not put anybody on the list twice.
    """
    row = recipients.load(uow, list_id, lock=True)
    if row.state != "importing" or row.imported_line != behind:
        return None
    _add(uow, row, rows, vault)
    row.imported_line = line
    return row


def _add(uow: UnitOfWork, row: RecipientList, judged: Sequence[Judged], vault: Vault) -> set[int]:
    """The lines that were left out because somebody is on the list already."""
    marks = {one.line: vault.mark(one.identity) for one in judged if one.person}
    known, repeated, rows = recipients.known(uow, row.id, marks.values()), set(), []
    for one in judged:
        if one.person and marks[one.line] in known:
            repeated.add(one.line)
        elif one.person:
            known.add(marks[one.line])
            row.people += 1
            rows.append(_row(uow, row, one, vault, marks[one.line]))
    recipients.add(uow, rows)
    return repeated


def _row(uow: UnitOfWork, row: RecipientList, judged: Judged, vault: Vault, mark: str) -> dict[str, Any]:
    person = judged.person
    assert person is not None  # noqa: S101  those without a person were left out before
    return {
        "id": new_id(uow.now),
        "controller_id": row.controller_id,
        "incident_id": row.incident_id,
        "list_id": row.id,
        "seq": row.people,
        "line": judged.line,
        "sealed": vault.close(person),
        "address_hash": vault.mark(judged.address),
        "person_hash": mark,
        "letter_code": letter_codes.code(secrets.randbits(50)),
        "channel": person.channel,
        "postable": person.postable,
        "language": person.language,
        "state": "new",
    }


def finish_import(uow: UnitOfWork, list_id: UUID) -> None:
    """Everybody is on the list: the file is forgotten."""
    row = recipients.load(uow, list_id, lock=True)
    if row.state != "importing":
        return
    row.state = "ready"
    forget_file(uow, row)
    incident = incidents.lock(uow, row.incident_id)
    said = {"list": str(row.id), "people": row.people, "delete_on": row.delete_on.isoformat()}
    audit.append(uow, audit.about(incident, "recipients.imported", None, **said))


def add_people(uow: UnitOfWork, list_id: UUID, rows: Sequence[Judged], vault: Vault) -> list[Judged]:
    """Put people on a list made by the API; what became of each row, in the order given.

    Raises:
        Conflict: the list came as a file, or its sending is approved or has begun.
    """
    row = recipients.load(uow, list_id, lock=True)
    require(uow, row.controller_id, "draft")
    if row.source != "api" or row.state != "ready":
        raise Conflict("People are added only to a list that was made through the API.")
    if any(mailing.state not in {"draft", "test_sent"} for mailing in mailings.of_list(uow, list_id)):
        raise Conflict("The sending to this list is approved or has begun: make a new list.")
    repeated = _add(uow, row, rows, vault)
    found = Findings(keep=0)
    judged = [Judged(one.line, None, ("duplicate",), one.raw) if one.line in repeated else one for one in rows]
    for one in judged:
        found.take(one)
    row.found = _added_up(row.found, found.summary())
    return judged


def _added_up(before: dict[str, Any], more: dict[str, object]) -> dict[str, Any]:
    """Counts of two parts of a list together."""
    total: dict[str, Any] = {}
    for key, value in more.items():
        if isinstance(value, dict):
            total[key] = _added_up(before.get(key, {}), value)
        elif not isinstance(value, bool):
            total[key] = before.get(key, 0) + value
    return {**before, **total}


def erase(uow: UnitOfWork, list_id: UUID, most: int = BATCH) -> bool:
    """Erase some people of a list; when none is left, the list keeps only its counts. Whether that was all of it."""
    row = recipients.load(uow, list_id, lock=True)
    if row.deleted_at is not None:
        return True
    if row.state != "deleted":
        _close_mailings(uow, row)
        row.counts, row.state = recipients.counts_of_list(uow, list_id).kept(), "deleted"
        forget_file(uow, row)
    if recipients.delete_people(uow, list_id, most) == most:
        return False
    row.deleted_at, row.file_name = uow.now, ""
    incident = incidents.lock(uow, row.incident_id)
    said = {"list": str(row.id), "people": row.people, "counts": row.counts}
    audit.append(uow, audit.about(incident, "recipients.deleted", None, **said))
    return True


def _close_mailings(uow: UnitOfWork, row: RecipientList) -> None:
    """The last counts of each mailing while they can be counted; one that still runs ends with its list."""
    for mailing in mailings.of_list(uow, row.id):
        if mailing.state not in {"done", "stopped"}:
            end(uow, mailing)
        elif mailing.started_at:
            note(uow, mailing, "erased")


def to_erase(uow: UnitOfWork) -> list[UUID]:
    """Lists whose day has come, and files nobody went on with."""
    return [row.id for row in recipients.to_erase(uow, today(uow), uow.now - USED_FILE_KEPT)]


def erase_now(uow: UnitOfWork, list_id: UUID) -> None:
    """Erase a list before its day.

    Raises:
        Conflict: letters to it are being sent.
    """
    row = recipients.load(uow, list_id, lock=True)
    require(uow, row.controller_id, "draft")
    if any(mailing.state in {"approved", "running", "paused"} for mailing in mailings.of_list(uow, list_id)):
        raise Conflict("Letters to this list are being sent. Stop the sending first.")
    while not erase(uow, list_id):
        pass


def find(uow: UnitOfWork, list_id: UUID, email: str, vault: Vault) -> Sequence[Recipient]:
    """The people of a list at an e-mail address.

    Raises:
        NotFound, Forbidden: not this actor's to write to.
    """
    row = recipients.load(uow, list_id)
    require(uow, row.controller_id, "draft")
    return recipients.by_address(uow, list_id, vault.marks(same_email(email.strip())))
