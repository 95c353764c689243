"""Whatever breaks while stages fall due and reports arrive: nothing is lost, nothing happens twice.

Each kind of fault once and five kills on each kind of installation; ``make chaos`` goes on for hundreds of rounds.
A failure prints the seed of its moments; CHAOS_SEED repeats them.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.company import Company
from tests.processes import Processes, wait_until
from tests.servers import RedisServer, SmtpServer, running_postgres
from tests.workers.campaign import Campaign
from tests.workers.faults import EMBEDDED, FAULTS, GROWN_UP, Fault, Site, faults_of
from tests.workers.hostclock import HostClock
from tests.workers.installation import Installation
from tests.workers.tally import Tally, tally

KILLS = {EMBEDDED: ["kill-all"] * 4, GROWN_UP: ["kill-web", "kill-worker"]}
"""Beyond the one round that each fault has."""

log = logging.getLogger("chaos")


@pytest.fixture
def seed() -> int:
    """Printed with a failure."""
    return int(os.environ.get("CHAOS_SEED", SystemRandom().randrange(10**6)))


@pytest.fixture(params=[EMBEDDED, GROWN_UP])
def site(
    request: pytest.FixtureRequest, processes: Processes, smtp_server: SmtpServer, tmp_path: Path, seed: int
) -> Iterator[Site]:
    """An installation on servers that may be killed, its host's clock in our hand."""
    random = Random(seed)  # noqa: S311 (moments, not secrets)
    host = HostClock(tmp_path / "ahead")
    if request.param == EMBEDDED:
        url = request.getfixturevalue("sqlite_url")
        installation = Installation(processes, url, "", smtp_server.url, tmp_path / "data", host)
        yield Site(installation, host, smtp_server, random, longest=0.5)
        return
    redis: RedisServer = request.getfixturevalue("redis_server")
    with running_postgres(processes) as postgres:
        from incidents.store.migrate import upgrade

        url = postgres.url(postgres.create())
        upgrade(url)
        installation = Installation(processes, url, redis.url, smtp_server.url, tmp_path / "data", host)
        yield Site(installation, host, smtp_server, random, postgres, redis, longest=0.5)


@pytest.fixture
def company(site: Site, tmp_path: Path) -> Iterator[Company]:
    """The firm, at the time of that host."""
    company = Company(site.installation.database_url, site.host, tmp_path / "company", site.smtp.url)
    yield company
    company.close()


def rounds(site: Site) -> list[Fault]:
    """Every fault once and more kills; what befalls the mail server is shared out between the installations."""
    by_name = {fault.name: fault for fault in FAULTS}
    mails = [fault for fault in faults_of(site.kind) if fault.name.startswith("mail-")]
    own = mails[:: 2 if site.kind == EMBEDDED else -2]
    chosen = [fault for fault in faults_of(site.kind) if fault not in mails] + own
    chosen += [by_name[name] for name in KILLS[site.kind]]
    site.random.shuffle(chosen)
    return chosen


@pytest.mark.chaos
@pytest.mark.timeout(1200)
def test_whatever_breaks_nothing_is_lost_and_nothing_happens_twice(site: Site, company: Company, seed: int) -> None:
    log.warning("CHAOS_SEED=%d", seed)
    campaign = Campaign(site, company)
    chosen = rounds(site)
    campaign.run(chosen)
    wait_until(site.installation.ready, "the service to be ready", 60)
    assert set(site.installation.stop().values()) <= {0, -15}

    found = tally(company, campaign, site.smtp)
    log.warning("%s", found)
    assert found.faults == []
    assert found.repeated <= len(chosen), "at most one mail a fault goes out again"
    _enough_happened(found, len(chosen))


def _enough_happened(found: Tally, faults: int) -> None:
    assert found.accepted > 2 * faults, "too calm to prove anything"
    assert found.fired > 4 * faults, "too calm to prove anything"


def test_every_fault_befalls_some_installation_here() -> None:
    both = [
        rounds(Site(Installation(None, "", url, "", Path()), None, None, Random(1), None, redis))  # type: ignore[arg-type]  # noqa: S311
        for url, redis in (("", None), ("redis://", object()))
    ]
    assert {fault.name for chosen in both for fault in chosen} == {fault.name for fault in FAULTS}
