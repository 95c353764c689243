"""Letters to the people of a case, made by the product's own steps: a list, a mailing, and what happens to it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from incidents.base.ids import new_id
from incidents.rules.draft import CaseFile, subjects_letter
from incidents.rules.recipients import guess
from incidents.steps import draft, mailing, uploads
from incidents.steps.draft import RenderedDocument
from incidents.steps.mailing import Plan
from incidents.steps.uploads import ListForm, Reading
from incidents.store import audit, mailings
from incidents.store import recipients as stored
from incidents.store.sealed_file import PIECE
from incidents.store.tables import (
    Certificate,
    Document,
    Incident,
    Mailing,
    MailingEvent,
    PrintRun,
    Recipient,
    RecipientList,
    UploadChunk,
)
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor, UnitOfWork, unit_of_work
from incidents.store.vault import Vault
from notifications import lists, sheets
from notifications.documents import html

HEADINGS = "Név;E-mail cím;Irányítószám;Település;Cím;Nyelv"
VAULT = Vault((40 * "k",))


def csv_of(*rows: str, headings: str = HEADINGS) -> bytes:
    """A list as a Hungarian spreadsheet saves it."""
    return "\r\n".join([headings, *rows, ""]).encode("cp1250")


def people(count: int, first: int = 1) -> list[str]:
    """So many people with an e-mail and a postal address each."""
    return [
        f"Minta {n}. Anna;anna{n}@pelda.example;1111;Budapest;Minta utca {n}.;hu" for n in range(first, first + count)
    ]


class Letters:
    """What the people of a firm do to tell those concerned; ``place`` is a Town or a Company."""

    def __init__(self, engine: Any, clock: Any, incident_id: UUID, vault: Vault = VAULT) -> None:
        self.engine, self.clock, self.incident_id, self.vault = engine, clock, incident_id, vault

    def uow(self, actor: Actor = SYSTEM, *, read_only: bool = False) -> Any:
        return unit_of_work(self.engine, self.clock, actor, EVERY_CONTROLLER, read_only=read_only)

    def upload(self, content: bytes, **form: Any) -> RecipientList:
        """A file that has arrived; nobody has looked at it yet."""
        kind = sheets.kind_of(content[:8])
        with self.uow() as uow:
            row = uploads.begin(uow, self.incident_id, ListForm(**{"purpose": "GDPR 34. cikk", "source": kind, **form}))
            for number, at in enumerate(range(0, len(content), PIECE)):
                uploads.keep_piece(uow, row.id, number, self.vault.close_piece(content[at : at + PIECE]))
            digest = sha256(content).hexdigest()
            return uploads.finish_upload(uow, row.id, source=kind, size=len(content), sha256=digest)

    def file(self, row: RecipientList) -> Any:
        return lists.open_file(lambda: self.uow(read_only=True), self.vault, row)

    def read(self, row: RecipientList, columns: Mapping[str, int] | None = None) -> RecipientList:
        """Its columns chosen as they are guessed."""
        encoding, separator = sheets.guessed(self.file(row)) if row.source == "csv" else ("", "")
        (_, headings), *_ = sheets.first_rows(self.file(row), row.source, encoding, separator)
        reading = Reading(columns or guess(headings), encoding, separator, "hu", len(headings))
        with self.uow() as uow:
            return uploads.read_as(uow, row.id, reading)

    def listed(self, *rows: str, **form: Any) -> RecipientList:
        """People on a list, ready to be written to."""
        row = self.read(self.upload(csv_of(*rows), **form))
        found = lists.dry_run(self.file(row), row)
        with self.uow() as uow:
            uploads.keep_findings(uow, row.id, found, self.vault)
            uploads.confirm(uow, row.id)
        lists.import_waiting(self.engine, self.clock, self.vault)
        with self.uow(read_only=True) as uow:
            return uploads.look(uow, row.id)

    def frozen(self, language: str = "hu", case: CaseFile | None = None, group: str = "") -> Document:
        """A frozen letter to the people, or to one group of them."""
        with self.uow() as uow:
            said = case or draft.case_file(uow, self.incident_id)
            wording = html.render("subjects", language, subjects_letter(said, language))
            files = {"docx": b"docx", "docx_sha256": "b" * 64, "pdf": b"pdf", "pdf_sha256": "c" * 64, "missing": ()}
            made = RenderedDocument("subjects", language, wording, html.digest(wording), **files, group=group)  # type: ignore[arg-type]
            return draft.freeze_document(uow, self.incident_id, made)

    def prepared(
        self, row: RecipientList, *languages: str, waves: Sequence[int] = (), rate: int = 0, group: str = ""
    ) -> Mailing:
        """A mailing nobody has approved yet, with a letter to a group."""
        letters = {language: self.frozen(language, group=group).id for language in languages or ("hu",)}
        with self.uow() as uow:
            return mailing.prepare(uow, row.id, Plan(letters, waves, rate))

    def approved(self, row: RecipientList, *languages: str, **plan: Any) -> Mailing:
        """A mailing that only waits to be started; test letter and approval are the business of other tests."""
        made = self.prepared(row, *languages, **plan)
        with self.uow() as uow:
            found = mailings.load(uow, made.id, lock=True)
            found.state, found.approved_by, found.approved_at = "approved", "Kelemen Katalin", uow.now
        return made

    def started(self, *rows: str, **plan: Any) -> Mailing:
        """A mailing to these people that has begun."""
        made = self.approved(self.listed(*rows), **plan)
        with self.uow() as uow:
            return mailing.start(uow, made.id)

    def look(self, made: Mailing) -> mailing.Standing:
        with self.uow(read_only=True) as uow:
            return mailing.look(uow, made.id)

    def people_of(self, row: RecipientList | Mailing) -> list[Recipient]:
        list_id = row.list_id if isinstance(row, Mailing) else row.id
        with self.uow(read_only=True) as uow:
            return list(stored.after(uow, list_id, 0, 100_000))


def letters_under_key(engine: Any, clock: Any, incident_id: UUID, key: UUID) -> None:
    """An empty list and a mailing to it, both under one key."""
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        incident = uow.session.get_one(Incident, incident_id)
        of = {"id": key, "controller_id": incident.controller_id, "incident_id": incident.id}
        found = RecipientList(**of, purpose="Art. 34", language="hu", source="api", state="ready")
        found.uploaded_by, found.uploaded_at, found.delete_on = "x", uow.now, (uow.now + timedelta(days=9)).date()
        uow.add(found)
        uow.add(Mailing(**of, list_id=key, letters={}, state="draft", prepared_by="x", prepared_at=uow.now))


def busy_letters(case: Any) -> None:
    """One list with one person, one mailing, printed and certified: for tests that look at every table."""
    with case.town.uow() as uow:
        incident = uow.session.get_one(Incident, case.id)
        of = {"controller_id": incident.controller_id, "incident_id": incident.id}
        found = RecipientList(id=new_id(uow.now), **of, purpose="Art. 34", language="hu", source="csv", state="ready")
        found.uploaded_by, found.uploaded_at = uow.actor.name, uow.now
        found.delete_on = (uow.now + timedelta(days=90)).date()
        uow.add(found)
        made = Mailing(id=new_id(uow.now), **of, list_id=found.id, letters={}, state="draft")
        made.prepared_by, made.prepared_at = uow.actor.name, uow.now
        uow.add(made)
        printed = PrintRun(id=new_id(uow.now), **of, mailing_id=made.id, number=1, letters=1)
        printed.made_by, printed.made_at = uow.actor.name, uow.now
        uow.add(printed, UploadChunk(id=new_id(uow.now), **of, list_id=found.id, number=0, sealed=b"x"))
        _person(uow, found, made, printed)
        _proof(uow, incident, made)


def _person(uow: UnitOfWork, found: RecipientList, made: Mailing, printed: PrintRun) -> None:
    row = {
        "id": new_id(uow.now),
        "controller_id": found.controller_id,
        "incident_id": found.incident_id,
        "list_id": found.id,
        "mailing_id": made.id,
        "print_run_id": printed.id,
        "seq": 1,
        "line": 2,
        "sealed": b"x",
        "address_hash": "a" * 32,
        "person_hash": "b" * 32,
        "letter_code": str(found.id.hex[-12:]),
        "channel": "post",
        "postable": True,
        "language": "hu",
        "state": "post",
    }
    uow.add_many(Recipient, [row])


def _proof(uow: UnitOfWork, incident: Incident, made: Mailing) -> None:
    of = {"controller_id": incident.controller_id, "incident_id": incident.id, "mailing_id": made.id}
    event = MailingEvent(id=new_id(uow.now), **of, kind="prepared", counts={}, data={}, by="x", at=uow.now)
    uow.add(event)
    paper = Certificate(id=new_id(uow.now), **of, version=1, language="hu", counts={}, html="<p></p>", pdf=b"pdf")
    paper.sha256 = paper.pdf_sha256 = "c" * 64
    paper.made_by, paper.made_at = uow.actor.name, uow.now
    uow.add(paper)
    audit.append(uow, audit.about(incident, "mailing.prepared", event))
    audit.append(uow, audit.about(incident, "mailing.certified", paper))
