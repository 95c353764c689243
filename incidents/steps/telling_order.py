"""An order of the authority to tell the people (Art. 34(4)): what a decision must say while it stands."""

from incidents.base.errors import InvalidInput
from incidents.base.time import BUDAPEST, zone
from incidents.rules.decide import DecisionForm
from incidents.rules.telling_order import TELL_PEOPLE, TellingOrder, citing, order_faults, standing
from incidents.store import controllers, duties, thread
from incidents.store.tables import Incident
from incidents.store.uow import UnitOfWork


def standing_order(uow: UnitOfWork, incident: Incident) -> TellingOrder | None:
    """The order of a case that nobody has followed yet."""
    orders = [
        TellingOrder(one.received_at, one.authority_reference, one.title)
        for one in thread.orders(uow, incident.id)
        if one.kind == TELL_PEOPLE
    ]
    return standing(orders, [one.sent_at for one in duties.communications_of(uow, incident.id)]) if orders else None


def obeying(uow: UnitOfWork, incident: Incident, form: DecisionForm) -> DecisionForm:
    """The decision as it can be recorded: with a standing order in its reasons.

    Raises:
        InvalidInput: it goes against the order.
    """
    order = standing_order(uow, incident)
    if errors := order_faults(form, order):
        raise InvalidInput(errors)
    language = controllers.load(uow, incident.controller_id).language
    return citing(form, order, language, uow.now.astimezone(zone(BUDAPEST)).date())
