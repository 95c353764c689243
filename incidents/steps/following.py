"""What follows by itself for the duties of a case: from the profile, the facts, the awareness and the decision."""

from collections.abc import Sequence
from datetime import date

from incidents.base.time import ZonedInstant
from incidents.rules import duties as rules
from incidents.rules import profile as profiles
from incidents.rules import regimes
from incidents.rules.assess.breach import overlaid
from incidents.rules.duties import ReportForm
from incidents.rules.office import local
from incidents.rules.regimes import Profile, Proposal
from incidents.steps import duties, duty_clocks, notices
from incidents.store import audit, controllers, incidents
from incidents.store import duties as stored
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import ClockRow, Communication, Controller, Decision, DutyRow, FactAmendment, Incident
from incidents.store.uow import UnitOfWork

BY_ITSELF = (GDPR_33, rules.TELLING)
"""Proposed in every case, and answered by its decision."""


def profile_of(controller: Controller) -> Profile:
    """What a controller is subject to, as far as it has said."""
    return profiles.profile_of(controller.subject_to)


def propose(uow: UnitOfWork, incident: Incident) -> None:
    """Propose what profile and facts speak for; a proposal whose ground is gone, and that nobody decided, goes."""
    if incident.is_drill:
        return
    profile = profile_of(controllers.load(uow, incident.controller_id))
    rows = stored.of_case(uow, incident.id)
    if not rows and profile == Profile():
        return
    on = duties.day_of_awareness(uow, incident)
    wanted = _wanted(profile, incidents.amendments(uow, incident.id), on)
    known = {row.regime for row in rows}
    _announce(uow, incident, [_propose(uow, incident, one) for key, one in sorted(wanted.items()) if key not in known])
    for row in rows:
        if row.state == "proposed" and row.decided_at is None and row.regime not in wanted:
            audit.append(uow, duties.event(incident, row, "duty.withdrawn"))
            stored.remove(uow, row)


def propose_first(uow: UnitOfWork, incident: Incident, reported: FactAmendment, clock: ClockRow) -> None:
    """Propose what profile and report speak for in a case just opened; its rows are still at hand."""
    profile = profile_of(controllers.load(uow, incident.controller_id))
    if incident.is_drill or profile == Profile():
        return
    wanted = _wanted(profile, [reported], local(clock.anchor_at).date())
    _announce(uow, incident, [_propose(uow, incident, one) for _, one in sorted(wanted.items())])


def _wanted(profile: Profile, rows: Sequence[FactAmendment], on: date) -> dict[str, Proposal]:
    """What everybody's facts speak for, or those of any group of people, by the law of a day."""
    everybody = incidents.fold_facts(rows)
    read = [everybody, *(overlaid(everybody, own) for own in incidents.fold_groups(rows).values())]
    found = [one for facts in read for one in regimes.proposed(profile, facts.values(), on)]
    return {one.regime_id: one for one in reversed(found) if one.regime_id not in BY_ITSELF}


def _announce(uow: UnitOfWork, incident: Incident, rows: Sequence[DutyRow]) -> None:
    """Ask whoever decides, by mail and at once: the hours of a duty run before anybody has confirmed it."""
    if rows:
        payload = {"duties": [str(row.id) for row in rows]}
        notices.warn(uow, incident, notices.Notice("duty_proposed", str(rows[0].id), payload))


def _propose(uow: UnitOfWork, incident: Incident, proposal: Proposal) -> DutyRow:
    row = duties.new_duty(uow, incident, regimes.duty_of_version(proposal.regime_id, proposal.version))
    row.params = _known_beforehand(controllers.load(uow, incident.controller_id), row)
    uow.add(row)
    audit.append(uow, duties.event(incident, row, "duty.proposed"))
    return row


def _known_beforehand(controller: Controller, row: DutyRow) -> dict[str, object]:
    """Settings the profile answers already."""
    excluded = controller.subject_to.get("noon_rule_excluded")
    wanted = rules.asked(duty_clocks.law_of(row)).params
    return {"noon_rule_excluded": excluded} if "noon_rule_excluded" in wanted and excluded is not None else {}


def follow_awareness(uow: UnitOfWork, incident: Incident) -> None:
    """After awareness was set or corrected: the law of that day, and new ends for all that is counted from it."""
    for row in stored.of_case(uow, incident.id):
        if row.state in {"proposed", "confirmed"}:
            duties.of_version_today(uow, incident, row)
        if row.state == "confirmed":
            duty_clocks.run(uow, incident, row, stored.main_clock(uow, incident.id).reason)
    propose(uow, incident)


def follow_decision(uow: UnitOfWork, incident: Incident, decision: Decision) -> None:
    """A decision to tell the people confirms that duty with the controller's own target, another one ends it.

    It never waits for the authority (Art. 34(1); NAIH/2020/66/21). Art. 34(3)(c) still owes a public notice.
    """
    if incident.is_drill:
        return
    owed = decision.tell == "yes" or (decision.tell == "exempt" and decision.exemption == "c")
    row = _telling(uow, incident)
    if row is None and owed:
        _begin_telling(uow, incident, decision)
    elif row and owed and row.state == "declined":
        _confirm_again(uow, incident, row, decision)
    elif row and not owed and row.state == "confirmed":
        duties.give_up(uow, incident, row, decision.reasons_subjects)


def _telling(uow: UnitOfWork, incident: Incident) -> DutyRow | None:
    return next((row for row in stored.of_case(uow, incident.id) if row.regime == rules.TELLING), None)


def _begin_telling(uow: UnitOfWork, incident: Incident, decision: Decision) -> None:
    law = regimes.duty_for(rules.TELLING, duties.day_of_awareness(uow, incident))
    row = duties.new_duty(uow, incident, law)
    uow.add(row)
    _confirm_again(uow, incident, row, decision)
    for one in stored.communications_of(uow, incident.id):
        told(uow, incident, one)


def _confirm_again(uow: UnitOfWork, incident: Incident, row: DutyRow, decision: Decision) -> None:
    target = controllers.load(uow, incident.controller_id).tell_target_hours
    row.params = {"target_hours": target} if target else {}
    duties.confirm_row(uow, incident, row, decision.reasons_subjects)


def told(uow: UnitOfWork, incident: Incident, communication: Communication) -> None:
    """People were told: the duty of Art. 34 has its report, and is over."""
    row = _telling(uow, incident)
    if row is None or row.state not in {"confirmed", "ended"}:
        return
    sent = ZonedInstant(communication.sent_at, communication.sent_zone)
    duties.write_report(uow, incident, row, "communication", ReportForm(sent, communication.form))
