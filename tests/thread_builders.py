"""A thread with the authority in which everything has happened once."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from incidents.base.ids import new_id
from incidents.store import audit, incidents
from incidents.store.tables import (
    AuthorityOrder,
    Evidence,
    FilingContent,
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
        _add(
            uow,
            case,
            "filing.content_kept",
            FilingContent(**frozen, version=1, filing_id=filing.id, sign_off_id=signed.id),
        )
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
