"""Drills for tests: started by the data protection officer of a firm, walked by the clock of its town."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from incidents.rules.drills import DrillForm
from incidents.steps import drills
from incidents.store.tables import Drill

if TYPE_CHECKING:
    from tests.builders import CaseFile, Firm


def drill_form(scenario: str = "laptop", speed: str = "30", **fields: Any) -> DrillForm:
    """72 hours in half an hour: an hour of the ladder is 25 seconds."""
    return DrillForm(scenario, speed, **fields)


def busy_drill(firm: "Firm") -> None:
    """A drill of the firm."""
    drill(firm)


def drill(firm: "Firm", role: str = "dpo", **fields: Any) -> "tuple[Drill, CaseFile]":
    """A drill that has just been started."""
    from tests.builders import CaseFile

    with firm.as_(role) as uow:
        started = drills.start(uow, firm.id, drill_form(**fields))
        _, incident = drills.drill(uow, started.id)
    return started, CaseFile(firm, incident.id, incident.reference, "")


def tick(firm: "Firm") -> None:
    """What the worker does every half minute."""
    firm.town.sweep()
    drills.end_over(firm.town.database, firm.town.clock)


def ladder_hours(case: "CaseFile", hours: float, speed: float = 144) -> None:
    """Go to an hour of the ladder and let the worker do its work."""
    case.town.clock.move_to(case.look().incident.opened_at + timedelta(hours=hours) / speed)
    tick(case.firm)
