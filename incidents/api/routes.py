"""The routes of the JSON API under /api/v1; the web application includes them."""

from typing import Any

from litestar import Router
from litestar.di import Provide
from litestar.exceptions import ClientException

from incidents.api import acts, casework, duties, filings, hands, incidents, publicity, recipients, register
from incidents.api.caller import identify
from incidents.api.faults import name_every_fault

handlers: list[Any] = [
    Router(
        path="/api/v1",
        route_handlers=[
            *incidents.handlers,
            *acts.handlers,
            *casework.handlers,
            *duties.handlers,
            *filings.handlers,
            *hands.handlers,
            *publicity.handlers,
            *recipients.handlers,
            *register.handlers,
        ],
        dependencies={"caller": Provide(identify, sync_to_thread=True)},
        exception_handlers={ClientException: name_every_fault},
        tags=["incidents72"],
    )
]
