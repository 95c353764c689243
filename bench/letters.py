"""Letters to many people: import, PDFs for the post, mails to a local server; beside them the bare engines.

``LETTERS=2000 python -m bench letters`` is a quick run; the report is made with 120,000 on SQLite and a tenth of that
on PostgreSQL.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import psutil

from bench.figures import ROUNDS, Figure, Line, of
from incidents.base.time import SystemClock
from tests.company import Company
from tests.processes import Process, Processes, free_port, listens, product_env

LETTERS = int(os.environ.get("LETTERS", "120000"))
PDF_TARGET, MAIL_TARGET, MEMORY_LIMIT = 0.7, 0.5, 500
FACTS = {
    "breach_types": ["confidentiality"],
    "data_categories": ["contact_basic", "bank_account"],
    "likely_consequences": ["fraud"],
    "measures_taken": "A hozzáféréseket letiltottuk, a jelszavakat lecseréltük.",
}


@dataclass(frozen=True)
class Done:
    """What a piece of work did, how long it took, and the most memory its processes held together (MB)."""

    count: int
    seconds: float
    memory: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def _memory(process: Process) -> float:
    """Resident memory of a process and its children; pages they share are counted twice."""
    total = 0.0
    try:
        for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)):
            total += one.memory_info().rss / 1e6
    except psutil.NoSuchProcess:
        return total
    return total


@dataclass
class Bench:
    """One list of people on one database, and the pieces of work on it."""

    processes: Processes
    company: Company
    incident_id: UUID
    folder: Path

    def work(self, what: str, *more: str) -> Done:
        command = [sys.executable, "-m", "bench.letter_work", what, str(self.incident_id), *more]
        process, most = self.processes.start(command, product_env(**self.company.env)), 0.0
        while process.running:
            most = max(most, _memory(process))
            time.sleep(0.1)
        *_, said = process.output().strip().splitlines() or [""]
        assert said.startswith("{"), process.output()
        return Done(memory=most, **json.loads(said))

    def bare(self, what: str) -> list[float]:
        return [self.work(what).rate for _ in range(ROUNDS)]


def _list(folder: Path, count: int) -> Path:
    """So many people as a Hungarian spreadsheet saves them."""
    file = folder / "people.csv"
    with file.open("w", encoding="cp1250", newline="") as lines:
        lines.write("Név;E-mail cím;Irányítószám;Település;Cím;Nyelv\r\n")
        for n in range(count):
            lines.write(f"Minta {n}. Anna;anna{n}@pelda.example;1111;Budapest;Minta utca {n}.;magyar\r\n")
    return file


def _beside(whole: Done, bare: list[float]) -> Figure:
    """The rate of the whole run beside that of each round of the bare engine."""
    return of(whole.rate / one for one in bare)


def letters(processes: Processes, database_url: str, engine: str, folder: Path) -> Iterator[Line]:
    """All of it on one database."""
    count = LETTERS if engine == "SQLite" else max(LETTERS // 10, 1)
    port = free_port()
    sink = processes.start([sys.executable, "-m", "bench.mail_sink", str(port)])
    sink.wait_until(lambda: listens(port), "the mail server to listen")
    company = Company(
        database_url, SystemClock(), folder / f"letters-{engine}", f"smtp://127.0.0.1:{port}?starttls=off"
    )
    bench = Bench(processes, company, company.open_case(**FACTS), folder)
    yield from _measured(bench, engine, count)
    company.close()
    sink.kill9()


def _measured(bench: Bench, engine: str, count: int) -> Iterator[Line]:
    taken = bench.work("import", str(_list(bench.folder, count)))
    yield Line(
        f"import a list of {count:,} people, upload and dry run included, {engine}", f"{taken.rate:.0f} people/s"
    )
    bench.work("prepare")
    before = bench.bare("bare-pdf")
    printed = bench.work("print")
    yield from _lines("letters as PDF, two pages", engine, printed, [*before, *bench.bare("bare-pdf")], PDF_TARGET)
    before = bench.bare("bare-mail")
    sent = bench.work("send")
    yield from _lines(
        "letters as mail over one connection", engine, sent, [*before, *bench.bare("bare-mail")], MAIL_TARGET
    )
    most = max(one.memory for one in (taken, printed, sent))
    limit = f"< {MEMORY_LIMIT} MB"
    parts = ", ".join(f"{what} {one.memory:.0f}" for what, one in (("import", taken), ("PDF", printed), ("mail", sent)))
    yield Line(f"most memory of all that, {engine}", f"{most:.0f} MB ({parts})", limit, most < MEMORY_LIMIT)


def _lines(what: str, engine: str, whole: Done, bare: list[float], target: float) -> Iterator[Line]:
    yield Line(f"{what}, {whole.count:,}, {engine}", f"{whole.rate:.0f} letters/s, {whole.seconds:.0f} s")
    yield Line(f"the bare engine, the same text, {engine}", str(replace(of(bare), unit="letters/s")))
    part = _beside(whole, bare)
    yield Line(f"the first of the second, {engine}", str(part), f"≥ {target}", part.middle >= target)
