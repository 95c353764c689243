"""Acknowledge from the mail: looking acknowledges nothing (link scanners look), the button does."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from incidents.base.errors import IncidentError
from incidents.base.links import AckLink, LinkExpired, LinkInvalid, LinkNotYours, read_ack
from incidents.rules.escalation import split_name
from incidents.steps import cases, clock, telling
from incidents.store.tables import Acknowledgement
from incidents.store.uow import Actor
from incidents.web.rendering import page, see_other
from incidents.web.sessions import PUBLIC, PageRequest, clock_of, link_uow, settings_of, system_uow

FIRST_STAGES = frozenset({"opened", "unacknowledged", ""})
"""Warnings that ask for somebody to take it at all: whoever has taken it has answered them for everybody."""
NO_WAY_IN = (LinkExpired, LinkInvalid, LinkNotYours)


def _link(request: PageRequest, token: str) -> AckLink:
    return read_ack(settings_of(request).secret_key, token, clock_of(request).now())


def _look(request: PageRequest, link: AckLink) -> cases.Case:
    """The case the link is about.

    Raises:
        LinkNotYours: its owner has no role there any more, and learns nothing of the case.
    """
    with system_uow(request, read_only=True) as uow:
        found = cases.case(uow, link.incident_id)
        if not telling.still_told(uow, found.incident.controller_id, link.user_id, link.recipient):
            raise LinkNotYours
        return found


def _asks_to_take(link: AckLink) -> bool:
    return split_name(link.stage)[0] in FIRST_STAGES


def _answer(found: cases.Case, link: AckLink) -> Acknowledgement | None:
    """Who has taken what this link asks for already; a later warning each person acknowledges for themselves."""
    if _asks_to_take(link) and link.clock_id in {None, *(one.id for one in found.clocks)}:
        return found.acknowledgements[0] if found.acknowledgements else None
    same = [one for one in found.acknowledgements if _is_for(one, link)]
    return next((one for one in same if _asks_to_take(link) or _by(one, _name(found, link), link)), None)


def _is_for(row: Acknowledgement, link: AckLink) -> bool:
    return row.clock_id == link.clock_id and split_name(row.stage)[0] == split_name(link.stage)[0]


def _by(row: Acknowledgement, name: str, link: AckLink) -> bool:
    return row.user_id == link.user_id if link.user_id else row.name == name


def _name(found: cases.Case, link: AckLink) -> str:
    """The name of the person the mail went to; the address when we know no name."""
    named = (mail.name for mail in found.mails if mail.recipient == link.recipient and mail.name)
    return next(named, link.recipient)


def _way_out(request: PageRequest, problem: IncidentError) -> Response[str]:
    return page(request, "pages/acknowledge.html", status=problem.status, case=None, answer=None, problem=problem)


@get("/ack/{token:str}", opt=PUBLIC, sync_to_thread=True)
def show_link(request: PageRequest, token: FromPath[str]) -> Response[str]:
    """What the link is about, and the button; nothing is recorded by looking."""
    try:
        link = _link(request, token)
        found = _look(request, link)
    except NO_WAY_IN as problem:
        return _way_out(request, problem)
    return page(
        request,
        "pages/acknowledge.html",
        case=found,
        answer=_answer(found, link),
        takes=_asks_to_take(link) or not found.acknowledgements,
        who=_name(found, link),
        problem=None,
    )


@post("/ack/{token:str}", opt=PUBLIC, sync_to_thread=True)
def acknowledge_by_mail(request: PageRequest, token: FromPath[str]) -> Response[str]:
    """Take the case, or acknowledge a warning, for the person the mail went to; pressing twice records it once."""
    try:
        link = _link(request, token)
        found = _look(request, link)
    except NO_WAY_IN as problem:
        return _way_out(request, problem)
    if _answer(found, link) is None:
        who = _name(found, link)
        with link_uow(request, Actor(who, link.user_id), found.incident.controller_id, "acknowledge") as uow:
            clock.acknowledge(
                uow,
                link.incident_id,
                via="mail",
                stage=link.stage,
                clock_id=link.clock_id,
                name=who,
                user_id=link.user_id,
            )
    return see_other(f"/ack/{token}", done="acknowledged")


handlers: list[Any] = [show_link, acknowledge_by_mail]
