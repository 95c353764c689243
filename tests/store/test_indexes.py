"""What ticks all day looks only at what is due: among a million stages to come, and among all mails ever sent."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from incidents.store import deadlines, outbox
from incidents.store.uow import UnitOfWork
from tests.builders import Town
from tests.fakes import FakeClock

LOOKS: dict[str, tuple[Callable[[UnitOfWork], object], str]] = {
    "what is due": (lambda uow: deadlines.claim_due(uow, 10), "ix_stage_due"),
    "what is due next": (deadlines.next_due, "ix_stage_due"),
    "the mail to send": (outbox.claim_one, "ix_outbox_ready"),
    "the mail held longest": (outbox.next_held, "ix_outbox_ready"),
}


@contextmanager
def plans(town: Town) -> Iterator[list[str]]:
    """How the database goes about each statement sent meanwhile."""
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            raw = cursor.connection.cursor()
            found.append(" ".join(str(row[-1]) for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)))

    event.listen(town.database, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(town.database, "before_cursor_execute", explain)


@pytest.mark.parametrize("look", LOOKS)
def test_a_tick_uses_the_index_of_what_is_to_come(sqlite_url: str, fake_clock: FakeClock, look: str) -> None:
    """On SQLite; PostgreSQL looks into the values and chooses by what is in the table (docs/benchmarks.md)."""
    (ask, index), town = LOOKS[look], Town(sqlite_url, fake_clock)
    with town.uow() as uow, plans(town) as found:
        ask(uow)
    town.close()
    assert index in found[0], found


OF_CASES = re.compile(r"SCAN (incident|clock|stage|outbox|acknowledgement|decision|filing)\b")


def test_a_sweep_that_fires_reads_only_what_its_cases_hold(sqlite_url: str, fake_clock: FakeClock) -> None:
    """To walk every case, or every mail that waits, would make a warning slower with each case ever filed."""
    town = Town(sqlite_url, fake_clock)
    firm = town.found()
    firm.report()
    with plans(town) as found:
        assert town.sweep()
    town.close()
    assert not [plan for plan in found if OF_CASES.search(plan)], found
    assert any("outbox USING INDEX ix_outbox_incident_id" in plan for plan in found), found
