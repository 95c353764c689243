"""The escalation of an organisation: its ladder as people say it, a form to make it its own, and every version."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.dated import in_force
from incidents.base.errors import Conflict, InvalidInput, NotFound
from incidents.steps import ladders
from incidents.steps.policies import LADDERS, data_today
from incidents.store import policies as stored
from incidents.store.tables import EscalationPolicy
from incidents.web import ladder_form, ladder_words
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.rendering import language_of, page, see_other, words
from incidents.web.sessions import PageRequest, clock_of, may_at, page_uow
from incidents.web.sudo import sudo

Page = Response[Any]
EMPTY_ROWS = 1


@dataclass(frozen=True)
class Version:
    """One version of an own ladder with what it added and took away; empty when it is the standard again."""

    row: EscalationPolicy
    added: list[str]
    removed: list[str]


def known_ladder(ladder: str) -> str:
    """The ladder an address names.

    Raises:
        NotFound: there is none by that name.
    """
    if ladder not in LADDERS:
        raise NotFound
    return ladder


@get("/controllers/{controller_id:uuid}/policy", sync_to_thread=True)
def show_first(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The ladder of the 72 hours."""
    return _show(request, controller_id, LADDERS[0], Form())


@get("/controllers/{controller_id:uuid}/policy/{ladder:str}", sync_to_thread=True)
def show_ladder(request: PageRequest, controller_id: FromPath[UUID], ladder: FromPath[str]) -> Page:
    """One ladder, in words."""
    return _show(request, controller_id, known_ladder(ladder), Form())


def _show(request: PageRequest, controller_id: UUID, ladder: str, form: Form) -> Page:
    lang = language_of(request)
    with page_uow(request, read_only=True) as uow:
        found = visible(request, uow, controller_id)
        data, rows = data_today(uow, controller_id, ladder), stored.versions(uow, controller_id, ladder)
    standard = in_force("policies", ladder, clock_of(request).now().date())
    stages = [
        {
            "name": one["name"],
            "when": ladder_words.time_of(one, lang),
            "label": one["label"][lang].replace("{hours}", "…"),
            "to": ladder_words.audience_of(one, lang),
            "notes": ladder_words.notes_of(one, lang),
        }
        for one in data["stages"]
    ]
    return page(
        request,
        "pages/policy.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        stages=stages,
        hours=ladder_words.hours_of(data, lang),
        versions=_versions(rows, standard, lang),
        own=rows[-1] if rows and rows[-1].data else None,
        standard=standard,
        **_ladder(request, controller_id, ladder),
    )


def _ladder(request: PageRequest, controller_id: UUID, ladder: str) -> dict[str, Any]:
    say = words(request)
    return {
        "ladder": ladder,
        "ladders": [(code, say(words)) for code, words in ladder_words.LADDERS.items()],
        "may_change": may_at(request, controller_id, "policy"),
    }


def _versions(rows: Any, standard: Any, lang: str) -> list[Version]:
    """The versions, newest first, each compared with the one before it."""
    before, found = standard, []
    for row in rows:
        data = row.data or standard
        found.append(Version(row, *ladder_words.difference(before, data, lang)))
        before = data
    return found[::-1]


@get("/controllers/{controller_id:uuid}/policy/{ladder:str}/edit", sync_to_thread=True)
def show_form(request: PageRequest, controller_id: FromPath[UUID], ladder: FromPath[str]) -> Page:
    """The ladder as a form."""
    with page_uow(request, read_only=True) as uow:
        visible(request, uow, controller_id, "policy")
        data = data_today(uow, controller_id, known_ladder(ladder))
    return _form(request, controller_id, ladder, ladder_form.shown(data))


def _form(request: PageRequest, controller_id: UUID, ladder: str, form: Form) -> Page:
    with page_uow(request, read_only=True) as uow:
        found = visible(request, uow, controller_id)
        running = len(stored.running_clocks(uow, controller_id, ladder))
    say = words(request)
    return page(
        request,
        "pages/policy_edit.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        count=len(ladder_form.rows_of(form)),
        empty=EMPTY_ROWS,
        running=running,
        when=[(code, say(text)) for code, text in ladder_words.WHEN.items()],
        audience=[(code, say(text)) for code, text in ladder_words.AUDIENCE.items()],
        days=[(day, say(text)) for day, text in ladder_words.DAYS.items()],
        **_ladder(request, controller_id, ladder),
    )


@post("/controllers/{controller_id:uuid}/policy/{ladder:str}/edit", sync_to_thread=True, status_code=200)
@sudo
def save_ladder(
    request: PageRequest, controller_id: FromPath[UUID], ladder: FromPath[str], form: NamedDependency[Form]
) -> Page:
    """A new version of the organisation's own ladder."""
    known_ladder(ladder)
    try:
        with page_uow(request) as uow:
            data = ladder_form.read(form, data_today(uow, controller_id, ladder))
            also = form.has("also_running")
            ladders.save_policy(uow, controller_id, ladder, data, form.text("reason"), also_running=also)
    except InvalidInput as refused:
        return _form(request, controller_id, ladder, ladder_form.refused(form, refused))
    return see_other(f"/controllers/{controller_id}/policy/{ladder}", done="saved")


@post("/controllers/{controller_id:uuid}/policy/{ladder:str}/standard", sync_to_thread=True, status_code=200)
@sudo
def back_to_standard(
    request: PageRequest, controller_id: FromPath[UUID], ladder: FromPath[str], form: NamedDependency[Form]
) -> Page:
    """The standard ladder again."""
    known_ladder(ladder)
    try:
        with page_uow(request) as uow:
            also = form.has("also_running")
            ladders.back_to_standard(uow, controller_id, ladder, form.text("reason"), also_running=also)
    except (InvalidInput, Conflict) as refused:
        return _show(request, controller_id, ladder, form.refused(refused))
    return see_other(f"/controllers/{controller_id}/policy/{ladder}", done="saved")


handlers: list[Any] = [show_first, show_ladder, show_form, save_ladder, back_to_standard]
