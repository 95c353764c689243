"""Figures with their spread: a median says little without the smallest and the largest beside it."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

import psutil

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """Median, smallest and largest of some rounds."""

    middle: float
    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{_short(self.middle)}{unit} ({_short(self.low)}–{_short(self.high)})"


@dataclass(frozen=True)
class Line:
    """One line of the report: what, measured, the target in words, and whether it was met (None: no target)."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def of(values: Iterable[float], unit: str = "") -> Figure:
    known = list(values)
    return Figure(median(known), min(known), max(known), unit)


def ratio(mine: Iterable[float], theirs: Iterable[float]) -> Figure:
    """Round against round: both sides saw the same weather."""
    return of(one / other for one, other in zip(mine, theirs, strict=True))


TORN = 0.05
"""A virtual machine may lose its processors to others in the middle of a round; of how much on it counts as torn."""


def stolen_in(act: Callable[[], object]) -> tuple[float, bool]:
    """Seconds an act took, and whether the host of this machine tore it apart."""
    before = psutil.cpu_times().steal
    took = seconds(act)
    return took, psutil.cpu_times().steal - before > TORN * took


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
