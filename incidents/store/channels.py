"""The channels beside mail, and when a channel's own server is down."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from incidents.base.errors import NotFound
from incidents.store.tables import ChannelOutage, Webhook
from incidents.store.uow import UnitOfWork

PROBE = timedelta(minutes=1)
"""How often a server that takes nothing is asked again."""
ALARM_AFTER = timedelta(minutes=15)
"""How long a server may take nothing before everybody is told."""


def outage(uow: UnitOfWork, channel: str = "mail") -> ChannelOutage | None:
    """Since when the server of a channel takes nothing; None while it does."""
    return uow.session.scalar(_outage(channel))


def _outage(channel: str) -> Select[ChannelOutage]:
    return select(ChannelOutage).where(ChannelOutage.channel == channel).execution_options(populate_existing=True)


def note_outage(uow: UnitOfWork, error: str, channel: str = "mail") -> ChannelOutage:
    """The server of a channel has just refused to take anything. Two workers may say so at once; the first began it."""
    insert = postgresql.insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(ChannelOutage).values(channel=channel, since=uow.now, next_try_at=uow.now + PROBE, error=error[:500])
    later = {"next_try_at": fresh.excluded.next_try_at, "error": fresh.excluded.error}
    uow.session.execute(fresh.on_conflict_do_update(index_elements=["channel"], set_=later))
    return uow.session.scalars(_outage(channel)).one()


def end_outage(uow: UnitOfWork, channel: str = "mail") -> None:
    """The server of a channel takes messages again."""
    uow.session.execute(delete(ChannelOutage).where(ChannelOutage.channel == channel))


def clock_set_back(uow: UnitOfWork) -> None:
    """A server that was down is asked again as soon as ever; see ``steps.setback``."""
    uow.session.execute(
        update(ChannelOutage).where(ChannelOutage.next_try_at > uow.now + PROBE).values(next_try_at=uow.now)
    )


def webhooks_of(uow: UnitOfWork, controller_ids: Collection[UUID]) -> dict[UUID, list[Webhook]]:
    """The live webhooks of controllers, oldest first."""
    found: dict[UUID, list[Webhook]] = {key: [] for key in controller_ids}
    for row in uow.session.scalars(
        select(Webhook)
        .where(Webhook.controller_id.in_(controller_ids), Webhook.revoked_at.is_(None))
        .order_by(Webhook.created_at, Webhook.id)
    ):
        found[row.controller_id].append(row)
    return found


def every_webhook(uow: UnitOfWork) -> Sequence[Webhook]:
    """Every live webhook of the set of controllers."""
    return uow.session.scalars(select(Webhook).where(Webhook.revoked_at.is_(None)).order_by(Webhook.id)).all()


def webhook(uow: UnitOfWork, webhook_id: UUID) -> Webhook:
    """A live webhook.

    Raises:
        NotFound: there is none in the set of controllers, or it was revoked.
    """
    found = find_webhook(uow, webhook_id)
    if found is None:
        raise NotFound
    return found


def find_webhook(uow: UnitOfWork, webhook_id: UUID) -> Webhook | None:
    """A live webhook; None when there is none."""
    return uow.session.scalar(
        select(Webhook)
        .where(Webhook.id == webhook_id, Webhook.revoked_at.is_(None))
        .execution_options(populate_existing=True)
    )


FAILING = select(func.count(Webhook.id)).where(Webhook.revoked_at.is_(None), Webhook.failing_since.is_not(None))
"""How many live webhooks have lost a message since the last one that got through."""
