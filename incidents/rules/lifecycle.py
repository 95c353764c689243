"""The states of a case and the next act that is due, read from what has been recorded."""

from dataclasses import dataclass

from incidents.rules.telling_order import follows


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
    """The act that is due next; the order is the flow of the law, telling people does not wait for the authority."""
    due = (
        ("none", marks.closed),
        ("acknowledge", not marks.acknowledged),
        ("set_awareness", not marks.awareness_set),
        ("approve", marks.proposed and (marks.shaken or not marks.notify)),
        ("decide", marks.shaken or not marks.notify or marks.against_order),
        ("draft", marks.notify == "yes" and not marks.filed and not marks.drafted),
        ("file", marks.notify == "yes" and not marks.filed),
        ("tell", marks.must_tell),
        ("follow_up", marks.filed and not marks.filing_complete),
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
    )
    return tuple(sentence for stands, sentence in found if stands)
