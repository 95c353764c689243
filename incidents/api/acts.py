"""/api/v1/incidents/{id}/…: decisions, drafts, filings, communications."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, PathParameter

from incidents.api.caller import Caller
from incidents.api.pace import makes_document
from incidents.api.schemas import (
    AssessmentOut,
    CommunicationIn,
    CommunicationOut,
    DecisionIn,
    DecisionOut,
    DraftIn,
    DraftOut,
    ProposalOut,
    instant,
    shaped,
)
from incidents.base.errors import NotFound
from incidents.rules.decide import DecisionForm
from incidents.rules.send import CommunicationForm
from incidents.steps import assess, cases, decide, draft, send
from incidents.store.tables import DecisionProposal
from notifications.documents import drafts

FILES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@post("/incidents/{incident_id:uuid}/assessments", sync_to_thread=True, summary="Run the risk test")
def run_assessment(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> AssessmentOut:
    """Assess the facts as they stand; the run is kept."""
    with caller.uow() as uow:
        return shaped(AssessmentOut, assess.run(uow, incident_id))


@get("/incidents/{incident_id:uuid}/assessments", sync_to_thread=True, summary="Every run of the risk test")
def list_assessments(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[AssessmentOut]:
    """The runs, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(AssessmentOut, row) for row in cases.case(uow, incident_id).assessments]


@post(
    "/incidents/{incident_id:uuid}/decisions",
    sync_to_thread=True,
    summary="Record a decision",
    responses={202: ResponseSpec(ProposalOut, description="Proposed: a second person must approve")},
)
def record_decision(
    incident_id: FromPath[UUID], data: JSONBody[DecisionIn], caller: NamedDependency[Caller]
) -> Response[DecisionOut | ProposalOut]:
    """Notify or not, tell or not or exempt; «not notified» needs a reason of substance.

    Less than the risk test asks for is not decided by one: the answer is 202 with the proposal, which a second person
    approves or refuses on the page of the case.
    """
    form = DecisionForm(
        notify=data.notify,
        tell=data.tell,
        reasons_authority=data.reasons_authority,
        reasons_subjects=data.reasons_subjects,
        exemption=data.exemption,
        evidence=data.evidence,
        tell_by_group=data.groups,
    )
    with caller.uow() as uow:
        row = decide.record_decision(uow, incident_id, form)
        if isinstance(row, DecisionProposal):
            return Response(shaped(ProposalOut, row), status_code=202)
        return Response(shaped(DecisionOut, row), status_code=201)


@get("/incidents/{incident_id:uuid}/proposals", sync_to_thread=True, summary="Every proposed decision")
def list_proposals(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[ProposalOut]:
    """The decisions that needed a second person, answered or not, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(ProposalOut, row) for row in cases.case(uow, incident_id).proposals]


@get("/incidents/{incident_id:uuid}/decisions", sync_to_thread=True, summary="Every decision")
def list_decisions(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[DecisionOut]:
    """The decisions, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(DecisionOut, row) for row in cases.case(uow, incident_id).decisions]


@post(
    "/incidents/{incident_id:uuid}/drafts",
    guards=[makes_document],
    sync_to_thread=True,
    summary="Freeze a draft with its files",
    responses={429: ResponseSpec(None, description="Too many documents in a minute")},
)
def freeze_draft(incident_id: FromPath[UUID], data: JSONBody[DraftIn], caller: NamedDependency[Caller]) -> DraftOut:
    """Make the notification or the letter from the facts as they stand, and keep it."""
    with caller.uow() as uow:
        made = drafts.freeze(uow, incident_id, data.kind, data.language, data.delay_reasons, data.group)
        return shaped(DraftOut, made)


@get("/incidents/{incident_id:uuid}/drafts", sync_to_thread=True, summary="Every frozen draft")
def list_drafts(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[DraftOut]:
    """The frozen drafts, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(DraftOut, row) for row in cases.case(uow, incident_id).documents]


@get("/drafts/{document_id:uuid}/{form:str}", sync_to_thread=True, summary="A frozen draft as DOCX or PDF")
def read_draft(
    document_id: FromPath[UUID],
    form: Annotated[str, PathParameter(pattern="^(docx|pdf)$")],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """The file, always as an attachment."""
    with caller.uow(read_only=True) as uow:
        row = draft.document(uow, document_id)
    if form not in FILES:
        raise NotFound
    name = f"{row.kind}-{row.language}-{row.version}.{form}"
    return Response(
        getattr(row, form),
        media_type=FILES[form],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@post("/incidents/{incident_id:uuid}/communications", sync_to_thread=True, summary="Record that people were told")
def record_communication(
    incident_id: FromPath[UUID], data: JSONBody[CommunicationIn], caller: NamedDependency[Caller]
) -> CommunicationOut:
    """Record when, in what form, with what content and how many were reached."""
    form = CommunicationForm(
        instant(data.sent_at, data.zone, "sent_at"), data.form, data.reached, data.document_id, data.note
    )
    with caller.uow() as uow:
        return shaped(CommunicationOut, send.record_communication(uow, incident_id, form))


@get("/incidents/{incident_id:uuid}/communications", sync_to_thread=True, summary="Every communication")
def list_communications(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[CommunicationOut]:
    """The communications, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(CommunicationOut, row) for row in cases.case(uow, incident_id).communications]


handlers: list[Any] = [
    run_assessment,
    list_assessments,
    record_decision,
    list_decisions,
    list_proposals,
    freeze_draft,
    list_drafts,
    read_draft,
    record_communication,
    list_communications,
]
