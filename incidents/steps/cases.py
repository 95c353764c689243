"""What the board and the case page show: read, never written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from incidents.base.time import ZonedInstant
from incidents.rules.assess.breach import overlaid
from incidents.rules.assess.difference import WHOLE, answers, by_group
from incidents.rules.decide import moved_basis
from incidents.rules.draft import CaseFile, ControllerProfile, facts_to_follow
from incidents.rules.duties import is_provisional
from incidents.rules.escalation import Policy
from incidents.rules.facts import Facts
from incidents.rules.lifecycle import Marks, next_act, pressing, state
from incidents.rules.pace import REAL_TIME, Pace
from incidents.rules.telling_order import TELL_PEOPLE, TellingOrder, standing
from incidents.steps.duty_views import DutyView, views
from incidents.steps.guard import require, where_may
from incidents.steps.policies import ladders_of
from incidents.store import board as stored_board
from incidents.store import cases as stored
from incidents.store import decisions, filings, incidents
from incidents.store.cases import CaseRows
from incidents.store.deadlines import LOST_MAIL, acknowledgements_of, lost_in
from incidents.store.incidents import BoardFilter
from incidents.store.tables import (
    Acknowledgement,
    Assessment,
    ClockRow,
    Decision,
    DecisionProposal,
    Event,
    FactAmendment,
    Filing,
    Handover,
    Incident,
)
from incidents.store.uow import UnitOfWork


def is_filed(filings: Sequence[Filing], decision: Decision | None) -> bool:
    """Whether the authority was notified; a withdrawn notification counts until somebody decides to notify again."""
    if not filings or filings[-1].kind != "withdrawal":
        return bool(filings)
    return decision is None or decision.notify != "yes" or decision.decided_at <= filings[-1].recorded_at


def is_complete(filings: Sequence[Filing]) -> bool:
    """Whether nothing is to follow: the person who filed last called it complete, or it was withdrawn."""
    return bool(filings) and (filings[-1].complete or filings[-1].kind == "withdrawal")


def waits_for_answer(proposal: DecisionProposal, newest: DecisionProposal | None, standing: int) -> bool:
    """Whether an unanswered proposal is still the newest word: no other one, and no decision since."""
    return newest is not None and newest.id == proposal.id and proposal.follows == standing


def exempt_facts_moved(decision: Decision, said: Sequence[FactAmendment], upto: int | None = None) -> tuple[str, ...]:
    """The facts an exemption of Art. 34(3) rests on that read differently by now (or by a version of the facts)."""
    then, now = (_facts_of_groups(said, version) for version in (decision.facts_version, upto))
    exempt = [name for name in now if decision.tell_by_group.get(name, decision.tell) == "exempt"]
    none = then[WHOLE]
    return tuple(
        dict.fromkeys(
            key for name in exempt for key in moved_basis(decision.exemption, then.get(name, none), now[name])
        )
    )


def _facts_of_groups(said: Sequence[FactAmendment], upto: int | None) -> dict[str, Facts]:
    everybody = incidents.fold_facts(said, upto)
    groups = incidents.fold_groups(said, upto)
    return {WHOLE: everybody, **{name: overlaid(everybody, own) for name, own in groups.items()}}


WARNED_OF = ("amendments", "clocks", "duty_clocks", "acknowledgements", "assessments", "decisions")
"""The kinds of rows a warning speaks of."""


@dataclass(frozen=True)
class Case(CaseRows):
    """Everything recorded about one incident, and what follows from it."""

    facts: Facts
    """Of everybody."""
    groups: Mapping[str, Facts]
    """What was said of each group of people by itself."""
    ladders: Mapping[UUID, Policy]
    """By clock version, the ladder it escalates by."""

    def facts_of(self, group: str) -> Facts:
        """The facts of a group of people: its own, and for the rest those of everybody.

        Raises:
            KeyError: there is no such group.
        """
        return overlaid(self.facts, self.groups[group]) if group else self.facts

    @property
    def assessment(self) -> Assessment | None:
        """The newest run of the risk test."""
        return self.assessments[-1] if self.assessments else None

    @property
    def proposal(self) -> DecisionProposal | None:
        """The decision that waits for a second person."""
        newest = self.proposals[-1] if self.proposals else None
        if newest is None or any(one.proposal_id == newest.id for one in self.answers):
            return None
        standing = self.decision.version if self.decision else 0
        return newest if waits_for_answer(newest, newest, standing) else None

    @property
    def reopened(self) -> tuple[str, ...]:
        """The facts that have taken the exemption its ground; none while it stands, or there is none."""
        return exempt_facts_moved(self.decision, self.amendments) if self.decision else ()

    @property
    def overtaken(self) -> bool:
        """Whether the risk test by now asks for more than was decided, and did not when it was."""
        decision, newest = self.decision, self.assessment
        if decision is None or newest is None or newest.id == decision.assessment_id:
            return False
        made_on = next(run for run in self.assessments if run.id == decision.assessment_id)
        return bool(newly_short(decision, made_on, newest))

    @property
    def lost(self) -> tuple[Event, ...]:
        """The mails that reached nobody (dead or bounced), until somebody acknowledges the case after them."""
        seen = max((one.at for one in self.acknowledgements), default=None)
        return tuple(one for one in self.events if one.kind in LOST_MAIL and (seen is None or one.at > seen))

    @property
    def handover(self) -> Handover | None:
        """The newest hand-over: in whose hands the case is."""
        return self.handovers[-1] if self.handovers else None

    @property
    def clock(self) -> ClockRow:
        """The newest version of the Art. 33 clock."""
        return self.clocks[-1]

    @property
    def pace(self) -> Pace:
        """Real time, or how fast the hours of a drill pass."""
        ladder = self.ladders.get(self.clock.id)
        return ladder.pace if ladder else REAL_TIME

    @cached_property
    def duties(self) -> tuple[DutyView, ...]:
        """The duties beside Art. 33: undecided ones first, then by the nearest end."""
        return views(self, self.facts, self.groups, self.ladders)

    @property
    def provisional(self) -> bool:
        """Whether the clock still runs from the first signal, because nobody has set awareness."""
        return self.clock.anchor_kind == "first_signal"

    @property
    def decision(self) -> Decision | None:
        """The newest decision."""
        return self.decisions[-1] if self.decisions else None

    @property
    def filing(self) -> Filing | None:
        """The first notification that was sent."""
        return self.filings[0] if self.filings else None

    @property
    def telling_order(self) -> TellingOrder | None:
        """The order of the authority to tell the people that nobody has followed yet (Art. 34(4))."""
        orders = [
            TellingOrder(datetime.fromisoformat(said["received_at"]), said["reference"], said["title"])
            for said in (event.data for event in self.events if event.kind == "order.received")
            if said.get("kind") == TELL_PEOPLE
        ]
        return standing(orders, [one.sent_at for one in self.communications])

    @property
    def marks(self) -> Marks:
        """What has been recorded so far, as the lifecycle rules read it."""
        decision = self.decision
        return Marks(
            acknowledged=self.incident.acknowledged_at is not None,
            awareness_set=not self.provisional,
            notify=decision.notify if decision else "",
            tell=decision.tell if decision else "",
            exemption=decision.exemption if decision else "",
            drafted=any(document.kind == "authority" for document in self.documents),
            filed=is_filed(self.filings, decision),
            filing_complete=is_complete(self.filings),
            told=bool(self.communications),
            closed=self.incident.closed_at is not None,
            proposed=self.proposal is not None,
            shaken=bool(self.reopened) or self.overtaken,
            duties=pressing(
                [one.mark for one in self.duties], self.clock.deadline_at if self.clock.state == "running" else None
            ),
            ordered=self.telling_order is not None,
        )

    @property
    def state(self) -> str:
        """Where the case stands: reported, acknowledged, decided, filed or closed."""
        return state(self.marks)

    @property
    def next_act(self) -> str:
        """The act that is due next."""
        return next_act(self.marks)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts the notification asks for and nobody has given yet: the same as its draft marks as to follow."""
        clock, aware = self.clock, not self.provisional
        return facts_to_follow(
            CaseFile(
                controller=ControllerProfile(),
                reference=self.incident.reference,
                facts=self.facts,
                first_signal=ZonedInstant(self.incident.first_signal_at, self.incident.first_signal_zone),
                awareness=ZonedInstant(clock.anchor_at, clock.anchor_zone) if aware else None,
                awareness_reason=clock.reason if aware else "",
                deadline=clock.deadline_at,
                now=clock.deadline_at,
            )
        )


