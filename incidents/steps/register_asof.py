"""A case as the register showed it at an instant: facts by version, decisions and filings up to then, nothing later."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from incidents.rules.register_asof import DUTY_STATES, Said, clock_then, closed_then, duty_then, known_by
from incidents.rules.report import title_of
from incidents.steps.cases import Case
from incidents.store import incidents
from incidents.store.past import as_it_was
from incidents.store.tables import ClockRow, DutyRow, FactAmendment, Incident

MOMENTS: Mapping[str, str] = {
    "amendments": "said_at",
    "clocks": "set_at",
    "duty_rows": "proposed_at",
    "duty_clocks": "set_at",
    "duty_reports": "recorded_at",
    "acknowledgements": "at",
    "handovers": "at",
    "assessments": "made_at",
    "proposals": "proposed_at",
    "answers": "answered_at",
    "decisions": "decided_at",
    "documents": "made_at",
    "filings": "recorded_at",
    "signed": "answered_at",
    "receipts": "recorded_at",
    "files": "added_at",
    "communications": "recorded_at",
    "events": "at",
}
"""When each kind of row was recorded."""
CONTENT = ("amendments", "clocks", "duty_reports", "decisions", "filings", "receipts", "files", "communications")
"""What a reader of the register would see changed."""


def as_of(case: Case, at: datetime) -> Case:
    """The case as it stood at an aware instant after it was opened; warnings and mails, which no register shows, go."""
    rows: dict[str, Any] = {
        name: known_by(getattr(case, name), attrgetter(moment), at) for name, moment in MOMENTS.items()
    }
    filed = {one.id for one in rows["filings"]}
    log = [Said(one.at, one.kind, one.data) for one in case.events]
    rows |= {
        "contents": tuple(one for one in case.contents if one.filing_id in filed),
        "clocks": _clocks(rows["clocks"], at),
        "duty_clocks": _clocks(rows["duty_clocks"], at),
        "duty_rows": tuple(_duty(one, log, at) for one in rows["duty_rows"]),
        "stages": (),
        "mails": (),
    }
    said = rows["amendments"]
    return replace(
        case,
        **rows,
        incident=_incident(case.incident, said, log, at),
        facts=incidents.fold_facts(said),
        groups=incidents.fold_groups(said),
    )


def recorded_later(case: Case, at: datetime) -> int:
    """How many records of a case came after an instant and are therefore not shown."""
    return sum(getattr(row, MOMENTS[name]) > at for name in CONTENT for row in getattr(case, name))


def _clocks(clocks: Sequence[ClockRow], at: datetime) -> tuple[ClockRow, ...]:
    """The versions of that time; of each report the newest runs unless it had been stopped by then."""
    newest = {(one.regime, one.subject, one.report): one.id for one in clocks}
    return tuple(_clock(one, at) if one.id in newest.values() else one for one in clocks)


def _clock(clock: ClockRow, at: datetime) -> ClockRow:
    state, reason = clock_then(clock.state, clock.stopped_at, clock.stop_reason, at)
    return as_it_was(clock, state=state, stop_reason=reason, stopped_at=clock.stopped_at if reason else None)


def _duty(row: DutyRow, log: Sequence[Said], at: datetime) -> DutyRow:
    mine = [one for one in log if one.data.get("regime") == row.regime and one.data.get("subject") == row.subject]
    if not any(one.at > at and one.kind in DUTY_STATES for one in mine):
        return row
    state, reason = duty_then(mine, row.regime, row.subject, at) or ("proposed", "")
    return as_it_was(row, state=state, reason=reason)


def _incident(row: Incident, said: Sequence[FactAmendment], log: Sequence[Said], at: datetime) -> Incident:
    closed_at, note = closed_then(log, at)
    taken = row.acknowledged_at if row.acknowledged_at and row.acknowledged_at <= at else None
    return as_it_was(row, title=_title(said), closed_at=closed_at, closing_note=note, acknowledged_at=taken)


def _title(said: Sequence[FactAmendment]) -> str:
    first, *later = said
    known = (first.facts.get(key, {}).get("value") for key in ("title", "what_happened"))
    title = title_of(str(next((value for value in known if value), "")))
    for row in later:
        if "title" in row.facts:
            title = str(row.facts["title"]["value"] or "")
    return title
