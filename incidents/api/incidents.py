"""/api/v1/incidents: create under a key, read, list with a cursor, amend, acknowledge, set awareness, clocks."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from incidents.api.caller import Caller
from incidents.api.hands import AcknowledgementIn
from incidents.api.schemas import (
    AwarenessIn,
    ClockOut,
    FactsIn,
    IncidentIn,
    IncidentOut,
    NoteIn,
    Page,
    StageOut,
    clock_out,
    incident_out,
    instant,
    line_out,
    stages_out,
)
from incidents.base.errors import FieldError, InvalidInput
from incidents.rules.facts import validate
from incidents.steps import cases, clock, register, report
from incidents.store.incidents import BoardFilter

LONGEST_KEY = 200
MOST_IN_A_PAGE = 200


def _cursor(after: tuple[int, datetime, UUID] | None) -> str | None:
    return urlsafe_b64encode(msgspec.json.encode(after)).decode() if after else None


def _after(cursor: str | None) -> tuple[int, datetime, UUID] | None:
    if not cursor:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor), type=tuple[int, datetime, UUID])
    except (ValueError, msgspec.DecodeError) as error:
        raise InvalidInput([FieldError("cursor", "wrong", "Use the cursor of the page before, as it came.")]) from error


def _read_report(data: IncidentIn) -> report.ApiReport:
    """The report of a body; a bad time does not hide the bad facts beside it."""
    try:
        first_signal = instant(data.first_signal_at, data.zone, "first_signal_at")
    except InvalidInput as error:
        raise InvalidInput([*error.errors, *validate(data.facts)[1]]) from error
    return report.ApiReport(first_signal, data.facts, data.reporter)


@post(
    "/incidents",
    sync_to_thread=True,
    summary="Report a breach: the clock starts",
    responses={200: ResponseSpec(IncidentOut, description="Reported before under this Idempotency-Key")},
)
def create_incident(
    data: JSONBody[IncidentIn],
    caller: NamedDependency[Caller],
    idempotency_key: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", max_length=LONGEST_KEY, required=False)
    ] = None,
) -> Response[IncidentOut]:
    """Open a case. The same Idempotency-Key with the same body gives the same case; with another body 409."""
    said = _read_report(data)
    with caller.uow() as uow:
        incident, created = report.open_by_api(
            uow, caller.controller_id, said, idempotency_key, msgspec.json.encode(data, order="sorted")
        )
        shown = incident_out(cases.new_case(uow, incident) if created else cases.read_case(uow, incident))
    return Response(
        shown, status_code=201 if created else 200, headers={"location": f"/api/v1/incidents/{incident.id}"}
    )


@get("/incidents", sync_to_thread=True, summary="List cases: unacknowledged first, then by deadline")
def list_incidents(
    caller: NamedDependency[Caller],
    wanted_state: Annotated[Literal["open", "closed", "all"], QueryParameter(name="state")] = "open",
    text: Annotated[str, QueryParameter(name="query")] = "",
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_IN_A_PAGE)] = 50,
    drills: FromQuery[bool] = False,
) -> Page:
    """A page of cases and the cursor of the next one; ``drills=true`` adds rehearsals, which carry ``drill: true``."""
    wanted = BoardFilter(
        query=text, state=wanted_state, limit=limit, after=_after(cursor), drills="with" if drills else ""
    )
    with caller.uow(read_only=True) as uow:
        board = cases.board(uow, wanted)
    return Page([line_out(row) for row in board.rows], _cursor(board.next_after))


def _show(caller: Caller, incident_id: UUID) -> IncidentOut:
    with caller.uow(read_only=True) as uow:
        return incident_out(cases.case(uow, incident_id))


@get("/incidents/{incident_id:uuid}", sync_to_thread=True, summary="Read a case")
def read_incident(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> IncidentOut:
    """One case with its facts and clock."""
    return _show(caller, incident_id)


@patch("/incidents/{incident_id:uuid}/facts", sync_to_thread=True, summary="Record new facts as a new version")
def amend_facts(incident_id: FromPath[UUID], data: JSONBody[FactsIn], caller: NamedDependency[Caller]) -> IncidentOut:
    """Record what is now known; nothing earlier is overwritten."""
    with caller.uow() as uow:
        report.amend_facts(uow, incident_id, data.facts, data.reason, data.group)
    return _show(caller, incident_id)


@put("/incidents/{incident_id:uuid}/awareness", sync_to_thread=True, summary="Set or correct awareness (T1)")
def set_awareness(
    incident_id: FromPath[UUID], data: JSONBody[AwarenessIn], caller: NamedDependency[Caller]
) -> IncidentOut:
    """A new clock version from the time of awareness; filings keep their lateness."""
    at = instant(data.awareness_at, data.zone, "awareness_at")
    with caller.uow() as uow:
        clock.set_awareness(uow, incident_id, at, data.reason)
    return _show(caller, incident_id)


@post("/incidents/{incident_id:uuid}/acknowledgements", sync_to_thread=True, summary="Take a case")
def acknowledge(
    incident_id: FromPath[UUID], data: JSONBody[AcknowledgementIn], caller: NamedDependency[Caller]
) -> IncidentOut:
    """A named person takes the case."""
    if not data.name.strip():
        raise InvalidInput([FieldError("name", "required", "Name the person who takes the case.")])
    with caller.uow() as uow:
        name = data.name.strip()
        clock.acknowledge(uow, incident_id, via="page", name=name, stage=data.stage, clock_id=data.clock_id)
    return _show(caller, incident_id)


@get("/incidents/{incident_id:uuid}/clocks", sync_to_thread=True, summary="Every version of the clock")
def list_clocks(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[ClockOut]:
    """The versions of the clock, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [clock_out(row) for row in cases.case(uow, incident_id).clocks]


@get("/incidents/{incident_id:uuid}/stages", sync_to_thread=True, summary="Every planned warning")
def list_stages(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[StageOut]:
    """The warnings of every clock version, by due time."""
    with caller.uow(read_only=True) as uow:
        return stages_out(cases.case(uow, incident_id))


@post("/incidents/{incident_id:uuid}/closing", sync_to_thread=True, summary="Close a case whose duties are done")
def close(incident_id: FromPath[UUID], data: JSONBody[NoteIn], caller: NamedDependency[Caller]) -> IncidentOut:
    """Close the case; an open duty is named and refuses it."""
    with caller.uow() as uow:
        register.close_incident(uow, incident_id, data.note)
    return _show(caller, incident_id)


@post("/incidents/{incident_id:uuid}/reopening", sync_to_thread=True, summary="Open a closed case again")
def reopen(incident_id: FromPath[UUID], data: JSONBody[NoteIn], caller: NamedDependency[Caller]) -> IncidentOut:
    """Open the case again."""
    with caller.uow() as uow:
        register.reopen_incident(uow, incident_id, data.note)
    return _show(caller, incident_id)


handlers: list[Any] = [
    create_incident,
    list_incidents,
    read_incident,
    amend_facts,
    set_awareness,
    acknowledge,
    list_clocks,
    list_stages,
    close,
    reopen,
]
