"""Rehearsals: the report of a drill, read from the rows of its case at any moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from incidents.rules.drills import words
from incidents.rules.escalation import Policy, stage_label
from incidents.rules.rehearsal import Letter, Rehearsal, Reply, Rung
from incidents.steps import drills
from incidents.steps.cases import Case, read_case
from incidents.store.tables import ClockRow, Drill, OutboxMail, Stage
from incidents.store.uow import UnitOfWork

WARNINGS = frozenset({"stage", "undeliverable"})
"""The mails that carry a stage: the warning itself, and the word to the next person when it did not arrive."""


def rehearsal(uow: UnitOfWork, drill_id: UUID, lang: str) -> tuple[Drill, Case, Rehearsal]:
    """A drill, its case and what it has shown so far.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    drill, incident = drills.drill(uow, drill_id)
    case = read_case(uow, incident)
    return drill, case, of_case(drill, case, lang, uow.now)


def of_case(drill: Drill, case: Case, lang: str, now: datetime) -> Rehearsal:
    """What the rows of a drill's case tell, up to its end or now."""
    return Rehearsal(
        pace=case.pace,
        deadline_at=case.clock.deadline_at,
        until=drill.ended_at or now,
        running=drill.ended_at is None,
        rungs=tuple(_rungs(case, lang)),
        replies=tuple(Reply(one.name, one.at, one.stage) for one in case.acknowledgements),
        decided_at=case.decisions[0].decided_at if case.decisions else None,
        filed_at=case.filing.filed_at if case.filing else None,
        stopped_by=drill.ended_by if drill.end_reason == "stopped" else "",
    )


def _rungs(case: Case, lang: str) -> Iterable[Rung]:
    """Every stage but those a corrected clock has planned anew."""
    clocks = {clock.id: clock for clock in case.clocks}
    shown = [stage for stage in case.stages if stage.reason != "superseded" and stage.clock_id in clocks]
    fired = {(e.data.get("clock_id"), e.data.get("stage")): e.data for e in case.events if e.kind == "stage.fired"}
    for number, stage in enumerate(shown, start=1):
        told = fired.get((str(stage.clock_id), stage.name), {})
        yield _rung(case, clocks[stage.clock_id], stage, number, lang, told)


def _rung(case: Case, clock: ClockRow, stage: Stage, number: int, lang: str, told: Mapping[str, Any]) -> Rung:
    ladder = case.ladders.get(clock.id)
    why = told.get("why", ())
    letters = [mail for mail in case.mails if _is_of(mail, stage)]
    names = {mail.recipient: mail.name or mail.recipient for mail in letters}
    return Rung(
        number=number,
        name=stage.name,
        label=stage_label(ladder, stage.name, lang) if ladder else stage.name,
        due_at=stage.due_at,
        state=stage.state,
        fired_at=stage.settled_at if stage.state == "fired" else None,
        reason=_reason(ladder, stage.reason, lang),
        letters=tuple(_letter(mail, case.mails) for mail in letters),
        stood_in=tuple(names.get(one["to"], one["to"]) for one in why if one["why"] == "stands_in"),
        absent=tuple(names.get(one["to"], one["to"]) for one in why if one["why"] == "also_absent"),
    )


def _reason(ladder: Policy | None, code: str, lang: str) -> str:
    known = {**(ladder.moot_reasons if ladder else {}), **words()["reasons"]}
    return str(known[code][lang]) if code in known else code


def _is_of(mail: OutboxMail, stage: Stage) -> bool:
    said = mail.payload
    return mail.template in WARNINGS and (said.get("stage"), said.get("clock_id")) == (stage.name, str(stage.clock_id))


def _letter(mail: OutboxMail, mails: Iterable[OutboxMail]) -> Letter:
    """A mail with what became of it; one taken in by a newer one has gone where that went."""
    went = mail
    by_id = {one.id: one for one in mails}
    while went.folded_into in by_id:
        went = by_id[went.folded_into]
    return Letter(mail.name, mail.recipient, went.state, went.sent_at, went.last_error)
