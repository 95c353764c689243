"""Channels of a firm: what every table of them needs to hold a row."""

from typing import TYPE_CHECKING

from incidents.rules.contacts import ContactForm
from incidents.rules.webhooks import WebhookForm
from incidents.steps import contacts, webhooks
from incidents.store.secrets import Seal
from incidents.store.tables import Webhook
from incidents.store.uow import UnitOfWork

if TYPE_CHECKING:
    from tests.builders import CaseFile, Firm

SEAL = Seal(("k" * 40,), webhooks.PURPOSE)


def add_webhook(
    uow: UnitOfWork, firm: "Firm", *, url: str = "https://chat.futar.example/x", **fields: object
) -> Webhook:
    """A webhook of a firm, by default for everything."""
    form = WebhookForm("incidenscsatorna", url, **fields)  # type: ignore[arg-type]
    return webhooks.add(uow, firm.id, form, SEAL, private=True)[0]


def busy_channels(case: "CaseFile") -> None:
    """Everything a firm can have beside its mails."""
    with case.town.uow() as uow:
        add_webhook(uow, case.firm)
        contacts.save(uow, case.firm.id, [ContactForm("Doktor Dóra", "adatvédelmi tisztviselő", "+36 30 555 0101")])
