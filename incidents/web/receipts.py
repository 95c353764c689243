"""One filing: what exactly it said, what changed since the one before, its sheet, and what came back for it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput, NotFound
from incidents.rules.evidence import NewFile
from incidents.rules.form import Form as LawForm
from incidents.rules.form import form_of_version, mark
from incidents.steps import evidence, thread, thread_view
from incidents.web.casehead import case_page, load
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow
from incidents.web.uploads import LARGEST_BODY, WITH_FILE


def _filing_page(
    request: PageRequest, incident_id: UUID, filing_id: UUID, refused: Form | None = None
) -> Response[str]:
    lang = language_of(request)
    with page_uow(request, read_only=True) as uow:
        sent = thread_view.version(uow, filing_id)
    if sent.filing.incident_id != incident_id:
        raise NotFound
    law = form_of_version(sent.content.form, sent.content.form_version) if sent.content else None
    return case_page(
        request,
        "pages/filing.html",
        load(request, incident_id),
        refused,
        sent=sent,
        law=law,
        said=_said(law, sent, lang) if law else (),
        mark=lambda name, group: mark(name, group).in_language(lang),
    )


def _said(law: LawForm, sent: thread_view.SentVersion, lang: str) -> list[tuple[str, list[tuple[Any, Any]]]]:
    """The sections of the frozen form, each with its fields and what was said in them."""
    kept = sent.content.content["fields"] if sent.content else {}
    inside = (
        (section.title.in_language(lang), [one for one in law.fields.values() if one.section == key and one.id in kept])
        for key, section in law.sections.items()
    )
    return [(title, [(one, kept[one.id]) for one in fields]) for title, fields in inside if fields]


@get("/incidents/{incident_id:uuid}/filings/{filing_id:uuid}", sync_to_thread=True)
def show_filing(request: PageRequest, incident_id: FromPath[UUID], filing_id: FromPath[UUID]) -> Response[str]:
    """One filing, as it was sent."""
    return _filing_page(request, incident_id, filing_id)


@get("/incidents/{incident_id:uuid}/filings/{filing_id:uuid}/pdf", sync_to_thread=True)
def download_kept_sheet(
    request: PageRequest, incident_id: FromPath[UUID], filing_id: FromPath[UUID]
) -> Response[bytes]:
    """The transfer sheet that was kept with a filing."""
    case = load(request, incident_id)
    with page_uow(request, read_only=True) as uow:
        found = thread.sheet_of(uow, filing_id)
    if found.incident_id != incident_id:
        raise NotFound
    return attachment(found.sheet or b"", "application/pdf", f"{case.incident.reference}-v{found.version}.pdf")


@post(
    "/incidents/{incident_id:uuid}/filings/{filing_id:uuid}/receipts",
    sync_to_thread=True,
    dependencies=WITH_FILE,
    request_max_body_size=LARGEST_BODY,
)
def add_receipt(
    request: PageRequest,
    incident_id: FromPath[UUID],
    filing_id: FromPath[UUID],
    form: NamedDependency[Form],
    file: NamedDependency[NewFile | None],
) -> Response[str]:
    """Keep what came back for a filing: the identifier of the authority and the file of the receipt."""
    try:
        with page_uow(request) as uow:
            thread.record_receipt(
                uow, filing_id, identifier=form.text("identifier"), note=form.text("receipt_note"), file=file
            )
    except (InvalidInput, Conflict) as refused:
        return _filing_page(request, incident_id, filing_id, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/filings/{filing_id}", done="saved")


@get("/incidents/{incident_id:uuid}/evidence/{evidence_id:uuid}", sync_to_thread=True)
def download_evidence(
    request: PageRequest, incident_id: FromPath[UUID], evidence_id: FromPath[UUID]
) -> Response[bytes]:
    """A file that was kept; always a download, never shown inside the service."""
    with page_uow(request) as uow:
        found = evidence.hand_out(uow, incident_id, evidence_id)
    answer = attachment(found.content, "application/octet-stream", found.name)
    answer.headers["content-security-policy"] = "default-src 'none'; base-uri 'none'; sandbox"
    return answer


handlers: list[Any] = [show_filing, download_kept_sheet, add_receipt, download_evidence]
