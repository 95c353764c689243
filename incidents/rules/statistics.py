"""Figures over many cases: how many by month, cause and outcome, how soon they were notified; drills are none."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from incidents.base.time import BUDAPEST, zone

OUTCOMES = ("filed_in_time", "filed_late", "to_notify", "not_notified", "undecided")
LEFT = ("overdue", "under_12", "under_24", "under_48", "under_72", "longer")
SPANS = ("signal_to_awareness", "awareness_to_filing", "signal_to_filing")
_HOURS = ((12, "under_12"), (24, "under_24"), (48, "under_48"), (72, "under_72"))


@dataclass(frozen=True)
class CaseFigures:
    """What the figures need of one case; every instant is aware UTC."""

    opened_at: datetime
    first_signal_at: datetime
    aware_at: datetime | None = None
    """None while the clock runs from the first signal."""
    filed_at: datetime | None = None
    late: bool = False
    notify: str = ""
    """What was decided: ``yes``, ``no``, or nothing yet."""
    cause: str = ""
    deadline_at: datetime | None = None
    """Of the running clock; None when none runs."""

    @property
    def outcome(self) -> str:
        """One of ``OUTCOMES``."""
        if self.filed_at:
            return "filed_late" if self.late else "filed_in_time"
        return {"yes": "to_notify", "no": "not_notified"}.get(self.notify, "undecided")


@dataclass(frozen=True)
class Span:
    """How long something took: in how many cases, the median and the time within which nine of ten were done."""

    name: str
    cases: int
    median: timedelta | None
    ninth_decile: timedelta | None


@dataclass(frozen=True)
class Statistics:
    """Figures of a set of cases: codes with counts, in the order to show them."""

    cases: int
    by_month: tuple[tuple[str, int], ...]
    """Months in Hungary as ``2026-11``, without gaps."""
    by_cause: tuple[tuple[str, int], ...]
    by_outcome: tuple[tuple[str, int], ...]
    open_clocks: tuple[tuple[str, int], ...]
    spans: tuple[Span, ...]

    @property
    def filed(self) -> int:
        """How many were notified to the authority."""
        return sum(count for code, count in self.by_outcome if code.startswith("filed"))

    @property
    def in_time(self) -> int:
        """How many of these within the deadline."""
        return dict(self.by_outcome)["filed_in_time"]


def statistics(cases: Sequence[CaseFigures], now: datetime) -> Statistics:
    """The figures of cases as of an instant (aware)."""
    causes = Counter(one.cause for one in cases)
    outcomes = Counter(one.outcome for one in cases)
    clocks = Counter(_left(one.deadline_at - now) for one in cases if one.deadline_at)
    return Statistics(
        cases=len(cases),
        by_month=_months([one.opened_at for one in cases]),
        by_cause=tuple(sorted(causes.items(), key=lambda one: (one[0] == "", -one[1], one[0]))),
        by_outcome=tuple((code, outcomes[code]) for code in OUTCOMES),
        open_clocks=tuple((code, clocks[code]) for code in LEFT),
        spans=tuple(
            _span(name, [taken for one in cases if (taken := _TAKEN[name](one)) is not None]) for name in SPANS
        ),
    )


def _left(left: timedelta) -> str:
    if left < timedelta(0):
        return "overdue"
    return next((code for hours, code in _HOURS if left < timedelta(hours=hours)), "longer")


def _months(opened: Sequence[datetime]) -> tuple[tuple[str, int], ...]:
    if not opened:
        return ()
    local = [at.astimezone(zone(BUDAPEST)) for at in opened]
    counted = Counter((at.year, at.month) for at in local)
    first, last = min(counted), max(counted)
    span = range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])
    return tuple((f"{month // 12}-{month % 12 + 1:02d}", counted[month // 12, month % 12 + 1]) for month in span)


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return max(end - start, timedelta(0)) if start and end else None


_TAKEN: dict[str, Callable[[CaseFigures], timedelta | None]] = {
    "signal_to_awareness": lambda one: _between(one.first_signal_at, one.aware_at),
    "awareness_to_filing": lambda one: _between(one.aware_at, one.filed_at),
    "signal_to_filing": lambda one: _between(one.first_signal_at, one.filed_at),
}


def _span(name: str, taken: Sequence[timedelta]) -> Span:
    ordered = sorted(taken)
    return Span(name, len(ordered), _at(ordered, 0.5), _at(ordered, 0.9))


def _at(ordered: Sequence[timedelta], part: float) -> timedelta | None:
    """The nearest-rank percentile: always a time that really occurred."""
    return ordered[max(ceil(part * len(ordered)) - 1, 0)] if ordered else None
