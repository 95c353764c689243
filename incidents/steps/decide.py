"""Decide: notify or not, tell or not, by a named person, for reasons that stand in the register."""

from uuid import UUID

from sqlalchemy import func, select

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.decide import DecisionForm, faults
from incidents.steps.clock import restart_clock, stop_clock
from incidents.steps.guard import require
from incidents.store import audit, incidents
from incidents.store.tables import Assessment, Decision, Filing
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
    newest = uow.session.scalar(select(func.max(Decision.version)).where(Decision.incident_id == incident_id))
    row = Decision(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=(newest or 0) + 1,
        facts_version=incident.facts_version,
        assessment_id=uow.session.scalar(
            select(Assessment.id)
            .where(Assessment.incident_id == incident_id)
            .order_by(Assessment.version.desc())
            .limit(1)
        ),
        notify=form.notify,
        tell=form.tell,
        exemption=form.exemption if form.tell == "exempt" else "",
        reasons_authority=form.reasons_authority.strip(),
        reasons_subjects=form.reasons_subjects.strip(),
        decided_by=uow.actor.name,
        decided_by_id=uow.actor.user_id,
        decided_at=uow.now,
    )
    uow.session.add(row)
    audit.append(
        uow,
        audit.NewEvent(
            incident.controller_id,
            incident.id,
            "decision.recorded",
            {"version": row.version, "notify": row.notify, "tell": row.tell, "exemption": row.exemption},
            row,
        ),
    )
    filed = uow.session.scalar(select(Filing.id).where(Filing.incident_id == incident_id).limit(1))
    if row.notify == "no":
        stop_clock(uow, incident, "decided_not_to_notify")
    elif filed is None:
        restart_clock(uow, incident, "decided_to_notify")
    return row
