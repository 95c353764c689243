"""What the operator should know before relying on this installation, each finding with its way out."""

from collections.abc import Callable, Iterator

from incidents.base.i18n import translator
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.doctor import duties, machine, services
from incidents.doctor.findings import Finding, exit_code
from incidents.store.engine import Database

__all__ = ["Finding", "examine", "report"]

MARKS = {"ok": "ok  ", "note": "note", "warn": "WARN", "fail": "FAIL"}


def examine(settings: Settings, engine: Database, clock: Clock) -> Iterator[Finding]:
    """Look at everything; nothing is changed, nothing is sent."""
    yield from machine.look(settings)
    yield from services.database(settings, engine, clock)
    yield services.broker(settings)
    yield services.mail(settings)
    if services.usable(settings, engine):
        yield from duties.look(settings, engine, clock)
    yield from duties.law(clock.now().date())


def report(settings: Settings, engine: Database, clock: Clock, say: Callable[[str], object], lang: str = "en") -> int:
    """Say every finding with its way out; 0: all well, 1: warnings, 2: failures."""
    words = translator(lang)
    findings = list(examine(settings, engine, clock))
    for one in findings:
        say(f"{MARKS[one.grade]}  {one.sentence(words)}")
        if advice := one.advice(words):
            say(f"      → {advice}")
    return exit_code(findings)
