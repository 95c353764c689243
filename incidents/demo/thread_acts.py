"""What people of the demo do in the thread with the authority: the form, sign-off, filings, receipts, orders."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from incidents.base.time import BUDAPEST, ZonedInstant, zone
from incidents.rules.evidence import NewFile
from incidents.rules.send import FilingForm
from incidents.rules.thread import OrderAnswerForm, OrderForm
from incidents.steps import cases, form, orders, sign_off, thread, thread_view
from incidents.store.uow import UnitOfWork
from notifications.documents import sheets

RECEIPT = b"From: nem-valaszol@hatosag.example\nTo: dpo@bemutato.example\nSubject: Visszaigazolas\n\nMegkaptuk.\n"


class Place(Protocol):
    """The case in which something is done."""

    @property
    def incident_id(self) -> UUID:
        """Its key."""
        ...


Said: TypeAlias = Mapping[str, Any]


def _day(uow: UnitOfWork, days: float) -> date:
    return (uow.now + timedelta(days=days)).astimezone(zone(BUDAPEST)).date()


def _form(uow: UnitOfWork, scene: Place, said: Said) -> None:
    """Answer what the case does not know; promises count in days from the act."""
    promised = {field: _day(uow, days).isoformat() for field, days in said.get("promised", {}).items()}
    form.answer(uow, scene.incident_id, said.get("answers", {}), promised)


def _ask_to_sign(uow: UnitOfWork, scene: Place, said: Said) -> None:
    sign_off.request(uow, scene.incident_id, form.Asked(complete=said.get("complete", False)))


def _sign(uow: UnitOfWork, scene: Place, said: Said) -> None:
    pending = thread_view.read(uow, scene.incident_id).pending
    if pending is None:
        raise LookupError("nobody has asked for a sign-off here")
    sign_off.answer(uow, pending.request.id, "approved", said["sentence"])


def _file(uow: UnitOfWork, scene: Place, said: Said) -> None:
    """File now; ``promised_days`` is when the rest will follow."""
    plain = {key: value for key, value in said.items() if key != "promised_days"}
    promised = _day(uow, said["promised_days"]) if "promised_days" in said else None
    document_id = newest_draft(uow, scene, "authority")
    filing = FilingForm(**plain, filed_at=ZonedInstant(uow.now), document_id=document_id, promised_on=promised)
    sheets.record_filing(uow, scene.incident_id, filing)


def newest_draft(uow: UnitOfWork, scene: Place, kind: str) -> UUID | None:
    """The newest frozen Hungarian draft of a kind."""
    found = [one for one in cases.case(uow, scene.incident_id).documents if (one.kind, one.language) == (kind, "hu")]
    return max(found, key=lambda one: one.version).id if found else None


def _receipt(uow: UnitOfWork, scene: Place, said: Said) -> None:
    filing = cases.case(uow, scene.incident_id).filings[-1]
    file = NewFile("visszaigazolas.eml", RECEIPT)
    thread.record_receipt(uow, filing.id, identifier=said["identifier"], note=said.get("note", ""), file=file)


def _order(uow: UnitOfWork, scene: Place, said: Said) -> None:
    plain = {key: said[key] for key in ("title", "text", "authority_reference", "days")}
    orders.receive(uow, scene.incident_id, OrderForm(kind="clarify", received_at=ZonedInstant(uow.now), **plain))


def _answer_order(uow: UnitOfWork, scene: Place, said: Said) -> None:
    newest = thread_view.orders(uow, scene.incident_id)[-1].order
    orders.answer(uow, newest.id, OrderAnswerForm(ZonedInstant(uow.now), said["channel"], said["text"]))


THREAD_ACTS: Mapping[str, Callable[[UnitOfWork, Place, Said], None]] = {
    "form": _form,
    "ask_to_sign": _ask_to_sign,
    "sign": _sign,
    "file": _file,
    "receipt": _receipt,
    "order": _order,
    "answer_order": _answer_order,
}
