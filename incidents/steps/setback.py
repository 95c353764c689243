"""The clock of the host was set back: what was to happen at once must not wait until the clock is there again."""

import logging

from incidents.base.time import Clock
from incidents.store import channels, heartbeat, outbox
from incidents.store.engine import Database
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work

log = logging.getLogger(__name__)


def notice(engine: Database, clock: Clock) -> bool:
    """Before a sweep: whether the clock was set back since the last one; then what waits for no reason is let go.

    Stages keep their instants: they fall due when the clock says so, and none fires again.
    """
    with unit_of_work(engine, clock, SYSTEM, read_only=True) as uow:
        if not heartbeat.ahead(uow, "sweep"):
            return False
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        outbox.clock_set_back(uow)
        channels.clock_set_back(uow)
    log.warning("the clock of this host was set back")
    return True
