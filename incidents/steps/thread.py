"""The thread of filings: what exactly went out, what it promised, and what came back for it (Art. 33(4))."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.i18n import msgid
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules.duties import PROMISE, ReportForm
from incidents.rules.evidence import NewFile
from incidents.rules.form import Obstacle, mark
from incidents.rules.send import FilingForm
from incidents.rules.thread import end_of, is_kept, promises
from incidents.steps import duties
from incidents.steps.evidence import take
from incidents.steps.form import Asked, CaseForm, form_of
from incidents.steps.guard import require
from incidents.steps.sign_off import signed_for, waits_for_sign_off
from incidents.store import audit, controllers, filings, incidents, thread
from incidents.store import duties as stored_duties
from incidents.store.tables import Filing, FilingContent, FilingPromise, Incident, Receipt
from incidents.store.uow import UnitOfWork

Printer: TypeAlias = Callable[[CaseForm, int], bytes]
"""Makes the transfer sheet of a filing with that number."""
FOLLOW_UP = "follow_up"
NOT_COMPLETE = (
    "It cannot be called complete: {count} fields stand in the way. Fill them in, or record it as incomplete."
)
UNSIGNED = (
    "A sign-off was asked for, and exactly this version has none. Say in a sentence why you send it all the same."
)
IN_THE_WAY = {
    "missing": msgid("Row {row} of the form is mandatory and not filled in."),
    "to_be_determined": msgid("Row {row} of the form is still to be determined: a complete one may not contain that."),
    "delay_reasons": msgid("Row {row} of the form: the 72 hours have passed, so the reasons for the delay are due."),
    "earlier_identifier": msgid("Row {row} of the form: a follow-up needs the identifier of the earlier notification."),
    "withdrawal_reasons": msgid("Row {row} of the form: a withdrawal needs reasons."),
}
"""The sentences for what stands in the way, by code; the form's own words for it are in law/forms/words."""


def form_for(uow: UnitOfWork, incident: Incident, form: FilingForm) -> CaseForm:
    """The form as it goes out with this filing."""
    follows = form.kind in {"follow_up", "withdrawal"}
    asked = Asked(
        kind=form.kind,
        complete=form.complete,
        form_id=form.form_id,
        filed_at=form.filed_at.at if form.kind == "new" else None,
        delay_reasons=form.delay_reasons.strip(),
        authority_identifier=form.authority_identifier if follows else "",
        withdrawal_reasons=form.note if form.kind == "withdrawal" else "",
    )
    return form_of(uow, incident, asked)


def completeness_faults(form: FilingForm, found: CaseForm) -> list[FieldError]:
    """Why it cannot be called complete: one line for the choice, then every field that stands in the way."""
    if not form.complete or form.kind == "withdrawal" or not found.in_the_way:
        return []
    count = str(len(found.in_the_way))
    return [FieldError("complete", "not-complete", NOT_COMPLETE, {"count": count}), *map(_in_the_way, found.in_the_way)]


def _in_the_way(one: Obstacle) -> FieldError:
    return FieldError(f"form.{one.field_id}", one.code, IN_THE_WAY[one.code], {"row": str(one.row)})


def sign_off_faults(
    uow: UnitOfWork, incident: Incident, form: FilingForm, found: CaseForm, sent: Sequence[Filing]
) -> list[FieldError]:
    """A late approver never blocks: without the sign-off that was asked for, one sentence says why it goes out."""
    if form.unsigned_because.strip() or signed_for(uow, incident, found.fingerprint):
        return []
    if not waits_for_sign_off(uow, incident, sent):
        return []
    return [FieldError("unsigned_because", "required", UNSIGNED)]


def keep_content(
    uow: UnitOfWork, incident: Incident, filing: Filing, form: FilingForm, found: CaseForm, printer: Printer | None
) -> FilingContent:
    """Freeze what went out: every field, its fingerprint, the sheet made of it, and who signed it off."""
    sheet = printer(found, filing.version) if printer else None
    signed = signed_for(uow, incident, found.fingerprint)
    row = FilingContent(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        filing_id=filing.id,
        version=filing.version,
        form=found.form.id,
        form_version=found.form.version,
        content=found.frozen,
        fingerprint=found.fingerprint,
        sheet=sheet,
        sheet_sha256=hashlib.sha256(sheet).hexdigest() if sheet else "",
        sign_off_id=signed.id if signed else None,
        unsigned_because="" if signed else form.unsigned_because.strip(),
    )
    uow.add(row)
    said = {
        "version": row.version,
        "form": found.form.name,
        "sha256": row.fingerprint,
        "sheet_sha256": row.sheet_sha256,
    }
    why = {"signed_by": signed.answered_by if signed else "", "unsigned_because": row.unsigned_because}
    audit.append(uow, audit.about(incident, "filing.content_kept", row, **said, **why))
    return row


