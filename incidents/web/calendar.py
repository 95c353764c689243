"""One's own calendar of deadlines: the page where its address is made, and the file behind the address."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from incidents.base.errors import NotFound
from incidents.steps import calendar
from incidents.web.rendering import page, see_other
from incidents.web.security import throttle
from incidents.web.sessions import PUBLIC, PageRequest, person_of, public_uow, settings_of, system_uow
from notifications.calendar import mark, write

Page = Response[Any]
MEDIA_TYPE = "text/calendar"
ENDING = ".ics"
READS_PER_MINUTE = 120
"""From one network address: the calendars of a whole office, and no more."""
CACHE = "private, max-age=300"


@get("/calendar/{name:str}", opt=PUBLIC, guards=[throttle("calendar", READS_PER_MINUTE)], sync_to_thread=True)
def read_calendar(request: PageRequest, name: FromPath[str]) -> Page:
    """The calendar file behind a secret address; unchanged, only its mark is sent."""
    token = name.removesuffix(ENDING)
    if token == name or not token.isascii() or not token.isprintable():
        raise NotFound
    public_url = settings_of(request).public_url
    with public_uow(request, read_only=True) as uow:
        found = calendar.read(uow, token)
    etag = f'"{mark(found, public_url)}"'
    headers = {"etag": etag, "cache-control": CACHE}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers=headers)
    disposition = {"content-disposition": 'inline; filename="incidens72.ics"'}
    return Response(write(found, public_url), media_type=MEDIA_TYPE, headers=headers | disposition)


@get("/account/calendar", sync_to_thread=True)
def show_calendar(request: PageRequest) -> Page:
    """Whether one has a calendar address, and how to make one."""
    return _show(request)


def _show(request: PageRequest, token: str = "") -> Page:
    with system_uow(request, read_only=True) as uow:
        since = calendar.made_at(uow, person_of(request).id)
    address = f"{settings_of(request).public_url}/calendar/{token}{ENDING}" if token else ""
    return page(request, "pages/account_calendar.html", since=since, address=address)


@post("/account/calendar", sync_to_thread=True, status_code=200)
def renew_calendar(request: PageRequest) -> Page:
    """Make an address, or a new one in place of the old one, and show it this one time."""
    with system_uow(request) as uow:
        token = calendar.renew(uow, person_of(request).id)
    return _show(request, token)


@post("/account/calendar/revoke", sync_to_thread=True, status_code=200)
def revoke_calendar(request: PageRequest) -> Page:
    """End the address."""
    with system_uow(request) as uow:
        calendar.revoke(uow, person_of(request).id)
    return see_other("/account/calendar", done="removed")


handlers: list[Any] = [read_calendar, show_calendar, renew_calendar, revoke_calendar]
