"""What a task has done, as one line of the log: how much, and how long it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from incidents.base import logs

log = logs.logger("workers")


@contextmanager
def logged(event: str) -> Iterator[dict[str, int]]:
    """Collect counts while a block runs, and say them when anything was done: an idle tick says nothing."""
    counts: dict[str, int] = {}
    begun = perf_counter()
    yield counts
    if any(counts.values()):
        log.info(event, duration_ms=round((perf_counter() - begun) * 1000, 1), **counts)
