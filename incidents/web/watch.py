"""What must be said on every page: that warnings may not leave the house."""

from datetime import datetime, timedelta

from incidents.base.i18n import msgid
from incidents.store import channels, health
from incidents.store.health import Signs
from incidents.web.sessions import Connection, clock_of, settings_of, system_uow, user_of

SWEEP, DELIVER = "sweep", "deliver"
MAY_BE_OLD = timedelta(minutes=3)
"""Both look for work several times a minute; three minutes without a sign of one mean that warnings do not leave."""

NO_SWEEP = msgid(
    "The background work stands still: warnings do not go out now. The deadlines shown are right. Tell your operator."
)
NO_DELIVERY = msgid(
    "Mails are not being sent: warnings wait and nobody gets them. The deadlines shown are right. Tell your operator."
)
MAIL_SERVER_DOWN = msgid(
    "The mail server takes no mails: warnings wait. Look at the cases yourself, use the telephone, tell your operator."
)
DEAD_MAILS = msgid("Some mails could not be delivered. Look at the cases yourself and tell your operator.")
LOST_WEBHOOKS = msgid(
    "A webhook could not be reached, and a warning on it was given up. The mails do not depend on it."
)
NO_SMTP = msgid("No mail server is set: this service cannot send warnings by e-mail.")


def alive(last: datetime | None, now: datetime) -> bool:
    """Whether a kind of work has shown itself lately (aware UTC)."""
    return last is not None and now - last <= MAY_BE_OLD


def mail_is_down(seen: Signs, now: datetime) -> bool:
    """Whether the mail server has taken nothing for so long that everybody should know."""
    return seen.mail_down_since is not None and now - seen.mail_down_since >= channels.ALARM_AFTER


def watch(request: Connection) -> Signs:
    """How the background work stands now."""
    with system_uow(request, read_only=True) as uow:
        return health.signs(uow)


def alarms(request: Connection) -> list[str]:
    """The sentences (message ids) for the top of every page; none for visitors, who can do nothing about it."""
    if user_of(request) is None:
        return []
    settings, seen, now = settings_of(request), watch(request), clock_of(request).now()
    sweeping = alive(seen.swept_at, now)
    raised = (
        (not sweeping, NO_SWEEP),
        (sweeping and not alive(seen.delivered_at, now), NO_DELIVERY),
        (mail_is_down(seen, now), MAIL_SERVER_DOWN),
        (seen.lost > 0, DEAD_MAILS),
        (seen.failing_webhooks > 0, LOST_WEBHOOKS),
        (not settings.smtp_url and not settings.demo, NO_SMTP),
    )
    return [sentence for true, sentence in raised if true]
