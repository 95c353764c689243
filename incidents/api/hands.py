"""/api/v1/incidents/{id}/…: hand-overs, and who would get a warning at an instant."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from incidents.api.caller import Caller
from incidents.api.schemas import In, instant, shaped
from incidents.base.errors import FieldError, InvalidInput, NotFound
from incidents.base.time import BUDAPEST
from incidents.steps import cases, handover, who


class AcknowledgementIn(In):
    """Who takes the case; with a clock and a stage, the warning is acknowledged and not repeated for that person."""

    name: str
    stage: str = ""
    clock_id: UUID | None = None


class HandoverIn(In):
    """To whom a case goes, by mail address, and where it stands."""

    email: str
    note: str


class HandoverOut(Struct, frozen=True):
    """A hand-over; the last one says in whose hands the case is."""

    id: UUID
    user_id: UUID
    name: str
    note: str
    handed_by: str
    at: datetime


class ToldOut(Struct, frozen=True):
    """Somebody who would be told. ``why``: audience, stands_in, next_in_line, also_absent, fallback or holder."""

    name: str
    email: str
    why: str
    instead_of: list[str]


class LeftOutOut(Struct, frozen=True):
    """Somebody of the audience who would not be told. ``why``: absent or no_address."""

    name: str
    why: str


class WhoOut(Struct, frozen=True):
    """Who would get a stage, when the mail would go out, and why it would not (``moot``, a code; empty: it would)."""

    stage: str
    ladder: str
    ladder_version: str
    told: list[ToldOut]
    left_out: list[LeftOutOut]
    goes_out_at: datetime
    held: bool
    moot: str


@post("/incidents/{incident_id:uuid}/handovers", sync_to_thread=True, summary="Hand a case over to a named person")
def hand_over(incident_id: FromPath[UUID], data: JSONBody[HandoverIn], caller: NamedDependency[Caller]) -> HandoverOut:
    """That person gets a mail at once, and every later warning beside the audience."""
    with caller.uow() as uow:
        taker = handover.by_address(uow, incident_id, data.email)
        try:
            row = handover.hand_over(uow, incident_id, taker, data.note)
        except InvalidInput as refused:
            raise InvalidInput([_named(error) for error in refused.errors]) from refused
        return shaped(HandoverOut, row)


def _named(error: FieldError) -> FieldError:
    """Here a person is named by the address."""
    return FieldError("email" if error.path == "user" else error.path, error.code, error.message, error.params)


@get("/incidents/{incident_id:uuid}/handovers", sync_to_thread=True, summary="Every hand-over")
def list_handovers(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[HandoverOut]:
    """The hand-overs, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(HandoverOut, row) for row in cases.case(uow, incident_id).handovers]


@get("/incidents/{incident_id:uuid}/who", sync_to_thread=True, summary="Who would get a warning at an instant")
def who_would_get(
    incident_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    stage: Annotated[str, QueryParameter(max_length=40)] = "opened",
    at: FromQuery[str] = "",
    clock: FromQuery[UUID | None] = None,
) -> WhoOut:
    """From the real people and absences; of the 72 hours unless ``clock`` names another running clock; now, unless
    ``at`` (ISO 8601) says when.
    """
    with caller.uow(read_only=True) as uow:
        found = cases.case(uow, incident_id)
        key = clock or found.clock.id
        if key not in {found.clock.id, *(one.id for one in who.running(uow, incident_id))}:
            raise NotFound
        return _out(who.in_case(uow, key, stage, instant(at, BUDAPEST, "at").at if at else uow.now))


def _out(found: who.Who) -> WhoOut:
    answer = found.answer
    return WhoOut(
        stage=answer.stage,
        ladder=found.ladder.id,
        ladder_version=found.ladder.version,
        told=[ToldOut(one.person.name, one.person.email, one.why, list(one.instead_of)) for one in answer.told],
        left_out=[LeftOutOut(one.person.name, one.why) for one in answer.left_out],
        goes_out_at=answer.goes_out.at,
        held=answer.goes_out.held,
        moot=found.moot,
    )


handlers: list[Any] = [hand_over, list_handovers, who_would_get]
