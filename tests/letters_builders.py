"""Letters to the people of a case: a list, a mailing, and what happened to it; every table of letters gets a row."""

from datetime import timedelta
from typing import Any

from incidents.base.ids import new_id
from incidents.store import audit
from incidents.store.tables import (
    Certificate,
    Incident,
    Mailing,
    MailingEvent,
    PrintRun,
    Recipient,
    RecipientList,
    UploadChunk,
)
from incidents.store.uow import UnitOfWork


def busy_letters(case: Any) -> None:
    """One list with one person, one mailing, printed and certified: for tests that look at every table."""
    with case.town.uow() as uow:
        incident = uow.session.get_one(Incident, case.id)
        of = {"controller_id": incident.controller_id, "incident_id": incident.id}
        people = RecipientList(id=new_id(uow.now), **of, purpose="Art. 34", language="hu", source="csv", state="ready")
        people.uploaded_by, people.uploaded_at = uow.actor.name, uow.now
        people.delete_on = (uow.now + timedelta(days=90)).date()
        uow.add(people)
        mailing = Mailing(id=new_id(uow.now), **of, list_id=people.id, letters={}, state="draft")
        mailing.prepared_by, mailing.prepared_at = uow.actor.name, uow.now
        uow.add(mailing)
        printed = PrintRun(id=new_id(uow.now), **of, mailing_id=mailing.id, number=1, letters=1)
        printed.made_by, printed.made_at = uow.actor.name, uow.now
        uow.add(printed, UploadChunk(id=new_id(uow.now), **of, list_id=people.id, number=0, sealed=b"x"))
        _person(uow, people, mailing, printed)
        _proof(uow, incident, mailing)


def _person(uow: UnitOfWork, people: RecipientList, mailing: Mailing, printed: PrintRun) -> None:
    row = {
        "id": new_id(uow.now),
        "controller_id": people.controller_id,
        "incident_id": people.incident_id,
        "list_id": people.id,
        "mailing_id": mailing.id,
        "print_run_id": printed.id,
        "seq": 1,
        "line": 2,
        "sealed": b"x",
        "address_hash": "a" * 32,
        "person_hash": "b" * 32,
        "letter_code": str(people.id.hex[-12:]),
        "channel": "post",
        "postable": True,
        "language": "hu",
        "state": "post",
    }
    uow.add_many(Recipient, [row])


def _proof(uow: UnitOfWork, incident: Incident, mailing: Mailing) -> None:
    of = {"controller_id": incident.controller_id, "incident_id": incident.id, "mailing_id": mailing.id}
    event = MailingEvent(id=new_id(uow.now), **of, kind="prepared", counts={}, data={}, by="x", at=uow.now)
    uow.add(event)
    paper = Certificate(id=new_id(uow.now), **of, version=1, language="hu", counts={}, html="<p></p>", pdf=b"pdf")
    paper.sha256 = paper.pdf_sha256 = "c" * 64
    paper.made_by, paper.made_at = uow.actor.name, uow.now
    uow.add(paper)
    audit.append(uow, audit.about(incident, "mailing.prepared", event))
    audit.append(uow, audit.about(incident, "mailing.certified", paper))
