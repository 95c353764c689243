"""The heartbeat: background work proves that it lives, also when several workers start at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from incidents.store import heartbeat
from incidents.store.uow import SYSTEM
from tests.builders import Town


@pytest.fixture
def town(empty_town: Town) -> Town:
    return empty_town


def beat(town: Town) -> None:
    with town.uow(SYSTEM, None) as uow:
        heartbeat.beat(uow, "sweep")


def test_it_tells_when_each_kind_of_work_last_lived(town: Town) -> None:
    beat(town)
    town.clock.advance(seconds=30)
    beat(town)
    with town.uow(read_only=True) as uow:
        assert heartbeat.read(uow) == {"sweep": town.clock.now()}


def test_the_first_beats_of_several_workers_may_come_at_once(town: Town) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(beat, town) for _ in range(16)]:
            done.result()


def test_a_beat_of_a_slower_clock_does_not_turn_time_back(town: Town) -> None:
    beat(town)
    latest = town.clock.now()
    town.clock.advance(seconds=-10)
    beat(town)
    with town.uow(read_only=True) as uow:
        assert heartbeat.read(uow)["sweep"] == latest


def test_after_the_clock_was_set_back_the_new_time_counts_for_the_old_one_would_look_alive(town: Town) -> None:
    beat(town)
    town.clock.advance(hours=-1)
    with town.uow(read_only=True) as uow:
        assert heartbeat.ahead(uow, "sweep")
    beat(town)
    with town.uow(read_only=True) as uow:
        assert heartbeat.read(uow)["sweep"] == town.clock.now()
        assert not heartbeat.ahead(uow, "sweep")


def test_what_is_done_once_a_minute_goes_on_after_the_clock_was_set_back(town: Town) -> None:
    def turn() -> bool:
        with town.uow(SYSTEM, None) as uow:
            return heartbeat.turn(uow, "deadman", timedelta(minutes=1))

    assert turn()
    assert not turn()
    town.clock.advance(hours=-1)
    assert turn()
    assert not turn()
