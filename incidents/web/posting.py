"""Letters on paper and by hand: files to print, what was posted, what came back, one person, the certificate."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from incidents.api.pace import makes_document
from incidents.base.errors import Conflict, FieldError, IncidentError, InvalidInput, NotFound
from incidents.base.i18n import msgid
from incidents.steps import posting, recipients
from incidents.store.tables import PrintRun, Recipient
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.mailing import MAILING, Sample, mailing_page, standing_of
from incidents.web.recipients import download, vault
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow
from notifications import certificate, mailing_house, paper, print_run
from notifications.print_run import Addressed

RUN = f"{MAILING}/runs/{{run_id:uuid}}"
NOT_A_DAY = msgid("Give the day as year, month and day.")
NOBODY = msgid("Nobody on this list has that address.")


def _run(request: PageRequest, mailing_id: UUID, run_id: UUID) -> PrintRun:
    """A print run of this mailing.

    Raises:
        NotFound, Forbidden: not this person's, or of another mailing.
        Conflict: its people were erased.
    """
    with page_uow(request) as uow:
        found = posting.print_run_of(uow, run_id)
    if found.mailing_id != mailing_id:
        raise NotFound
    return found


def _letters(request: PageRequest, run: PrintRun, size: int) -> Iterator[Sequence[Addressed]]:
    """The letters of a print run in order, some at a time."""
    seal, seq = vault(request), 0
    while True:
        with page_uow(request, read_only=True) as uow:
            batch: Sequence[Recipient] = posting.printed_after(uow, run.id, seq, size)
        if not batch:
            return
        yield [Addressed(seal.open(one.sealed), one.letter_code) for one in batch]
        seq = batch[-1].seq


@get(f"{RUN}/letters", guards=[makes_document], sync_to_thread=True)
def download_letters(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], run_id: FromPath[UUID]
) -> Stream:
    """The letters of a print run: one PDF, or a ZIP of PDFs where they are more than one can hold."""
    standing_of(request, incident_id, mailing_id)
    run = _run(request, mailing_id, run_id)
    with page_uow(request, read_only=True) as uow:
        sheets, name = paper.sheets(uow, mailing_id), paper.file_name(uow, run)
    files = print_run.pdfs(sheets, _letters(request, run, print_run.CHUNK), run.made_at)
    if run.letters <= print_run.CHUNK:
        return download((pdf for _, _, pdf in files), "application/pdf", f"{name}.pdf")
    return download(print_run.zipped(name, files, run.made_at), "application/zip", f"{name}.zip")


@get(f"{RUN}/addresses", sync_to_thread=True)
def download_addresses(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], run_id: FromPath[UUID]
) -> Stream:
    """The addresses of a print run for a mailing house."""
    standing_of(request, incident_id, mailing_id)
    run = _run(request, mailing_id, run_id)
    with page_uow(request, read_only=True) as uow:
        name = paper.file_name(uow, run)
    people = (one for batch in _letters(request, run, print_run.CHUNK) for one in batch)
    return download(mailing_house.addresses(people, language_of(request)), "text/csv", f"{name}.csv")


@post(f"{RUN}/posted", sync_to_thread=True)
def mark_posted(
    request: PageRequest,
    incident_id: FromPath[UUID],
    mailing_id: FromPath[UUID],
    run_id: FromPath[UUID],
    form: NamedDependency[Form],
) -> Response[str]:
    """The letters of a print run were handed to the post: when, and how."""
    standing_of(request, incident_id, mailing_id)
    try:
        _run(request, mailing_id, run_id)
        with page_uow(request) as uow:
            posting.post(uow, run_id, _day(form.text("posted_on")), form.text("method"))
    except (InvalidInput, Conflict) as refused:
        return mailing_page(request, incident_id, mailing_id, form.refused(refused))
    return _back(incident_id, mailing_id, "mailing-posted")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InvalidInput([FieldError("posted_on", "not-a-day", NOT_A_DAY)]) from error


def _back(incident_id: UUID, mailing_id: UUID, done: str) -> Response[str]:
    return see_other(f"/incidents/{incident_id}/mailings/{mailing_id}", done=done)


@post(f"{MAILING}/returned", sync_to_thread=True)
def record_returned(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Codes of letters that came back, scanned or typed."""
    standing_of(request, incident_id, mailing_id)
    try:
        with page_uow(request) as uow:
            back = posting.came_back(uow, mailing_id, form.value("codes"))
    except (InvalidInput, Conflict) as refused:
        return mailing_page(request, incident_id, mailing_id, form.refused(refused))
    if back.unknown:
        left = Form.of(codes="\n".join(back.unknown))
        return mailing_page(request, incident_id, mailing_id, unknown=back.unknown, taken=back.taken, left=left)
    return _back(incident_id, mailing_id, "mailing-returned")


