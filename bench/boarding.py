"""The board of one officer with two hundred controllers and five thousand cases: a whole page from the web server."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
from sqlalchemy import text

from bench.figures import ROUNDS, Line, of, stolen_in
from incidents.base.time import SystemClock
from incidents.steps import people
from incidents.store.engine import Database, create_engine_for
from incidents.store.tables import User
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from tests.crowd import settle
from tests.processes import BIN, Processes, free_port, listens, product_env

CONTROLLERS, INCIDENTS, TARGET_MS = 200, 5_000, 100
MOST_TORN = 150
"""Rounds in which the host took a processor away, after which those that were whole must do."""
PAGES = {
    "the board": "/",
    "its second page": "{second}",
    "the board of one controller": "/?controller={controller}",
    "the board, closed cases": "/?only=closed",
    "the board, every case, searched": "/?only=all&q=lista",
    "the board, one duty": "/?regime=kibertv",
    "the board, cases in the hands of one person": "/?person={person}",
    "the board, cases in nobody's hands": "/?person=nobody",
    "the board, overdue": "/?mark=overdue",
    "the board, a warning reached nobody": "/?mark=undelivered",
    "the wall": "/board/wall",
}


class Officer:
    """Somebody signed in, asking a web server over one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=60)
        self._head = {"Cookie": f"session={token}", "Host": f"127.0.0.1:{port}"}

    def get(self, path: str) -> str:
        """A whole page."""
        self._line.request("GET", path, headers=self._head)
        answer = self._line.getresponse()
        said = answer.read().decode()
        assert answer.status == 200, said
        return said


def boards(processes: Processes, database_url: str, engine: str, folder: Path) -> Iterator[Line]:
    """Each page in turn, signed in as the officer."""
    database, clock = create_engine_for(database_url), SystemClock()
    crowd = settle(database, clock, CONTROLLERS, INCIDENTS)
    with database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE" if engine == "SQLite" else "VACUUM ANALYZE"))  # as it is on the second day
    port = free_port()
    env = {"DATABASE_URL": database_url, "INCIDENTS72_DATA": str(folder), "SECRET_KEY": "k" * 40}
    server = processes.start([str(BIN / "incidens72"), "web"], product_env(**env, WEB_PORT=port))
    server.wait_until(lambda: listens(port), "the server to listen")
    officer, web = Officer(port, _session(database, crowd.dpo_id)), psutil.Process(server.pid)
    named = {"person": crowd.colleagues[3], "controller": crowd.controllers[3], "second": _second(officer)}
    for what, path in PAGES.items():
        yield _page(officer, web, f"{what}, {engine}", path.format(**named))
    server.kill9()
    database.dispose()


def _second(officer: Officer) -> str:
    """Where the page after the first one is."""
    found = re.search(r'href="([^"]*)" rel="next"', officer.get("/"))
    assert found, "five thousand cases stand on more than one page"
    return found[1].replace("&amp;", "&")


def _session(database: Database, user_id: object) -> str:
    with unit_of_work(database, SystemClock(), SYSTEM, EVERY_CONTROLLER) as uow:
        user = uow.session.get_one(User, user_id)
        return people.open_session(uow, user, user_agent="bench", address="127.0.0.1").token


def _page(officer: Officer, web: psutil.Process, what: str, path: str) -> Line:
    """Milliseconds from the request to the last byte, warmed up; and how long the web process worked for each.

    A virtual machine may lose its processors to others in the middle of a page: such rounds count apart.
    """
    for _ in range(3):
        officer.get(path)
    begun, whole, torn = _worked(web), list[float](), list[float]()
    while len(whole) < 6 * ROUNDS and len(torn) < MOST_TORN:
        took, was_torn = stolen_in(lambda: officer.get(path))
        (torn if was_torn else whole).append(1000 * took)
    each = 1000 * (_worked(web) - begun) / (len(whole) + len(torn))
    figure = of(whole or torn, "ms")
    beside = f"; {len(torn)} torn ones {of(torn, 'ms')}" if torn and whole else ""
    return Line(
        f"{what}: {CONTROLLERS} controllers, {INCIDENTS:,} cases",
        f"{figure} of {len(whole)} rounds{beside}; the web process {each:.0f} ms each",
        f"< {TARGET_MS} ms",
        figure.middle < TARGET_MS,
    )


def _worked(process: psutil.Process) -> float:
    """Seconds of processor time of a process up to now."""
    times = process.cpu_times()
    return float(times.user + times.system)
