"""Letters on paper and letters by hand: print, post, what came back, one person again; and the proof of it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, ZonedInstant, zone
from incidents.rules import letter_codes
from incidents.rules.mailing import Counts
from incidents.rules.send import CommunicationForm
from incidents.steps.guard import require
from incidents.steps.mailing import NOT_NOW, counts_of, note
from incidents.steps.send import record_communication
from incidents.steps.uploads import today
from incidents.store import audit, incidents, mailings, recipients
from incidents.store.tables import Certificate, Mailing, PrintRun, Recipient
from incidents.store.uow import UnitOfWork

METHODS = ("ordinary", "registered", "receipt", "house")
STARTED = ("running", "paused", "done", "stopped")
BATCH = 500


def _started(uow: UnitOfWork, mailing_id: UUID, right: str) -> Mailing:
    """A mailing that has begun, locked with its case, whose people are still there.

    Raises:
        NotFound, Forbidden: not this actor's to send.
        Conflict: it has not begun, or its people were erased.
    """
    found = mailings.load(uow, mailing_id)
    incidents.lock(uow, found.incident_id)
    require(uow, found.controller_id, right)
    row = mailings.load(uow, mailing_id, lock=True)
    if row.state not in STARTED or recipients.load(uow, row.list_id).state == "deleted":
        raise Conflict(NOT_NOW)
    return row


def print_letters(uow: UnitOfWork, mailing_id: UUID) -> PrintRun:
    """Put everybody who stands on the post list into a print run; the files are made whenever somebody asks for them.

    Raises:
        Conflict: nobody waits for a letter by post.
    """
    row = _started(uow, mailing_id, "communicate")
    run = PrintRun(
        id=new_id(uow.now),
        controller_id=row.controller_id,
        incident_id=row.incident_id,
        mailing_id=row.id,
        number=len(mailings.print_runs(uow, mailing_id)) + 1,
        letters=0,
        made_by=uow.actor.name,
        made_at=uow.now,
    )
    uow.add(run)
    run.letters = mailings.put_in_run(uow, row, run)
    if not run.letters:
        raise Conflict("Nobody waits for a letter by post.")
    note(uow, row, "printed", run=run.number, letters=run.letters)
    return run


def post(uow: UnitOfWork, print_run_id: UUID, posted_on: date | None, method: str) -> PrintRun:
    """The letters of a print run were handed to the post.

    Raises:
        InvalidInput: the day or the way is missing, or lies in the future.
        Conflict: this is recorded already.
    """
    found = mailings.print_run(uow, print_run_id)
    row = _started(uow, found.mailing_id, "communicate")
    run = mailings.print_run(uow, print_run_id)
    if run.posted_on:
        raise Conflict("It is recorded already that these letters were posted.")
    if errors := _posting_faults(uow, run, posted_on, method):
        raise InvalidInput(errors)
    run.posted_on, run.method, run.posted_by = posted_on, method, uow.actor.name
    letters = mailings.mark_posted(uow, run)
    note(uow, row, "posted", run=run.number, letters=letters, on=str(posted_on), method=method)
    return run


def _posting_faults(uow: UnitOfWork, run: PrintRun, posted_on: date | None, method: str) -> list[FieldError]:
    errors = []
    printed = run.made_at.astimezone(zone(BUDAPEST)).date()
    if posted_on is None or not printed <= posted_on <= today(uow):
        errors.append(
            FieldError("posted_on", "wrong", "Give the day of posting: not before printing, not after today.")
        )
    if method not in METHODS:
        errors.append(FieldError("method", "required", "Choose how the letters were posted."))
    return errors


@dataclass(frozen=True)
class Returned:
    """What became of the codes of letters that came back."""

    taken: int
    unknown: tuple[str, ...]
    """Codes of no posted letter of this mailing, and words that are no code."""


def came_back(uow: UnitOfWork, mailing_id: UUID, scanned: str) -> Returned:
    """Letters have come back: their codes, scanned or typed, in any order.

    Raises:
        InvalidInput: there is not one code in it.
    """
    row = _started(uow, mailing_id, "communicate")
    codes, unknown = letter_codes.read(scanned)
    if not codes:
        raise InvalidInput([FieldError("codes", "required", "There is no code of a letter in this.")])
    found = {one.letter_code: one for one in recipients.by_codes(uow, mailing_id, codes[:BATCH])}
    back = [one for one in found.values() if one.state == "posted"]
    for one in back:
        one.state, one.returned_at = "returned", uow.now
    if back:
        uow.session.flush()
        note(uow, row, "returned", letters=len(back))
    known = {one.letter_code for one in found.values() if one.state == "returned"}
    return Returned(len(back), (*(code for code in codes if code not in known), *unknown))


def send_again(uow: UnitOfWork, recipient_id: UUID) -> Recipient:
    """Send one person the letter again, on purpose: a new mail to every mailbox.

    Raises:
        Conflict: there is no e-mail address, or the first one has not left yet.
    """
    person = recipients.one(uow, recipient_id)
    require(uow, person.controller_id, "communicate")
    if person.mailing_id is None or person.state in {"new", "queued", "deferred"} or person.channel != "email":
        raise Conflict(NOT_NOW)
    row = _started(uow, person.mailing_id, "communicate")
    if row.state == "stopped":
        raise Conflict(NOT_NOW)
    person.state, person.edition, person.attempts = "queued", person.edition + 1, 0
    person.next_attempt_at, person.bounced_at, person.print_run_id = uow.now, None, None
    if row.state == "done":
        row.state, row.finished_at, row.wave = "running", None, len(row.waves) + 1
    return person


def to_post(uow: UnitOfWork, recipient_id: UUID) -> Recipient:
    """Write to one person by post instead.

    Raises:
        Conflict: there is no postal address, or a letter is on its way already.
    """
    person = recipients.one(uow, recipient_id)
    require(uow, person.controller_id, "communicate")
    if (
        person.mailing_id is None
        or not person.postable
        or person.state not in {"queued", "deferred", "sent", "returned"}
    ):
        raise Conflict(NOT_NOW)
    _started(uow, person.mailing_id, "communicate")
    person.state, person.print_run_id, person.edition = "post", None, person.edition + 1
    return person


@dataclass(frozen=True)
class Paper:
    """A certificate as it was written: the wording, its fingerprint, the file."""

    language: str
    html: str
    sha256: str
    pdf: bytes
    pdf_sha256: str


def keep_certificate(uow: UnitOfWork, mailing_id: UUID, paper: Paper, counts: Counts) -> Certificate:
    """Keep the proof, and record in the case whom the letters have reached since the last one (Art. 34, 5(2)).

    Raises:
        Conflict: it has not begun, or its people were erased.
    """
    row = _started(uow, mailing_id, "communicate")
    kept = Certificate(
        id=new_id(uow.now),
        controller_id=row.controller_id,
        incident_id=row.incident_id,
        mailing_id=row.id,
        version=len(mailings.certificates(uow, mailing_id)) + 1,
        language=paper.language,
        counts=counts.kept(),
        html=paper.html,
        sha256=paper.sha256,
        pdf=paper.pdf,
        pdf_sha256=paper.pdf_sha256,
        made_by=uow.actor.name,
        made_at=uow.now,
    )
    uow.add(kept)
    incident = incidents.load(uow, row.incident_id)
    said = {"version": kept.version, "sha256": kept.sha256, "reached": counts.reached}
    audit.append(uow, audit.about(incident, "mailing.certified", kept, **said))
    _record(uow, row, counts, kept)
    return kept


def _record(uow: UnitOfWork, row: Mailing, counts: Counts, kept: Certificate) -> None:
    """A communication for each way by which more people were reached than the case knows of."""
    recorded = dict(row.recorded)
    for form, reached, at in (("email", counts.by_mail, row.started_at), ("post", counts.by_post, _posted(uow, row))):
        more = reached - recorded.get(form, 0)
        if more <= 0 or at is None:
            continue
        language = "hu" if "hu" in row.letters else next(iter(row.letters))
        letter = UUID(row.letters[language]["document_id"])
        words = CERTIFIED.format(version=kept.version, sha256=kept.sha256[:12])
        record_communication(uow, row.incident_id, CommunicationForm(ZonedInstant(at), form, more, letter, words))
        recorded[form] = reached
    row.recorded = recorded


CERTIFIED = "Kiküldési igazolás, {version}. változat, lenyomat: {sha256}"
"""What the record of the communication says of its proof: the case keeps one language, that of the register."""


def _posted(uow: UnitOfWork, row: Mailing) -> datetime | None:
    """When letters were first handed to the post: noon of that day, or this moment if it is earlier."""
    days = [run.posted_on for run in mailings.print_runs(uow, row.id) if run.posted_on]
    if not days:
        return None
    noon = datetime.combine(min(days), time(12), zone(BUDAPEST))
    return max(min(noon, uow.now), row.started_at or uow.now)


def print_run_of(uow: UnitOfWork, print_run_id: UUID) -> PrintRun:
    """A print run, for its files.

    Raises:
        NotFound, Forbidden: not this actor's to send.
        Conflict: its people were erased.
    """
    run = mailings.print_run(uow, print_run_id)
    _started(uow, run.mailing_id, "communicate")
    return run


def printed_after(uow: UnitOfWork, print_run_id: UUID, seq: int, most: int) -> Sequence[Recipient]:
    """The people of a print run behind a place on the list, in order.

    Raises:
        NotFound, Forbidden: not this actor's to send.
    """
    require(uow, mailings.print_run(uow, print_run_id).controller_id, "communicate")
    return recipients.printed_after(uow, print_run_id, seq, most)


def unprinted(uow: UnitOfWork, mailing_id: UUID) -> int:
    """How many people wait for a letter by post and are in no print run yet."""
    return mailings.unprinted(uow, mailing_id)


def print_runs_of(uow: UnitOfWork, mailing_id: UUID) -> Sequence[PrintRun]:
    """The print runs of a mailing, oldest first."""
    return mailings.print_runs(uow, mailing_id)


def certificates_of(uow: UnitOfWork, mailing_id: UUID) -> Sequence[Certificate]:
    """The certificates of a mailing, oldest first, without their files."""
    return mailings.certificates(uow, mailing_id)


def certificate(uow: UnitOfWork, certificate_id: UUID) -> Certificate:
    """A certificate with its file.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    found = mailings.certificate(uow, certificate_id)
    require(uow, found.controller_id, "read")
    return found


def counts_now(uow: UnitOfWork, mailing_id: UUID) -> tuple[Mailing, Counts]:
    """A mailing that has begun, and its counts, for a certificate.

    Raises:
        Conflict: it has not begun, or its people were erased.
    """
    row = _started(uow, mailing_id, "communicate")
    return row, counts_of(uow, row, recipients.load(uow, row.list_id))
