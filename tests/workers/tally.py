"""What a campaign did: counted from the database, the mail server and what the reporters were told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from incidents.steps import register
from incidents.steps.register import RegisterFilter
from incidents.store.tables import Event, FactAmendment, Incident, OutboxMail, Stage
from notifications.mails import message_id
from tests.company import MAIL_FROM, Company
from tests.servers import SmtpServer
from tests.workers.campaign import Campaign
from tests.workers.faults import FAULTS
from tests.workers.storm import Storm

Mails = dict[object, OutboxMail]
MAY_FAIL = {fault.name for fault in FAULTS if fault.no_answer}


@dataclass
class Tally:
    """The figures of one campaign, and every promise that was not kept, in words."""

    reports: int = 0
    accepted: int = 0
    unanswered: int = 0
    lost_reports: int = 0
    doubled_reports: int = 0
    due: int = 0
    fired: int = 0
    called_off: int = 0
    lost_stages: int = 0
    doubled_stages: int = 0
    mails: int = 0
    folded: int = 0
    refused_for_good: int = 0
    lost_mails: int = 0
    repeated: int = 0
    events: int = 0
    lost_events: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """What should be nothing and is not."""
        names = ("lost_reports", "doubled_reports", "lost_stages", "doubled_stages", "lost_mails", "lost_events")
        return [f"{name}: {getattr(self, name)}" for name in names if getattr(self, name)] + self.broken


def tally(company: Company, campaign: Campaign, smtp: SmtpServer) -> Tally:
    """Count, once everything is done; stages that fall due while the servers are ended are left out."""
    result = Tally()
    _reports(company, campaign.storm, result)
    assert campaign.done_until is not None, "the campaign has not come to its end"
    _stages(company, campaign.done_until, result)
    _mails(company, campaign.done_until, smtp, result)
    _log(company, result)
    return result


def _reports(company: Company, storm: Storm, result: Tally) -> None:
    with company.uow(read_only=True) as uow:
        said = uow.session.scalars(select(FactAmendment).where(FactAmendment.version == 1))
        kept = Counter(str(one.facts["what_happened"]["value"]) for one in said)
    result.reports, result.accepted, result.unanswered = storm.sent, len(storm.accepted), storm.unanswered
    result.lost_reports = len(storm.accepted.keys() - kept.keys())
    result.doubled_reports = sum(1 for count in kept.values() if count > 1)
    result.broken += [f"refused in {weather}: {how}" for weather, how in storm.refused if weather not in MAY_FAIL]


def _stages(company: Company, until: datetime, result: Tally) -> None:
    with company.uow(read_only=True) as uow:
        every = uow.session.scalars(select(Stage)).all()
        logged = Counter((event.data["clock_id"], event.data["stage"]) for event in _events(company, "stage.fired"))
    stages = [stage for stage in every if stage.due_at <= until]
    states = Counter(stage.state for stage in stages)
    result.due, result.fired, result.called_off = len(stages), states["fired"], states["cancelled"]
    result.doubled_stages = sum(1 for count in logged.values() if count > 1)
    fired = {(str(stage.clock_id), stage.name) for stage in every if stage.state == "fired"}
    result.lost_stages = states["scheduled"] + len(fired ^ logged.keys())


def _events(company: Company, kind: str) -> Sequence[Event]:
    with company.uow(read_only=True) as uow:
        return uow.session.scalars(select(Event).where(Event.kind == kind)).all()


def _mails(company: Company, until: datetime, smtp: SmtpServer, result: Tally) -> None:
    with company.uow(read_only=True) as uow:
        rows: Mails = {row.id: row for row in uow.session.scalars(select(OutboxMail))}
    received = Counter(mail.message_id for mail in smtp.received())
    wanted = {
        (event.data["clock_id"], event.data["stage"], str(address).casefold())
        for event in _events(company, "stage.fired")
        for address in event.data["to"]
    }
    queued = {_warning(row) for row in rows.values()}
    done = {row.id for row in rows.values() if _arrived(row, received) or _came_after(row, until)}
    settled = {row.id for row in rows.values() if _reached(rows, row, done)}
    states = Counter(row.state for row in rows.values())
    result.mails, result.folded, result.refused_for_good = states["sent"], states["folded"], states["dead"]
    result.lost_mails = len(wanted - queued) + len(rows.keys() - settled)
    result.repeated = received.total() - len(received)
    result.broken += [f"never queued: {one}" for one in wanted - queued]
    result.broken += [_story(row) for key, row in rows.items() if key not in settled]
    result.broken += list(_strange_mails(rows, smtp, received))
    noted = Counter((event.data["stage"], event.data["to"]) for event in _events(company, "mail.sent"))
    sent = Counter((row.payload.get("stage", ""), row.recipient) for row in rows.values() if row.state == "sent")
    result.lost_events += (sent - noted).total() + (noted - sent).total()


def _arrived(row: OutboxMail, received: Counter[str]) -> bool:
    return row.state == "sent" and message_id(row.key, MAIL_FROM) in received


def _came_after(row: OutboxMail, until: datetime) -> bool:
    """Queued while the servers were being ended: it leaves at the next start."""
    return row.state == "queued" and row.created_at > until


def _story(row: OutboxMail) -> str:
    tries = f"{row.attempts} tries ({row.excused} excused), created {row.created_at}, sent {row.sent_at}"
    return f"never arrived: {row.key}, {row.state}, {tries}: {row.last_error}"


def _warning(row: OutboxMail) -> tuple[object, object, str]:
    return row.payload.get("clock_id"), row.payload.get("stage"), row.recipient.casefold()


def _reached(rows: Mails, row: OutboxMail, done: set[object]) -> bool:
    """Whether a mail arrived, or the newer one that took it in, or the one to the next contact."""
    if row.folded_into is not None:
        return _reached(rows, rows[row.folded_into], done)
    if row.state == "dead":
        told = [one for one in rows.values() if one.key.startswith(f"{row.key}:next:")]
        return any(_reached(rows, one, done) for one in told)
    return row.id in done


def _strange_mails(rows: Mails, smtp: SmtpServer, received: Counter[str]) -> Iterator[str]:
    known = {message_id(row.key, MAIL_FROM): row for row in rows.values()}
    yield from (f"a mail nobody queued: {one}" for one in received.keys() - known.keys())
    for mail in smtp.received():
        if mail.message_id in known and mail.recipients != (known[mail.message_id].recipient,):
            yield f"{mail.message_id} went to {mail.recipients}"


def _log(company: Company, result: Tally) -> None:
    with company.uow(read_only=True) as uow:
        result.events = len(uow.session.scalars(select(Event.seq)).all())
        breaks = list(register.verify(uow, company.id))
        lines = register.entries(uow, RegisterFilter(controller_id=company.id))
        cases = sorted(case.reference for case in uow.session.scalars(select(Incident)))
    opened = len(_events(company, "incident.opened"))
    result.lost_events += abs(len(cases) - opened)
    result.broken += [f"the log is broken: {one}" for one in breaks]
    if sorted(line.incident.reference for line in lines) != cases:
        result.broken.append("a case does not stand in the register")
    numbers = sorted(int(reference.rpartition("/")[2]) for reference in cases)
    if numbers != list(range(1, len(numbers) + 1)):
        result.broken.append("case numbers are left out or given twice")
