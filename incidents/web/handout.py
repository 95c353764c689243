"""Handing the register out, two years later as on the day: period, day, redaction, and one download."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput
from incidents.base.time import BUDAPEST, zone
from incidents.rules.register_asof import period_of
from incidents.rules.register_redaction import kinds
from incidents.steps import controllers, handout
from incidents.store.tables import Controller
from incidents.store.uow import unit_of_work
from incidents.web.board import key_or_none
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.rendering import language_of, page
from incidents.web.scope import where_may
from incidents.web.sessions import PageRequest, actor_of, clock_of
from incidents.web.sudo import sudo
from notifications.documents.handout import write


@get("/register/handout", sync_to_thread=True)
def show_handout(request: PageRequest) -> Response[str]:
    """The three questions, answered for this year, today and redacted."""
    today = _local(clock_of(request).now()).date()
    return _page(
        request,
        Form.of(first=f"{today.year}-01-01", last=today.isoformat(), as_of=today.isoformat(), redaction="redacted"),
    )


def _local(instant: datetime) -> datetime:
    return instant.astimezone(zone(BUDAPEST))


def _page(request: PageRequest, form: Form) -> Response[str]:
    status = form.problem.status if form.problem else 200
    named = [(str(one.id), one.name) for one in _mine(request)]
    hidden = kinds(language_of(request))
    return page(request, "pages/handout.html", status=status, form=form, controllers=named, hidden=hidden)


def _mine(request: PageRequest) -> list[Controller]:
    """The controllers whose register the person may hand out."""
    allowed = where_may(request, "export")
    if not allowed:
        raise Forbidden
    state = request.app.state
    with unit_of_work(state.engine, state.clock, actor_of(request), allowed, read_only=True) as uow:
        return [one for one in controllers.controllers_of(uow) if one.id in allowed]


@post("/register/handout", status_code=200, sync_to_thread=True)
@sudo
def download_handout(request: PageRequest, form: NamedDependency[Form]) -> Response[Any]:
    """The package to save; that the register was handed out is itself an entry of the log."""
    mine = [one.id for one in _mine(request)]
    try:
        wanted = _wanted(form, mine, clock_of(request).now())
        content = _made(request, wanted)
    except (InvalidInput, Conflict) as refused:
        return _page(request, form.refused(refused))
    return attachment(content, "application/zip", f"incidens-nyilvantartas-{wanted.period.as_of}.zip")


def _wanted(form: Form, mine: list[UUID], now: datetime) -> handout.Wanted:
    period, errors = period_of(form.text("first"), form.text("last"), form.text("as_of"), _local(now).date())
    if form.text("redaction") not in {"redacted", "whole"}:
        errors.append(FieldError("redaction", "required", "Choose whether personal data are hidden."))
    if errors or period is None:
        raise InvalidInput(errors)
    chosen = key_or_none(form.text("controller"))
    asked = [one for one in mine if chosen in {None, one}]
    return handout.Wanted(asked, period, form.has("redaction", "redacted"))


def _made(request: PageRequest, wanted: handout.Wanted) -> bytes:
    """The package, read as of one moment; then its hash is written into the log."""
    state, allowed = request.app.state, frozenset(wanted.controllers)
    with unit_of_work(state.engine, state.clock, actor_of(request), allowed, read_only=True) as uow:
        found = handout.gather(uow, wanted, state.settings.secret_key)
        content = write(found, language_of(request))
    with unit_of_work(state.engine, state.clock, actor_of(request), allowed) as uow:
        handout.record(uow, found, content)
    return content


handlers: list[Any] = [show_handout, download_handout]
