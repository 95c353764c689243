"""From the form of a case to its transfer sheet: the PDF to attach, and the one that is kept with a filing."""

from incidents.rules.form import EntryMapping
from incidents.steps.form import CaseForm
from incidents.store.tables import Controller
from notifications import drillmark
from notifications.documents import transfer
from notifications.documents.meta import DocumentMeta


def sheet(
    form: CaseForm, controller: Controller, version: int, lang: str, mapping: EntryMapping | None = None
) -> bytes:
    """The sheet of the filing with that number. The same content gives the same bytes: what was attached can be proved.

    With ``mapping`` the fields stand in the order of the authority's own entry.
    """
    meta = DocumentMeta(
        title=drillmark.on_title(transfer.WORDS[lang]["title"], lang, drill=form.case.drill),
        lang=lang,
        reference=form.case.reference,
        version=str(version),
        sha256=form.fingerprint,
        created_at=form.as_of,
        letterhead=controller.letterhead or controller.name,
    )
    return transfer.write(form.filled, meta, mapping=mapping)
