"""From the form of a case to its transfer sheet: the PDF to attach, and the one that is kept with a filing."""

from uuid import UUID

from incidents.rules.form import EntryMapping
from incidents.rules.send import FilingForm
from incidents.steps import send
from incidents.steps.form import CaseForm
from incidents.store import controllers, incidents
from incidents.store.tables import Controller, Filing
from incidents.store.uow import UnitOfWork
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


def record_filing(uow: UnitOfWork, incident_id: UUID, form: FilingForm) -> Filing:
    """Record a filing and keep its transfer sheet, in the language of the authority, with what it said.

    Raises:
        InvalidInput, Conflict: as the step says.
    """
    incident = incidents.lock(uow, incident_id)
    controller = controllers.load(uow, incident.controller_id)
    return send.record_filing(uow, incident_id, form, lambda found, number: sheet(found, controller, number, "hu"))
