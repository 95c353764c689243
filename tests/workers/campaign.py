"""Rounds of faults against an installation that works all the time, and the wait until all of it is done."""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from incidents.steps import controllers
from incidents.store.tables import OutboxMail, Stage
from tests.company import Company
from tests.processes import wait_until
from tests.workers.faults import Fault, Site
from tests.workers.storm import Storm

log = logging.getLogger("chaos")

WORKS_AGAIN = 240.0
"""Seconds after which a fault that was mended must be forgotten; generous, for the machine is shared."""
CROWD = 20
"""So many mails waiting double the time between two reports: a slow machine shall not drown in them."""
A_WHILE = timedelta(minutes=10)


@dataclass
class Campaign:
    """One installation, the people who report to it, and the faults it has survived so far."""

    site: Site
    company: Company
    pause: tuple[float, float] = (0.1, 0.6)
    survived: Counter[str] = field(default_factory=Counter)
    storm: Storm = field(init=False)
    done_until: datetime | None = None
    """Every stage due up to here was settled when the campaign ended."""

    def __post_init__(self) -> None:
        with self.company.uow() as uow:
            link = f"/r/{controllers.report_link(uow, self.company.id).token}"
        self.storm = Storm(
            self.site.installation.address,
            link,
            self.company.key("reporter"),
            self.site.host,
            self.site.random,
            self.pause,
        )

    def run(self, faults: Iterable[Fault]) -> None:
        """Start, break and mend in turn while reports come in, and let everything be done in the end."""
        self.site.installation.start()
        with self.storm:
            for fault in faults:
                self._round(fault)
        self._until_all_is_done()

    def _round(self, fault: Fault) -> None:
        self.storm.weather, begun = fault.name, time.monotonic()
        try:
            with fault.inflict(self.site):
                self.site.a_moment()
            self._until_it_works_again(f"probe-{self.survived.total():04}")
        except Exception as error:
            error.add_note(f"after {dict(self.survived)}, in {fault.name}")
            self._explain(error)
            raise
        log.info("%s: %.1f s", fault.name, time.monotonic() - begun)
        self.storm.weather = ""
        self.storm.calmer = 1.0 + self._waiting() / CROWD
        self.survived[fault.name] += 1

    def _until_it_works_again(self, marker: str) -> None:
        """A report is accepted, its first warning fires, and a mail about it leaves."""
        opened: list[str] = []
        signal = self.site.host.now()
        report = lambda: _kept(opened, self.storm.probe(marker, signal))  # noqa: E731
        wait_until(report, "a report to be accepted", WORKS_AGAIN, pause=0.2)
        case = UUID(opened[0])
        wait_until(lambda: self._fired(case), "its first warning to fire", WORKS_AGAIN)
        wait_until(lambda: self._told(case), "somebody to be told", WORKS_AGAIN)

    def _fired(self, case: UUID) -> bool:
        with self.company.uow(read_only=True) as uow:
            fired = select(Stage.id).where(Stage.incident_id == case, Stage.state == "fired")
            return uow.session.scalar(fired.limit(1)) is not None

    def _told(self, case: UUID) -> bool:
        with self.company.uow(read_only=True) as uow:
            sent = select(OutboxMail.id).where(OutboxMail.incident_id == case, OutboxMail.state == "sent")
            return uow.session.scalar(sent.limit(1)) is not None

    def _until_all_is_done(self) -> None:
        """Nothing is overdue and nothing waits; the host's clock is set on to when the mails left over are due."""
        try:
            for _ in range(30):
                wait_until(lambda: self._overdue() == 0, "every stage due to be settled", WORKS_AGAIN)
                if not self._waiting():
                    return
                wait_until(lambda: self._ready_to_leave() == 0, "what may leave to have left", WORKS_AGAIN)
                self.site.host.jump(A_WHILE)
            raise AssertionError(f"{self._waiting()} mails never left")
        except Exception as error:
            self._explain(error)
            raise

    def _overdue(self) -> int:
        """Stages that should have fired; when there are none, remembers until when nothing was left to do."""
        with self.company.uow(read_only=True) as uow:
            late = uow.now - timedelta(seconds=1)
            due = select(func.count(Stage.id)).where(Stage.state == "scheduled", Stage.due_at <= late)
            count = uow.session.scalar(due) or 0
        if count == 0:
            self.done_until = late
        return count

    def _waiting(self) -> int:
        with self.company.uow(read_only=True) as uow:
            return uow.session.scalar(select(func.count(OutboxMail.id)).where(OutboxMail.state == "queued")) or 0

    def _ready_to_leave(self) -> int:
        with self.company.uow(read_only=True) as uow:
            ready = select(func.count(OutboxMail.id)).where(
                OutboxMail.state == "queued", OutboxMail.next_attempt_at <= uow.now
            )
            return uow.session.scalar(ready) or 0

    def _explain(self, error: Exception) -> None:
        """What a person wants to see first when a campaign failed."""
        try:
            with self.company.uow(read_only=True) as uow:
                waiting = select(OutboxMail).where(OutboxMail.state == "queued").limit(5)
                for mail in uow.session.scalars(waiting):
                    error.add_note(f"{mail.key}: {mail.attempts} tries, next {mail.next_attempt_at}: {mail.last_error}")
                error.add_note(f"{self._overdue()} stages overdue, {self._waiting()} mails waiting, now {uow.now}")
        except SQLAlchemyError as no_database:
            error.add_note(f"the database does not answer: {no_database}")
        for part, process in self.site.installation.running.items():
            error.add_note(f"--- {part}\n{process.output()[-3000:]}")


def _kept(opened: list[str], case: str | None) -> bool:
    if case:
        opened.append(case)
    return case is not None