def newly_short(decision: Decision, made_on: Assessment, newest: Assessment) -> set[str]:
    """Where a decision stays below what the risk test asks for by now, and did not when it was made.

    ``notify`` is the authority, ``tell <group>`` a group of people.
    """
    return _falls_short(decision, newest) - _falls_short(decision, made_on)


def _falls_short(decision: Decision, run: Assessment) -> set[str]:
    """The groups of people (and ``notify`` for the authority) for whom less was decided than a run asks for."""
    short = {
        f"tell {name}"
        for name, said in by_group(run.outcome).items()
        if answers(said)[1] == "yes" and decision.tell_by_group.get(name, decision.tell) != "yes"
    }
    return short | ({"notify"} if decision.notify == "no" and answers(run.outcome)[0] == "yes" else set())


def case(uow: UnitOfWork, incident_id: UUID) -> Case:
    """The whole case, one query per kind of row.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    return read_case(uow, incident)


def read_case(uow: UnitOfWork, incident: Incident) -> Case:
    """The whole case of an incident somebody may see already."""
    return read_cases(uow, [incident])[0]


def read_cases(uow: UnitOfWork, found: Sequence[Incident]) -> list[Case]:
    """The whole cases of incidents somebody may see already, in the order given."""
    return [_case(uow, rows) for rows in stored.read_all(uow, found)]


def warned_of(uow: UnitOfWork, incident: Incident) -> Case:
    """What a warning says of a case: what is known, its clocks, who has taken it, what was found and decided."""
    return _case(uow, stored.read_some(uow, incident, WARNED_OF))


def new_case(uow: UnitOfWork, incident: Incident) -> Case:
    """A case opened in this very transaction: its facts and clock, all its reporter is told. The rest is left out."""
    return _case(uow, stored.read_new(uow, incident))


def _case(uow: UnitOfWork, rows: CaseRows) -> Case:
    facts, groups = incidents.fold_facts(rows.amendments), incidents.fold_groups(rows.amendments)
    # A ladder that is lost is left out, and the case can still be read.
    return Case(**vars(rows), facts=facts, groups=groups, ladders=ladders_of(uow, [*rows.clocks, *rows.duty_clocks]))


@dataclass(frozen=True)
class BoardRow:
    """One case on the board."""

    incident_id: UUID
    controller_id: UUID
    controller_name: str
    reference: str
    title: str
    opened_at: datetime
    regime: str
    """Of the clock that comes first: the nearest running one, else that of Art. 33."""
    regime_version: str
    report: str
    deadline_at: datetime
    clock_state: str
    stop_reason: str
    state: str
    acknowledged_at: datetime | None
    provisional: bool
    late: bool
    late_by_seconds: int
    drill: bool
    holder: str = ""
    """In whose hands it is: handed over to, else taken by."""


@dataclass(frozen=True)
class Board:
    """One page of the board and the place where the next one starts."""

    rows: tuple[BoardRow, ...]
    next_after: stored_board.Place | None
    lost: frozenset[UUID] = frozenset()
    """Cases in which a mail reached nobody, and that nobody has acknowledged since."""


def board(uow: UnitOfWork, wanted: BoardFilter) -> Board:
    """Cases of every controller where the actor may read: what burns first."""
    found = stored_board.board(uow, wanted, where_may(uow, "read"))
    more = len(found) == wanted.limit
    return _board(uow, found, stored_board.place(*found[-1][:2]) if more else None)


def wall(uow: UnitOfWork, limit: int, *, overdue: bool) -> Board:
    """The running clocks alone, by deadline: those whose time is over, or the next ones."""
    return _board(uow, stored_board.running(uow, limit, where_may(uow, "read"), overdue=overdue))


def counts(uow: UnitOfWork) -> stored_board.Counts:
    """The open cases where the actor may read, at a glance."""
    return stored_board.counts(uow, where_may(uow, "read"))


def colleagues(uow: UnitOfWork, controller_id: UUID | None) -> Sequence[tuple[UUID, str]]:
    """Who may hold a case where the actor may read (or at one of these controllers), by name."""
    return stored_board.colleagues(uow, [controller_id] if controller_id else where_may(uow, "read"))


def _board(uow: UnitOfWork, found: Sequence[stored_board.Row], after: stored_board.Place | None = None) -> Board:
    ids = [incident.id for incident, _, _ in found]
    decided, filed = decisions.newest_of(uow, ids), filings.of_cases(uow, ids)
    seen = acknowledgements_of(uow, ids)
    held = taken_by(seen) | stored_board.holders(uow, [incident for incident, _, _ in found])
    rows = tuple(
        _board_row(uow, row, decided.get(row[0].id), filed.get(row[0].id, []), held.get(row[0].id, "")) for row in found
    )
    return Board(rows, after, lost_in(uow, ids, seen))


def taken_by(acknowledgements: Sequence[Acknowledgement]) -> dict[UUID, str]:
    """By case, who has taken it or seen a warning of it, in the order in which they did."""
    names: dict[UUID, list[str]] = {}
    for one in acknowledgements:
        if one.name not in names.setdefault(one.incident_id, []):
            names[one.incident_id].append(one.name)
    return {key: ", ".join(some) for key, some in names.items()}


def _board_row(
    uow: UnitOfWork, row: stored_board.Row, decision: Decision | None, filed: Sequence[Filing], holder: str
) -> BoardRow:
    incident, clock, name = row
    late_by = filed[0].late_by_seconds if filed else 0
    marks = Marks(
        acknowledged=incident.acknowledged_at is not None,
        notify=decision.notify if decision else "",
        filed=is_filed(filed, decision),
        closed=incident.closed_at is not None,
    )
    return BoardRow(
        incident_id=incident.id,
        controller_id=incident.controller_id,
        controller_name=name,
        reference=incident.reference,
        title=incident.title,
        opened_at=incident.opened_at,
        regime=clock.regime,
        regime_version=clock.regime_version,
        report=clock.report,
        deadline_at=clock.deadline_at,
        clock_state=clock.state,
        stop_reason=clock.stop_reason,
        state=state(marks),
        acknowledged_at=incident.acknowledged_at,
        provisional=is_provisional(clock.regime, clock.regime_version, clock.report, clock.anchor_kind),
        late=bool(late_by) or (clock.state == "running" and uow.now > clock.deadline_at),
        late_by_seconds=late_by,
        drill=incident.is_drill,
        holder=holder,
    )
