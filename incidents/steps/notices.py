"""Notices: mails that a change in a case calls for by itself, beside the ladder of the clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from incidents.rules.absence import told_at
from incidents.rules.escalation import Person, StageRule
from incidents.steps import second, webhooks
from incidents.steps.telling import Staff, staff_of
from incidents.store import outbox, people
from incidents.store.tables import DecisionProposal, Incident, ProposalAnswer
from incidents.store.uow import UnitOfWork

DECIDERS = ("dpo", "manager")


@dataclass(frozen=True)
class Notice:
    """What is told: the template, what makes it happen only once, and what the words need."""

    template: str
    key: str
    payload: Mapping[str, Any]


def warn(uow: UnitOfWork, incident: Incident, notice: Notice) -> None:
    """Tell whoever decides: the data protection officer and the responsible manager, also without an account."""
    staff = staff_of(uow, [incident.controller_id])[incident.controller_id]
    _queue(uow, incident, notice, _there(uow, DECIDERS, staff.people, staff, holder=str(incident.held_by_id or "")))


def tell(uow: UnitOfWork, incident: Incident, notice: Notice, to: Iterable[Person]) -> None:
    """Tell these people and nobody else."""
    _queue(uow, incident, notice, to)


def ask_second_person(uow: UnitOfWork, incident: Incident, proposal: DecisionProposal) -> None:
    """Ask those who may answer a proposal: whoever must still be heard, else the deciders, else who works there."""
    staff = staff_of(uow, [incident.controller_id])[incident.controller_id]
    everybody = people.people_of(uow, [incident.controller_id])[incident.controller_id]
    others = second.others(everybody, proposal.proposed_by_id)
    audience = DECIDERS if proposal.opinion_given else (opinion_role(everybody),)
    asked = [one for one in others if not one.roles.isdisjoint(audience)] or others
    payload = {"proposal": str(proposal.id), "proposed_by": proposal.proposed_by, "version": proposal.version}
    notice = Notice("approval_wanted", str(proposal.id), payload)
    _queue(uow, incident, notice, _there(uow, ("all",), asked, staff))


def tell_proposer(uow: UnitOfWork, incident: Incident, proposal: DecisionProposal, answer: ProposalAnswer) -> None:
    """Tell whoever proposed a decision what the second person said; without an account, whoever decides."""
    payload = {"proposal": str(proposal.id), "answer": answer.answer, "version": proposal.version}
    notice = Notice("proposal_answered", str(answer.id), payload)
    proposer = people.active(uow, proposal.proposed_by_id) if proposal.proposed_by_id else None
    if proposer is None:
        warn(uow, incident, notice)
        return
    person = Person(str(proposer.id), proposer.name, proposer.email, proposer.language, frozenset())
    _queue(uow, incident, notice, [person])


def opinion_role(everybody: Iterable[Person]) -> str:
    """Whose opinion a lowered decision needs: the data protection officer's, without one the manager's."""
    return "dpo" if any("dpo" in one.roles for one in everybody) else "manager"


def _there(
    uow: UnitOfWork, audience: tuple[str, ...], among: Sequence[Person], staff: Staff, *, holder: str = ""
) -> list[Person]:
    """Who of these people is there to read it, or stands in; somebody always does."""
    told = told_at(_to(audience), uow.now, among, staff.away, staff.fallback, holder)
    return [one.person for one in told]


def _to(audience: tuple[str, ...]) -> StageRule:
    """The audience of a notice, in the terms of the ladder: nobody is left out for want of one role."""
    return StageRule("notice", "opened", timedelta(0), None, audience, frozenset(), {})


def _queue(uow: UnitOfWork, incident: Incident, notice: Notice, to: Iterable[Person]) -> None:
    webhooks.queue_notice(uow, incident, notice.template, notice.key)
    for person in to:
        if not person.email:
            continue
        outbox.add(
            uow,
            outbox.NewMail(
                key=f"{notice.template}:{notice.key}:{person.email.casefold()}",
                template=notice.template,
                recipient=person.email,
                name=person.name,
                language=person.language,
                payload={"notice": notice.key, **notice.payload},
                controller_id=incident.controller_id,
                incident_id=incident.id,
                user_id=UUID(person.user_id) if person.user_id else None,
            ),
        )
