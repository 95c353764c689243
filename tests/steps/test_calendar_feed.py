"""Whose calendar holds what: the clocks of the controllers where the person may read."""

from datetime import timedelta

from incidents.steps import calendar as steps
from tests.builders import Firm, Town


def _token(firm: Firm, role: str) -> str:
    with firm.town.uow() as uow:
        return steps.renew(uow, firm.people[role].id)


def _references(town: Town, token: str) -> list[tuple[str, str]]:
    with town.uow(read_only=True) as uow:
        return [(entry.reference, entry.clock.state) for entry in steps.read(uow, token).entries]


def test_it_holds_every_running_clock_of_the_controllers_where_the_person_may_read(town: Town, firm: Firm) -> None:
    case, elsewhere = firm.report(), town.found().report()
    assert _references(town, _token(firm, "dpo")) == [(case.reference, "running")]
    assert _references(town, _token(firm, "reporter")) == []
    assert elsewhere.reference != case.reference


def test_a_corrected_clock_stands_there_once_in_its_newest_version(town: Town, firm: Firm) -> None:
    case = firm.report(noticed=town.ago(hours=5))
    case.set_awareness(town.ago(hours=1))
    with town.uow(read_only=True) as uow:
        [entry] = steps.read(uow, _token(firm, "dpo")).entries
    assert entry.clock.version == 2
    assert entry.clock.deadline_at == town.clock.now() + timedelta(hours=71)


def test_a_stopped_clock_stays_cancelled_for_thirty_days(town: Town, firm: Firm) -> None:
    case, token = firm.report(), _token(firm, "dpo")
    case.assess()
    case.decide("no")
    assert _references(town, token) == [(case.reference, "stopped")]
    town.clock.advance(days=31)
    assert _references(town, token) == []
