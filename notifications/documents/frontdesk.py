"""The sheet for the front desk: what stands on it as HTML, and the PDF to print."""

from incidents.rules.draft import CaseFile
from incidents.rules.draft.frontdesk import front_desk
from notifications import drillmark
from notifications.documents import html, pdf
from notifications.documents.meta import DocumentMeta

TITLES = {"hu": "Lap az ügyfélszolgálatnak", "en": "Sheet for the front desk"}


def preview(case: CaseFile, lang: str) -> str:
    """The sheet as HTML, from the facts as they stand."""
    wording = html.render("frontdesk", lang, front_desk(case, lang))
    return drillmark.on_document(wording, lang) if case.drill else wording


def printed(case: CaseFile, lang: str, author: str) -> bytes:
    """The sheet as a PDF (A4), with the version of the facts it was made from."""
    wording = preview(case, lang)
    meta = DocumentMeta(
        title=TITLES[lang],
        lang=lang,
        reference=case.reference,
        version=str(case.facts.version),
        sha256=html.digest(wording),
        created_at=case.now,
        letterhead=case.controller.letterhead or case.controller.name,
        author=author,
    )
    return pdf.write(wording, meta)
