"""The sheet for the front desk: what to say, what not to say, ten questions with answers; on a page and as a PDF."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from incidents.api.pace import makes_document
from incidents.rules.draft import CaseFile
from incidents.rules.draft.frontdesk import front_desk
from incidents.steps.draft import case_file
from incidents.web.casehead import case_page, load
from incidents.web.draft import attachment
from incidents.web.rendering import language_of
from incidents.web.sessions import PageRequest, actor_of, page_uow
from notifications.documents import frontdesk


@get("/incidents/{incident_id:uuid}/frontdesk", sync_to_thread=True)
def show_front_desk(request: PageRequest, incident_id: FromPath[UUID], language: FromQuery[str] = "") -> Response[str]:
    """The sheet from the facts as they stand now."""
    tongue, file = _tongue(language, request), _file(request, incident_id)
    return case_page(
        request,
        "pages/frontdesk.html",
        load(request, incident_id),
        tongue=tongue,
        preview=Markup(frontdesk.preview(file, tongue)),  # noqa: S704  the templates escape what people typed
        hours_known=front_desk(file, tongue).hours_known,
    )


@get("/incidents/{incident_id:uuid}/frontdesk/pdf", guards=[makes_document], sync_to_thread=True)
def front_desk_pdf(request: PageRequest, incident_id: FromPath[UUID], language: FromQuery[str] = "") -> Response[bytes]:
    """The sheet to print; always a download."""
    tongue, file = _tongue(language, request), _file(request, incident_id)
    name = f"{file.reference.replace('/', '-')}-frontdesk-{tongue}-v{file.facts.version}.pdf"
    return attachment(frontdesk.printed(file, tongue, actor_of(request).name), "application/pdf", name)


def _tongue(text: str, request: PageRequest) -> str:
    return text if text in {"hu", "en"} else language_of(request)


def _file(request: PageRequest, incident_id: UUID) -> CaseFile:
    with page_uow(request, read_only=True) as uow:
        return case_file(uow, incident_id, group=None)


handlers: list[Any] = [show_front_desk, front_desk_pdf]
