"""What must be said on every page: that warnings may not leave the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.base.i18n import msgid
from incidents.store import heartbeat, outbox
from incidents.web.sessions import Connection, clock_of, settings_of, system_uow, user_of

SWEEP = "sweep"
SWEEP_MAY_BE_OLD = timedelta(minutes=3)
"""The sweep looks for due stages twice a minute; three minutes without one mean that warnings do not leave."""

NO_SWEEP = msgid(
    "The background work stands still: warnings do not go out now. The deadlines shown are right. Tell your operator."
)
DEAD_MAILS = msgid("Some mails could not be delivered. Look at the cases yourself and tell your operator.")
NO_SMTP = msgid("No mail server is set: this service cannot send warnings by e-mail.")


@dataclass(frozen=True)
class Watch:
    """How the background work stands: last sweep (aware UTC, None: never), mails given up."""

    sweep_at: datetime | None
    dead_mails: int

    def sweeping(self, now: datetime) -> bool:
        """Whether the sweep has shown itself lately."""
        return self.sweep_at is not None and now - self.sweep_at <= SWEEP_MAY_BE_OLD


def watch(request: Connection) -> Watch:
    """How the background work stands now."""
    with system_uow(request, read_only=True) as uow:
        return Watch(heartbeat.read(uow).get(SWEEP), outbox.counts(uow).get("dead", 0))


def alarms(request: Connection) -> list[str]:
    """The sentences (message ids) for the top of every page; none for visitors, who can do nothing about it."""
    if user_of(request) is None:
        return []
    settings, seen = settings_of(request), watch(request)
    raised = (
        (not seen.sweeping(clock_of(request).now()), NO_SWEEP),
        (seen.dead_mails > 0, DEAD_MAILS),
        (not settings.smtp_url and not settings.demo, NO_SMTP),
    )
    return [sentence for true, sentence in raised if true]
