"""What the board and the case page show: read, never written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from incidents.base.errors import NotFound
from incidents.rules.facts import Facts
from incidents.rules.lifecycle import Marks, next_act, state
from incidents.steps.guard import require
from incidents.store import audit, deadlines, incidents, outbox
from incidents.store.incidents import BoardFilter
from incidents.store.tables import (
    Acknowledgement,
    Assessment,
    ClockRow,
    Communication,
    Controller,
    Decision,
    Document,
    Event,
    Filing,
    Incident,
    OutboxMail,
    Stage,
)
from incidents.store.tables.base import OfIncident
from incidents.store.tables.cases import FactAmendment
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


@dataclass(frozen=True)
class Case:
    """Everything recorded about one incident."""

    incident: Incident
    controller: Controller
    facts: Facts
    amendments: Sequence[FactAmendment]
    clocks: Sequence[ClockRow]
    stages: Sequence[Stage]
    acknowledgements: Sequence[Acknowledgement]
    assessments: Sequence[Assessment]
    decisions: Sequence[Decision]
    documents: Sequence[Document]
    filings: Sequence[Filing]
    communications: Sequence[Communication]
    mails: Sequence[OutboxMail]
    events: Sequence[Event]

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
            filed=bool(self.filings),
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


Row = TypeVar("Row", bound=OfIncident)


def _of(statement: Select[Row], uow: UnitOfWork) -> Sequence[Row]:
    return uow.session.scalars(statement).all()


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
    controller = uow.session.get(Controller, incident.controller_id)
    if controller is None:
        raise NotFound
    rows = incidents.amendments(uow, incident.id)
    key = incident.id
    return Case(
        incident=incident,
        controller=controller,
        facts=incidents.fold_facts(rows),
        amendments=rows,
        clocks=deadlines.clocks_of(uow, key),
        stages=deadlines.stages_of(uow, key),
        acknowledgements=_of(
            select(Acknowledgement).where(Acknowledgement.incident_id == key).order_by(Acknowledgement.id), uow
        ),
        assessments=_of(select(Assessment).where(Assessment.incident_id == key).order_by(Assessment.version), uow),
        decisions=_of(select(Decision).where(Decision.incident_id == key).order_by(Decision.version), uow),
        documents=_of(select(Document).where(Document.incident_id == key).order_by(Document.id), uow),
        filings=_of(select(Filing).where(Filing.incident_id == key).order_by(Filing.version), uow),
        communications=_of(
            select(Communication).where(Communication.incident_id == key).order_by(Communication.sent_at), uow
        ),
        mails=outbox.mails_of(uow, key),
        events=audit.events_of(uow, key),
    )


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
    """Cases of every controller where the actor may read: unacknowledged first, then by deadline."""
    found = incidents.board(uow, wanted)
    ids = [incident.id for incident, _, _ in found]
    decided = _newest_decisions(uow, ids)
    filed = _first_filings(uow, ids)
    rows = tuple(
        _board_row(uow, incident, clock, name, decided.get(incident.id), filed.get(incident.id))
        for incident, clock, name in found
    )
    full = len(rows) == wanted.limit
    last = rows[-1] if rows and full else None
    after = (int(last.acknowledged_at is not None), last.deadline_at, last.incident_id) if last else None
    return Board(rows, after)


def _newest_decisions(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Decision]:
    rows = uow.session.scalars(select(Decision).where(Decision.incident_id.in_(ids)).order_by(Decision.version))
    return {row.incident_id: row for row in rows}


def _first_filings(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Filing]:
    rows = uow.session.scalars(select(Filing).where(Filing.incident_id.in_(ids)).order_by(Filing.version.desc()))
    return {row.incident_id: row for row in rows}


def _board_row(
    uow: UnitOfWork, incident: Incident, clock: ClockRow, name: str, decision: Decision | None, filing: Filing | None
) -> BoardRow:
    marks = Marks(
        acknowledged=incident.acknowledged_at is not None,
        notify=decision.notify if decision else "",
        filed=filing is not None,
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
        late=bool(filing and filing.late_by_seconds) or (clock.state == "running" and uow.now > clock.deadline_at),
        late_by_seconds=filing.late_by_seconds if filing else 0,
    )
