"""Who is really told: absences, stand-ins and acknowledgements on top of the ladder.

Nobody absent is ever the only one who is told, and somebody is always told. Mailboxes are compared, not accounts: a
shared mailbox counts as read while one of its people is there.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime

from incidents.rules.escalation import (
    Person,
    PlannedStage,
    Policy,
    StageRule,
    next_repeat,
    recipients,
    rule_named,
)
from incidents.rules.office import Sending, local, sending


@dataclass(frozen=True)
class Absence:
    """Somebody is away from the first to the last day (both included, in Hungary); who stands in, if anybody."""

    user_id: str
    first: date
    last: date
    stand_in: str = ""

    def covers(self, at: datetime) -> bool:
        """Whether the person is away at an instant."""
        return self.first <= local(at).date() <= self.last


@dataclass(frozen=True)
class Told:
    """Somebody who is told, and why: audience, stands_in (then for whom), next_in_line, also_absent, fallback, holder.

    The holder is whoever the case was handed over to.
    """

    person: Person
    why: str
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """Somebody of the audience who is not told, and why: absent or no_address."""

    person: Person
    why: str


@dataclass(frozen=True)
class Answer:
    """The real answer to "who would get this now?", with the moment at which it goes out (UTC)."""

    stage: str
    told: tuple[Told, ...]
    left_out: tuple[LeftOut, ...]
    goes_out: Sending


def who_would_get(
    policy: Policy,
    stage: str,
    at: datetime,
    people: Sequence[Person],
    absences: Sequence[Absence] = (),
    *,
    fallback_email: str,
    deadlines: Iterable[datetime] = (),
    holder: str = "",
) -> Answer:
    """Who gets a stage that falls due at an instant, who does not and why, and when the mails go out.

    ``deadlines`` are those of every running clock of the case, ``holder`` the account it was handed over to.

    Raises:
        LookupError: the policy has no such stage.
    """
    rule = rule_named(policy, stage)
    told = told_at(rule, at, people, absences, fallback_email, holder)
    goes_out = sending(at, can_wait=rule.can_wait, quiet=policy.quiet, deadlines=deadlines)
    return Answer(stage, told, _left_out(rule, people, told), goes_out)


def told_at(
    rule: StageRule,
    at: datetime,
    people: Sequence[Person],
    absences: Sequence[Absence],
    fallback_email: str,
    holder: str = "",
) -> tuple[Told, ...]:
    """The people told at a stage, absences and stand-ins considered; never empty, never only absent ones.

    Whoever holds the case (a user id) is told beside the audience, or who stands in for that person.
    """
    told = _told_by_role(rule, at, people, absences, fallback_email)
    extra = _holder(holder, at, people, absences) if holder else None
    if extra is None or _mailbox(extra.person) in {_mailbox(one.person) for one in told}:
        return told
    return (*told, extra)


def _holder(holder: str, at: datetime, people: Sequence[Person], absences: Sequence[Absence]) -> Told | None:
    """Who is told as the one who has the case; nobody when that person is away and nobody stands in."""
    by_id = {person.user_id: person for person in people if person.user_id and person.email}
    away = {absence.user_id: absence for absence in absences if absence.covers(at)}
    found = by_id.get(_last_stand_in(holder, away))
    if found is None:
        return None
    named = by_id.get(holder)
    if found.user_id == holder or named is None:
        return Told(found, "holder")
    return Told(found, "stands_in", (named.name,))


def _told_by_role(
    rule: StageRule, at: datetime, people: Sequence[Person], absences: Sequence[Absence], fallback_email: str
) -> tuple[Told, ...]:
    away = {absence.user_id: absence for absence in absences if absence.user_id and absence.covers(at)}
    gone = _unread(people, away)
    read = [person for person in people if _mailbox(person) not in gone]
    present = sorted(read, key=lambda person: person.user_id in away)  # of a shared mailbox whoever is there is named
    proxies, stands_for = _proxies(people, away, present, gone)
    planned = recipients(rule, people, fallback_email)
    chosen = recipients(rule, [*present, *proxies], fallback_email)
    expected = {_mailbox(one) for one in planned}
    told = tuple(_told(_original(one, people), expected, stands_for) for one in chosen)
    if all(one.why == "fallback" for one in told):
        told += tuple(
            Told(one, "also_absent") for one in planned if _mailbox(one) in gone - {fallback_email.casefold()}
        )
    return told


def _mailbox(person: Person) -> str:
    return person.email.casefold()


def _unread(people: Sequence[Person], away: dict[str, Absence]) -> set[str]:
    """The mailboxes that nobody reads: every account on them is away. A name without account follows its mailbox."""
    accounts = [person for person in people if person.user_id and person.email]
    there = {_mailbox(person) for person in accounts if person.user_id not in away}
    return {_mailbox(person) for person in accounts} - there


def _proxies(
    people: Sequence[Person], away: dict[str, Absence], present: Sequence[Person], gone: Set[str]
) -> tuple[list[Person], dict[str, tuple[str, ...]]]:
    """The stand-ins, each in the role of whom they stand in for, and by mailbox the names of those."""
    by_id = {person.user_id: person for person in present if person.user_id and person.email}
    proxies: list[Person] = []
    stands_for: dict[str, tuple[str, ...]] = {}
    for person in people:
        stand_in = by_id.get(_last_stand_in(person.user_id, away)) if _mailbox(person) in gone else None
        if stand_in:
            proxies.append(replace(stand_in, roles=person.roles, deputy=person.deputy))
            stands_for[_mailbox(stand_in)] = (*stands_for.get(_mailbox(stand_in), ()), person.name)
    return proxies, stands_for


def _last_stand_in(user_id: str, away: dict[str, Absence]) -> str:
    """Who stands in at the end of the chain; a chain that turns back on itself ends with nobody."""
    seen: set[str] = set()
    while user_id in away:
        if user_id in seen:
            return ""
        seen.add(user_id)
        user_id = away[user_id].stand_in
    return user_id


def _original(chosen: Person, people: Sequence[Person]) -> Person:
    """The person as listed: a proxy wears somebody else's roles."""
    return next((one for one in people if (one.user_id, one.email) == (chosen.user_id, chosen.email)), chosen)


