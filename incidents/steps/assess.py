"""Assess: run the risk test on the facts as they stand and keep the run (Art. 33(1), 34(1), 33(5))."""

from uuid import UUID

from incidents.base.errors import Conflict
from incidents.base.ids import new_id
from incidents.rules.assess import assess, explain
from incidents.steps.guard import require
from incidents.store import audit, decisions, incidents
from incidents.store.tables import Assessment
from incidents.store.uow import UnitOfWork


def run(uow: UnitOfWork, incident_id: UUID) -> Assessment:
    """Run the risk test on the newest facts; every run is kept with its inputs, rule-set version and author.

    Raises:
        Forbidden: the actor's role does not allow it.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "assess")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to assess it again.")
    facts = incidents.fold_facts(incidents.amendments(uow, incident_id))
    before = decisions.newest_assessment(uow, incident_id)
    verdict = assess(facts)
    row = Assessment(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=before.version + 1 if before else 1,
        facts_version=facts.version,
        rule_set=verdict.rule_set,
        outcome=explain(verdict),
        made_by=uow.actor.name,
        made_at=uow.now,
    )
    uow.add(row)
    answers = {key: row.outcome[key] for key in ("notify_authority", "tell_subjects")}
    said = {"version": row.version, "facts_version": row.facts_version, "rule_set": row.rule_set, **answers}
    audit.append(uow, audit.about(incident, "assessment.made", row, **said))
    return row
