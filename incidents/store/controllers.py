"""Queries for controllers: profile, processors, activities, report links, API keys."""

from collections.abc import Collection, Sequence
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy import Table as Columns
from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError

from incidents.base.errors import NotFound
from incidents.store.tables import ApiKey, Controller, ProcessingActivity, Processor, ReportLink
from incidents.store.uow import UnitOfWork

Listed = TypeVar("Listed", Processor, ProcessingActivity)


_BY_KEY = select(cast("Columns", Controller.__table__)).where(Controller.id == bindparam("controller_id"))


def load(uow: UnitOfWork, controller_id: UUID) -> Controller:
    """One controller.

    Raises:
        NotFound: there is none, or it is outside the unit of work.
    """
    uow.require(controller_id)
    if found := uow.at_hand(Controller, controller_id):
        return found
    for row in uow.ask_rows(Controller, _BY_KEY, controller_id=controller_id):
        return uow.hold(row)
    raise NotFound


def lock(uow: UnitOfWork, controller_id: UUID) -> Controller:
    """One controller, locked until the transaction ends: orders what must not happen twice at once in it.

    The lock lets others refer to the row (see ``incidents.lock``).

    Raises:
        NotFound: there is none, or it is outside the unit of work.
    """
    found = uow.session.scalar(
        select(Controller)
        .where(Controller.id == controller_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return uow.hold(found)


def by_ids(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Controller]:
    """Controllers by key."""
    known = {key: row for key in ids if (row := uow.at_hand(Controller, key))}
    if wanted := set(ids) - known.keys():
        rows = uow.session.scalars(select(Controller).where(Controller.id.in_(wanted)))
        known |= {row.id: uow.hold(row) for row in rows}
    return known


def all_by_name(uow: UnitOfWork) -> Sequence[Controller]:
    """Every controller the unit of work was opened for."""
    return uow.session.scalars(select(Controller).order_by(Controller.name, Controller.id)).all()


def names(uow: UnitOfWork) -> Sequence[tuple[UUID, str]]:
    """Key and name of every controller the unit of work was opened for, by name."""
    rows = uow.session.execute(select(Controller.id, Controller.name).order_by(Controller.name, Controller.id))
    return [(row[0], row[1]) for row in rows]


def has_short_code(uow: UnitOfWork, code: str, *, other_than: UUID | None) -> bool:
    """Whether another controller, of those the unit of work sees, uses a short code."""
    found = uow.session.scalar(select(Controller.id).where(Controller.short_code == code))
    return found is not None and found != other_than


def save(uow: UnitOfWork, controller: Controller) -> bool:
    """Write a profile; False, and the transaction is lost, when a controller nobody here sees has the short code."""
    uow.session.add(controller)
    try:
        uow.session.flush()
    except IntegrityError:
        return False
    return True


def of_report_link(uow: UnitOfWork, token: str) -> Controller | None:
    """The controller whose live report link has this token."""
    if not token.isascii() or not token.isprintable():
        return None  # no token is so, and PostgreSQL chokes on a NUL
    return uow.session.scalar(
        select(Controller)
        .join(ReportLink, ReportLink.controller_id == Controller.id)
        .where(ReportLink.token == token, ReportLink.revoked_at.is_(None))
    )


def report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    """The live report link of a controller.

    Raises:
        NotFound: the controller is outside the unit of work.
    """
    found = uow.session.scalars(
        select(ReportLink).where(ReportLink.controller_id == controller_id, ReportLink.revoked_at.is_(None))
    ).first()
    if found is None:
        raise NotFound
    return found


def processors(uow: UnitOfWork, controller_id: UUID) -> Sequence[Processor]:
    """The processors of a controller, by name."""
    return _listed(uow, Processor, controller_id)


def activities(uow: UnitOfWork, controller_id: UUID) -> Sequence[ProcessingActivity]:
    """The processing activities of a controller, by name."""
    return _listed(uow, ProcessingActivity, controller_id)


def _listed(uow: UnitOfWork, table: type[Listed], controller_id: UUID) -> Sequence[Listed]:
    return uow.session.scalars(
        select(table).where(table.controller_id == controller_id).order_by(table.name, table.id)
    ).all()


def replace_list(uow: UnitOfWork, table: type[Listed], controller_id: UUID, rows: Sequence[Listed]) -> None:
    """Put a new list in place of the whole old one."""
    uow.session.execute(delete(table).where(table.controller_id == controller_id))
    uow.session.add_all(rows)


def api_keys(uow: UnitOfWork, controller_id: UUID) -> Sequence[ApiKey]:
    """The live API keys of a controller, oldest first."""
    return uow.session.scalars(
        select(ApiKey)
        .where(ApiKey.controller_id == controller_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at, ApiKey.id)
    ).all()
