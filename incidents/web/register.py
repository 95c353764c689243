"""Register: every case, notified or not, with its reasons; searched, exported, printed, and proved unaltered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from incidents.api.pace import makes_document
from incidents.base.errors import Forbidden, NotFound
from incidents.base.time import BUDAPEST, zone
from incidents.rules.register import Break
from incidents.steps import cases, controllers, register
from incidents.steps.cases import Case
from incidents.steps.register import RegisterFilter
from incidents.store.tables import Controller
from incidents.store.uow import UnitOfWork, unit_of_work
from incidents.web.board import LONGEST_QUERY, key_or_none
from incidents.web.casehead import case_page
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.rendering import language_of, page
from incidents.web.scope import list_uow, where_may
from incidents.web.sessions import PageRequest, actor_of, clock_of
from incidents.web.sudo import sudo
from incidents.web.timeline import timeline
from notifications.documents import registerbook, registerfile
from notifications.documents.register import shown
from notifications.documents.registerfile import FORMATS, Edition

FIRST_YEAR = 2018
"""The GDPR applies from 25 May 2018."""
NOTIFIED = ("yes", "no", "undecided")


@dataclass(frozen=True)
class Proof:
    """What checking the log of one controller has found; no break means nothing was altered."""

    controller: str
    breaks: Sequence[Break]


def wanted_entries(q: str, year: str, notified: str, controller: str) -> RegisterFilter:
    """The filter an address or a form asks for; what cannot be read asks for everything."""
    return RegisterFilter(
        query=q[:LONGEST_QUERY],
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 and int(year) >= FIRST_YEAR else None,
        notified=notified if notified in NOTIFIED else "",
        controller_id=key_or_none(controller),
    )


def _years(now: datetime) -> list[str]:
    return [str(year) for year in range(now.astimezone(zone(BUDAPEST)).year, FIRST_YEAR - 1, -1)]


@get("/register", sync_to_thread=True)
def show_register(
    request: PageRequest,
    q: FromQuery[str] = "",
    year: FromQuery[str] = "",
    notified: FromQuery[str] = "",
    controller: FromQuery[str] = "",
    verify: FromQuery[str] = "",
) -> Response[str]:
    """The register, newest first, with the outcome of a check of its log when one is asked for."""
    wanted = wanted_entries(q, year, notified, controller)
    with list_uow(request, "register") as uow:
        mine = controllers.controllers_of(uow)
        found = _entries(uow, wanted, mine)
        proofs = [Proof(one.name, register.verify(uow, one.id)) for one in mine] if verify else []
    return page(
        request,
        "pages/register.html",
        entries=list(reversed(found)),
        controllers=mine,
        years=_years(clock_of(request).now()),
        filters={"q": wanted.query, "year": year, "notified": wanted.notified, "controller": controller},
        proofs=proofs,
        formats=list(FORMATS),
        may_export=bool(where_may(request, "export")),
    )


def _entries(uow: UnitOfWork, wanted: RegisterFilter, mine: Sequence[Controller]) -> list[Case]:
    """The entries asked for; a controller that is not the person's has none."""
    if wanted.controller_id and wanted.controller_id not in {one.id for one in mine}:
        return []
    return register.entries(uow, wanted)


@get("/register/{incident_id:uuid}", sync_to_thread=True)
def show_entry(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """One entry in full, for reading and printing."""
    lang = language_of(request)
    with list_uow(request, "register") as uow:
        found = cases.case(uow, incident_id)
    if found.incident.is_drill:
        raise NotFound
    cells = registerbook.cells(found, lang)
    lines = [(heading, shown(cells.get(key), lang)) for key, heading in registerbook.columns(lang)]
    return case_page(request, "pages/register_entry.html", found, lines=lines, timeline=timeline(found, lang))


@post("/register/export", guards=[makes_document], status_code=200, sync_to_thread=True)
@sudo
def export(request: PageRequest, form: NamedDependency[Form]) -> Response[bytes]:
    """The entries asked for as a file; that the register left the house is itself an entry of the log."""
    kind = form.text("format")
    if kind not in FORMATS:
        raise NotFound
    wanted = wanted_entries(*(form.text(name) for name in ("q", "year", "notified", "controller")))
    state, now = request.app.state, clock_of(request).now()
    if not (allowed := where_may(request, "export")):
        raise Forbidden
    with unit_of_work(state.engine, state.clock, actor_of(request), allowed) as uow:
        found = _entries(uow, wanted, controllers.controllers_of(uow))
        leaving = sorted({wanted.controller_id} & allowed if wanted.controller_id else allowed)
        heads = [register.signed_head(uow, one, state.settings.secret_key) for one in leaving]
        content = registerfile.write(Edition(found, language_of(request), now, heads), kind)
        for controller_id in leaving:
            register.record_export(uow, controller_id, kind, content)
    return attachment(
        content, FORMATS[kind], f"incidens-nyilvantartas-{now.astimezone(zone(BUDAPEST)):%Y-%m-%d}.{kind}"
    )


handlers: list[Any] = [show_register, show_entry, export]
