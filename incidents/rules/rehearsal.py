"""What a drill has shown: stage by stage who was told and who answered after how long, and a verdict in plain words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from incidents.base.hungarian import hours_in_words, join_words, with_article
from incidents.rules.drills import words
from incidents.rules.pace import Pace

LONG_ON_LADDER = timedelta(hours=2)
LONG_IN_DAY = timedelta(minutes=5)
"""A silence counts when it is long by both: nobody answers a mail in fifty seconds, however fast the ladder goes."""
LATE_AFTER = timedelta(minutes=1)
"""The sweep looks twice a minute."""


@dataclass(frozen=True)
class Letter:
    """A mail of a stage: to whom, when it was handed over, what became of it and why it failed."""

    name: str
    address: str
    state: str
    handed_over_at: datetime | None = None
    failure: str = ""

    @property
    def who(self) -> str:
        """The name, or the address of a mailbox without one."""
        return self.name or self.address

    @property
    def failed(self) -> bool:
        """Whether it did not reach its addressee."""
        return self.state in {"dead", "bounced"}


@dataclass(frozen=True)
class Reply:
    """Somebody acknowledged the case, or one stage of it."""

    name: str
    at: datetime
    stage: str = ""


@dataclass(frozen=True)
class Rung:
    """A stage of the drill: due and fired (aware UTC), whom it told; ``reason`` says why it was called off."""

    number: int
    name: str
    label: str
    due_at: datetime
    state: str
    fired_at: datetime | None = None
    reason: str = ""
    letters: tuple[Letter, ...] = ()
    stood_in: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def late(self) -> timedelta:
        """How long after its time it went out."""
        return max(self.fired_at - self.due_at, timedelta(0)) if self.fired_at else timedelta(0)


@dataclass(frozen=True)
class Rehearsal:
    """Everything a drill has shown up to an instant: its end, or now."""

    pace: Pace
    deadline_at: datetime
    until: datetime
    running: bool
    rungs: tuple[Rung, ...]
    replies: tuple[Reply, ...] = ()
    decided_at: datetime | None = None
    filed_at: datetime | None = None
    stopped_by: str = ""

    @property
    def fired(self) -> list[Rung]:
        """The stages that went out, in order."""
        return [rung for rung in self.rungs if rung.fired_at]

    @property
    def first_reply(self) -> Reply | None:
        """The first acknowledgement."""
        return self.replies[0] if self.replies else None

    def on_ladder(self, at: datetime) -> timedelta:
        """How much of the ladder had passed at an instant, to the second: squeezed instants are rounded."""
        return timedelta(seconds=round((self.pace.on_ladder(at) - self.pace.start).total_seconds()))

    def replies_to(self, rung: Rung) -> list[Reply]:
        """The acknowledgements a stage brought: those of it by name, and those before the next one went out."""
        if rung.fired_at is None:
            return []
        following = next((one.fired_at for one in self.fired if one.fired_at and one.fired_at > rung.fired_at), None)
        return [
            reply
            for reply in self.replies
            if reply.stage == rung.name
            or (not reply.stage and rung.fired_at <= reply.at and (following is None or reply.at < following))
        ]

    def silences(self) -> Iterator[tuple[Rung, timedelta]]:
        """How long each stage before the first acknowledgement was left without one, in the time of the day."""
        answered = self.first_reply.at if self.first_reply else self.until
        fired = [(rung, rung.fired_at) for rung in self.fired if rung.fired_at and rung.fired_at < answered]
        ends = [*(at for _, at in fired[1:]), answered]
        return ((rung, end - at) for (rung, at), end in zip(fired, ends, strict=False) if end > at)


@dataclass(frozen=True)
class Finding:
    """One thing a drill has shown: the code of a sentence in law/texts/drills, and what stands in its places."""

    code: str
    rung: int = 0
    names: tuple[str, ...] = ()
    day: timedelta = timedelta(0)
    ladder: timedelta = timedelta(0)


@dataclass(frozen=True)
class Verdict:
    """``passed``, ``gaps``, ``failed`` or ``running``, with what it rests on."""

    grade: str
    findings: tuple[Finding, ...] = field(default=())

    def sentences(self, lang: str) -> list[str]:
        """The findings in words."""
        return [say(finding, lang) for finding in self.findings]

    def headline(self, lang: str) -> str:
        """The verdict in a sentence."""
        return str(words()["grades"][self.grade][lang])


FAULTS = frozenset({"not_taken", "silence", "undelivered", "waiting", "late", "absent"})
"""Findings that are gaps of the chain of warnings; what people then did in the case is told, not judged."""


def verdict(seen: Rehearsal) -> Verdict:
    """What a drill says about the chain of warnings."""
    findings = (*_taking(seen), *_delivery(seen), *_people(seen), *_duties(seen))
    if seen.stopped_by:
        findings += (Finding("stopped", names=(seen.stopped_by,), ladder=seen.on_ladder(seen.until)),)
    return Verdict(_grade(seen, findings), findings)


def _grade(seen: Rehearsal, findings: Sequence[Finding]) -> str:
    if seen.running:
        return "running"
    nobody_told = any(rung.letters and all(one.failed for one in rung.letters) for rung in seen.fired)
    codes = {finding.code for finding in findings}
    if "not_taken" in codes or nobody_told:
        return "failed"
    return "gaps" if codes & FAULTS else "passed"


def _taking(seen: Rehearsal) -> Iterator[Finding]:
    if reply := seen.first_reply:
        yield _taken(seen, reply)
    elif seen.fired:
        yield Finding("not_taken")
    for rung, silence in seen.silences():
        on_ladder = seen.pace.ladder_time(silence)
        if on_ladder >= LONG_ON_LADDER and silence >= LONG_IN_DAY:
            yield Finding("silence", rung.number, (), silence, on_ladder)


def _taken(seen: Rehearsal, reply: Reply) -> Finding:
    before = [(rung.number, rung.fired_at) for rung in seen.fired if rung.fired_at and rung.fired_at <= reply.at]
    if not before:
        return Finding("taken_at_once", names=(reply.name,))
    number, fired_at = before[-1]
    passed = reply.at - fired_at
    return Finding("taken", number, (reply.name,), passed, seen.pace.ladder_time(passed))


def _delivery(seen: Rehearsal) -> Iterator[Finding]:
    letters = [letter for rung in seen.fired for letter in rung.letters]
    if failed := _names(one.who for one in letters if one.failed):
        yield Finding("undelivered", names=failed)
    if waiting := _names(one.who for one in letters if one.state == "queued"):
        yield Finding("waiting", names=waiting)
    for rung in seen.fired:
        if rung.late > LATE_AFTER:
            yield Finding("late", rung.number, (), rung.late)


def _people(seen: Rehearsal) -> Iterator[Finding]:
    told = _names(letter.who for rung in seen.fired for letter in rung.letters)
    answered = {reply.name for reply in seen.replies}
    if seen.replies and (silent := tuple(name for name in told if name not in answered)):
        yield Finding("never", names=silent)
    if stood_in := _names(name for rung in seen.fired for name in rung.stood_in):
        yield Finding("stood_in", names=stood_in)
    if absent := _names(name for rung in seen.fired for name in rung.absent):
        yield Finding("absent", names=absent)


def _duties(seen: Rehearsal) -> Iterator[Finding]:
    if seen.decided_at:
        yield Finding("decided", ladder=seen.on_ladder(seen.decided_at))
    elif seen.until >= seen.deadline_at:
        yield Finding("undecided")
    if seen.filed_at:
        late = seen.filed_at > seen.deadline_at
        yield Finding("filed_late" if late else "filed", ladder=seen.on_ladder(seen.filed_at))
    elif seen.until >= seen.deadline_at:
        yield Finding("unfiled")


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def say(finding: Finding, lang: str) -> str:
    """A finding as a sentence."""
    law = words()
    places = {
        "names": join_words(list(finding.names), lang),
        "name": next(iter(finding.names), ""),
        "real": in_words(finding.day, lang),
        "ladder": hours_in_words(finding.ladder, lang),
        "stage": stage_words(law["stage"], "at" if finding.code == "silence" else "after", finding.rung, lang),
    }
    return str(law["sentences"][finding.code][lang]).format(**places)


def stage_words(law: Mapping[str, Mapping[str, str]], form: str, number: int, lang: str) -> str:
    """A stage by its number, with its article in Hungarian; each sentence that names a stage begins with it there."""
    said = law[form][lang].format(number=number)
    return with_article(said, capital=True) if lang == "hu" else said


def in_words(passed: timedelta, lang: str) -> str:
    """A time of the day in words; below a minute in seconds, since in a drill these count."""
    if timedelta(0) <= passed < timedelta(minutes=1):
        seconds = int(passed.total_seconds())
        return f"{seconds} másodperc" if lang == "hu" else f"{seconds} second{'' if seconds == 1 else 's'}"
    return hours_in_words(passed, lang)
