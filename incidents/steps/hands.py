"""Hands: in whose hands a case is, which warnings repeat until somebody says that they were seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from incidents.rules.escalation import Policy, StageRule, rule_named, split_name, stage_label
from incidents.steps.cases import Case
from incidents.steps.policies import ladders_of
from incidents.steps.telling import Acknowledged
from incidents.store import deadlines
from incidents.store.tables import ClockRow, Stage
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Repeating:
    """A warning that has gone out and is repeated, with its newest name and words; ``by``: user ids (or names)."""

    clock: ClockRow
    stage: str
    label: Mapping[str, str]
    by: frozenset[str]
    everybody: bool

    def waits_for(self, user_id: UUID) -> bool:
        """Whether this person can still say that it was seen."""
        return str(user_id) not in self.by and (self.everybody or not self.by)


def repeating(uow: UnitOfWork, case: Case) -> list[Repeating]:
    """The warnings of the running clocks of a case that are repeated until they are acknowledged."""
    clocks = {one.id: one for one in deadlines.clocks_of_cases(uow, [case.incident.id]) if one.state == "running"}
    ladders = ladders_of(uow, clocks.values())
    seen = Acknowledged.of(case.acknowledgements, clocks.values())
    newest: dict[tuple[UUID, str], Stage] = {}
    for stage in case.stages:
        if stage.state == "fired" and stage.clock_id in ladders and _ahead(case, stage):
            newest[stage.clock_id, split_name(stage.name)[0]] = stage
    return [_repeating(clocks[stage.clock_id], ladders[stage.clock_id], stage, seen) for stage in newest.values()]


def _ahead(case: Case, stage: Stage) -> bool:
    """Whether a repeat of a stage is still planned."""
    rung = split_name(stage.name)[0]
    return any(
        one.state == "scheduled" and one.clock_id == stage.clock_id and split_name(one.name)[0] == rung
        for one in case.stages
    )


def _repeating(clock: ClockRow, ladder: Policy, stage: Stage, seen: Acknowledged) -> Repeating:
    rule: StageRule = rule_named(ladder, stage.name)
    label = {lang: stage_label(ladder, stage.name, lang) for lang in ("hu", "en")}
    return Repeating(clock, stage.name, label, frozenset(seen.stage(clock, stage.name)), rule.everybody_acknowledges)
