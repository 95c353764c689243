"""/api/v1/register, /events: the register of Art. 33(5) and the log that proves it."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from incidents.api.caller import ApiRequest, Caller
from incidents.api.schemas import EventOut, VerificationOut, shaped
from incidents.steps import cases, register
from incidents.steps.register import RegisterFilter
from notifications.documents import registerbook


@get("/register", sync_to_thread=True, summary="The register: every case, notified or not, with reasons")
def read_register(
    caller: NamedDependency[Caller],
    text: Annotated[str, QueryParameter(name="query")] = "",
    year: Annotated[int | None, QueryParameter(ge=2018, le=9998, required=False)] = None,
    notified: FromQuery[Literal["", "yes", "no", "undecided"]] = "",
    language: FromQuery[Literal["hu", "en"]] = "hu",
) -> list[dict[str, Any]]:
    """Lines of the register under the keys of its columns."""
    wanted = RegisterFilter(query=text, year=year, notified=notified, controller_id=caller.controller_id)
    with caller.uow(read_only=True) as uow:
        return [dict(line) for line in registerbook.book(register.entries(uow, wanted), language)]


@get("/register/verification", sync_to_thread=True, summary="Whether the log and what it vouches for are whole")
def verify_register(request: ApiRequest, caller: NamedDependency[Caller]) -> VerificationOut:
    """Every break of the chain, and its signed head."""
    with caller.uow(read_only=True) as uow:
        breaks = register.verify(uow, caller.controller_id)
        head = register.signed_head(uow, caller.controller_id, request.app.state.settings.secret_key)
    return VerificationOut(not breaks, [f"{one.seq}: {one.problem}" for one in breaks], asdict(head))


@get("/incidents/{incident_id:uuid}/events", sync_to_thread=True, summary="The event log of a case")
def list_events(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[EventOut]:
    """The log entries of one case, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(EventOut, row) for row in cases.case(uow, incident_id).events]


handlers: list[Any] = [read_register, verify_register, list_events]
