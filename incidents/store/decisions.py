"""Queries for decisions, those that wait for a second person, and the assessments they rest on."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from incidents.base.errors import NotFound
from incidents.store.among import one_of
from incidents.store.tables import Assessment, Decision, DecisionProposal, ProposalAnswer
from incidents.store.uow import UnitOfWork


def newest(uow: UnitOfWork, incident_id: UUID) -> Decision | None:
    """The decision that stands."""
    return newest_of(uow, [incident_id]).get(incident_id)


def newest_of(uow: UnitOfWork, incident_ids: Collection[UUID]) -> dict[UUID, Decision]:
    """The decision that stands in each case that has one."""
    rows = uow.session.scalars(
        select(Decision).where(one_of(Decision.incident_id, uow.packed(incident_ids))).order_by(Decision.version)
    )
    return {row.incident_id: row for row in rows}


def newest_assessment(uow: UnitOfWork, incident_id: UUID) -> Assessment | None:
    """The latest run of the risk test."""
    return uow.session.scalar(
        select(Assessment).where(Assessment.incident_id == incident_id).order_by(Assessment.version.desc()).limit(1)
    )


def assessment(uow: UnitOfWork, assessment_id: UUID) -> Assessment:
    """The run of the risk test that something rests on.

    Raises:
        NotFound: there is none.
    """
    row = uow.session.scalar(select(Assessment).where(Assessment.id == assessment_id))
    if row is None:
        raise NotFound
    return row


def proposal(uow: UnitOfWork, proposal_id: UUID) -> DecisionProposal:
    """A proposal of a decision.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    row = uow.session.scalar(select(DecisionProposal).where(DecisionProposal.id == proposal_id))
    if row is None:
        raise NotFound
    return row


def newest_proposal(uow: UnitOfWork, incident_id: UUID) -> DecisionProposal | None:
    """The latest proposal in a case, answered or not."""
    return uow.session.scalar(
        select(DecisionProposal)
        .where(DecisionProposal.incident_id == incident_id)
        .order_by(DecisionProposal.version.desc())
        .limit(1)
    )


def answer_to(uow: UnitOfWork, proposal_id: UUID) -> ProposalAnswer | None:
    """What the second person said, if anybody has answered yet."""
    return uow.session.scalar(select(ProposalAnswer).where(ProposalAnswer.proposal_id == proposal_id))
