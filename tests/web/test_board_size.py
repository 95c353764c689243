"""The board at size: as many questions to the database for a page of fifty as for one of three, filters and marks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import event, select

from incidents.base.settings import load_settings
from incidents.steps import people
from incidents.store.engine import Database
from incidents.store.tables import User
from incidents.store.uow import EVERY_CONTROLLER, FEW, SYSTEM, unit_of_work
from tests.crowd import DPO, Crowd, settle
from tests.databases import engine_for
from tests.fakes import FakeClock
from tests.sites import site
from tests.web.office import text_of

CONTROLLERS, INCIDENTS = FEW + 4, 120


class Officer:
    """The data protection officer of many, at the board."""

    def __init__(self, url: str, clock: FakeClock) -> None:
        self.engine, self.clock = engine_for(url), clock
        self.crowd: Crowd = settle(self.engine, clock, CONTROLLERS, INCIDENTS)
        clock.advance(hours=40)  # some clocks have run out by now
        env = {"DATABASE_URL": url, "SECRET_KEY": "k" * 40}
        self.browser = TestClient(site(load_settings(env), self.engine, clock), base_url="http://127.0.0.1")
        with unit_of_work(self.engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
            user = uow.session.scalars(select(User).where(User.email == DPO)).one()
            token = people.open_session(uow, user, user_agent="test", address="127.0.0.1").token
        self.browser.cookies.set("session", token)

    def get(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, path
        return answer.text

    def rows(self, path: str) -> list[str]:
        """The words of each case on a page, in order."""
        return [text_of(row) for row in re.findall(r'<li class="board__row.*?</li>', self.get(path), re.DOTALL)]

    def every_row(self, path: str) -> list[str]:
        """The same over all the pages that follow."""
        found, following = self.rows(path), self.get(path)
        while more := re.search(r'href="(/\?[^"]*)" rel="next"', following):
            path = more.group(1).replace("&amp;", "&")
            found, following = found + self.rows(path), self.get(path)
        return found


@pytest.fixture
def officer(database_url: str, fake_clock: FakeClock, tmp_path: Path) -> Iterator[Officer]:
    del tmp_path
    officer = Officer(database_url, fake_clock)
    with officer.browser:
        yield officer
    officer.engine.dispose()


@contextmanager
def statements(engine: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def plans(engine: Database) -> Iterator[list[str]]:
    """How SQLite goes about each statement meanwhile."""
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            raw = cursor.connection.cursor()
            found.append(" | ".join(str(row[-1]) for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)))

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


def test_a_page_of_fifty_cases_asks_the_database_no_more_than_a_page_of_few(officer: Officer) -> None:
    few = f"/?q={'(7)'}"
    officer.get("/"), officer.get(few)
    with statements(officer.engine) as for_fifty:
        assert len(officer.rows("/")) == 50
    with statements(officer.engine) as for_one:
        assert len(officer.rows(few)) == 1
    with statements(officer.engine) as for_wall:
        officer.get("/board/wall")
    asked = [one for one in for_fifty if one.startswith("SELECT")]
    # One statement for each kind of row: cases, decisions, filings, acknowledgements, names, lost mails, the lists of
    # the filters, two counts, drills; the rest is who is signed in and what every page must warn of.
    assert len(asked) <= 20
    assert len([one for one in for_one if one.startswith("SELECT")]) <= len(asked) + 2, "every rank was looked at"
    assert len([one for one in for_wall if one.startswith("SELECT")]) <= 22


FILTERS = {
    "no filter": ("/", "ix_clock_running"),
    "closed": ("/?only=closed", "ix_clock_stopped"),
    "a duty": ("/?regime=kibertv", "ix_clock_running"),
    "a person": ("/?person={person}", "ix_acknowledgement_user_id"),
}


@pytest.mark.parametrize("narrowed", FILTERS)
def test_no_filter_makes_the_database_look_at_every_case(sqlite_url: str, fake_clock: FakeClock, narrowed: str) -> None:
    """On SQLite, whose plans are the same at every size; PostgreSQL chooses by what is in the table."""
    path, index = FILTERS[narrowed]
    officer = Officer(sqlite_url, fake_clock)
    with officer.browser, plans(officer.engine) as found:
        officer.get(path.format(person=officer.crowd.colleagues[2]))
    of_the_board = [plan for plan in found if "clock" in plan and "SEARCH controller" in plan]
    assert any(index in plan for plan in of_the_board), of_the_board
    assert [plan for plan in of_the_board if re.search(r"SCAN (incident|clock)(?! USING INDEX ix_clock_)", plan)] == []
    officer.engine.dispose()


def test_every_case_stands_on_the_board_once_in_one_order_over_all_its_pages(officer: Officer) -> None:
    rows = officer.every_row("/?only=all")
    references = [re.search(r"P\d{3}-2026/\d{5}", row).group() for row in rows]  # type: ignore[union-attr]
    assert len(references) == len(set(references)) == INCIDENTS
    ranks = [0 if "még senki sem vette át" in row and "áll az óra" not in row else 1 for row in rows]
    running = [rank for rank, row in zip(ranks, rows, strict=True) if "áll az óra" not in row and "leállt" not in row]
    assert running[:5] == [0] * 5


def test_filters_keep_what_they_name_and_stay_in_the_address(officer: Officer) -> None:
    crowd = officer.crowd
    of_one = officer.rows(f"/?controller={crowd.controllers[3]}")
    assert of_one
    assert all(" 3. Példa Kft." in row for row in of_one)

    duty = officer.rows("/?regime=kibertv")
    assert duty
    assert all("Kiberbiztonsági" in row for row in duty)

    somebody = officer.every_row(f"/?person={crowd.colleagues[2]}")
    assert somebody
    assert all("Akinél van:" in row for row in somebody)
    assert all("még senki sem vette át" in row for row in officer.rows("/?person=nobody"))

    overdue = officer.every_row("/?mark=overdue")
    assert overdue
    assert all("lejárt" in row for row in overdue)
    assert officer.rows("/?mark=undelivered") == [
        row for row in officer.every_row("/") if "egy figyelmeztetés nem ért célba" in row
    ]
    page = officer.get("/?only=all&q=laptop")
    more = re.search(r'href="/\?([^"]*)" rel="next"', page)
    assert more is None or "q=laptop" in more.group(1)
    assert 'value="laptop"' in page


def test_the_counts_on_top_are_those_of_their_filters(officer: Officer) -> None:
    page = officer.get("/")
    for mark in ("untaken", "overdue", "soon"):
        said = re.search(rf'href="/\?mark={mark}"[^>]*><b>(\d+)</b>', page)
        assert said
        assert int(said.group(1)) == len(officer.every_row(f"/?mark={mark}")), mark


def test_the_wall_shows_the_next_deadlines_and_names_nobody(officer: Officer) -> None:
    page = officer.get("/board/wall")
    said = text_of(page)
    assert '<meta http-equiv="refresh" content="60">' in page
    assert "Felelős" not in said
    assert "Elveszett laptop" not in said
    deadlines = re.findall(r'data-deadline="([^"]*)"', page)
    assert deadlines == sorted(deadlines)
    assert len(deadlines) > 12
