"""``make bench``: measure, and write docs/benchmarks.md; ``python -m bench create`` only prints that part."""

import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import starting
from bench.assessing import assessments
from bench.boarding import boards
from bench.creating import create
from bench.figures import ROUNDS, Line
from bench.letters import letters
from bench.sweeping import sweeps
from incidents.base.time import SystemClock
from incidents.store.migrate import upgrade
from tests.processes import ROOT, Guardian, Processes
from tests.servers import running_postgres

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


def _letters(processes: Processes, folder: Path) -> Iterator[Line]:
    for engine, url in _databases(processes, folder):
        yield from letters(processes, url, engine, folder)


def _measure(processes: Processes, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Line]:
    whole = {
        "start": lambda: starting.warm_and_idle(processes),
        "assess": assessments,
        "letters": lambda: _letters(processes, Path(tempfile.mkdtemp(dir=folder))),
    }
    for part, measured in whole.items():
        if wanted(part):
            yield from measured()
    on_each = {
        "create": lambda url, engine, where: create(processes, url, engine, where),
        "sweep": sweeps,
        "board": boards,
    }
    for part, measured_on in on_each.items():
        if wanted(part):
            where = Path(tempfile.mkdtemp(dir=folder))
            for engine, url in _databases(processes, where):
                yield from measured_on(url, engine, where)
    if wanted("cold"):
        yield starting.cold(processes, uv=True)
        yield starting.cold(processes, uv=False)


def _about() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    day = SystemClock().now().date().isoformat()
    return (
        f"{day}, commit {commit.stdout.strip()}; {processor}, {starting.quiet_machine()}; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}."
    )


def _row(line: Line) -> str:
    met = "" if line.met is None else "yes" if line.met else "**no**"
    return f"| {line.what} | {line.measured} | {line.target} | {met} |"


def main(parts: list[str]) -> None:
    report = INTRODUCTION.format(rounds=ROUNDS, about=_about())
    guardian = Guardian()
    with tempfile.TemporaryDirectory() as folder:
        processes = Processes(guardian, Path(folder) / "logs")
        for line in _measure(processes, Path(folder), lambda part: not parts or part in parts):
            print(_row(line), flush=True)
            report += _row(line) + "\n"
        processes.kill_all()
    guardian.dismiss()
    if not parts:
        REPORT.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
