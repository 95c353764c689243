"""The board: every open case of a person's controllers, the ones nobody has taken first, then by deadline."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get

from incidents.base.time import utc
from incidents.rules.regimes import regime_names
from incidents.steps import cases, controllers, drills
from incidents.store.incidents import MARKS, BoardFilter
from incidents.web.rendering import language_of, page
from incidents.web.scope import list_uow
from incidents.web.sessions import PageRequest, person_of

STATES = ("open", "closed", "all")
LONGEST_QUERY = 200
ON_THE_WALL, OVERDUE_ON_THE_WALL = 12, 6

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
        rank, deadline, key = text.split("~")
        return min(int(rank), 2) if rank.isdecimal() else 0, utc(datetime.fromisoformat(deadline)), UUID(key)
    except ValueError:
        return None


def _person(text: str, request: PageRequest) -> UUID | str:
    if text == "me":
        return person_of(request).id
    return "nobody" if text == "nobody" else key_or_none(text) or ""


def _filters(request: PageRequest) -> tuple[BoardFilter, dict[str, str]]:
    """What the address asks for, and the same as the form shows it; what cannot be read asks for everything."""
    given = {
        name: request.query_params.get(name, "") for name in ("q", "only", "controller", "regime", "person", "mark")
    }
    wanted = BoardFilter(
        query=given["q"][:LONGEST_QUERY],
        state=given["only"] if given["only"] in STATES else "open",
        controller_id=key_or_none(given["controller"]),
        regime=given["regime"] if given["regime"] in dict(regime_names("hu")) else "",
        person=_person(given["person"], request),
        mark=given["mark"] if given["mark"] in MARKS else "",
        after=read_place(request.query_params.get("after", "")),
    )
    known = {"controller": wanted.controller_id, "regime": wanted.regime, "person": wanted.person, "mark": wanted.mark}
    shown = {name: given[name] if value else "" for name, value in known.items()}
    return wanted, {"q": wanted.query, "only": wanted.state, **shown}


@get("/", sync_to_thread=True)
def show_board(request: PageRequest) -> Response[str]:
    """The board, searched and filtered; remaining time comes from the rows and not from any worker."""
    wanted, filters = _filters(request)
    with list_uow(request, "read") as uow:
        found = cases.board(uow, wanted)
        lists: dict[str, Any] = {
            "controllers": controllers.names(uow),
            "colleagues": cases.colleagues(uow, wanted.controller_id),
            "counts": cases.counts(uow),
            "drills": drills.running(uow),
        }
    return page(
        request,
        "pages/board.html",
        rows=found.rows,
        lost=found.lost,
        more=urlencode({**_said(filters), "after": written_place(found.next_after)}) if found.next_after else "",
        first=urlencode(_said(filters)) if wanted.after else None,
        regimes=regime_names(language_of(request)),
        filters=filters,
        narrowed=bool(_said(filters)),
        **lists,
    )


def _said(filters: dict[str, str]) -> dict[str, str]:
    """The filters that are not as they come by themselves: what an address must carry."""
    return {name: said for name, said in filters.items() if said and (name, said) != ("only", "open")}


@get("/board/wall", sync_to_thread=True)
def show_wall(request: PageRequest) -> Response[str]:
    """The next deadlines for a screen in a response room: no names and no titles, for these may name people."""
    with list_uow(request, "read") as uow:
        overdue = cases.wall(uow, OVERDUE_ON_THE_WALL, overdue=True)
        coming = cases.wall(uow, ON_THE_WALL, overdue=False)
        counted = cases.counts(uow)
    return page(request, "pages/wall.html", overdue=overdue.rows, coming=coming.rows, counts=counted)


handlers: list[Any] = [show_board, show_wall]
