"""``make bench``: measure, and write docs/benchmarks.md; ``python -m bench create`` only prints that part."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import psutil

from bench import starting
from bench.about import about, stolen
from bench.assessing import assessments
from bench.boarding import boards
from bench.creating import create
from bench.figures import ROUNDS, Line
from bench.letters import letters
from bench.rush import rush
from bench.sweeping import sweeps
from incidents.base import collector
from incidents.store.migrate import upgrade
from tests.processes import ROOT, Guardian, Processes
from tests.servers import running_postgres

Measure: TypeAlias = Callable[[Processes, str, str, Path], Iterator[Line]]
REPORT = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Made by `make bench`; do not edit. Median of {rounds} rounds with the smallest and the largest beside it; where two
things are compared they ran in turn, round by round, on the same machine and database. The cold starts are one run
each: a fresh clone, empty caches, packages from the registry.

{about}

| what | measured | target | met |
| --- | --- | --- | --- |
"""


def _databases(processes: Processes, folder: Path) -> Iterator[tuple[str, str]]:
    sqlite = f"sqlite:///{folder / 'bench.db'}"
    upgrade(sqlite)
    yield "SQLite", sqlite
    with running_postgres(processes) as server:
        url = server.url(server.create())
        upgrade(url)
        yield "PostgreSQL", url


def _on_each(measure: Measure, processes: Processes, folder: Path) -> Iterator[Line]:
    """On a database of either kind, fresh for this measure."""
    for engine, url in _databases(processes, folder):
        yield from measure(processes, url, engine, folder)


def _measure(processes: Processes, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Line]:
    whole = {
        "start": lambda: starting.warm_and_idle(processes),
        "assess": assessments,
    }
    for part, measured in whole.items():
        if wanted(part):
            yield from measured()
    on_each = {"letters": letters, "create": create, "sweep": sweeps, "rush": rush, "board": boards}
    for part, one in on_each.items():
        if wanted(part):
            yield from _on_each(one, processes, Path(tempfile.mkdtemp(dir=folder)))
    if wanted("cold"):
        yield starting.cold(processes, uv=True)
        yield starting.cold(processes, uv=False)


def _row(line: Line) -> str:
    met = "" if line.met is None else "yes" if line.met else "**no**"
    return f"| {line.what} | {line.measured} | {line.target} | {met} |"


def main(parts: list[str]) -> None:
    report = INTRODUCTION.format(rounds=ROUNDS, about=about())
    collector.spare()  # as every process of the product does
    guardian, begun = Guardian(), psutil.cpu_times()
    with tempfile.TemporaryDirectory() as folder:
        processes = Processes(guardian, Path(folder) / "logs")
        for line in _measure(processes, Path(folder), lambda part: not parts or part in parts):
            print(_row(line), flush=True)
            report += _row(line) + "\n"
        processes.kill_all()
    guardian.dismiss()
    taken = stolen(begun, psutil.cpu_times())
    print(taken)
    report += f"\n{taken}\n"
    if not parts:
        REPORT.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
