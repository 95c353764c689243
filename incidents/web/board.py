"""The board: every open case of a person's controllers, the ones nobody has taken first, then by deadline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery

from incidents.base.time import utc
from incidents.steps import cases, controllers, drills
from incidents.store.incidents import BoardFilter
from incidents.web.rendering import page
from incidents.web.scope import list_uow
from incidents.web.sessions import PageRequest

STATES = ("open", "closed", "all")
LONGEST_QUERY = 200

Place = tuple[int, datetime, UUID]


def key_or_none(text: str) -> UUID | None:
    """The key in an address; None for anything else, so that a broken filter shows everything."""
    try:
        return UUID(text)
    except ValueError:
        return None


def written_place(place: Place | None) -> str:
    """Where the next page of the board starts, as an address carries it."""
    return f"{place[0]}~{place[1].isoformat()}~{place[2].hex}" if place else ""


def read_place(text: str) -> Place | None:
    """The place an address names; None for anything else, which is the first page."""
    try:
        taken, deadline, key = text.split("~")
        return int(taken == "1"), utc(datetime.fromisoformat(deadline)), UUID(key)
    except ValueError:
        return None


@get("/", sync_to_thread=True)
def show_board(
    request: PageRequest,
    q: FromQuery[str] = "",
    only: FromQuery[str] = "open",
    controller: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """The board, searched and filtered; remaining time comes from the rows and not from any worker."""
    wanted = BoardFilter(
        query=q[:LONGEST_QUERY],
        state=only if only in STATES else "open",
        controller_id=key_or_none(controller),
        after=read_place(after),
    )
    with list_uow(request, "read") as uow:
        mine = controllers.controllers_of(uow)
        found = cases.board(uow, wanted)
        rehearsed = drills.running(uow)
    return page(
        request,
        "pages/board.html",
        rows=found.rows,
        lost=found.lost,
        drills=rehearsed,
        more=written_place(found.next_after),
        controllers=mine,
        filters={"q": wanted.query, "only": wanted.state, "controller": controller},
    )


handlers: list[Any] = [show_board]