def _told(person: Person, expected: Set[str], stands_for: dict[str, tuple[str, ...]]) -> Told:
    mailbox = _mailbox(person)
    if not (person.user_id or person.name):
        return Told(person, "fallback")
    if mailbox in expected:
        return Told(person, "audience")
    if mailbox in stands_for:
        return Told(person, "stands_in", stands_for[mailbox])
    return Told(person, "next_in_line")


def _left_out(rule: StageRule, people: Sequence[Person], told: Sequence[Told]) -> tuple[LeftOut, ...]:
    reached = {_mailbox(one.person) for one in told}
    addressed = [replace(person, email=person.email or f"?{place}") for place, person in enumerate(people)]
    wanted = {_mailbox(person) for person in recipients(rule, addressed, "")}
    return tuple(
        LeftOut(person, "absent" if person.email else "no_address")
        for person, stand in zip(people, addressed, strict=True)
        if _mailbox(stand) in wanted - reached
    )


def is_acknowledged(rule: StageRule, told: Iterable[Person], acknowledged_by: Set[str]) -> bool:
    """Whether a stage counts as acknowledged: by anybody, or by all who were told where the policy wants that.

    ``acknowledged_by`` holds user ids; people without an account cannot acknowledge and are not waited for.
    """
    if not rule.everybody_acknowledges:
        return bool(acknowledged_by)
    wanted = {person.user_id for person in told if person.user_id}
    return wanted <= acknowledged_by if wanted else bool(acknowledged_by)


def repeat_after(
    policy: Policy, stage: PlannedStage, told: Iterable[Person], acknowledged_by: Set[str]
) -> PlannedStage | None:
    """What follows a stage that has fired: its repeat, unless it was acknowledged.

    An acknowledgement stops the repeats of this stage; the later stages of the ladder stay.
    """
    if is_acknowledged(rule_named(policy, stage.name), told, acknowledged_by):
        return None
    return next_repeat(policy, stage.name, stage.due_at)
