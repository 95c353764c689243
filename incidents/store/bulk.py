"""Changes to many rows in one statement."""

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.sql.dml import Delete, Update

from incidents.store.uow import UnitOfWork


def change(uow: UnitOfWork, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE on the rows of the unit of work's controllers; how many rows it met.

    Objects read before keep what they had: who changes many rows at once reads them again.
    """
    done = uow.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount
