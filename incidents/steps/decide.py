"""Decide: notify or not, tell or not, by a named person, for reasons that stand in the register."""

from uuid import UUID

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.decide import DecisionForm, faults
from incidents.steps.cases import is_filed
from incidents.steps.clock import restart_clock, stop_clock
from incidents.steps.guard import require
from incidents.store import audit, decisions, filings, incidents
from incidents.store.tables import Decision, Incident
from incidents.store.uow import UnitOfWork


def record_decision(uow: UnitOfWork, incident_id: UUID, form: DecisionForm) -> Decision:
    """Record a decision on the facts as they stand; a later one replaces it, both stay in the register.

    Not to notify stops the clock; to notify after all lets it run on from the same awareness.

    Raises:
        InvalidInput: the decision cannot stand; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "decide")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to change the decision.")
    if errors := faults(form):
        raise InvalidInput(errors)
    row = _decision(uow, incident, form)
    uow.add(row)
    said = {"notify": row.notify, "tell": row.tell, "exemption": row.exemption}
    audit.append(uow, audit.about(incident, "decision.recorded", row, version=row.version, **said))
    if row.notify == "no":
        stop_clock(uow, incident, "decided_not_to_notify")
    elif not is_filed(filings.of_case(uow, incident_id), row):
        restart_clock(uow, incident, "decided_to_notify")
    return row


def _decision(uow: UnitOfWork, incident: Incident, form: DecisionForm) -> Decision:
    earlier = decisions.newest(uow, incident.id)
    assessment = decisions.newest_assessment(uow, incident.id)
    return Decision(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=earlier.version + 1 if earlier else 1,
        facts_version=incident.facts_version,
        assessment_id=assessment.id if assessment else None,
        notify=form.notify,
        tell=form.tell,
        exemption=form.exemption if form.tell == "exempt" else "",
        reasons_authority=form.reasons_authority.strip(),
        reasons_subjects=form.reasons_subjects.strip(),
        decided_by=uow.actor.name,
        decided_by_id=uow.actor.user_id,
        decided_at=uow.now,
    )