def go_on(uow: UnitOfWork, incident: Incident, filing: Filing, form: FilingForm, found: CaseForm) -> None:
    """After a filing: earlier promises it keeps are kept, those it makes become clocks."""
    _settle(uow, incident, filing, found)
    if filing.kind == "withdrawal" or filing.complete:
        return
    for day, fields in promises(found.filled, found.promised, form.promised_on).items():
        _promise(uow, incident, filing, found, day.isoformat(), fields)


def _promise(
    uow: UnitOfWork, incident: Incident, filing: Filing, found: CaseForm, day: str, fields: tuple[str, ...]
) -> None:
    key = new_id(uow.now)
    rows = ", ".join(str(found.form.fields[one].row) for one in fields)
    language = controllers.load(uow, incident.controller_id).language
    title = mark("promise", "phrases").in_language(language).format(rows=rows, version=str(filing.version))
    anchors = {"promised": end_of(date.fromisoformat(day))}
    duties.open_duty(uow, incident, PROMISE, subject=key.hex, title=title, anchors=anchors)
    row = FilingPromise(
        id=key,
        controller_id=incident.controller_id,
        incident_id=incident.id,
        filing_id=filing.id,
        promised_on=day,
        fields=list(fields),
        subject=key.hex,
    )
    uow.add(row)
    audit.append(uow, audit.about(incident, "filing.promised", row, promised_on=day, fields=list(fields)))


def _settle(uow: UnitOfWork, incident: Incident, filing: Filing, found: CaseForm) -> None:
    """A promise is kept once nothing of it is open; a withdrawal leaves nothing to keep."""
    waiting = {
        row.subject: row
        for row in stored_duties.of_case(uow, incident.id)
        if row.regime == PROMISE and row.state == "confirmed"
    }
    for promise in thread.promises(uow, incident.id):
        duty = waiting.get(promise.subject)
        if duty is not None and filing.kind == "withdrawal":
            duties.give_up(uow, incident, duty, filing.note)
        elif duty is not None and is_kept(promise.fields, found.filled):
            sent_at = ZonedInstant(filing.filed_at, filing.filed_zone)
            said = ReportForm(sent_at, filing.channel, filing.authority_identifier, filing.note)
            duties.write_report(uow, incident, duty, FOLLOW_UP, said)


def record_receipt(
    uow: UnitOfWork, filing_id: UUID, *, identifier: str = "", note: str = "", file: NewFile | None = None
) -> Receipt:
    """Keep what came back for a filing: the authority's identifier, exactly as it stands there, and the file.

    Raises:
        NotFound: there is no such filing.
        InvalidInput: neither an identifier nor a file, or a file that cannot be taken.
        Conflict: the case is closed.
    """
    filing = filings.load(uow, filing_id)
    incident = incidents.lock(uow, filing.incident_id)
    require(uow, incident.controller_id, "amend")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to add a receipt.")
    if not identifier.strip() and file is None:
        raise InvalidInput([FieldError("file", "required", "Add the file of the receipt, or the identifier on it.")])
    kept = take(uow, incident, file, "receipt") if file else None
    row = Receipt(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        filing_id=filing.id,
        evidence_id=kept.id if kept else None,
        authority_identifier=identifier.strip(),
        note=note.strip(),
        recorded_by=uow.actor.name,
        recorded_at=uow.now,
    )
    uow.add(row)
    said = {"version": filing.version, "identifier": row.authority_identifier, "file": kept.name if kept else ""}
    audit.append(uow, audit.about(incident, "receipt.recorded", row, **said))
    return row


def sheet_of(uow: UnitOfWork, filing_id: UUID) -> FilingContent:
    """What a filing said, with its transfer sheet.

    Raises:
        NotFound, Forbidden: not this actor's to read, or there is no sheet.
    """
    row = thread.sheet(uow, filing_id)
    require(uow, row.controller_id, "read")
    if row.sheet is None:
        raise NotFound
    return row
