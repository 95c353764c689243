"""A case whose people were told in words made for them and by a public notice, with proof of it."""

from typing import TYPE_CHECKING

from incidents.base.ids import new_id
from incidents.rules.draft.wording import WordingForm
from incidents.steps import wording
from incidents.store import audit, incidents
from incidents.store.tables import Publication, PublicationProof

if TYPE_CHECKING:
    from tests.builders import CaseFile


def busy_publicity(case: "CaseFile") -> None:
    """A row in every table of the letter's words and the public notice."""
    with case.firm.as_("handler") as uow:
        wording.word_letter(uow, case.id, WordingForm("hu", words={"what_happened": "Elloptak tőlünk egy laptopot."}))
    told = case.tell(form="public")
    with case.town.uow() as uow:
        incident = incidents.load(uow, case.id)
        keys = {"controller_id": incident.controller_id, "incident_id": incident.id}
        by = {"recorded_by": "Doktor Dóra", "recorded_at": uow.now}
        when = {"published_at": uow.now, "published_zone": "Europe/Budapest"}
        place = {"place": "website", "name": "Kezdőlap", "language": "hu"}
        notice = Publication(id=new_id(uow.now), communication_id=told.id, **keys, **place, **when, **by)
        proof = PublicationProof(id=new_id(uow.now), publication_id=notice.id, kind="seen", **keys, **by)
        proof.at, proof.zone = uow.now, "Europe/Budapest"
        for row, kind in ((notice, "notice.published"), (proof, "notice.proved")):
            uow.add(row)
            uow.session.flush()
            audit.append(uow, audit.about(incident, kind, row))
