"""Telling: who serves a controller, who of them is away, and who has taken or acknowledged what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from incidents.rules.absence import Absence
from incidents.rules.escalation import Person, split_name
from incidents.rules.office import local
from incidents.store import absences, controllers, people
from incidents.store.deadlines import AnyClock
from incidents.store.tables import Acknowledgement, Controller
from incidents.store.uow import UnitOfWork

Lineage: TypeAlias = tuple[UUID, str, str, str]


@dataclass(frozen=True)
class Staff:
    """Everybody a controller can warn, who is away now, and the mailbox where nobody else can be reached."""

    people: tuple[Person, ...]
    away: tuple[Absence, ...]
    fallback: str


def staff_of(uow: UnitOfWork, controller_ids: Collection[UUID], at: datetime | None = None) -> dict[UUID, Staff]:
    """The staff of controllers, with the absences of the day of an instant (now without one)."""
    rows = controllers.by_ids(uow, controller_ids)
    named = people.people_of(uow, list(rows))
    away = tuple(absences.on(uow, local(at or uow.now).date()))
    return {key: Staff((*named[key], *named_in_profile(row)), away, row.email) for key, row in rows.items()}


def named_in_profile(controller: Controller) -> list[Person]:
    """The DPO and the responsible manager of the profile: they are warned even without an account."""
    named = (
        ("dpo", controller.dpo_name, controller.dpo_email),
        ("manager", controller.responsible_manager_name, controller.responsible_manager_email),
    )
    return [Person("", name, email, controller.language, frozenset({role})) for role, name, email in named if email]


def still_told(uow: UnitOfWork, controller_id: UUID, user_id: UUID | None, address: str) -> bool:
    """Whether a mail that once went to somebody would still be theirs: a role with an active account, or an address
    that the profile names.
    """
    staff = staff_of(uow, [controller_id])[controller_id]
    if user_id is not None:
        return str(user_id) in {one.user_id for one in staff.people}
    return address.casefold() in {staff.fallback.casefold(), *(one.email.casefold() for one in staff.people)}


def lineage(clock: AnyClock) -> Lineage:
    """What all versions of one clock have in common."""
    return clock.incident_id, clock.regime, clock.subject, clock.report


@dataclass(frozen=True)
class Acknowledged:
    """Who has acknowledged what in some cases; people without an account count by their name."""

    rows: Mapping[UUID, Sequence[Acknowledgement]]
    """By incident."""
    clocks: Mapping[UUID, AnyClock]
    versions: Mapping[Lineage, Sequence[AnyClock]]

    @classmethod
    def of(cls, rows: Iterable[Acknowledgement], clocks: Iterable[AnyClock]) -> "Acknowledged":
        """From every acknowledgement and every clock version of the cases."""
        by_incident: dict[UUID, list[Acknowledgement]] = {}
        for row in rows:
            by_incident.setdefault(row.incident_id, []).append(row)
        known = {clock.id: clock for clock in clocks}
        versions: dict[Lineage, list[AnyClock]] = {}
        for clock in known.values():
            versions.setdefault(lineage(clock), []).append(clock)
        return cls(by_incident, known, versions)

    def stage(self, clock: AnyClock, name: str) -> set[str]:
        """Who has acknowledged a stage of this clock version, in any of its repeats."""
        rows = self.rows.get(clock.incident_id)
        if not rows:
            return set()
        rung = split_name(name)[0]
        return {
            str(row.user_id or row.name)
            for row in rows
            if row.clock_id == clock.id and split_name(row.stage)[0] == rung
        }

    def duty(self, clock: AnyClock) -> bool:
        """Whether anybody has taken what a clock counts: it, an earlier version of it, or the case since it runs."""
        mine = self.versions.get(lineage(clock), ())
        ids, since = {one.id for one in mine}, min((one.set_at for one in mine), default=clock.set_at)
        return any(
            row.clock_id in ids or (row.clock_id is None and not row.stage and row.at >= since)
            for row in self.rows.get(clock.incident_id, ())
        )
