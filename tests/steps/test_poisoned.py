"""One case that cannot be settled never holds up the warnings of the others, and does not go unnoticed."""

import logging

import pytest

from incidents.store import heartbeat
from incidents.store.tables import ClockRow
from tests.builders import Firm, Town


def test_a_case_whose_ladder_is_lost_is_left_out_and_raises_the_alarm(
    town: Town, firm: Firm, caplog: pytest.LogCaptureFixture
) -> None:
    """Three reports; the policy file of the second is gone. The others warn; no sign of life is given."""
    cases = [firm.report(f"{number}. laptop elveszett") for number in range(3)]
    sick = cases[1]
    with town.uow() as uow:
        uow.session.get_one(ClockRow, sick.look().clock.id).policy_version = "nincs ilyen"
    with caplog.at_level(logging.CRITICAL):
        assert town.sweep() == 2
    fired = [[stage.name for stage in case.look().stages if stage.state == "fired"] for case in cases]
    assert fired == [["opened"], [], ["opened"]]
    with town.uow(read_only=True) as uow:
        assert "sweep" not in heartbeat.read(uow)
        healthy = uow.session.get_one(ClockRow, cases[0].look().clock.id).policy_version
    with town.uow() as uow:
        uow.session.get_one(ClockRow, sick.look().clock.id).policy_version = healthy
    assert town.sweep() == 1
    with town.uow(read_only=True) as uow:
        assert "sweep" in heartbeat.read(uow)
