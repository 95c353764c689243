"""What the board and the case page show: read, never written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from incidents.rules.facts import Facts
from incidents.rules.lifecycle import Marks, next_act, state
from incidents.steps.guard import require, where_may
from incidents.store import cases as stored
from incidents.store import decisions, filings, incidents
from incidents.store.cases import CaseRows
from incidents.store.incidents import BoardFilter
from incidents.store.tables import ClockRow, Decision, Filing, Incident
from incidents.store.uow import UnitOfWork

NEEDED_FACTS = (
    "what_happened",
    "breach_types",
    "cause",
    "data_categories",
    "subject_categories",
    "subjects_count",
    "records_count",
    "likely_consequences",
    "measures_taken",
)
"""What Art. 33(3) asks for and only people can say."""


def is_filed(filings: Sequence[Filing], decision: Decision | None) -> bool:
    """Whether the authority was notified; a withdrawn notification counts until somebody decides to notify again."""
    if not filings or filings[-1].kind != "withdrawal":
        return bool(filings)
    return decision is None or decision.notify != "yes" or decision.decided_at <= filings[-1].recorded_at


@dataclass(frozen=True)
class Case(CaseRows):
    """Everything recorded about one incident, and what follows from it."""

    facts: Facts

    @property
    def clock(self) -> ClockRow:
        """The newest version of the Art. 33 clock."""
        return self.clocks[-1]

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
            filing_complete=any(f.complete for f in self.filings) or any(f.kind == "withdrawal" for f in self.filings),
            told=bool(self.communications),
            closed=self.incident.closed_at is not None,
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
        """The facts of Art. 33(3) that nobody has given yet."""
        return tuple(key for key in NEEDED_FACTS if not self.facts.is_known(key))


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
    return [Case(**vars(rows), facts=incidents.fold_facts(rows.amendments)) for rows in stored.read_all(uow, found)]


@dataclass(frozen=True)
class BoardRow:
    """One case on the board."""

    incident_id: UUID
    controller_id: UUID
    controller_name: str
    reference: str
    title: str
    opened_at: datetime
    deadline_at: datetime
    clock_state: str
    stop_reason: str
    state: str
    acknowledged_at: datetime | None
    provisional: bool
    late: bool
    late_by_seconds: int


@dataclass(frozen=True)
class Board:
    """One page of the board and the place where the next one starts."""

    rows: tuple[BoardRow, ...]
    next_after: tuple[int, datetime, UUID] | None


def board(uow: UnitOfWork, wanted: BoardFilter) -> Board:
    """Cases of every controller where the actor may read: what burns first."""
    found = incidents.board(uow, wanted, where_may(uow, "read"))
    ids = [incident.id for incident, _, _ in found]
    decided, filed = decisions.newest_of(uow, ids), filings.of_cases(uow, ids)
    rows = tuple(
        _board_row(uow, incident, clock, name, decided.get(incident.id), filed.get(incident.id, []))
        for incident, clock, name in found
    )
    more = len(found) == wanted.limit
    return Board(rows, incidents.place(*found[-1][:2]) if more else None)


def _board_row(
    uow: UnitOfWork,
    incident: Incident,
    clock: ClockRow,
    name: str,
    decision: Decision | None,
    filed: Sequence[Filing],
) -> BoardRow:
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
        deadline_at=clock.deadline_at,
        clock_state=clock.state,
        stop_reason=clock.stop_reason,
        state=state(marks),
        acknowledged_at=incident.acknowledged_at,
        provisional=clock.anchor_kind == "first_signal",
        late=bool(late_by) or (clock.state == "running" and uow.now > clock.deadline_at),
        late_by_seconds=late_by,
    )
