"""The escalation ladder: which warning falls due when, whether it still has a point, and who gets it.

GDPR 33(1) and EDPB Guidelines 9/2022 § 36, § 40. The ladder is data (law/policies); times are UTC.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from incidents.base.dated import in_force, of_version
from incidents.base.time import utc
from incidents.rules.office import QuietHours, WorkingHours
from incidents.rules.pace import REAL_TIME, Pace

RESPONSIBLE = ("dpo", "deputy", "handler", "manager", "admin")
"""The audience words in the order in which people stand in a list of recipients; ``all`` means all of these."""

_STAND_INS = {"dpo": "manager", "deputy": "manager"}
_LAST_RESORTS = ("manager", "admin")


@dataclass(frozen=True)
class StageRule:
    """One rung: hours after (or, negative, before) an instant, its audience and what makes it moot.

    ``counted_from`` is opened, anchor, deadline or office_close: the last closing time before a deadline that falls
    outside working hours. ``can_wait`` lets quiet hours hold its mails. ``everybody_acknowledges``: one
    acknowledgement is not enough to stop its repeats. ``only_ahead``: not planned when already past at the start.
    """

    name: str
    counted_from: str
    after: timedelta
    repeat_every: timedelta | None
    audience: tuple[str, ...]
    moot_when: frozenset[str]
    label: Mapping[str, str]
    can_wait: bool = False
    everybody_acknowledges: bool = False
    only_ahead: bool = False
    channels: tuple[str, ...] = ("mail", "webhook")


@dataclass(frozen=True)
class Policy:
    """A ladder with the words for its moot reasons, the hours of the office and those in which mails may wait.

    ``pace`` is that of a drill, else real time; durations and words are those of the ladder at any pace.
    """

    id: str
    version: str
    stages: tuple[StageRule, ...]
    moot_reasons: Mapping[str, Mapping[str, str]]
    office: WorkingHours | None = None
    quiet: QuietHours | None = None
    pace: Pace = REAL_TIME


@dataclass(frozen=True)
class PlannedStage:
    """A warning and the instant (UTC) at which it falls due."""

    name: str
    due_at: datetime


@dataclass(frozen=True)
class CaseState:
    """What a stage needs to know about its case when it falls due; ``notify`` is None while undecided.

    On the clock of another regime ``filed`` is that of its own report, and ``declined`` says that a person found, with
    a reason, that the regime does not apply.
    """

    acknowledged: bool = False
    decided: bool = False
    notify: bool | None = None
    filed: bool = False
    closed: bool = False
    declined: bool = False


@dataclass(frozen=True)
class Fire:
    """The warning goes out."""


@dataclass(frozen=True)
class Moot:
    """The warning has lost its point; the code names why, its words are in the policy."""

    reason_code: str


@dataclass(frozen=True)
class Person:
    """Somebody a controller named, with the roles held there; a deputy stands in for others of the same role."""

    user_id: str
    name: str
    email: str
    language: str
    roles: frozenset[str]
    deputy: bool = False


def policy_for(policy_id: str, on: date) -> Policy:
    """The ladder of that id in force on a day.

    Raises:
        NoSuchLawError: none is.
    """
    return policy_of_version(policy_id, in_force("policies", policy_id, on)["version"])


@cache
def policy_of_version(policy_id: str, version: str) -> Policy:
    """The ladder an older clock was planned under.

    Raises:
        NoSuchLawError: there is none.
    """
    return read_policy(of_version("policies", policy_id, version))


def read_policy(law: Mapping[str, Any]) -> Policy:
    """A ladder from data of the shape of law/policies: of a file, or of a controller's own version.

    Raises:
        KeyError, ValueError: the data are no policy; ask ``policies.policy_faults`` first.
    """
    stages = tuple(_stage_rule(stage) for stage in law["stages"])
    office = WorkingHours.of(law["working_hours"]) if "working_hours" in law else None
    quiet = QuietHours.of(law["quiet"]) if "quiet" in law else None
    return Policy(law["id"], law["version"], stages, law["moot_reasons"], office, quiet)


def at_pace(policy: Policy, pace: Pace) -> Policy:
    """The ladder at a pace; where hours pass faster than they do, no mail waits for the morning."""
    if pace == policy.pace:
        return policy
    return replace(policy, pace=pace, quiet=policy.quiet if pace.speed == 1 else None)


def _stage_rule(stage: Mapping[str, Any]) -> StageRule:
    repeat = stage.get("repeat_hours")
    return StageRule(
        name=stage["name"],
        counted_from=stage["from"],
        after=timedelta(hours=stage["after_hours"]),
        repeat_every=timedelta(hours=repeat) if repeat else None,
        audience=tuple(stage["audience"]),
        moot_when=frozenset(stage["moot_when"]),
        label=stage["label"],
        can_wait=stage.get("can_wait", False),
        everybody_acknowledges=stage.get("everybody_acknowledges", False),
        only_ahead=stage.get("only_ahead", False),
        channels=tuple(stage.get("channels", ("mail", "webhook"))),
    )


@lru_cache(maxsize=1024)
def split_name(name: str) -> tuple[str, int]:
    """A planned name as rung and count: ``overdue-3`` is the third of ``overdue``; others count as the first."""
    rung, _, count = name.partition("-")
    return rung, int(count or 1)


def rule_named(policy: Policy, name: str) -> StageRule:
    """The rung of a planned stage; ``overdue-3`` belongs to ``overdue``.

    Raises:
        LookupError: the ladder has no such rung.
    """
    rung = split_name(name)[0]
    for rule in policy.stages:
        if rule.name == rung:
            return rule
    raise LookupError(f"policy {policy.id}-{policy.version} has no stage {name}")


def stage_label(policy: Policy, name: str, lang: str) -> str:
    """The words for a stage; repeated ones say the hours since the deadline, never days."""
    rule = rule_named(policy, name)
    since = rule.after + (rule.repeat_every or timedelta(0)) * (split_name(name)[1] - 1)
    return rule.label[lang].replace("{hours}", str(since // timedelta(hours=1)))


def plan_stages(
    policy: Policy, *, opened_at: datetime, anchor: datetime, deadline: datetime
) -> tuple[PlannedStage, ...]:
    """Every stage of a new clock in order of time; of a repeated one the first (then see ``next_repeat``).

    Stages already past when the clock starts late are planned too: what is late is recorded, never skipped. Left out
    are those that make no sense on a clock so short: ``only_ahead`` and past, or no closing time before the deadline.
    """
    begins = {"opened": opened_at, "anchor": anchor, "deadline": deadline}
    starts = {name: policy.pace.on_ladder(utc(at)) for name, at in begins.items()}
    start = max(starts["opened"], starts["anchor"])
    planned = (
        PlannedStage(f"{rule.name}-1" if rule.repeat_every else rule.name, policy.pace.of_day(due_at))
        for rule in policy.stages
        if (due_at := _due_at(policy, rule, starts, start)) is not None
    )
    return tuple(sorted(planned, key=lambda stage: stage.due_at))


def _due_at(policy: Policy, rule: StageRule, starts: Mapping[str, datetime], start: datetime) -> datetime | None:
    if rule.counted_from == "office_close":
        return _before_leaving(policy, rule, starts["deadline"], start)
    due_at = starts[rule.counted_from] + rule.after
    return None if rule.only_ahead and due_at <= start else due_at


def _before_leaving(policy: Policy, rule: StageRule, deadline: datetime, start: datetime) -> datetime | None:
    """When to say "send it before you leave": only for a deadline at which nobody is in the office."""
    if policy.office is None or policy.office.is_open(deadline):
        return None
    closes = policy.office.last_close(deadline)
    if closes is None or closes <= start:
        return None
    return max(closes + rule.after, start)


def next_repeat(policy: Policy, name: str, due_at: datetime) -> PlannedStage | None:
    """What follows a stage that has fallen due: ``overdue-2`` after ``overdue-1``; None after any other."""
    rule = rule_named(policy, name)
    if rule.repeat_every is None:
        return None
    return PlannedStage(f"{rule.name}-{split_name(name)[1] + 1}", utc(due_at) + policy.pace.day_time(rule.repeat_every))


def replan(
    policy: Policy,
    *,
    opened_at: datetime,
    anchor: datetime,
    deadline: datetime,
    now: datetime,
    already_fired: Set[str],
) -> tuple[PlannedStage, ...]:
    """The stages of a corrected clock, without those that fired before and are past on the new clock as well.

    Of a repeated stage the first one not yet told is planned, so that reminders go on where they were.
    """
    planned = plan_stages(policy, opened_at=opened_at, anchor=anchor, deadline=deadline)
    kept = (_first_untold(policy, stage, utc(now), already_fired) for stage in planned)
    return tuple(sorted((stage for stage in kept if stage), key=lambda stage: stage.due_at))


def _first_untold(policy: Policy, stage: PlannedStage, now: datetime, fired: Set[str]) -> PlannedStage | None:
    candidate: PlannedStage | None = stage
    while candidate and candidate.name in fired and candidate.due_at <= now:
        candidate = next_repeat(policy, candidate.name, candidate.due_at)
    return candidate


def outcome(rule: StageRule, state: CaseState) -> Fire | Moot:
    """Whether a stage that falls due still has a point; an undecided case always escalates."""
    holds = {
        "closed": state.closed,
        "filed": state.filed,
        "decided_not_to_notify": state.decided and state.notify is False,
        "decided": state.decided,
        "acknowledged": state.acknowledged,
        "declined": state.declined,
    }
    for reason, true in holds.items():
        if true and reason in rule.moot_when:
            return Moot(reason)
    return Fire()


def recipients(rule: StageRule, people: Sequence[Person], fallback_email: str) -> tuple[Person, ...]:
    """Who is warned at a stage: everybody once, and never nobody.

    Without a DPO or deputy the responsible manager is told; where the audience is empty, the manager, then the
    administrator, then the fallback address (in Hungarian).
    """
    reachable = [person for person in people if person.email]
    words = RESPONSIBLE if "all" in rule.audience else rule.audience
    chosen = _once(person for word in words for person in _audience(word, reachable))
    if chosen:
        return chosen
    for word in _LAST_RESORTS:
        if holders := _once(_holders(word, reachable)):
            return holders
    return (Person("", "", fallback_email, "hu", frozenset()),)


def _audience(word: str, people: Sequence[Person]) -> list[Person]:
    stand_in = _STAND_INS.get(word, "")
    return _holders(word, people) or _holders(stand_in, people)


def _holders(word: str, people: Sequence[Person]) -> list[Person]:
    """Who answers to an audience word; deputies answer to their role only where nobody else does."""
    if word == "deputy":
        return [person for person in people if person.deputy]
    holders = [person for person in people if word in person.roles]
    return [person for person in holders if not person.deputy] or holders


def _once(people: Iterable[Person]) -> tuple[Person, ...]:
    """The same people, each mailbox once, in the order given."""
    by_mailbox: dict[str, Person] = {}
    for person in people:
        by_mailbox.setdefault(person.email.casefold(), person)
    return tuple(by_mailbox.values())
