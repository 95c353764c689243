"""Statistics: figures over the cases of one controller or of all whose register the actor may see."""

from datetime import date, datetime, timedelta
from uuid import UUID

from incidents.base.time import BUDAPEST, zone
from incidents.rules.statistics import Statistics
from incidents.rules.statistics import statistics as figured
from incidents.steps.guard import require, where_may
from incidents.store import statistics as stored
from incidents.store.incidents import RegisterQuery
from incidents.store.uow import UnitOfWork


def statistics(uow: UnitOfWork, controller_id: UUID | None, first: date | None, last: date | None) -> Statistics:
    """The figures of cases opened from a first to a last day (both included, in Hungary).

    Raises:
        NotFound, Forbidden: the actor may not see the register of that controller.
    """
    controllers = where_may(uow, "register")
    if controller_id:
        require(uow, controller_id, "register")
        controllers = frozenset({controller_id})
    before = _midnight(last + timedelta(days=1)) if last else None
    wanted = RegisterQuery(controllers, since=_midnight(first) if first else None, before=before)
    return figured(stored.figures(uow, wanted), uow.now)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone(BUDAPEST))
