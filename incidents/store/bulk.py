"""Changes to many rows in one statement."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.sql.dml import Delete, Update

from incidents.store.uow import EVERY_CONTROLLER, TenancyError, UnitOfWork


def change(uow: UnitOfWork, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE on the rows of the unit of work's controllers; how many rows it met.

    Objects read before keep what they had: who changes many rows at once reads them again.
    """
    done = uow.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount


def hasten(uow: UnitOfWork, statement: Update, *values: Mapping[str, Any]) -> int:
    """Run a statement made beforehand, past everything that filters by controller: for background work on all of them.

    Raises:
        TenancyError: the unit of work is not open for every controller.
    """
    if uow.scope is not EVERY_CONTROLLER:
        raise TenancyError("only background work on every controller may skip the filter")
    return uow.session.connection().execute(statement, values).rowcount if values else 0
