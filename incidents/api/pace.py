"""Who calls how often: counted in this process, by whatever tells callers apart."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import TooManyRequestsException
from litestar.handlers import BaseRouteHandler

Connection = ASGIConnection[Any, Any, Any, Any]
DOCUMENTS = 30
"""Documents one person, or one API key, may have made in a minute: each takes a processor for a moment."""
A_MINUTE = timedelta(minutes=1)


def count_call(connection: Connection, name: str, who: str, most: int, per: timedelta) -> None:
    """One more call of this kind by somebody.

    Raises:
        TooManyRequestsException: there were so many in this period already.
    """
    calls: dict[tuple[str, str], list[datetime]] = connection.app.state.throttled
    now: datetime = connection.app.state.clock.now()
    recent = [at for at in calls.get((name, who), []) if now - at < per]
    if len(recent) >= most:
        raise TooManyRequestsException(headers={"retry-after": str(int(per.total_seconds()))})
    _forget_old(calls, name, now - per)
    calls[name, who] = [*recent, now]


def _forget_old(calls: dict[tuple[str, str], list[datetime]], name: str, before: datetime) -> None:
    for key in [key for key, times in calls.items() if key[0] == name and times[-1] < before]:
        del calls[key]


def makes_document(connection: Connection, _: BaseRouteHandler) -> None:
    """The guard of every address that makes a PDF: so many a minute for each person or key."""
    user = connection.scope.get("user")
    key = connection.headers.get("authorization", "")
    who = str(user.id) if user else sha256(key.encode()).hexdigest()
    count_call(connection, "document", who, DOCUMENTS, A_MINUTE)
