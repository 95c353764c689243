"""Clock: the moment of awareness with its reason, and the readings of the end that are information only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.rules.calendar import CalendarHorizonError
from incidents.rules.clock import Disputed, disputed_3_5, strict_1182_71_end
from incidents.steps import clock
from incidents.store.tables import ClockRow
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import see_other
from incidents.web.sessions import PageRequest, clock_of, page_uow


@dataclass(frozen=True)
class Readings:
    """Other ends that may be argued, in UTC; none of them is the deadline."""

    strict: datetime
    disputed: Disputed | None
    """None beyond the last year whose holidays are known."""


def readings(row: ClockRow) -> Readings:
    """What else may be said about the end of a clock (Regulation 1182/71)."""
    strict = strict_1182_71_end(row.anchor_at)
    try:
        return Readings(strict, disputed_3_5(row.anchor_at))
    except CalendarHorizonError:
        return Readings(strict, None)


@get("/incidents/{incident_id:uuid}/clock", sync_to_thread=True)
def show_clock(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The clock of a case and the form for the moment of awareness."""
    found = load(request, incident_id)
    return case_page(request, "pages/clock.html", found, readings=readings(found.clock))


@post("/incidents/{incident_id:uuid}/clock", sync_to_thread=True)
def set_awareness(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Set or correct the moment of awareness (T1): a new clock version."""
    typed = Reader(form, clock_of(request).now())
    awareness = typed.moment("awareness_at")
    try:
        with page_uow(request) as uow, typed.refusing():
            clock.set_awareness(uow, incident_id, awareness, form.text("reason"))
    except (InvalidInput, Conflict) as refused:
        found = load(request, incident_id)
        return case_page(request, "pages/clock.html", found, form.refused(refused), readings=readings(found.clock))
    return see_other(f"/incidents/{incident_id}", done="awareness")


handlers: list[Any] = [show_clock, set_awareness]
