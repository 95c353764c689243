"""Orders of the authority: taken in with their deadline and file, answered with a file."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.evidence import NewFile
from incidents.rules.thread import OrderAnswerForm, OrderForm
from incidents.steps import orders, thread_view
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import see_other
from incidents.web.sessions import PageRequest, clock_of, page_uow
from incidents.web.thread import CHANNEL_WORDS, worded
from incidents.web.uploads import LARGEST_BODY, WITH_FILE

ORDER_WORDS = {
    "clarify": msgid("To clarify the facts or send documents"),
    "tell_people": msgid("To tell the people concerned (Art. 34(4))"),
    "other": msgid("Something else"),
}


def _orders_page(
    request: PageRequest, incident_id: UUID, refused: Form | None = None, order_id: UUID | None = None
) -> Response[str]:
    """The orders with a form for a new one, and one to answer each; the refused one keeps what was typed."""
    case = load(request, incident_id)
    with page_uow(request, read_only=True) as uow:
        found = thread_view.orders(uow, incident_id)
    return case_page(
        request,
        "pages/orders.html",
        case,
        refused,
        orders=found,
        new_form=refused if refused and order_id is None else Form(),
        answer_form=refused if refused and order_id else Form(),
        answering=order_id,
        empty_form=Form(),
        kinds=worded(request, ORDER_WORDS),
        channels=worded(request, CHANNEL_WORDS),
    )


@get("/incidents/{incident_id:uuid}/orders", sync_to_thread=True)
def show_orders(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Every order of the authority in a case, and what was answered."""
    return _orders_page(request, incident_id)


@post(
    "/incidents/{incident_id:uuid}/orders",
    sync_to_thread=True,
    dependencies=WITH_FILE,
    request_max_body_size=LARGEST_BODY,
)
def receive_order(
    request: PageRequest,
    incident_id: FromPath[UUID],
    form: NamedDependency[Form],
    file: NamedDependency[NewFile | None],
) -> Response[str]:
    """Record an order: its deadline runs from here on like any other."""
    typed = Reader(form, clock_of(request).now())
    named = form.text("deadline_at.date") or form.text("deadline_at.time")
    said = OrderForm(
        kind=form.text("kind"),
        title=form.text("title"),
        text=form.text("text"),
        received_at=typed.moment("received_at"),
        authority_reference=form.text("authority_reference"),
        deadline_at=typed.moment("deadline_at") if named else None,
        days=typed.number("days"),
    )
    try:
        with page_uow(request) as uow, typed.refusing():
            orders.receive(uow, incident_id, said, file)
    except (InvalidInput, Conflict) as refused:
        return _orders_page(request, incident_id, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/orders", done="saved")


@post(
    "/incidents/{incident_id:uuid}/orders/{order_id:uuid}/answers",
    sync_to_thread=True,
    dependencies=WITH_FILE,
    request_max_body_size=LARGEST_BODY,
)
def answer_order(
    request: PageRequest,
    incident_id: FromPath[UUID],
    order_id: FromPath[UUID],
    form: NamedDependency[Form],
    file: NamedDependency[NewFile | None],
) -> Response[str]:
    """Record what was answered to an order; a late answer says why."""
    typed = Reader(form, clock_of(request).now())
    said = OrderAnswerForm(
        sent_at=typed.moment("sent_at"),
        channel=form.text("channel"),
        text=form.text("text"),
        identifier=form.text("identifier"),
        note=form.text("note"),
    )
    try:
        with page_uow(request) as uow, typed.refusing():
            orders.answer(uow, order_id, said, file)
    except (InvalidInput, Conflict) as refused:
        return _orders_page(request, incident_id, form.refused(refused), order_id)
    return see_other(f"/incidents/{incident_id}/orders", done="saved")


handlers: list[Any] = [show_orders, receive_order, answer_order]
