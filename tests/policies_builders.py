"""A firm with a ladder of its own, somebody away and a case handed over."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from incidents.base.dated import in_force
from incidents.base.time import ZonedInstant
from incidents.rules.absences import AbsenceForm
from incidents.rules.escalation import plan_stages
from incidents.rules.office import local
from incidents.rules.regimes import duty_for
from incidents.steps import absences, handover, ladders
from incidents.steps.policies import DUTY, ladder_today
from incidents.store import deadlines, incidents
from incidents.store.deadlines import NewClock
from incidents.store.tables import ClockRow

if TYPE_CHECKING:
    from tests.builders import CaseFile, Firm

NOTE = "Az informatika nézi a naplókat, délután hívják vissza; utána kell dönteni."
WHY = "Nálunk a vezető is kapja meg a 48. órában."


def standard(firm: "Firm", ladder: str = "default") -> dict[str, Any]:
    """The standard ladder of the firm's day as data that may be changed."""
    law = in_force("policies", ladder, local(firm.town.clock.now()).date())
    kept = {key: law[key] for key in ("moot_reasons", "working_hours", "quiet") if key in law}
    return {**kept, "stages": [dict(stage) for stage in law["stages"]]}


def with_stage(data: dict[str, Any], name: str, **changes: Any) -> dict[str, Any]:
    """The same ladder with one rung changed."""
    return {**data, "stages": [{**one, **changes} if one["name"] == name else one for one in data["stages"]]}


def save_ladder(firm: "Firm", data: dict[str, Any], ladder: str = "default", *, also_running: bool = False) -> Any:
    """The DPO makes the ladder the firm's own."""
    with firm.as_("dpo") as uow:
        return ladders.save_policy(uow, firm.id, ladder, data, WHY, also_running=also_running)


def away(firm: "Firm", role: str, stand_in: str = "", *, days: int = 3) -> Any:
    """Somebody is away from today on, and says so."""
    first = local(firm.town.clock.now()).date()
    proxy = firm.people[stand_in].id if stand_in else None
    with firm.as_(role) as uow:
        return absences.record_own(uow, AbsenceForm(first, first + timedelta(days=days), proxy))


def hand_over(case: "CaseFile", to: str = "manager", role: str = "dpo", note: str = NOTE) -> Any:
    """A case goes into other hands."""
    user: UUID = case.firm.people[to].id
    with case.firm.as_(role) as uow:
        return handover.hand_over(uow, case.id, user, note)


def busy_policies(case: "CaseFile") -> None:
    """A row in every table of ladders, absences and hand-overs."""
    data = with_stage(standard(case.firm), "t48", audience=["dpo", "manager"])
    save_ladder(case.firm, data)
    away(case.firm, "handler", "manager")
    hand_over(case)


def duty_clock(case: "CaseFile", hours: float, regime: str = "naih-order", report: str = "answer") -> ClockRow:
    """The clock of another regime in a case, from now on."""
    with case.town.uow() as uow:
        incident = incidents.load(uow, case.id)
        ladder = ladder_today(uow, incident.controller_id, DUTY)
        end = uow.now + timedelta(hours=hours)
        version = duty_for(regime, local(uow.now).date()).version
        new = NewClock(regime, version, ZonedInstant(uow.now), "received", end, ladder, report=report)
        clock = deadlines.add_clock(uow, incident, new)
        planned = plan_stages(ladder, opened_at=uow.now, anchor=uow.now, deadline=end)
        deadlines.add_stages(uow, clock, planned)
        return clock


def stages_of(case: "CaseFile", clock: ClockRow) -> dict[str, tuple[str, str]]:
    """State and reason of the stages of one clock version."""
    return {one.name: (one.state, one.reason) for one in case.look().stages if one.clock_id == clock.id}


def fired_events(case: "CaseFile", stage: str) -> list[dict[str, Any]]:
    """What the log says of a stage that went out."""
    return [one.data for one in case.look().events if one.kind == "stage.fired" and one.data["stage"] == stage]
