"""The register of Art. 33(5) as a table: one line a case, for the page, the sheet and the print."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Any

from incidents.base.dated import in_force
from incidents.base.hungarian import format_number, format_table_datetime, hours_in_words
from incidents.base.time import BUDAPEST, zone
from incidents.rules.assess.summary import short
from incidents.rules.draft.words import Texts, in_words
from incidents.rules.facts import FactState
from incidents.steps.cases import Case
from incidents.steps.register import SignedHead
from incidents.store.tables import Communication
from notifications.documents.dutybook import further_duties
from notifications.documents.register import RegisterCell
from notifications.documents.threadbook import file_lines, thread_lines


@cache
def _law() -> Mapping[str, Any]:
    return in_force("texts", "register", date(2026, 1, 1))


def columns(lang: str, *, short: bool = False) -> list[tuple[str, str]]:
    """Keys and headings of the register, in order; ``short``: only what fits a printed line."""
    return [
        (column["key"], column["heading"][lang])
        for column in _law()["columns"]
        if not short or column.get("short", False)
    ]


def title(lang: str) -> str:
    """What the register is called."""
    return str(_law()["phrases"]["title"][lang])


def cells(case: Case, lang: str) -> dict[str, RegisterCell]:
    """One case as a line of the register; what is not known says so, what has not happened is empty."""
    texts = Texts("register", case.incident.opened_at.date(), lang)
    facts = {column["key"]: _fact(case, column["key"], texts) for column in _law()["columns"] if column.get("fact")}
    return {**{key: read(case, texts) for key, read in _READERS.items()}, **facts}


def _fact(case: Case, key: str, texts: Texts) -> RegisterCell:
    if case.facts.state(key) is not FactState.KNOWN:
        return texts.say("unknown")
    value = case.facts.value(key)
    if key in {"subjects_count", "records_count"} and isinstance(value, dict):
        return _count(value, texts)
    if key in {"occurred_from", "occurred_to"} and isinstance(value, dict):
        return _local(datetime.fromisoformat(str(value["at"])))
    return "\n".join(in_words(key, value, texts))


def _count(value: Mapping[str, Any], texts: Texts) -> RegisterCell:
    if value["number"] is None:
        return texts.say("unknown")
    number = format_number(int(value["number"]), texts.lang)
    return texts.say("people", number=number, precision=texts.say(str(value["precision"])))


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(zone(BUDAPEST)) if at else None


def _decided(read: Callable[[Any], RegisterCell]) -> Callable[[Case, Texts], RegisterCell]:
    return lambda case, _texts: read(case.decision) if case.decision else None


def _filed(read: Callable[[Any], RegisterCell]) -> Callable[[Case, Texts], RegisterCell]:
    return lambda case, _texts: read(case.filing) if case.filing else None


def _notify(case: Case, texts: Texts) -> RegisterCell:
    return texts.say(f"notify_{case.decision.notify}") if case.decision else texts.say("undecided")


def _tell(case: Case, texts: Texts) -> RegisterCell:
    if case.decision is None:
        return texts.say("undecided")
    return texts.say(f"tell_{case.decision.tell}", letter=case.decision.exemption)


def _awareness(case: Case, texts: Texts) -> RegisterCell:
    return texts.say("provisional") if case.provisional else _local(case.clock.anchor_at)


def _lateness(case: Case, texts: Texts) -> RegisterCell:
    if case.filing is None:
        return None
    if not case.filing.late_by_seconds:
        return texts.say("in_time")
    return hours_in_words(case.filing.filed_at - case.filing.deadline_at, texts.lang)


def _communications(case: Case, texts: Texts) -> RegisterCell:
    return "\n".join(_communication(one, texts) for one in case.communications)


def _communication(row: Communication, texts: Texts) -> str:
    number = "" if row.reached is None else format_number(row.reached, texts.lang)
    reached = texts.say("reached", number=number) if number else texts.say("reached_unknown")
    when = format_table_datetime(row.sent_at, texts.lang)
    return f"{when}, {_law()['forms'][row.form][texts.lang]}, {reached}"


def _identifiers(case: Case, _texts: Texts) -> RegisterCell:
    named = [row.authority_identifier for row in case.filings] + [row.authority_identifier for row in case.receipts]
    return ", ".join(dict.fromkeys(one for one in named if one))


def _risk(case: Case, texts: Texts) -> RegisterCell:
    return short(case.assessment.outcome, texts.lang) if case.assessment else texts.say("not_assessed")


def _rules(case: Case, texts: Texts) -> RegisterCell:
    run = case.assessment
    return texts.say("rules", rules=run.rule_set, number=str(run.version), by=run.made_by) if run else ""


def _second_person(case: Case, texts: Texts) -> RegisterCell:
    decision = case.decision
    if decision is None or not decision.approved_by:
        return ""
    said = "approved" if decision.approval else "approved_plain"
    return texts.say(said, name=decision.approved_by, sentence=decision.approval)


_READERS: Mapping[str, Callable[[Case, Texts], RegisterCell]] = {
    "reference": lambda case, _texts: case.incident.reference,
    "controller": lambda case, _texts: case.controller.name,
    "title": lambda case, _texts: case.incident.title,
    "state": lambda case, texts: _law()["states"][case.state][texts.lang],
    "first_signal": lambda case, _texts: _local(case.incident.first_signal_at),
    "awareness": _awareness,
    "awareness_reason": lambda case, _texts: "" if case.provisional else case.clock.reason,
    "deadline": lambda case, _texts: _local(case.clock.deadline_at),
    "notify": _notify,
    "reasons_authority": _decided(lambda decision: decision.reasons_authority),
    "tell": _tell,
    "reasons_subjects": _decided(lambda decision: decision.reasons_subjects),
    "decided_by": _decided(lambda decision: decision.decided_by),
    "decided_at": _decided(lambda decision: _local(decision.decided_at)),
    "risk_result": _risk,
    "rule_set": _rules,
    "second_person": _second_person,
    "filed_at": _filed(lambda filing: _local(filing.filed_at)),
    "lateness": _lateness,
    "delay_reasons": _filed(lambda filing: filing.delay_reasons),
    "channel": lambda case, texts: _law()["channels"][case.filing.channel][texts.lang] if case.filing else None,
    "authority_identifier": _identifiers,
    "thread": thread_lines,
    "files": file_lines,
    "communications": _communications,
    "duties": further_duties,
    "closed_at": lambda case, _texts: _local(case.incident.closed_at),
    "closing_note": lambda case, _texts: case.incident.closing_note,
}


def book(cases: Sequence[Case], lang: str) -> list[dict[str, RegisterCell]]:
    """The whole register, a line a case."""
    return [cells(case, lang) for case in cases]


def proof(head: SignedHead, lang: str) -> list[tuple[str, str]]:
    """The signed newest link of a controller's event log in words: number, hash, time, public key, signature."""
    labels = _law()["proof"]
    return [(labels[key][lang], str(value)) for key, value in asdict(head).items()]
