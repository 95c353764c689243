"""``make chaos``: hundreds of rounds of faults on both kinds of installation, and docs/chaos.md with what came of them.

Each campaign has a fresh database and a fresh host; its seed fixes the order of the faults and their moments.
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random, SystemRandom

from bench.about import about
from incidents.store.migrate import upgrade
from tests.company import Company
from tests.processes import ROOT, Guardian, Processes, wait_until
from tests.servers import RedisServer, SmtpServer, running_postgres
from tests.workers.campaign import Campaign
from tests.workers.faults import EMBEDDED, FAULTS, GROWN_UP, Fault, Site, faults_of
from tests.workers.hostclock import HostClock
from tests.workers.installation import Installation
from tests.workers.tally import Tally, tally

REPORT = ROOT / "docs" / "chaos.md"
ROUNDS = 200
AT_ONCE = 20
"""Rounds of one campaign: more and the cases of one database pile up beyond anything a firm has."""
KINDS = {EMBEDDED: "One process on SQLite", GROWN_UP: "Web, worker and beat on PostgreSQL and Redis"}
FIGURES = {
    "reports": "reports tried while something was broken or mended",
    "accepted": "acknowledged to whoever reported",
    "lost_reports": "**acknowledged and lost**",
    "doubled_reports": "**opened twice**",
    "due": "stages due",
    "fired": "fired",
    "called_off": "called off with a reason",
    "lost_stages": "**stages lost**",
    "doubled_stages": "**stages fired twice**",
    "mails": "mails sent",
    "folded": "mails taken into a newer one",
    "refused_for_good": "mails refused for good, the next contact told instead",
    "lost_mails": "**mails lost**",
    "repeated": "mails handed over twice, under the same Message-ID",
    "events": "entries in the log",
    "lost_events": "**entries lost**",
}


@dataclass
class Outcome:
    """What all campaigns on one kind of installation came to."""

    rounds: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)

    def add(self, survived: Counter[str], found: Tally) -> None:
        self.rounds += survived
        for one in fields(found):
            if isinstance(count := getattr(found, one.name), int):
                self.figures[one.name] += count
        self.broken += found.faults


@contextmanager
def _site(kind: str, processes: Processes, folder: Path, random: Random) -> Iterator[Site]:
    host, smtp = HostClock(folder / "ahead"), SmtpServer(processes)
    smtp.start()
    os.environ["SSL_CERT_FILE"] = str(smtp.ca_file)
    if kind == EMBEDDED:
        url = f"sqlite:///{folder / 'chaos.db'}"
        upgrade(url)
        yield Site(Installation(processes, url, "", smtp.url, folder / "data", host), host, smtp, random)
        return
    redis = RedisServer(processes)
    redis.start()
    with running_postgres(processes) as postgres:
        url = postgres.url(postgres.create())
        upgrade(url)
        installation = Installation(processes, url, redis.url, smtp.url, folder / "data", host)
        yield Site(installation, host, smtp, random, postgres, redis)


def _chosen(kind: str, count: int, random: Random) -> list[Fault]:
    """Every fault as often as the others, in any order."""
    possible = list(faults_of(kind))
    chosen = (possible * (count // len(possible) + 1))[:count]
    random.shuffle(chosen)
    return chosen


def _campaign(kind: str, count: int, seed: int, outcome: Outcome) -> None:
    random = Random(seed)  # noqa: S311 (moments, not secrets)
    guardian = Guardian()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processes = Processes(guardian, folder / "logs")
        with _site(kind, processes, folder, random) as site:
            company = Company(site.installation.database_url, site.host, folder / "company", site.smtp.url)
            campaign = Campaign(site, company)
            campaign.run(_chosen(kind, count, random))
            wait_until(site.installation.ready, "the service to be ready", 60)
            site.installation.stop()
            outcome.add(campaign.survived, tally(company, campaign, site.smtp))
            company.close()
        processes.kill_all()
    guardian.dismiss()
    outcome.seeds.append(seed)


def _report(outcomes: dict[str, Outcome]) -> Iterator[str]:
    yield "# What was broken, and what came of it\n"
    yield "Made by `make chaos`; do not edit. Reports come in all the time, through the API and the staff form, while"
    yield "one thing after the other breaks at a random moment and is mended; after each round a report must be taken,"
    yield "fire its first warning and have it mailed. At the end of a campaign everything is counted from the database,"
    yield "the mail server and what the reporters were told.\n"
    yield about() + "\n"
    for kind, outcome in outcomes.items():
        yield f"## {KINDS[kind]}\n"
        yield f"{outcome.rounds.total()} rounds; seeds {', '.join(map(str, outcome.seeds))}\n"
        yield "| what | count |\n| --- | --- |"
        yield from (f"| {words} | {outcome.figures[name]:,} |" for name, words in FIGURES.items())
        yield "\n| what was broken | rounds |\n| --- | --- |"
        words = {fault.name: fault.words for fault in FAULTS}
        yield from (f"| {words[name]} | {count} |" for name, count in sorted(outcome.rounds.items()))
        yield ""
        yield from (f"**Not as promised:** {broken}\n" for broken in outcome.broken)


def main(rounds: int) -> int:
    outcomes = {kind: Outcome() for kind in KINDS}
    first = int(os.environ.get("CHAOS_SEED", SystemRandom().randrange(10**6)))
    left = {kind: rounds // len(KINDS) for kind in KINDS}
    for number in range(rounds):
        kind = list(KINDS)[number % len(KINDS)]
        count = min(AT_ONCE, left[kind])
        if count:
            print(f"{KINDS[kind]}: {count} rounds, seed {first + number}", flush=True)
            _campaign(kind, count, first + number, outcomes[kind])
            left[kind] -= count
            print(dict(outcomes[kind].figures), outcomes[kind].broken, flush=True)
        if not any(left.values()):
            break
    REPORT.write_text("\n".join(_report(outcomes)) + "\n", encoding="utf-8")
    return 1 if any(outcome.broken for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
