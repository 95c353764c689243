"""Decide: notify or not, tell or not, by a named person, for reasons that stand in the register.

Whoever stays below what the risk test asks for needs a second person: until that one has answered there is a proposal,
and the clock goes on.
"""

from collections.abc import Mapping
from uuid import UUID

from incidents.base.errors import Conflict, Forbidden, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.assess.breach import health_of_many, overlaid
from incidents.rules.assess.difference import WHOLE, answers, by_group
from incidents.rules.decide import (
    Asked,
    DecisionForm,
    answer_faults,
    faults,
    second_person_for,
)
from incidents.rules.facts import Facts
from incidents.steps import assess, following, notices, telling_order
from incidents.steps.cases import exempt_facts_moved, is_filed, waits_for_answer
from incidents.steps.clock import restart_clock, stop_clock
from incidents.steps.guard import require
from incidents.steps.second import require_second
from incidents.store import audit, decisions, filings, incidents, people
from incidents.store.incidents import fold_facts, fold_groups
from incidents.store.tables import Assessment, Decision, DecisionProposal, Incident, ProposalAnswer
from incidents.store.uow import UnitOfWork

SAID = ("notify", "tell", "exemption", "evidence", "reasons_authority", "reasons_subjects")


def record_decision(uow: UnitOfWork, incident_id: UUID, form: DecisionForm) -> Decision | DecisionProposal:
    """Record a decision on the facts as they stand; a later one replaces it, both stay in the register.

    Not to notify stops the clock; to notify after all lets it run on from the same awareness. Where one person is not
    enough, it is kept as a proposal, and the second person is asked.

    Raises:
        InvalidInput: the decision cannot stand; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = _open_case(uow, incident_id, "decide")
    everybody, groups = _facts(uow, incident)
    if errors := faults(form, _whole(everybody, groups)):
        raise InvalidInput(errors)
    form = telling_order.obeying(uow, incident, form)
    run = assess.up_to_date(uow, incident)
    if needed := second_person_for(form, _tested(run, everybody, groups)):
        return _propose(uow, incident, form, run, needed)
    return _record(uow, incident, form, run)


def answer_proposal(uow: UnitOfWork, proposal_id: UUID, answer: str, sentence: str) -> Decision | None:
    """Approve a proposal, which makes it the decision, or refuse it; returns the decision, None when refused.

    Raises:
        InvalidInput: no answer, or a refusal without a sentence of substance.
        Forbidden: whoever answers is no person with an account, or has no say here.
        Conflict: it is the proposer's own, was answered, or something has changed since.
    """
    proposal = decisions.proposal(uow, proposal_id)
    incident = incidents.lock(uow, proposal.incident_id)
    require_second(uow, incident.controller_id, proposal.proposed_by_id)
    _refuse_closed(incident)
    if errors := answer_faults(answer, sentence):
        raise InvalidInput(errors)
    _refuse_unfit(uow, incident, proposal, answer)
    form, run = _form_of(proposal), assess.up_to_date(uow, incident)
    if answer == "approved":
        _refuse_overtaken(uow, incident, proposal, run)
        form = telling_order.obeying(uow, incident, form)
    row = _answer(uow, incident, proposal, answer, sentence.strip())
    notices.tell_proposer(uow, incident, proposal, row)
    return _record(uow, incident, form, run, row) if answer == "approved" else None


def reopen_exemption(uow: UnitOfWork, incident: Incident, facts_version: int) -> None:
    """Say so, once, when the facts recorded since a version have taken an exemption of Art. 34(3) its ground."""
    decision = decisions.newest(uow, incident.id)
    if decision is None:
        return
    said = incidents.amendments(uow, incident.id)
    moved = exempt_facts_moved(decision, said)
    if not moved or exempt_facts_moved(decision, said, facts_version):
        return
    payload = {"exemption": decision.exemption, "facts": list(moved), "decision": decision.version}
    audit.append(uow, audit.about(incident, "exemption.reopened", **payload))
    notices.warn(uow, incident, notices.Notice("exemption_reopened", f"{decision.id}:{facts_version}", payload))


def _open_case(uow: UnitOfWork, incident_id: UUID, act: str) -> Incident:
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, act)
    _refuse_closed(incident)
    return incident


def _refuse_closed(incident: Incident) -> None:
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to change the decision.")


def _facts(uow: UnitOfWork, incident: Incident) -> tuple[Facts, Mapping[str, Facts]]:
    said = incidents.amendments(uow, incident.id)
    return fold_facts(said), fold_groups(said)


def _whole(everybody: Facts, groups: Mapping[str, Facts]) -> dict[str, Facts]:
    return {WHOLE: everybody, **{name: overlaid(everybody, own) for name, own in groups.items()}}


def _tested(run: Assessment, everybody: Facts, groups: Mapping[str, Facts]) -> Asked:
    tell = {name: answers(one)[1] for name, one in by_group(run.outcome).items()}
    return Asked(answers(run.outcome)[0], tell, health_of_many(everybody, groups))


def _said(form: DecisionForm) -> dict[str, object]:
    """What a decision and a proposal keep of a form."""
    exempt = "exempt" in {form.tell, *form.tell_by_group.values()}
    letter = form.exemption if exempt else ""
    return {
        "notify": form.notify,
        "tell": form.tell,
        "tell_by_group": dict(form.tell_by_group),
        "exemption": letter,
        "evidence": form.evidence.strip() if letter == "b" else "",
        "reasons_authority": form.reasons_authority.strip(),
        "reasons_subjects": form.reasons_subjects.strip(),
    }


def _form_of(proposal: DecisionProposal) -> DecisionForm:
    said = {name: getattr(proposal, name) for name in SAID}
    return DecisionForm(**said, tell_by_group=proposal.tell_by_group)


def _record(
    uow: UnitOfWork, incident: Incident, form: DecisionForm, run: Assessment, answer: ProposalAnswer | None = None
) -> Decision:
    earlier = decisions.newest(uow, incident.id)
    proposal = decisions.proposal(uow, answer.proposal_id) if answer else None
    row = Decision(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=earlier.version + 1 if earlier else 1,
        facts_version=incident.facts_version,
        assessment_id=run.id,
        proposal_id=proposal.id if proposal else None,
        approved_by=answer.answered_by if answer else "",
        approval=answer.sentence if answer else "",
        decided_by=proposal.proposed_by if proposal else uow.actor.name,
        decided_by_id=proposal.proposed_by_id if proposal else uow.actor.user_id,
        decided_at=uow.now,
        **_said(form),
    )
    uow.add(row)
    said = {"notify": row.notify, "tell": row.tell, "exemption": row.exemption, "approved_by": row.approved_by}
    audit.append(uow, audit.about(incident, "decision.recorded", row, version=row.version, **said))
    if row.notify == "no":
        stop_clock(uow, incident, "decided_not_to_notify")
    elif not is_filed(filings.of_case(uow, incident.id), row):
        restart_clock(uow, incident, "decided_to_notify")
    following.follow_decision(uow, incident, row)
    return row


def _propose(
    uow: UnitOfWork, incident: Incident, form: DecisionForm, run: Assessment, needed: tuple[str, ...]
) -> DecisionProposal:
    earlier, standing = decisions.newest_proposal(uow, incident.id), decisions.newest(uow, incident.id)
    row = DecisionProposal(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=earlier.version + 1 if earlier else 1,
        facts_version=incident.facts_version,
        assessment_id=run.id,
        follows=standing.version if standing else 0,
        needs_second=list(needed),
        opinion_given=_is_opinion(uow, incident),
        proposed_by=uow.actor.name,
        proposed_by_id=uow.actor.user_id,
        proposed_at=uow.now,
        **_said(form),
    )
    uow.add(row)
    said = {"notify": row.notify, "tell": row.tell, "exemption": row.exemption, "needs_second": row.needs_second}
    audit.append(uow, audit.about(incident, "decision.proposed", row, version=row.version, **said))
    notices.ask_second_person(uow, incident, row)
    return row


def _is_opinion(uow: UnitOfWork, incident: Incident) -> bool:
    """Whether the actor is a person whose opinion a lowered decision needs."""
    role = notices.opinion_role(people.people_of(uow, [incident.controller_id])[incident.controller_id])
    return uow.actor.user_id is not None and role in uow.actor.roles.get(incident.controller_id, frozenset())


def _answer(
    uow: UnitOfWork, incident: Incident, proposal: DecisionProposal, answer: str, sentence: str
) -> ProposalAnswer:
    if uow.actor.user_id is None:
        raise Forbidden("Only a person with an account can answer a proposal.")
    row = ProposalAnswer(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        proposal_id=proposal.id,
        answer=answer,
        sentence=sentence,
        answered_by=uow.actor.name,
        answered_by_id=uow.actor.user_id,
        answered_at=uow.now,
    )
    uow.add(row)
    said = {"answer": answer, "proposal": proposal.version, "sentence": sentence}
    audit.append(uow, audit.about(incident, "proposal.answered", row, **said))
    return row


def _refuse_unfit(uow: UnitOfWork, incident: Incident, proposal: DecisionProposal, answer: str) -> None:
    """Four eyes are two people, and one of them is the one who must be heard."""
    if uow.actor.user_id is None:
        raise Forbidden("Only a person with an account can answer a proposal.")
    if uow.actor.user_id == proposal.proposed_by_id:
        raise Conflict("You made this proposal yourself: a second person must answer it.")
    newest, standing = decisions.newest_proposal(uow, incident.id), decisions.newest(uow, incident.id)
    answered = decisions.answer_to(uow, proposal.id) is not None
    if answered or not waits_for_answer(proposal, newest, standing.version if standing else 0):
        raise Conflict("This proposal no longer waits for an answer.")
    if answer == "approved" and not proposal.opinion_given and not _is_opinion(uow, incident):
        raise Conflict(
            "The data protection officer (without one, the responsible manager) must be heard: "
            "only with that person's approval can this be decided."
        )


def _refuse_overtaken(uow: UnitOfWork, incident: Incident, proposal: DecisionProposal, run: Assessment) -> None:
    """What is approved must be what was proposed, on facts that lead to the same verdict."""
    on = decisions.assessment(uow, proposal.assessment_id)
    then, now = ({name: answers(one) for name, one in by_group(one_run.outcome).items()} for one_run in (on, run))
    everybody, groups = _facts(uow, incident)
    if then != now or faults(_form_of(proposal), _whole(everybody, groups)):
        raise Conflict(
            "Facts recorded since have changed what the risk test says. Refuse this proposal and decide again."
        )
