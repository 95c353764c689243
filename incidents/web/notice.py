"""The public notice: its wording for the web page and the press, where it was published, and what proves it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from incidents.api.pace import makes_document
from incidents.base.errors import InvalidInput, NotFound
from incidents.base.i18n import msgid
from incidents.rules.draft import CaseFile
from incidents.rules.evidence import NewFile
from incidents.rules.publicity import ProofForm, PublicationForm
from incidents.steps import draft, publicity
from incidents.store.tables import Document
from incidents.web.casehead import case_page, load
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import language_of, see_other, words
from incidents.web.sessions import PageRequest, clock_of, page_uow
from incidents.web.uploads import LARGEST_BODY, WITH_FILE
from incidents.web.wording import letter_side
from notifications.documents import drafts, text, webpage

PLACE_WORDS = {
    "website": msgid("Web page"),
    "press": msgid("Newspaper, radio, television"),
    "noticeboard": msgid("Notice board, shop window"),
    "social": msgid("Social media"),
    "other": msgid("Other"),
}
PROOF_WORDS = {"seen": msgid("It stands there"), "ended": msgid("It was taken down")}


@get("/incidents/{incident_id:uuid}/notice", sync_to_thread=True)
def show_notice(request: PageRequest, incident_id: FromPath[UUID], language: FromQuery[str] = "") -> Response[str]:
    """The notice as it would be published now, and where it has been."""
    return _page(request, incident_id, _tongue(language, request))


@get("/incidents/{incident_id:uuid}/notice/{file:str}", sync_to_thread=True)
def notice_file(
    request: PageRequest, incident_id: FromPath[UUID], file: FromPath[str], language: FromQuery[str] = ""
) -> Response[bytes]:
    """The notice for a web page or as plain text, from its newest frozen version or from the facts as they stand."""
    if file not in {"html", "txt"}:
        raise NotFound
    tongue, found = _tongue(language, request), load(request, incident_id)
    wording = _wording(_file(request, incident_id), _frozen(found.documents, tongue), tongue)
    written = webpage.fragment(wording) if file == "html" else text.write(wording)
    name = f"{found.incident.reference.replace('/', '-')}-notice-{tongue}.{file}"
    return attachment(written.encode(), "application/octet-stream", name)


@post("/incidents/{incident_id:uuid}/notice", guards=[makes_document], sync_to_thread=True)
def freeze_notice(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Freeze the notice as it stands: what is published is known by its hash."""
    tongue = _tongue(form.text("language"), request)
    with page_uow(request) as uow:
        drafts.freeze(uow, incident_id, "notice", tongue)
    return see_other(f"/incidents/{incident_id}/notice?language={tongue}", done="frozen")


@post("/incidents/{incident_id:uuid}/notice/publications", sync_to_thread=True)
def record_publication(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record where it was published; it counts as telling the people."""
    tongue, reader = _tongue(form.text("language"), request), Reader(form, clock_of(request).now())
    said = PublicationForm(
        place=form.text("place"),
        name=form.text("name"),
        published_at=reader.moment("published_at"),
        address=form.text("address"),
        language=tongue,
        until=reader.moment("until") if form.local_time("until") else None,
        document_id=reader.key("document_id"),
        note=form.text("note"),
    )
    try:
        with page_uow(request) as uow, reader.refusing():
            publicity.publish(uow, incident_id, said)
    except InvalidInput as refused:
        return _page(request, incident_id, tongue, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/notice?language={tongue}", done="published")


@post(
    "/incidents/{incident_id:uuid}/notice/proofs",
    sync_to_thread=True,
    dependencies=WITH_FILE,
    request_max_body_size=LARGEST_BODY,
)
def record_proof(
    request: PageRequest,
    incident_id: FromPath[UUID],
    form: NamedDependency[Form],
    file: NamedDependency[NewFile | None],
) -> Response[str]:
    """Record that it was seen there or taken down, with a picture, a PDF or the saved page."""
    tongue, reader = _tongue(form.text("language"), request), Reader(form, clock_of(request).now())
    said = ProofForm(form.text("kind"), reader.moment("at"), file, form.text("proof_note"))
    notice = reader.key("publication_id")
    try:
        with page_uow(request) as uow, reader.refusing():
            publicity.prove(uow, incident_id, notice, said)
    except InvalidInput as refused:
        return _page(request, incident_id, tongue, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/notice?language={tongue}", done="proved")


@get("/incidents/{incident_id:uuid}/notice/proofs/{evidence_id:uuid}", sync_to_thread=True)
def proof_file(request: PageRequest, incident_id: FromPath[UUID], evidence_id: FromPath[UUID]) -> Response[bytes]:
    """The file of a proof; always a download, never shown inside the service."""
    with page_uow(request, read_only=True) as uow:
        found = publicity.proof_file(uow, incident_id, evidence_id)
    return attachment(found.content, "application/octet-stream", found.name)


def _tongue(given: str, request: PageRequest) -> str:
    return given if given in {"hu", "en"} else language_of(request)


def _file(request: PageRequest, incident_id: UUID) -> CaseFile:
    with page_uow(request, read_only=True) as uow:
        return draft.case_file(uow, incident_id, group=None)


def _frozen(documents: Any, tongue: str) -> list[Document]:
    """The frozen notices in a language, newest first."""
    return [one for one in reversed(documents) if one.kind == "notice" and one.language == tongue]


def _wording(file: CaseFile, frozen: list[Document], tongue: str) -> str:
    return frozen[0].html if frozen else drafts.preview(file, "notice", tongue)


def _page(request: PageRequest, incident_id: UUID, tongue: str, form: Form | None = None) -> Response[str]:
    found, file, say = load(request, incident_id), _file(request, incident_id), words(request)
    with page_uow(request, read_only=True) as uow:
        published = publicity.published(uow, incident_id)
    frozen = _frozen(found.documents, tongue)
    wording = _wording(file, frozen, tongue)
    return case_page(
        request,
        "pages/notice.html",
        found,
        form,
        tongue=tongue,
        preview=Markup(drafts.preview(file, "notice", tongue)),  # noqa: S704  the letter templates escape what people typed
        frozen=frozen,
        source=webpage.fragment(wording),
        plain=text.write(wording),
        published=published,
        owed=found.marks.must_tell and found.marks.tell == "exempt",
        places=[(code, say(label)) for code, label in PLACE_WORDS.items()],
        proofs=[(code, say(label)) for code, label in PROOF_WORDS.items()],
        **letter_side(request, file, tongue, ""),
    )


handlers: list[Any] = [
    show_notice,
    notice_file,
    freeze_notice,
    record_publication,
    record_proof,
    proof_file,
]
