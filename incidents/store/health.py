"""What the health pages, the metrics and the doctor read: nothing that names a case or a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, ScalarSelect, case, func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from incidents.base.time import Clock, utc
from incidents.store import channels, heartbeat
from incidents.store.migrate import alembic_config
from incidents.store.tables import ChannelOutage, ClockRow, Drill, Heartbeat, Incident, OutboxMail
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work

FAILED = text("outbox.state IN ('dead', 'bounced')")
"""In the words of the index on what has failed: with bound values SQLite would not use it."""


@dataclass(frozen=True)
class Vitals:
    """Counts and instants (aware UTC) over every controller; drills are counted nowhere but in ``drills``."""

    clocks: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Running clocks by regime and state: ``ahead`` or ``overdue``."""
    nearest_deadline: datetime | None = None
    outbox: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What has not left, by channel and state: ``queued``, ``dead`` or ``bounced``."""
    oldest_queued: datetime | None = None
    failing_webhooks: int = 0
    mail_server_down_since: datetime | None = None
    drills: int = 0
    beats: Mapping[str, datetime] = field(default_factory=dict)
    """The last sign of life of each kind of background work."""


def vitals(uow: UnitOfWork) -> Vitals:
    """How much is running and waiting now."""
    clocks, nearest = _clocks(uow)
    queued, oldest = _queued(uow)
    outage = channels.outage(uow)
    return Vitals(
        clocks=clocks,
        nearest_deadline=nearest,
        outbox={**queued, **_failed(uow)},
        oldest_queued=oldest,
        failing_webhooks=sum(hook.failing_since is not None for hook in channels.every_webhook(uow)),
        mail_server_down_since=outage.since if outage else None,
        drills=uow.session.scalar(select(func.count(Drill.id)).where(Drill.ended_at.is_(None))) or 0,
        beats=heartbeat.read(uow),
    )


def vitals_if_reachable(engine: Engine, clock: Clock) -> Vitals | None:
    """The same; None when the database does not answer or lacks its tables."""
    try:
        with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
            return vitals(uow)
    except SQLAlchemyError:
        return None


def _clocks(uow: UnitOfWork) -> tuple[dict[tuple[str, str], int], datetime | None]:
    overdue = func.sum(case((ClockRow.deadline_at < uow.now, 1), else_=0))
    rows = uow.session.execute(
        select(ClockRow.regime, func.count(ClockRow.id), overdue, func.min(ClockRow.deadline_at))
        .join(Incident, Incident.id == ClockRow.incident_id)
        .where(ClockRow.state == "running", ~Incident.is_drill)
        .group_by(ClockRow.regime)
    ).all()
    counts: dict[tuple[str, str], int] = {}
    for regime, count, late, _ in rows:
        counts |= {(regime, "ahead"): count - late, (regime, "overdue"): late}
    return counts, min((row[3] for row in rows), default=None)


def _queued(uow: UnitOfWork) -> tuple[dict[tuple[str, str], int], datetime | None]:
    rows = uow.session.execute(
        select(OutboxMail.channel, func.count(OutboxMail.id), func.min(OutboxMail.created_at))
        .where(OutboxMail.state == "queued")
        .group_by(OutboxMail.channel)
    ).all()
    return {(row[0], "queued"): row[1] for row in rows}, min((row[2] for row in rows), default=None)


def _failed(uow: UnitOfWork) -> dict[tuple[str, str], int]:
    rows = uow.session.execute(
        select(OutboxMail.channel, OutboxMail.state, func.count(OutboxMail.id))
        .where(FAILED)
        .group_by(OutboxMail.channel, OutboxMail.state)
    )
    return {(row[0], row[1]): row[2] for row in rows}


_LOST = (
    select(func.count(OutboxMail.id))
    .outerjoin(Incident, Incident.id == OutboxMail.incident_id)
    .where(FAILED, OutboxMail.channel == "mail", or_(OutboxMail.incident_id.is_(None), Incident.closed_at.is_(None)))
)


def warnings_lost(uow: UnitOfWork) -> int:
    """Mails that were given up or came back and that somebody should look after: of open cases, or of none."""
    return uow.session.scalar(_LOST) or 0


@dataclass(frozen=True)
class Signs:
    """What every page must know of the background work: when it last showed itself, what it could not do."""

    swept_at: datetime | None
    delivered_at: datetime | None
    lost: int
    """See ``warnings_lost``."""
    mail_down_since: datetime | None
    failing_webhooks: int


def _beat(name: str) -> ScalarSelect[datetime]:
    return select(Heartbeat.at).where(Heartbeat.name == name).scalar_subquery()


_SIGNS = select(
    _beat("sweep"),
    _beat("deliver"),
    _LOST.scalar_subquery(),
    select(ChannelOutage.since).where(ChannelOutage.channel == "mail").scalar_subquery(),
    channels.FAILING.scalar_subquery(),
)


def signs(uow: UnitOfWork) -> Signs:
    """All of them by one question, for it is asked on every page."""
    return Signs(*uow.session.execute(_SIGNS).one())


def has_newest_shape(engine: Engine) -> bool:
    """Whether the database answers and every migration has run."""
    newest = ScriptDirectory.from_config(alembic_config(str(engine.url))).get_current_head()
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == newest
    except SQLAlchemyError:
        return False


def answers(engine: Engine) -> bool:
    """Whether the database answers at all."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def clock_skew(engine: Engine, clock: Clock) -> timedelta:
    """How far the clock of the database server is ahead of ours; a file on this machine has none of its own."""
    if engine.dialect.name != "postgresql":
        return timedelta(0)
    with engine.connect() as connection:
        before = clock.now()
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        after = clock.now()
    return utc(theirs) - (before + (after - before) / 2)
