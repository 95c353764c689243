"""The further duties of a case as lines of the register: which, what was found, what was sent, and how late."""

from collections.abc import Iterator
from datetime import timedelta

from incidents.base.hungarian import format_table_datetime, hours_in_words
from incidents.rules.draft.words import Texts
from incidents.steps.cases import Case
from incidents.steps.duty_views import DutyView, ReportView
from incidents.store.tables import DutyReport


def further_duties(case: Case, texts: Texts) -> str:
    """Every duty beside Art. 33 with its reports, a line each; a declined one with its reason."""
    return "\n".join(line for duty in case.duties for line in _duty(duty, texts))


def _duty(duty: DutyView, texts: Texts) -> Iterator[str]:
    row, label = duty.row, duty.law.label[texts.lang]
    name = f"{label}: {row.title}" if row.title else label
    state = texts.say(f"duty_{row.state}")
    yield texts.say("duty_why", duty=name, state=state, reason=row.reason) if row.reason else f"{name}: {state}"
    for report in duty.reports:
        yield from _report(report, row.state == "confirmed", texts)


def _report(report: ReportView, runs: bool, texts: Texts) -> Iterator[str]:
    label = report.rule.label[texts.lang]
    for version in report.versions:
        when = format_table_datetime(version.sent_at, texts.lang, version.sent_zone)
        yield texts.say("duty_sent", report=label, when=when, how=_lateness(version, texts))
    if report.is_open and report.due_at and runs:
        yield texts.say("duty_due", report=label, when=format_table_datetime(report.due_at, texts.lang))


def _lateness(version: DutyReport, texts: Texts) -> str:
    if version.deadline_at is None:
        return texts.say("duty_version", number=str(version.version)) if version.version > 1 else texts.say("duty_free")
    if not version.late_by_seconds:
        return texts.say("in_time")
    return texts.say("duty_late", time=hours_in_words(timedelta(seconds=version.late_by_seconds), texts.lang))
