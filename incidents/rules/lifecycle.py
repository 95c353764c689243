"""The states of a case and the next act that is due, read from what has been recorded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from incidents.rules.telling_order import follows

TELLING = "gdpr-34"
ANSWERED_ELSEWHERE = (TELLING, "follow-up")
"""Duties whose own act is another one: telling the people, and the follow-up of a filing."""


@dataclass(frozen=True)
class DutyMark:
    """A duty beside Art. 33: its regime, its state, and when its next report is due (UTC; None: not known)."""

    regime: str
    state: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Pressing:
    """What of the duties beside Art. 33 is open, and what of it comes before the deadline of Art. 33."""

    undecided: bool = False
    undecided_soon: bool = False
    report_soon: bool = False
    running: bool = False


def pressing(duties: Collection[DutyMark], deadline: datetime | None) -> Pressing:
    """What is open of other duties; ``deadline`` is that of Art. 33 (UTC), None once its clock has stopped."""
    undecided = [one for one in duties if one.state == "proposed"]
    running = [one for one in duties if one.state == "confirmed" and one.regime != TELLING]
    own = [one for one in running if one.regime not in ANSWERED_ELSEWHERE]

    def soon(found: list[DutyMark]) -> bool:
        return any(one.due_at and (deadline is None or one.due_at < deadline) for one in found)

    return Pressing(bool(undecided), soon(undecided), deadline is not None and soon(own), bool(running))


@dataclass(frozen=True)
class Marks:
    """What has been recorded in a case so far."""

    acknowledged: bool = False
    awareness_set: bool = False
    notify: str = ""
    """The newest decision on the authority: ``yes``, ``no`` or empty while undecided."""
    tell: str = ""
    """The newest decision on the people: ``yes``, ``no``, ``exempt`` or empty."""
    exemption: str = ""
    """The letter of Art. 34(3) relied on; (c) still owes a public notice."""
    drafted: bool = False
    filed: bool = False
    filing_complete: bool = False
    told: bool = False
    closed: bool = False
    proposed: bool = False
    """Whether a decision waits for a second person."""
    shaken: bool = False
    """Whether facts recorded since have taken the decision its ground, so that it must be taken again."""
    duties: Pressing = Pressing()
    """Of other duties than Art. 33 and 34."""

    ordered: bool = False
    """Whether the authority has ordered that the people be told (Art. 34(4)), and nobody has been told since."""

    @property
    def must_tell(self) -> bool:
        """Whether people are still owed something: a message, or a public notice under Art. 34(3)(c)."""
        return follows(self.tell, self.exemption) and (self.ordered or not self.told)

    @property
    def against_order(self) -> bool:
        """Whether the authority has ordered something that is not decided yet (Art. 34(4))."""
        return self.ordered and not follows(self.tell, self.exemption)


def state(marks: Marks) -> str:
    """One word for where the case stands: reported, acknowledged, decided, filed or closed."""
    if marks.closed:
        return "closed"
    if marks.filed:
        return "filed"
    if marks.notify:
        return "decided"
    return "acknowledged" if marks.acknowledged else "reported"


def next_act(marks: Marks) -> str:
    """The act that is due next; the order is the flow of the law, telling people does not wait for the authority.

    A duty that may end before the 72 hours comes before them: a person confirms or declines it in a minute, and its
    four or 24 hours run already.
    """
    due = (
        ("none", marks.closed),
        ("acknowledge", not marks.acknowledged),
        ("duties", marks.duties.undecided_soon),
        ("set_awareness", not marks.awareness_set),
        ("duties", marks.duties.report_soon),
        ("approve", marks.proposed and (marks.shaken or not marks.notify)),
        ("decide", marks.shaken or not marks.notify or marks.against_order),
        ("duties", marks.duties.undecided),
        ("draft", marks.notify == "yes" and not marks.filed and not marks.drafted),
        ("file", marks.notify == "yes" and not marks.filed),
        ("tell", marks.must_tell),
        ("follow_up", marks.filed and not marks.filing_complete),
        ("duties", marks.duties.running),
        ("close", True),
    )
    return next(act for act, is_due in due if is_due)


def obstacles_to_closing(marks: Marks) -> tuple[str, ...]:
    """What stands in the way of closing, as English sentences for the person; empty when nothing does."""
    found = (
        (not marks.notify, "There is no decision yet."),
        (marks.proposed, "A proposed decision waits for its second person: it must be answered first."),
        (marks.shaken, "Facts recorded since have taken the decision its ground: decide again first."),
        (
            marks.notify == "yes" and not marks.filed,
            "The decision was to notify the authority, but no filing is recorded.",
        ),
        (
            marks.filed and not marks.filing_complete,
            "The newest filing is incomplete: record the complete follow-up first.",
        ),
        (marks.against_order, "The authority has ordered that the people be told: decide so, then tell them."),
        (marks.must_tell, "The decision was to tell the people concerned, but no communication is recorded."),
        (marks.duties.undecided, "A further duty waits for an answer: confirm it or decline it with a reason."),
        (marks.duties.running, "A further duty is running: record its reports, or decline it with a reason."),
    )
    return tuple(sentence for stands, sentence in found if stands)
