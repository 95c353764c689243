"""Opening a case through the API, side by side with a bare handler that writes the same rows."""

import json
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

from bench.figures import ROUNDS, Line, of, ratio, seconds
from incidents.base.time import SystemClock
from tests.company import Company
from tests.processes import BIN, Processes, free_port, listens, product_env

CONNECTIONS, REQUESTS, TARGET = 8, 200, 0.6


def _send(port: int, path: str, headers: dict[str, str], body: bytes, count: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(count):
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 201, said
    connection.close()


def _rate(port: int, path: str, key: str) -> float:
    """Requests a second over eight connections."""
    body = json.dumps({"first_signal_at": SystemClock().now().isoformat(), "facts": {"what_happened": "x"}}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    work = (port, path, headers, body, REQUESTS // CONNECTIONS)

    def all_at_once() -> None:
        threads = [Thread(target=_send, args=work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return REQUESTS / seconds(all_at_once)


def create(processes: Processes, database_url: str, engine: str, folder: Path) -> Iterator[Line]:
    """Rounds of the product and of the bare handler in turn, on one database."""
    company = Company(database_url, SystemClock(), folder / f"create-{engine}")
    key = company.key("reporter")
    company.open_case()
    company.close()
    product, bare = free_port(), free_port()
    env = product_env(**company.env) | {"WEB_PORT": str(product)}
    started = [
        processes.start([str(BIN / "incidens72"), "web"], env),
        processes.start([sys.executable, "-m", "bench.bare", str(bare)], env),
    ]
    for process, port in zip(started, (product, bare), strict=True):
        process.wait_until(lambda port=port: listens(port), "the server to listen")  # type: ignore[misc]
    mine, theirs = [], []
    for _ in range(ROUNDS + 1):
        mine.append(_rate(product, "/api/v1/incidents", key))
        theirs.append(_rate(bare, "/bare", key))
    for process in started:
        process.kill9()
    part = ratio(mine[1:], theirs[1:])  # the first round only warmed up
    yield Line(f"open a case through the API, {engine}", str(of(mine[1:], "req/s")))
    yield Line(f"a bare handler writing the same rows, {engine}", str(of(theirs[1:], "req/s")))
    yield Line(f"the first of the second, {engine}", str(part), f"≥ {TARGET}", part.middle >= TARGET)
