"""Mails that wait to be judged."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from incidents.base.errors import NotFound
from incidents.store.tables import InboundMail
from incidents.store.uow import UnitOfWork


def load(uow: UnitOfWork, mail_id: UUID, *, lock: bool = False) -> InboundMail:
    """A mail, under a lock when its state is about to change.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    asked = select(InboundMail).where(InboundMail.id == mail_id)
    row = uow.session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotFound
    return row


def waiting(uow: UnitOfWork, controller_ids: Collection[UUID] | None) -> Sequence[InboundMail]:
    """What nobody has judged yet, the oldest first; at those controllers, None means all of the unit of work."""
    asked = select(InboundMail).where(InboundMail.state == "waiting").order_by(InboundMail.brought_at, InboundMail.id)
    if controller_ids is not None:
        asked = asked.where(InboundMail.controller_id.in_(controller_ids))
    return uow.session.scalars(asked).all()


def same(uow: UnitOfWork, controller_id: UUID, sha256: str) -> InboundMail | None:
    """The same mail, when somebody has brought it already."""
    asked = select(InboundMail).where(InboundMail.controller_id == controller_id, InboundMail.sha256 == sha256)
    return uow.session.scalars(asked.order_by(InboundMail.id)).first()
