"""What the health pages and the metrics read: nothing that names a case or a person."""

from dataclasses import dataclass
from datetime import datetime

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from incidents.store.migrate import alembic_config
from incidents.store.tables import ClockRow, OutboxMail
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Vitals:
    """Counts and instants (aware UTC) over every controller."""

    running_clocks: int
    nearest_deadline: datetime | None
    queued_mails: int
    oldest_queued: datetime | None
    dead_mails: int


def vitals(uow: UnitOfWork) -> Vitals:
    """How much is running and waiting now."""
    running = uow.session.execute(
        select(func.count(ClockRow.id), func.min(ClockRow.deadline_at)).where(ClockRow.state == "running")
    ).one()
    queued = uow.session.execute(
        select(func.count(OutboxMail.id), func.min(OutboxMail.created_at)).where(OutboxMail.state == "queued")
    ).one()
    dead = uow.session.scalar(select(func.count(OutboxMail.id)).where(OutboxMail.state == "dead"))
    return Vitals(running[0], running[1], queued[0], queued[1], dead or 0)


def has_newest_shape(engine: Engine) -> bool:
    """Whether the database answers and every migration has run."""
    newest = ScriptDirectory.from_config(alembic_config(str(engine.url))).get_current_head()
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == newest
    except SQLAlchemyError:
        return False