@post(f"{MAILING}/find", sync_to_thread=True)
def find_person(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Somebody on the list, by e-mail address: the address travels in the form and not in the address bar."""
    standing, seal = standing_of(request, incident_id, mailing_id), vault(request)
    with page_uow(request, read_only=True) as uow:
        rows = recipients.find(uow, standing.mailing.list_id, form.text("email"), seal)
    if not rows:
        missing = InvalidInput([FieldError("email", "nobody", NOBODY)])
        return mailing_page(request, incident_id, mailing_id, form.refused(missing))
    return mailing_page(request, incident_id, mailing_id, persons=[Sample(row, seal.open(row.sealed)) for row in rows])


@post(f"{MAILING}/people/{{recipient_id:uuid}}/{{act:str}}", sync_to_thread=True)
def treat_one(
    request: PageRequest,
    incident_id: FromPath[UUID],
    mailing_id: FromPath[UUID],
    recipient_id: FromPath[UUID],
    act: FromPath[str],
) -> Response[str]:
    """Send one person the letter again, or by post instead."""
    standing_of(request, incident_id, mailing_id)
    if act not in {"again", "post"}:
        raise NotFound
    try:
        with page_uow(request) as uow:
            treated = (posting.send_again if act == "again" else posting.to_post)(uow, recipient_id)
            if treated.mailing_id != mailing_id:
                raise NotFound
    except Conflict as refused:
        return mailing_page(request, incident_id, mailing_id, Form().refused(refused))
    return _back(incident_id, mailing_id, "saved")


@get(f"{MAILING}/preview/{{recipient_id:uuid}}/letter.pdf", guards=[makes_document], sync_to_thread=True)
def download_preview(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], recipient_id: FromPath[UUID]
) -> Response[bytes]:
    """The letter of one person on paper, before anything leaves."""
    standing_of(request, incident_id, mailing_id)
    with page_uow(request, read_only=True) as uow:
        made = paper.preview(uow, mailing_id, recipient_id, vault(request))
    return attachment(made, "application/pdf", "letter.pdf")


@post(f"{MAILING}/certificate", guards=[makes_document], sync_to_thread=True)
def make_certificate(request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID]) -> Response[str]:
    """The proof of what was done and reached; the case's record of communications learns of it."""
    standing_of(request, incident_id, mailing_id)
    try:
        with page_uow(request) as uow:
            certificate.certify(uow, mailing_id, language_of(request))
    except IncidentError as refused:
        if refused.status not in {409, 422}:
            raise
        return mailing_page(request, incident_id, mailing_id, Form().refused(refused))
    return _back(incident_id, mailing_id, "mailing-certified")


@get(f"{MAILING}/certificates/{{certificate_id:uuid}}", sync_to_thread=True)
def download_certificate(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], certificate_id: FromPath[UUID]
) -> Response[bytes]:
    """A certificate as PDF."""
    standing_of(request, incident_id, mailing_id)
    with page_uow(request, read_only=True) as uow:
        found = posting.certificate(uow, certificate_id)
    if found.mailing_id != mailing_id:
        raise NotFound
    return attachment(found.pdf, "application/pdf", f"certificate-{found.version}.pdf")


handlers: list[Any] = [
    download_letters,
    download_addresses,
    mark_posted,
    record_returned,
    find_person,
    treat_one,
    download_preview,
    make_certificate,
    download_certificate,
]
