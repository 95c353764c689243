"""How others reach an organisation's cases: the report link with its QR code and poster, and API keys."""

import io
from typing import Any
from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from incidents.base.errors import InvalidInput
from incidents.steps import controllers
from incidents.store.tables import Controller
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.members import ROLE_HINTS, key_of
from incidents.web.rendering import ROLE_NAMES, page, see_other, words
from incidents.web.sessions import PageRequest, may_at, page_uow, settings_of
from incidents.web.sudo import sudo

Page = Response[Any]


def qr_svg(address: str, *, whole_file: bool = False) -> str:
    """The QR code of an address as SVG, with the quiet zone phones need; error correction Q stands a torn poster."""
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=whole_file, svgns=True, omitsize=True
    )
    return out.getvalue().decode()


def _link(request: PageRequest, controller_id: UUID) -> tuple[Controller, str]:
    """The organisation and the address where its people report."""
    with page_uow(request, read_only=True) as uow:
        found, link = visible(request, uow, controller_id), controllers.report_link(uow, controller_id)
    return found, f"{settings_of(request).public_url}/r/{link.token}"


def _show_link(request: PageRequest, template: str, controller_id: UUID) -> Page:
    found, address = _link(request, controller_id)
    return page(
        request,
        template,
        controller=found,
        address=address,
        qr=Markup(qr_svg(address)),  # noqa: S704  made here from an address made here
        may_manage=may_at(request, controller_id, "manage"),
    )


@get("/controllers/{controller_id:uuid}/report-link", sync_to_thread=True)
def show_link(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The report link and its QR code."""
    return _show_link(request, "pages/controller_link.html", controller_id)


@get("/controllers/{controller_id:uuid}/poster", sync_to_thread=True)
def show_poster(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The poster for the wall: prints on one A4 or A5 sheet."""
    return _show_link(request, "pages/controller_poster.html", controller_id)


@get("/controllers/{controller_id:uuid}/report-link.svg", sync_to_thread=True)
def download_qr(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The QR code as a file, for the organisation's own posters."""
    found, address = _link(request, controller_id)
    name = f"incidens72-{found.short_code}.svg"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(qr_svg(address, whole_file=True), media_type="image/svg+xml", headers=headers)


@post("/controllers/{controller_id:uuid}/report-link", sync_to_thread=True, status_code=200)
@sudo
def renew_link(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """A new link; the old one and its posters stop working."""
    del form
    with page_uow(request) as uow:
        controllers.renew_report_link(uow, controller_id)
    return see_other(f"/controllers/{controller_id}/report-link", done="renewed")


@get("/controllers/{controller_id:uuid}/keys", sync_to_thread=True)
def show_keys(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The API keys of the organisation, for those who manage it."""
    return _keys(request, controller_id, Form())


def _keys(request: PageRequest, controller_id: UUID, form: Form, secret: str = "") -> Page:
    with page_uow(request, read_only=True) as uow:
        found, rows = visible(request, uow, controller_id, "manage"), controllers.api_keys(uow, controller_id)
    say = words(request)
    return page(
        request,
        "pages/controller_keys.html",
        form=form,
        status=form.problem.status if form.problem else 200,
        controller=found,
        keys=rows,
        secret=secret,
        roles=[(role, say(ROLE_NAMES[role]), say(ROLE_HINTS[role])) for role in controllers.KEY_ROLES],
    )


@post("/controllers/{controller_id:uuid}/keys", sync_to_thread=True, status_code=200)
@sudo
def make_key(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Make a key and show its secret this one time."""
    try:
        with page_uow(request) as uow:
            secret = controllers.make_api_key(uow, controller_id, form.text("name"), form.text("role"))
    except InvalidInput as refused:
        return _keys(request, controller_id, form.refused(refused))
    return _keys(request, controller_id, Form(), secret)


@post("/controllers/{controller_id:uuid}/keys/revoke", sync_to_thread=True, status_code=200)
@sudo
def revoke_key(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """End a key at once."""
    with page_uow(request) as uow:
        controllers.revoke_api_key(uow, controller_id, key_of(form.text("key")))
    return see_other(f"/controllers/{controller_id}/keys", done="removed")


handlers: list[Any] = [show_link, show_poster, download_qr, renew_link, show_keys, make_key, revoke_key]
