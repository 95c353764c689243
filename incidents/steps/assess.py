"""Assess: run the risk test on the facts as they stand and keep the run (Art. 33(1), 34(1), 33(5))."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from incidents.base.errors import Conflict
from incidents.base.ids import new_id
from incidents.rules.assess import jurisdiction
from incidents.rules.assess.breach import assess_breach
from incidents.rules.assess.difference import WHOLE, answers, by_group, changed_facts, verdict_changed
from incidents.rules.facts import Facts
from incidents.steps import notices
from incidents.steps.cases import newly_short
from incidents.steps.clock import restart_clock, stop_clock
from incidents.steps.guard import require
from incidents.store import audit, decisions, filings, incidents
from incidents.store.incidents import fold_facts, fold_groups
from incidents.store.tables import Assessment, FactAmendment, Incident
from incidents.store.uow import UnitOfWork


def run(uow: UnitOfWork, incident_id: UUID) -> Assessment:
    """The verdict on the newest facts; every run is kept with its inputs, rule-set version and author.

    Asked again with nothing changed, it is the run there is.

    Raises:
        Forbidden: the actor's role does not allow it.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "assess")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to assess it again.")
    return up_to_date(uow, incident)


def verdict_on(everybody: Facts, groups: Mapping[str, Facts], now: datetime) -> dict[str, Any]:
    """What the test says under the rules of a day, kept nowhere: also for facts that are only tried out."""
    return assess_breach(everybody, groups, jurisdiction(on=now.date()))


def up_to_date(uow: UnitOfWork, incident: Incident) -> Assessment:
    """The run on the newest facts under today's rules, made now where there is none; the incident must be locked."""
    before = decisions.newest_assessment(uow, incident.id)
    rules = jurisdiction(on=uow.now.date()).rule_set
    if before and (before.facts_version, before.rule_set) == (incident.facts_version, rules):
        return before
    return _run(uow, incident, before)


def again(uow: UnitOfWork, incident: Incident) -> None:
    """Run the test on new facts where it was run before; a case nobody has assessed yet is left alone."""
    if decisions.newest_assessment(uow, incident.id) is not None:
        up_to_date(uow, incident)


def _run(uow: UnitOfWork, incident: Incident, before: Assessment | None) -> Assessment:
    said = incidents.amendments(uow, incident.id)
    groups = fold_groups(said)
    outcome = verdict_on(fold_facts(said), groups, uow.now)
    row = Assessment(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=before.version + 1 if before else 1,
        facts_version=incident.facts_version,
        groups=list(groups),
        rule_set=outcome["rule_set"],
        outcome=outcome,
        made_by=uow.actor.name,
        made_at=uow.now,
    )
    uow.add(row)
    audit.append(uow, audit.about(incident, "assessment.made", row, **_said(row)))
    _follow_with_the_clock(uow, incident, row)
    if before is not None and verdict_changed(before.outcome, outcome):
        _raise_alarm(uow, incident, before, row, moved_facts(said, before.facts_version))
    return row


def _follow_with_the_clock(uow: UnitOfWork, incident: Incident, row: Assessment) -> None:
    """A decision not to notify stops the clock only for as long as the risk test asks for no more than it did.

    Once facts have overtaken it the 72 hours run on from the same awareness, for nobody has decided on these facts;
    they stop again where the facts turn back.
    """
    decision, sent = decisions.newest(uow, incident.id), filings.of_case(uow, incident.id)
    if decision is None or decision.notify != "no" or (sent and sent[-1].kind != "withdrawal"):
        return
    if "notify" in newly_short(decision, decisions.assessment(uow, decision.assessment_id), row):
        restart_clock(uow, incident, "verdict_changed")
    else:
        stop_clock(uow, incident, "decided_not_to_notify")


def _said(row: Assessment) -> dict[str, object]:
    notify, tell = answers(row.outcome)
    return {
        "version": row.version,
        "facts_version": row.facts_version,
        "rule_set": row.rule_set,
        "notify_authority": notify,
        "tell_subjects": tell,
    }


def moved_facts(said: Sequence[FactAmendment], since: int, until: int | None = None) -> list[str]:
    """The facts that read differently in two versions, of everybody or of any group of people."""
    then, now = (_everybody_and_groups(said, version) for version in (since, until))
    empty = Facts(0)
    names = dict.fromkeys([*now, *then])
    return list(
        dict.fromkeys(key for name in names for key in changed_facts(then.get(name, empty), now.get(name, empty)))
    )


def _everybody_and_groups(said: Sequence[FactAmendment], version: int | None) -> Mapping[str, Facts]:
    return {WHOLE: fold_facts(said, version), **fold_groups(said, version)}


def _raise_alarm(uow: UnitOfWork, incident: Incident, before: Assessment, after: Assessment, facts: list[str]) -> None:
    """The test now says something else: whoever decides must hear of it, whatever was decided before."""
    then, now = ({name: answers(one) for name, one in by_group(run.outcome).items()} for run in (before, after))
    payload = {
        "before": list(answers(before.outcome)),
        "after": list(answers(after.outcome)),
        "groups": [name for name, said in now.items() if name and then.get(name) != said],
        "facts": facts,
        "version": after.version,
    }
    audit.append(uow, audit.about(incident, "assessment.changed", **payload))
    notices.warn(uow, incident, notices.Notice("verdict_changed", str(after.id), payload))
