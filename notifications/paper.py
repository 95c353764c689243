"""The frozen letters of a mailing as sheets for the post: what a print run and a preview are made of."""

from uuid import UUID

from incidents.base.errors import NotFound
from incidents.steps import mailing as steps
from incidents.store import controllers, documents, incidents, mailings
from incidents.store.tables import Mailing, PrintRun
from incidents.store.uow import UnitOfWork
from incidents.store.vault import Vault
from notifications import print_run
from notifications.documents.drafts import TITLES
from notifications.documents.meta import DocumentMeta
from notifications.print_run import Addressed, Sheet


def sheets(uow: UnitOfWork, mailing_id: UUID) -> list[Sheet]:
    """The letter of each language of a mailing, set for the post."""
    row = mailings.load(uow, mailing_id)
    return [_sheet(uow, row, language) for language in sorted(row.letters)]


def _sheet(uow: UnitOfWork, row: Mailing, language: str) -> Sheet:
    document = documents.with_files(uow, UUID(row.letters[language]["document_id"]))
    incident, controller = incidents.load(uow, row.incident_id), controllers.load(uow, row.controller_id)
    meta = DocumentMeta(
        title=TITLES["subjects", language],
        lang=language,
        reference=incident.reference,
        version=str(document.version),
        sha256=document.sha256,
        created_at=document.made_at,
        letterhead=controller.letterhead or "\n".join(filter(None, (controller.name, controller.seat))),
        author=controller.name,
    )
    sender = ", ".join(filter(None, (controller.name, controller.postal_address or controller.seat)))
    return print_run.sheet(document.html, meta, sender)


def wording(uow: UnitOfWork, mailing_id: UUID, language: str) -> str:
    """The frozen wording of a letter of a mailing."""
    row = mailings.load(uow, mailing_id)
    return documents.with_files(uow, UUID(row.letters[language]["document_id"])).html


def file_name(uow: UnitOfWork, run: PrintRun) -> str:
    """The name of the files of a print run, plain ASCII."""
    reference = incidents.load(uow, run.incident_id).reference
    safe = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in reference)
    return f"{safe}-letters-{run.number}"


def preview(uow: UnitOfWork, mailing_id: UUID, recipient_id: UUID, vault: Vault) -> bytes:
    """The letter of one of the people who may be looked at before anything leaves.

    Raises:
        NotFound: not one of them.
    """
    row = next((one for one in steps.samples(uow, mailing_id) if one.id == recipient_id), None)
    if row is None:
        raise NotFound
    letter = Addressed(vault.open(row.sealed), row.letter_code)
    return print_run.compile_letters(sheets(uow, mailing_id), [letter], uow.now)
