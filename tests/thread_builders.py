"""A thread with the authority in which everything has happened once, and a case that says all the form asks for."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from incidents.base.time import ZonedInstant
from incidents.rules.evidence import NewFile
from incidents.rules.thread import OrderAnswerForm, OrderForm
from incidents.steps import cases, form, orders, report, sign_off, thread
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
    """Everything happens once in the thread of a case that has a filing: the steps leave a row in every table."""
    now, file = case.town.now, NewFile("igazolas.pdf", b"%PDF-1.7\n")
    with case.firm.as_("dpo") as uow:
        form.answer(uow, case.id, {"other_parties": "no"})
        thread.record_receipt(uow, case.look().filings[0].id, identifier="NAIH-1/2026", file=file)
        order = orders.receive(uow, case.id, OrderForm("clarify", "Naplók", "Küldje meg a naplókat.", now, days=8))
        orders.answer(uow, order.id, OrderAnswerForm(now, "krid", "Mellékelve."))
        request = sign_off.request(uow, case.id, form.Asked())
    with case.firm.as_("manager") as uow:
        sign_off.answer(uow, request.id, "approved", "Rendben, mehet.")
    case.file("follow_up", promised_on=date(2030, 12, 1))
