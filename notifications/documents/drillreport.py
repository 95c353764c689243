"""The report of a drill: one wording, shown in the page and printed as a PDF."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from incidents.base.hungarian import format_datetime, format_table_datetime, hours_in_words
from incidents.base.time import BUDAPEST, zone
from incidents.rules.drills import period_of, scenario
from incidents.rules.rehearsal import Letter, Rehearsal, Reply, Rung, in_words, verdict
from incidents.steps.cases import Case
from incidents.store.tables import Drill
from notifications.documents import pdf
from notifications.documents.html import digest
from notifications.documents.meta import TEMPLATES, DocumentMeta, printable

LONG = timedelta(hours=20)
START = {"hu": "a kezdet", "en": "the start"}
TITLES = {"hu": "Jegyzőkönyv riasztási gyakorlatról", "en": "Report of a drill of the warnings"}


@dataclass(frozen=True)
class Report:
    """A drill with its case, what it has shown and the language of the reader."""

    drill: Drill
    case: Case
    seen: Rehearsal
    lang: str


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "drills"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html(report: Report) -> str:
    """The report as HTML of the small set of letters; safe to show in a page as it is."""
    return _environment().get_template(f"{report.lang}/report.html").render(view=_view(report))


def write(report: Report, now: datetime) -> bytes:
    """The report as a PDF (A4, PDF/UA-1), printed at an instant; the hash of its wording in the footer."""
    wording = html(report)
    meta = DocumentMeta(
        title=TITLES[report.lang],
        lang=report.lang,
        reference=report.case.incident.reference,
        version="" if report.seen.running else "1",
        sha256=digest(wording),
        created_at=now,
        letterhead=report.case.controller.name,
        author=report.drill.started_by,
    )
    return pdf.write(wording, meta)


def _view(report: Report) -> dict[str, Any]:
    drill, lang, said = report.drill, report.lang, verdict(report.seen)
    return {
        "reference": report.case.incident.reference,
        "controller": report.case.controller.name,
        "scenario": scenario(drill.scenario).title[lang],
        "started_by": drill.started_by,
        "started_at": format_datetime(drill.started_at, lang),
        "ended_at": format_datetime(drill.ended_at, lang) if drill.ended_at else "",
        "period": hours_in_words(period_of(drill.speed), lang),
        "note": drill.note,
        "headline": said.headline(lang),
        "findings": said.sentences(lang),
        "rungs": [_rung(report, rung) for rung in report.seen.rungs],
    }


def _rung(report: Report, rung: Rung) -> dict[str, Any]:
    lang, seen = report.lang, report.seen
    return {
        "number": rung.number,
        "label": rung.label,
        "on_ladder": hours_in_words(seen.on_ladder(rung.due_at), lang)
        if rung.due_at > seen.pace.start
        else START[lang],
        "due_at": _clock(report, rung.due_at),
        "fired_at": _clock(report, rung.fired_at),
        "late": in_words(rung.late, lang),
        "reason": rung.reason,
        "letters": [_letter(report, letter) for letter in rung.letters],
        "replies": [_reply(report, rung, reply) for reply in seen.replies_to(rung)],
    }


def _letter(report: Report, letter: Letter) -> dict[str, Any]:
    return {
        "who": f"{letter.name} <{letter.address}>" if letter.name else letter.address,
        "failed": letter.failed,
        "failure": letter.failure,
        "handed_over_at": _clock(report, letter.handed_over_at),
    }


def _reply(report: Report, rung: Rung, reply: Reply) -> dict[str, str]:
    passed = reply.at - (rung.fired_at or rung.due_at)
    on_ladder = hours_in_words(report.seen.pace.ladder_time(passed), report.lang)
    return {"name": reply.name, "after": in_words(passed, report.lang), "on_ladder": on_ladder}


def _clock(report: Report, at: datetime | None) -> str:
    """The time of day with its seconds, for in a drill they count; with the day where it takes longer than one."""
    if at is None:
        return ""
    if report.seen.until - report.seen.pace.start > LONG:
        return format_table_datetime(at, report.lang)
    return f"{at.astimezone(zone(BUDAPEST)):%H:%M:%S}"
