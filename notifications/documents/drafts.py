"""From a case to its documents: preview in the page, and the frozen version with its files and hashes."""

import hashlib
from dataclasses import replace
from typing import Literal, cast
from uuid import UUID

from incidents.rules.draft import (
    AuthorityDraft,
    CaseFile,
    LetterContent,
    authority_draft,
    missing,
    subjects_letter,
)
from incidents.steps.draft import RenderedDocument, case_file, freeze_document, next_version
from incidents.store import incidents
from incidents.store.tables import Document
from incidents.store.uow import UnitOfWork
from notifications import drillmark
from notifications.documents import docx, html, pdf
from notifications.documents.meta import DocumentMeta

TITLES = {
    ("authority", "hu"): "Adatvédelmi incidens bejelentése",
    ("authority", "en"): "Notification of a personal data breach",
    ("subjects", "hu"): "Tájékoztatás adatvédelmi incidensről",
    ("subjects", "en"): "Communication about a personal data breach",
    ("notice", "hu"): "Közlemény adatvédelmi incidensről",
    ("notice", "en"): "Public notice of a personal data breach",
}


def content(case: CaseFile, kind: str, lang: str) -> AuthorityDraft | LetterContent:
    """What a document says about a case; a notification calls itself complete once nothing is to follow."""
    if kind != "authority":
        return subjects_letter(case, lang, public=True if kind == "notice" else None)
    draft = authority_draft(case, lang)
    return draft if missing(draft) else authority_draft(replace(case, complete=True), lang)


def preview(case: CaseFile, kind: str, lang: str) -> str:
    """The wording as HTML: the same that every file is made from."""
    template = "authority" if kind == "authority" else "subjects"
    wording = html.render(cast("Literal['authority', 'subjects']", template), lang, content(case, kind, lang))
    return drillmark.on_document(wording, lang) if case.drill else wording


def freeze(
    uow: UnitOfWork, incident_id: UUID, kind: str, lang: str, delay_reasons: str = "", group: str = ""
) -> Document:
    """Make the files of a document and keep them as the next frozen version; a letter may be for one group of people.

    Raises:
        NotFound, Forbidden: not this actor's to draft, or there is no such group.
    """
    group = group if kind == "subjects" else ""
    incident = incidents.lock(uow, incident_id)  # the version number below must still be free when it is written
    case = case_file(uow, incident_id, delay_reasons, None if kind == "notice" else group)
    said = content(case, kind, lang)
    wording = preview(case, kind, lang)
    fingerprint = html.digest(wording)
    meta = DocumentMeta(
        title=TITLES[kind, lang],
        lang=lang,
        reference=case.reference,
        version=str(next_version(uow, incident, kind, lang)),
        sha256=fingerprint,
        created_at=uow.now,
        letterhead=case.controller.letterhead or case.controller.name,
        author=uow.actor.name,
    )
    made_docx, made_pdf = docx.write(wording, meta), pdf.write(wording, meta)
    return freeze_document(
        uow,
        incident_id,
        RenderedDocument(
            kind=kind,
            language=lang,
            html=wording,
            sha256=fingerprint,
            docx=made_docx,
            docx_sha256=hashlib.sha256(made_docx).hexdigest(),
            pdf=made_pdf,
            pdf_sha256=hashlib.sha256(made_pdf).hexdigest(),
            missing=tuple(missing(said)),
            group=group,
        ),
    )
