"""Logs: one line an event, with keys, codes and durations; never a name, an address or a text somebody typed.

The event is a constant code word, what varies are values under the keys of ``KEPT``: whatever else comes along is
dropped. Lines of libraries are kept as their bare template, and errors as their kind and place without their message,
for both may quote what people typed.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO, TypeAlias
from uuid import UUID

import structlog

EventDict: TypeAlias = MutableMapping[str, Any]

KEPT = frozenset(
    {
        "at", "level", "logger", "event", "exception", "request_id", "method", "route", "status", "duration_ms",
        "incident_id", "controller_id", "kind", "seq", "task", "count", "stages", "sent", "drills", "mail_id",
        "mailing_id", "list_id", "user_id", "webhook_id", "stage", "channel", "attempt", "code",
    }
)  # fmt: skip
"""Keys whose values are numbers, keys of rows or code words by their nature."""

LONGEST = 200
OWN = ("incidents", "notifications", "workers")
QUIET = ("alembic", "celery", "kombu", "sqlalchemy", "uvicorn", "asyncio")
"""Libraries that speak only when something is wrong."""

_SCRUBBED = (
    (re.compile(r"://[^\s/@]*@"), "://[secret]@"),
    (re.compile(r"[^\s@<>\"'\]/:]+@[^\s@<>\"']+"), "[address]"),
    (re.compile(r"/(ack|r|receipt|setup|invite|calendar)/(?!\{)[^\s/\"'?]+"), r"/\1/[token]"),
    (re.compile(r"\?[^\s\"']*"), "?[query]"),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?![0-9a-f]{8}-[0-9a-f]{4}-)[\w-]{32,}"), "[token]"),
)
_SUSPECT = re.compile(r"[@?]|/(?:ack|r|receipt|setup|invite|calendar)/|[\w-]{32}")
"""What is in every text that one of the above would change; most texts are code words, and one look is enough."""


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module; call it with a code word and keyword values: ``log.info("sweep.done", stages=3)``."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


def configure(form: str = "", stream: TextIO | None = None) -> None:
    """Write the logs of this process to a stream (standard error): ``json``, ``console``, or as the stream is a TTY."""
    out = stream or sys.stderr
    human = form == "console" or (form != "json" and out.isatty())
    render: Any = structlog.dev.ConsoleRenderer(colors=out.isatty()) if human else _json()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars, _of_a_library],
            processors=[_place, _exception, redact, structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _json() -> structlog.processors.JSONRenderer:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def bind(**values: object) -> None:
    """Put values on every line of this task of work, until ``clear``."""
    structlog.contextvars.bind_contextvars(**values)


def clear() -> None:
    """Forget what was bound."""
    structlog.contextvars.clear_contextvars()


def _of_a_library(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A line of a library, or of ours by the standard way: its template, its arguments left out."""
    record: logging.LogRecord = event["_record"]
    event["event"] = str(record.msg)
    data = getattr(record, "data", None)  # Celery names the task so
    if isinstance(data, Mapping) and "name" in data:
        event["task"] = str(data["name"])
    if record.exc_info:
        event["exc_info"] = record.exc_info
    return event


def _place(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """When, how grave, where from."""
    record: logging.LogRecord = event["_record"]
    said = event.pop("event", "")
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    first = {"at": at, "level": record.levelname.lower(), "logger": record.name, "event": said}
    return {**first, **{key: value for key, value in event.items() if key not in first}}


def _exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An error as its kind and the place it comes from, with what caused it; its message stays out."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[1] is not None:
        event["exception"] = described(found[1])
    event.pop("stack_info", None)
    return event


def described(error: BaseException) -> list[str]:
    """An error and its causes, the newest first: kind and place, never the message."""
    lines = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = f"{type(cause).__module__}.{type(cause).__qualname__}{_number(cause)}"
        lines.append(f"{kind} at {_where(cause.__traceback__)}")
        cause = cause.__cause__ or cause.__context__
    return lines


def _number(error: BaseException) -> str:
    """The number a database or the system gives its error: it tells a lock from a lost connection."""
    numbers = (getattr(error, name, None) for name in ("sqlstate", "sqlite_errorname", "errno"))
    return next((f" [{number}]" for number in numbers if number), "")


def _where(trace: TracebackType | None) -> str:
    """The last frame of our own, or the last one of all: ``incidents/steps/clock.py:112 set_awareness``."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if any(f"/{package}/" in frame.filename for package in OWN)]
    for frame in reversed(ours or frames):
        parts = frame.filename.split("/")
        start = next((at for at, part in enumerate(parts) if part in OWN), max(len(parts) - 2, 0))
        return f"{'/'.join(parts[start:])}:{frame.lineno} {frame.name}"
    return "an unknown place"


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Only known keys, and in their values nothing that looks like an address, a token or a query."""
    kept = {key: _scrubbed(value) for key, value in event.items() if key in KEPT}
    return {**kept, **{key: event[key] for key in ("_record", "_from_structlog") if key in event}}


def _scrubbed(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_scrubbed(one) for one in value]
    if isinstance(value, UUID):
        return str(value)
    text = str(value)
    if not _SUSPECT.search(text):
        return text[:LONGEST]
    for pattern, instead in _SCRUBBED:
        text = pattern.sub(instead, text)
    return text[:LONGEST]


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
