"""The board: what burns stands first, page after page, and nothing is shown twice or left out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from incidents.base.time import ZonedInstant
from incidents.rules.decide import DecisionForm
from incidents.rules.facts import validate
from incidents.steps import cases, clock, controllers, decide, report
from incidents.store.engine import create_engine_for
from incidents.store.incidents import BoardFilter
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from tests.builders import ENCRYPTED
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
SAFE = "A lemez titkosítva volt, a kulcs nálunk maradt, ezért a kockázat valószínűtlen."


def test_running_clocks_come_before_stopped_ones_however_old_these_are(database_url: str) -> None:
    """Overdue before nearly due before far; a stopped clock with an older deadline does not push them down."""
    engine, now = create_engine_for(database_url), FakeClock(NOW)
    form = controllers.ControllerForm(
        name="Próba Kft.", short_code="PRO", email="iroda@proba.example", responsible_manager_name="Próba Pál"
    )
    with unit_of_work(engine, now, SYSTEM, EVERY_CONTROLLER) as uow:
        owner = controllers.create_controller(uow, form).id

        def opened(title: str, hours_ago: int) -> UUID:
            facts, _ = validate({"title": title, **ENCRYPTED})
            first = ZonedInstant(NOW - timedelta(hours=hours_ago))
            return report.open_incident(
                uow, owner, facts=facts, first_signal=first, via="page", reporter=""
            ).incident_id

        for title, hours in (("távoli", 1), ("lejárt", 90), ("közeli", 70), ("leállt", 200), ("olvasatlan", 2)):
            key = opened(title, hours)
            if title != "olvasatlan":
                clock.acknowledge(uow, key, via="page")
            if title == "leállt":
                decide.record_decision(uow, key, DecisionForm("no", "no", SAFE, SAFE))
    seen: list[str] = []
    after = None
    with unit_of_work(engine, now, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        while page := cases.board(uow, BoardFilter(limit=2, after=after)):
            seen += [row.title for row in page.rows]
            if (after := page.next_after) is None:
                break
    assert seen == ["olvasatlan", "lejárt", "közeli", "távoli", "leállt"]
    engine.dispose()
