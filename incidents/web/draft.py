"""Draft: the notification and the letter as they would go out now, the frozen versions, and their files."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from incidents.api.pace import makes_document
from incidents.base.errors import NotFound
from incidents.steps import draft
from incidents.store.tables import Document
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.rendering import language_of, see_other
from incidents.web.sessions import PageRequest, page_uow
from incidents.web.wording import asked, letter_side
from notifications.documents import drafts

KINDS = ("authority", "subjects")
FILES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _kind(text: str) -> str:
    return text if text in KINDS else KINDS[0]


def _language(text: str, request: PageRequest) -> str:
    return text if text in {"hu", "en"} else language_of(request)


@get("/incidents/{incident_id:uuid}/draft", sync_to_thread=True)
def show_draft(
    request: PageRequest,
    incident_id: FromPath[UUID],
    kind: FromQuery[str] = "",
    language: FromQuery[str] = "",
    group: FromQuery[str] = "",
) -> Response[str]:
    """A draft from the facts as they stand now, with what is still missing, and the versions frozen so far.

    A letter may be for one group of people.
    """
    which, tongue = _kind(kind), _language(language, request)
    whom = group if which == "subjects" else ""
    with page_uow(request, read_only=True) as uow:
        file = draft.case_file(uow, incident_id, group=whom)
    return case_page(
        request,
        "pages/draft.html",
        load(request, incident_id),
        kind=which,
        tongue=tongue,
        preview=Markup(drafts.preview(file, which, tongue)),  # noqa: S704  the letter templates escape what people typed
        late=file.now > file.deadline and not file.delay_reasons,
        **letter_side(request, file, tongue, whom),
    )


@post("/incidents/{incident_id:uuid}/draft", guards=[makes_document], sync_to_thread=True)
def freeze_draft(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Freeze the draft as it stands: content and hash never change again."""
    which, tongue = _kind(form.text("kind")), _language(form.text("language"), request)
    with page_uow(request) as uow:
        drafts.freeze(uow, incident_id, which, tongue, form.text("delay_reasons"), form.text("group"))
    return see_other(f"/incidents/{incident_id}/draft?kind={which}&{asked(tongue, form.text('group'))}", done="frozen")


@get("/incidents/{incident_id:uuid}/documents/{document_id:uuid}/{file:str}", sync_to_thread=True)
def download(
    request: PageRequest, incident_id: FromPath[UUID], document_id: FromPath[UUID], file: FromPath[str]
) -> Response[bytes]:
    """A frozen version as DOCX or PDF; always a download, never shown inside the service."""
    if file not in FILES:
        raise NotFound
    with page_uow(request, read_only=True) as uow:
        found = draft.document(uow, document_id)
    if found.incident_id != incident_id:
        raise NotFound
    return attachment(
        getattr(found, file), FILES[file], f"{_name(found, load(request, incident_id).incident.reference)}.{file}"
    )


def _name(document: Document, reference: str) -> str:
    return f"{reference.replace('/', '-')}-{document.kind}-{document.language}-v{document.version}"


def attachment(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file for saving; the name is plain ASCII."""
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in name)
    headers = {"content-disposition": f'attachment; filename="{safe}"'}
    return Response(content, media_type=media_type, headers=headers)


handlers: list[Any] = [show_draft, freeze_draft, download]
