"""Drills: rehearse the ladder on a made-up case, with the real people, the real policy and real mails.

A drill is a case of its own: it escalates by the sweep like any other, at its own pace, and never enters the register.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, Clock, ZonedInstant, zone
from incidents.rules import clock as law
from incidents.rules import escalation
from incidents.rules.absence import Answer, who_would_get
from incidents.rules.drills import DrillForm, faults, is_over, scenario
from incidents.rules.escalation import Person, PlannedStage, Policy
from incidents.rules.pace import Pace
from incidents.steps import clock as clock_step
from incidents.steps.guard import require, where_may
from incidents.steps.policies import NOTIFICATION, ladder_today
from incidents.steps.telling import staff_of
from incidents.store import audit, controllers, deadlines, drills, incidents
from incidents.store.engine import Database
from incidents.store.tables import Controller, Drill, Incident
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work

ENDED = "drill_ended"
"""The stop reason of a clock whose drill has ended."""


@dataclass(frozen=True)
class Rung:
    """A stage as a drill would fire it: when (aware UTC), in which words it is known, and who would be told."""

    name: str
    label: str
    due_at: datetime
    answer: Answer


@dataclass(frozen=True)
class Plan:
    """What a drill would do if nobody did anything: every stage, and how many mails each person gets at most."""

    rungs: tuple[Rung, ...]
    mails: tuple[tuple[Person, int], ...]
    starts_at: datetime
    deadline_at: datetime


def plan(uow: UnitOfWork, controller_id: UUID, form: DrillForm, lang: str) -> Plan:
    """What a drill started now would do; nothing is recorded.

    Raises:
        Forbidden: the actor's role does not allow drills.
        InvalidInput: the drill cannot be so; every faulty field is named.
        Conflict: another drill is still running.
    """
    _may_start(uow, controller_id, form)
    ladder = _at_pace(uow, controller_id, Pace(uow.now, form.factor))
    regime = law.regime_for(deadlines.GDPR_33, ZonedInstant(uow.now).local.date())
    deadline = law.deadline(uow.now, regime, ladder.pace)
    stages = escalation.plan_stages(ladder, opened_at=uow.now, anchor=uow.now, deadline=deadline)
    rungs = tuple(
        Rung(
            stage.name,
            escalation.stage_label(ladder, stage.name, lang),
            stage.due_at,
            _answer(uow, controller_id, ladder, stage),
        )
        for stage in stages
    )
    return Plan(rungs, _mails(rungs), uow.now, deadline)


def _answer(uow: UnitOfWork, controller_id: UUID, ladder: Policy, stage: PlannedStage) -> Answer:
    staff = staff_of(uow, [controller_id], stage.due_at)[controller_id]
    return who_would_get(ladder, stage.name, stage.due_at, staff.people, staff.away, fallback_email=staff.fallback)


def _at_pace(uow: UnitOfWork, controller_id: UUID, pace: Pace) -> Policy:
    ladder = ladder_today(uow, controller_id, NOTIFICATION)
    return escalation.at_pace(ladder, pace)


def _mails(rungs: Sequence[Rung]) -> tuple[tuple[Person, int], ...]:
    counted: dict[str, tuple[Person, int]] = {}
    for rung in rungs:
        for told in rung.answer.told:
            if mailbox := told.person.email.casefold():
                person, count = counted.get(mailbox, (told.person, 0))
                counted[mailbox] = (person, count + 1)
    return tuple(sorted(counted.values(), key=lambda one: (-one[1], one[0].name)))


def start(uow: UnitOfWork, controller_id: UUID, form: DrillForm) -> Drill:
    """Open the made-up case and start its clock: the next sweep sends the first mails.

    Raises:
        Forbidden: the actor's role does not allow drills.
        InvalidInput: the drill cannot be so; every faulty field is named.
        Conflict: another drill of the controller is still running.
    """
    controller = _may_start(uow, controller_id, form)
    incident = _incident(uow, controller)
    facts = scenario(form.scenario).facts(controller.language)
    incident.title = str(facts["title"].value)
    uow.add(incident)
    drill = _drill(uow, incident, form)
    uow.add(drill)
    story = incidents.add_amendment(uow, incident, facts, "")
    said = {"reference": incident.reference, "scenario": drill.scenario, "minutes": form.ladder_in_minutes}
    started = audit.about(incident, "drill.started", story, **said, note=drill.note)
    clock_step.start_provisional(uow, incident, started)
    return drill


def _may_start(uow: UnitOfWork, controller_id: UUID, form: DrillForm) -> Controller:
    require(uow, controller_id, "drill")
    if errors := faults(form):
        raise InvalidInput(errors)
    controller = controllers.lock(uow, controller_id)
    if drills.running(uow, frozenset({controller_id})):
        raise Conflict("A drill is still running here. End it before you start another one.")
    return controller


def _incident(uow: UnitOfWork, controller: Controller) -> Incident:
    year = uow.now.astimezone(zone(BUDAPEST)).year
    return Incident(
        id=new_id(uow.now),
        controller_id=controller.id,
        reference=drills.next_reference(uow, controller.id, controller.short_code, year),
        facts_version=0,
        first_signal_at=uow.now,
        first_signal_zone=BUDAPEST,
        opened_at=uow.now,
        opened_via="page",
        reporter=uow.actor.name,
        is_drill=True,
        closing_note="",
    )


def _drill(uow: UnitOfWork, incident: Incident, form: DrillForm) -> Drill:
    return Drill(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        scenario=form.scenario,
        speed=form.factor,
        note=form.note.strip(),
        started_by=uow.actor.name,
        started_by_id=uow.actor.user_id,
        started_at=uow.now,
    )


def stop(uow: UnitOfWork, drill_id: UUID) -> Drill:
    """End a drill early; what it has shown so far stays.

    Raises:
        NotFound, Forbidden: not this actor's to end.
        Conflict: it has ended already.
    """
    drill, incident = drills.load(uow, drill_id)
    incident = incidents.lock(uow, incident.id)
    require(uow, incident.controller_id, "drill")
    if incident.closed_at is not None:
        raise Conflict("This drill has ended already.")
    _end(uow, incident, drill, "stopped")
    return drill


def end_over(engine: Database, clock: Clock) -> int:
    """End every drill that has nothing left to show; returns how many."""
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        over = [drill.id for drill, incident in drills.running(uow) if _is_over(uow, incident)]
    return sum(_end_if_over(engine, clock, drill_id) for drill_id in over)


def _end_if_over(engine: Database, clock: Clock, drill_id: UUID) -> bool:
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        drill, incident = drills.load(uow, drill_id)
        incident = incidents.lock(uow, incident.id)
        if incident.closed_at is not None or not _is_over(uow, incident):
            return False  # somebody ended it a moment ago, or moved its clock
        _end(uow, incident, drill, "over")
        return True


def _is_over(uow: UnitOfWork, incident: Incident) -> bool:
    newest = deadlines.clocks_of(uow, incident.id)[-1]
    stages = (stage for stage in deadlines.stages_of(uow, incident.id) if stage.clock_id == newest.id)
    return is_over(newest.deadline_at, uow.now, (stage.name for stage in stages if stage.state == "scheduled"))


def _end(uow: UnitOfWork, incident: Incident, drill: Drill, reason: str) -> None:
    drill.ended_at, drill.ended_by, drill.end_reason = uow.now, uow.actor.name, reason
    incident.closed_at = uow.now
    clock_step.stop_clock(uow, incident, ENDED)
    for clock in deadlines.clocks_of_cases(uow, [incident.id]):
        if clock.state == "running":  # of a duty somebody took up in the drill
            deadlines.stop(uow, clock, ENDED)
    audit.append(uow, audit.about(incident, "drill.ended", reason=reason))


def drills_of(uow: UnitOfWork, controller_id: UUID) -> Sequence[tuple[Drill, Incident]]:
    """Every drill of a controller, the newest first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    require(uow, controller_id, "read")
    return drills.of_controller(uow, controller_id)


def running(uow: UnitOfWork) -> Sequence[tuple[Drill, Incident]]:
    """The drills going on at every controller where the actor may read, oldest first."""
    return drills.running(uow, where_may(uow, "read"))


def drill(uow: UnitOfWork, drill_id: UUID) -> tuple[Drill, Incident]:
    """A drill with its incident.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    found = drills.load(uow, drill_id)
    require(uow, found[0].controller_id, "read")
    return found


def of_incident(uow: UnitOfWork, incident_id: UUID) -> Drill:
    """The drill a case belongs to.

    Raises:
        NotFound, Forbidden: it is no drill, or not this actor's to read.
    """
    found = drills.of_incident(uow, incident_id)
    require(uow, found.controller_id, "read")
    return found
