"""A thread with the authority in which everything has happened once."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.steps import cases, form, report
from incidents.store import audit, incidents
from incidents.store.tables import (
    AuthorityOrder,
    Evidence,
    FilingPromise,
    FormAnswer,
    OrderAnswer,
    Receipt,
    SignOff,
    SignOffRequest,
)
from incidents.store.uow import UnitOfWork

if TYPE_CHECKING:
    from tests.builders import CaseFile


KNOWN: dict[str, Any] = {
    "noticed_how": "A futár vette észre, amikor visszaért a furgonhoz.",
    "breach_types": ["confidentiality"],
    "cause": "lost_device",
    "exfiltrated": "no_proven",
    "unintelligible": {"state": "yes", "key_safe": True},
    "systems": "1 db laptop, teljes lemeztitkosítással",
    "occurred_from": "2026-10-01T08:00",
    "occurred_to": "2026-10-01T09:00",
    "subject_categories": ["customers"],
    "subjects_count": 12,
    "records_count": 12,
    "data_categories": ["contact_basic"],
    "special_categories": [],
    "service_impact": "none",
    "context": [],
    "likely_consequences": ["unwanted_contact"],
    "consequences_text": "A lemez titkosítása miatt az adatok nem olvashatók, ezért következmény nem valószínű.",
    "measures_taken": "A laptopot zároltuk, a hozzáféréseit visszavontuk, és kicseréltük a jelszavakat.",
    "measures_planned": "A futárok havonta ellenőrzött zárt dobozban tartják az eszközöket.",
    "countries": ["HU"],
}
"""Facts that leave no mandatory row of the form to be determined."""
ANSWERED: dict[str, Any] = {
    "reporter_contact": "kelemen@futar.example",
    "reporter_function_other": "ügyvezető",
    "contact_function": "ügyvezető",
    "other_parties": "no",
    "discovery": "controller",
    "prior_measures": ["policies", "training"],
    "prior_measures_description": "Adatvédelmi szabályzat és évenkénti oktatás volt.",
    "impact_severity": "minor",
    "preventive_measures": ["training"],
}
"""What the facts of a case do not tell."""
TOLD: dict[str, Any] = {"told_extent": "all", "told_content": "Tisztelt Címzett! Elveszett egy laptopunk."}
"""What is asked for once people were told."""


def nothing_in_the_way(case: "CaseFile") -> None:
    """Say everything the form asks for: facts, awareness, a decision, and what is answered in the form itself."""
    seen = case.look()
    with case.firm.as_("handler") as uow:
        say_everything(uow, case.id)
    if seen.provisional:
        case.set_awareness(ZonedInstant(seen.incident.first_signal_at))
    if seen.decision is None:
        case.decide("yes", "no")
    with case.firm.as_("handler", read_only=True) as uow:
        assert form.read(uow, case.id).in_the_way == ()


def say_everything(uow: UnitOfWork, incident_id: UUID) -> None:
    """The facts the form asks for and nobody has given, and what is answered in the form itself."""
    seen = cases.case(uow, incident_id)
    report.amend_facts(uow, incident_id, {key: one for key, one in KNOWN.items() if not seen.facts.is_known(key)})
    form.answer(uow, incident_id, {**ANSWERED, **(TOLD if seen.communications else {})})


def busy_thread(case: "CaseFile") -> None:
    """A row in every table of the form and the thread; the case has a filing already."""
    filing = case.look().filings[0]
    manager = case.firm.people["manager"]
    with case.town.uow() as uow:
        at = {"recorded_by": manager.name, "recorded_at": uow.now}
        frozen = {
            "form": "edpb-breach",
            "form_version": "1.0-draft",
            "content": {"fields": {}},
            "fingerprint": "f" * 64,
        }
        answer = {"form": "edpb-breach", "form_version": "1.0-draft", "field": "other_parties", "state": "given"}
        _add(
            uow,
            case,
            "form.answered",
            FormAnswer(**answer, version=1, value="no", said_by=manager.name, said_at=uow.now),
        )
        asked = {"version": 1, "filing_kind": "new", "complete": False, "asked": [manager.name]}
        by = {"requested_by": "Doktor Dóra", "requested_at": uow.now}
        request = _add(uow, case, "sign_off.requested", SignOffRequest(**frozen, **asked, **by))
        said = {"answer": "approved", "sentence": "Rendben, mehet.", "answered_by": manager.name}
        signed = SignOff(request_id=request.id, fingerprint="f" * 64, **said, answered_by_id=manager.id)
        signed.answered_at = uow.now
        _add(uow, case, "sign_off.answered", signed)
        promise = {"promised_on": "2026-12-01", "fields": ["cause"], "subject": uuid4().hex}
        _add(uow, case, "filing.promised", FilingPromise(**promise, filing_id=filing.id))
        file = {"name": "igazolas.pdf", "media_type": "application/pdf", "size": 9, "sha256": "a" * 64}
        kept = Evidence(purpose="receipt", **file, content=b"%PDF-1.7\n", added_by=manager.name, added_at=uow.now)
        _add(uow, case, "evidence.added", kept)
        _add(uow, case, "receipt.recorded", Receipt(filing_id=filing.id, evidence_id=kept.id, **at))
        got = {"kind": "clarify", "title": "Tényállás tisztázása", "text": "Küldje meg a naplókat."}
        when = {"received_at": uow.now, "received_zone": "Europe/Budapest", "days": 8}
        order = _add(uow, case, "order.received", AuthorityOrder(subject=uuid4().hex, **got, **when, **at))
        sent = {"sent_at": uow.now, "sent_zone": "Europe/Budapest", "channel": "krid", "text": "Mellékelve."}
        _add(uow, case, "order.answered", OrderAnswer(order_id=order.id, **sent, **at))


def _add(uow: UnitOfWork, case: "CaseFile", kind: str, row: Any) -> Any:
    incident = incidents.load(uow, case.id)
    row.id, row.controller_id, row.incident_id = new_id(uow.now), incident.controller_id, incident.id
    uow.add(row)
    audit.append(uow, audit.about(incident, kind, row))
    return row
