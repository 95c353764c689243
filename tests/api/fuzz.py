"""Calls nobody thought of, made from the description of the API: what comes back must be described, and never a 5xx.

``make fuzz`` calls a real server process, in several parts at once, and writes docs/fuzzing.md; ``make test`` makes a
few of each operation straight into the application.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, product
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.walk import Body, House

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("dpo", "dpo", "dpo", "handler", "reporter", "auditor", "stranger", "")
"""The key with most rights is asked most: its calls go furthest. The last has none."""
EACH = 60
"""Calls of each operation in a round; a round has a seed of its own."""
KEYS_IN_TURN = 20
"""Keys of the DPO used in turn: the limit of documents a minute is one of each key."""
SENT = {"method", "url", "headers", "params", "json", "data", "files"}
Call = Callable[[Any, str], Any]


@dataclass
class Tally:
    """How many calls were made, what they were answered, and what was wrong."""

    cases: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Count the calls of another one as well."""
        self.cases += other.cases
        self.answers += other.answers
        self.faults |= other.faults


def operations(house: House) -> Iterator[Any]:
    """Every operation of the description."""
    schema = schemathesis.openapi.from_dict(json.loads(house.ask("GET", "/api/v1/openapi.json").body))
    for one in schema.get_all_operations():
        yield one.ok()


def _ways(house: House, operation: Any) -> Iterator[Any]:
    real = {one.name: house.objects[one.name] for one in operation.path_parameters}
    takes = any(list(given) for given in (operation.body, operation.query, operation.path_parameters))
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if takes else (GenerationMode.POSITIVE,):
        yield operation.as_strategy(mode)
        if real:
            yield operation.as_strategy(mode, path_parameters=real)


def fuzz_one(house: House, operation: Any, call: Call, each: int, number: int = 72) -> Tally:
    """So many calls of one operation: right and wrong, with keys of real objects and with any, by each role."""
    tally = Tally()

    @seed(number)
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*_ways(house, operation)), role=st.sampled_from(ROLES))
    def make(case: Any, role: str) -> None:
        answer = call(case, role)
        tally.cases += 1
        tally.answers[str(answer.status_code)] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for one in group.exceptions:
                said = f"{operation.label}: {type(one).__name__} {answer.status_code}"
                sent = getattr(answer.request, "body", None) or getattr(answer.request, "content", b"")
                example = f"{role} {answer.request.url} {sent[:300]!r} -> {answer.text[:300]}"
                tally.faults.setdefault(said, example)

    make()
    return tally


def _prepared(case: Any, base: str) -> requests.PreparedRequest:
    given = case.as_transport_kwargs(base_url=base)
    return requests.Request(**{name: value for name, value in given.items() if name in SENT}).prepare()


def inside(house: House) -> Call:
    """Calls straight into the application."""

    def call(case: Any, role: str) -> httpx.Response:
        sent = _prepared(case, "http://127.0.0.1")
        content = sent.body or b""
        body = Body(
            content.encode() if isinstance(content, str) else bytes(content), sent.headers.get("content-type", "")
        )
        answer = house.ask(sent.method or "GET", sent.path_url, role, body if sent.body is not None else None)
        request = httpx.Request(sent.method or "GET", sent.url or "", content=body.content)
        response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
        response.elapsed = timedelta()
        return response

    return call


@contextmanager
def house_in(folder: Path) -> Iterator[House]:
    """A house of today, for the clock of a real process."""
    from incidents.base.time import SystemClock
    from incidents.store.migrate import upgrade
    from tests.builders import Town
    from tests.fakes import FakeClock

    url = f"sqlite:///{folder}/fuzz.db"
    upgrade(url)
    house = House(Town(url, FakeClock(SystemClock().now())), folder)
    yield house
    house.close()


@dataclass
class Server:
    """A process of the product that serves the house."""

    house: House
    address: str
    keys: dict[str, Iterator[str]]
    start: Path

    def call(self, case: Any, role: str) -> requests.Response:
        """One call over the network."""
        sent = _prepared(case, self.address)
        if role:
            sent.headers["Authorization"] = f"Bearer {next(self.keys[role])}"
        return self.session.send(sent, allow_redirects=False, timeout=300)

    def __post_init__(self) -> None:
        self.session = requests.Session()

    def put_back(self) -> None:
        """Everything as it was in the beginning, under the running process."""
        with closing(sqlite3.connect(self.start)) as kept, closing(sqlite3.connect(self.house.file)) as live:
            kept.backup(live)


@contextmanager
def served(house: House, folder: Path) -> Iterator[Server]:
    """`incidens72 web` on the house's database, as an operator starts it."""
    from incidents.steps import controllers
    from tests.processes import BIN, Guardian, Processes, free_port, listens, product_env

    with house.town.uow() as uow:
        more = [controllers.make_api_key(uow, house.firm.id, f"dpo {one}", "dpo") for one in range(KEYS_IN_TURN)]
    house.town.database.dispose()
    start = folder / "start.db"
    with closing(sqlite3.connect(house.file)) as live, closing(sqlite3.connect(start)) as kept:
        live.backup(kept)
    guardian, port = Guardian(), free_port()
    processes = Processes(guardian, folder / "logs")
    env = product_env(
        DATABASE_URL=house.town.url, INCIDENTS72_DATA=folder, SECRET_KEY="k" * 40, WEB_PORT=port, LOG_FORMAT="json"
    )
    process = processes.start([str(BIN / "incidens72"), "web"], env)
    process.wait_until(lambda: listens(port), "the service to listen", 600)
    keys = {role: cycle([key]) for role, key in house.keys.items()} | {"dpo": cycle(more)}
    try:
        yield Server(house, f"http://127.0.0.1:{port}", keys, start)
    finally:
        processes.kill_all()
        guardian.dismiss()


def part(number: int, parts: int, rounds: int, into: Path) -> None:
    """Every so-manieth operation, against a server of its own, round by round; a line of JSON for each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with house_in(folder) as house, served(house, folder) as server, into.open("a", encoding="utf-8") as lines:
            mine = list(operations(house))[number::parts]
            for turn, operation in product(range(rounds), mine):
                found = fuzz_one(house, operation, server.call, EACH, number=turn)
                lines.write(json.dumps({"operation": operation.label, **vars(found)}) + "\n")
                lines.flush()
                server.put_back()


def run(parts: int, rounds: int, folder: Path) -> dict[str, Tally]:
    """All parts at once; what each operation came to.

    Raises:
        CalledProcessError: a part broke off.
    """
    files = [folder / f"{number}.jsonl" for number in range(parts)]
    commands = [
        [sys.executable, "-m", "tests.api.fuzz", str(number), str(parts), str(rounds), str(file)]
        for number, file in enumerate(files)
    ]
    running = [subprocess.Popen(command) for command in commands]
    for process in running:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, process.args)
    return read(files)


def read(files: Iterable[Path]) -> dict[str, Tally]:
    """What the parts wrote down, all rounds of an operation together."""
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for line in "".join(file.read_text(encoding="utf-8") for file in files).splitlines():
        said = json.loads(line)
        found[said["operation"]].add(Tally(said["cases"], Counter(said["answers"]), said["faults"]))
    return dict(sorted(found.items()))


if __name__ == "__main__":
    part(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
