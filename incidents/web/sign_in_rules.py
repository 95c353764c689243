"""Who must sign in with a second step at an organisation, and help for a colleague who has lost theirs."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.rules.access import ROLES
from incidents.rules.sign_in import grace
from incidents.steps import sign_in_rules
from incidents.store import accounts, people
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.members import ROLE_HINTS, key_of
from incidents.web.rendering import ROLE_NAMES, page, see_other, words
from incidents.web.sessions import PageRequest, page_uow, person_of, settings_of, system_uow
from incidents.web.sudo import sudo

Page = Response[Any]
HERE = "/controllers/{controller_id:uuid}/sign-in"


@get(HERE, sync_to_thread=True)
def show_rule(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The roles that must have a second step, and who has one."""
    with page_uow(request, read_only=True) as uow:
        found, roles = visible(request, uow, controller_id, "manage"), sign_in_rules.roles_of(uow, controller_id)
        standard = sign_in_rules.standard(uow)
        members = list({user.id: user for _, user in people.memberships(uow, [controller_id])}.values())
        having = accounts.with_factor(uow, [user.id for user in members])
        days = grace(uow.now).days
    say = words(request)
    return page(
        request,
        "pages/controller_sign_in.html",
        form=Form.of(roles=list(roles or standard)),
        controller=found,
        switched_on=bool(roles),
        days=days,
        roles=[(role, say(ROLE_NAMES[role]), say(ROLE_HINTS[role])) for role in ROLES],
        people=[(user, user.id in having) for user in members],
        me=person_of(request).id,
        by_operator=settings_of(request).second_step == "everyone",
    )


@post(HERE, sync_to_thread=True, status_code=200)
@sudo
def save_rule(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """From now on these roles must have a second step; "off" says none must."""
    with page_uow(request) as uow:
        sign_in_rules.demand(uow, controller_id, () if form.has("act", "off") else form.values("roles"))
    return see_other(f"/controllers/{controller_id}/sign-in", done="second-step")


@post(f"{HERE}/reset", sync_to_thread=True, status_code=200)
@sudo
def reset(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Take the second step of a colleague away, who has lost it."""
    user_id = key_of(form.text("user"))
    with system_uow(request, read_only=True) as uow:
        served = people.roles_of(uow, user_id).keys()
    with page_uow(request) as uow:
        sign_in_rules.reset_second_step(uow, controller_id, user_id, served)
    return see_other(f"/controllers/{controller_id}/sign-in", done="step-reset")


handlers: list[Any] = [show_rule, save_rule, reset]
