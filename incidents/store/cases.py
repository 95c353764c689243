"""Everything recorded in cases: one query per kind of row, however many cases are read at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from incidents.base.errors import NotFound
from incidents.store.controllers import by_ids, load
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import (
    Acknowledgement,
    Assessment,
    ClockRow,
    Communication,
    Controller,
    Decision,
    DecisionProposal,
    Document,
    DutyReport,
    DutyRow,
    Event,
    Evidence,
    FactAmendment,
    Filing,
    FilingContent,
    Handover,
    Incident,
    OutboxMail,
    ProposalAnswer,
    Receipt,
    SignOff,
    Stage,
)
from incidents.store.uow import UnitOfWork

CASES_AT_ONCE = 500
"""Keys in one statement: well below what either database takes."""


@dataclass(frozen=True)
class CaseRows:
    """The rows of one case, each kind oldest first; ``clocks`` are the versions of the Art. 33 clock."""

    incident: Incident
    controller: Controller
    amendments: Sequence[FactAmendment]
    clocks: Sequence[ClockRow]
    duty_rows: Sequence[DutyRow]
    duty_clocks: Sequence[ClockRow]
    duty_reports: Sequence[DutyReport]
    stages: Sequence[Stage]
    acknowledgements: Sequence[Acknowledgement]
    handovers: Sequence[Handover]
    assessments: Sequence[Assessment]
    proposals: Sequence[DecisionProposal]
    answers: Sequence[ProposalAnswer]
    decisions: Sequence[Decision]
    documents: Sequence[Document]
    filings: Sequence[Filing]
    contents: Sequence[FilingContent]
    signed: Sequence[SignOff]
    receipts: Sequence[Receipt]
    files: Sequence[Evidence]
    communications: Sequence[Communication]
    mails: Sequence[OutboxMail]
    events: Sequence[Event]


class _NotRead(Sequence[Any]):
    """Rows nobody asked for: whoever looks at them all the same hears it, for «none» would be a lie."""

    def __getitem__(self, _index: Any) -> Any:
        raise RuntimeError(NOT_READ)

    def __len__(self) -> int:
        raise RuntimeError(NOT_READ)


NOT_READ = "this kind of row was not read"


def read_some(uow: UnitOfWork, incident: Incident, kinds: Collection[str]) -> CaseRows:
    """One case with some kinds of its rows only: what a mail speaks of, where thousands are written.

    Raises:
        NotFound: its controller is outside the unit of work.
    """
    return next(_read(uow, [incident], kinds))


def read_new(uow: UnitOfWork, incident: Incident) -> CaseRows:
    """A case opened in this very transaction, for the answer to its reporter: its report and clock, still at hand."""
    kinds: dict[str, Sequence[Any]] = dict.fromkeys(_KINDS, ())
    kinds["amendments"] = [row for row in uow.held(FactAmendment) if row.incident_id == incident.id]
    kinds["clocks"] = [row for row in uow.held(ClockRow) if row.incident_id == incident.id]
    return CaseRows(incident=incident, controller=load(uow, incident.controller_id), **kinds)


def read_all(uow: UnitOfWork, incidents: Sequence[Incident]) -> Iterator[CaseRows]:
    """Everything about cases, in the order given.

    Raises:
        NotFound: the controller of one is outside the unit of work.
    """
    for start in range(0, len(incidents), CASES_AT_ONCE):
        yield from _read(uow, incidents[start : start + CASES_AT_ONCE], _KINDS)


_EVERYTHING: Mapping[str, tuple[type[Any], Select[Any]]] = {
    "amendments": (FactAmendment, select(FactAmendment).order_by(FactAmendment.version)),
    "clocks": (ClockRow, select(ClockRow).where(ClockRow.regime == GDPR_33).order_by(ClockRow.version)),
    "duty_rows": (DutyRow, select(DutyRow).order_by(DutyRow.id)),
    "duty_clocks": (ClockRow, select(ClockRow).where(ClockRow.regime != GDPR_33).order_by(ClockRow.version)),
    "duty_reports": (DutyReport, select(DutyReport).order_by(DutyReport.id)),
    "stages": (Stage, select(Stage).order_by(Stage.due_at, Stage.id)),
    "acknowledgements": (Acknowledgement, select(Acknowledgement).order_by(Acknowledgement.id)),
    "handovers": (Handover, select(Handover).order_by(Handover.id)),
    "assessments": (Assessment, select(Assessment).order_by(Assessment.version)),
    "proposals": (DecisionProposal, select(DecisionProposal).order_by(DecisionProposal.version)),
    "answers": (ProposalAnswer, select(ProposalAnswer).order_by(ProposalAnswer.id)),
    "decisions": (Decision, select(Decision).order_by(Decision.version)),
    "documents": (Document, select(Document).order_by(Document.id)),
    "filings": (Filing, select(Filing).order_by(Filing.version)),
    "contents": (FilingContent, select(FilingContent).order_by(FilingContent.version)),
    "signed": (SignOff, select(SignOff).order_by(SignOff.id)),
    "receipts": (Receipt, select(Receipt).order_by(Receipt.id)),
    "files": (Evidence, select(Evidence).order_by(Evidence.id)),
    "communications": (Communication, select(Communication).order_by(Communication.sent_at, Communication.id)),
    "mails": (OutboxMail, select(OutboxMail).order_by(OutboxMail.id)),
    "events": (Event, select(Event).order_by(Event.seq)),
}
_KINDS = {
    name: kind.where(table.incident_id.in_(bindparam("cases", expanding=True)))
    for name, (table, kind) in _EVERYTHING.items()
}
"""Made once: a page and a mail each ask all of them."""


def _read(uow: UnitOfWork, incidents: Sequence[Incident], kinds: Collection[str]) -> Iterator[CaseRows]:
    ids = [incident.id for incident in incidents]
    controllers = by_ids(uow, {incident.controller_id for incident in incidents})
    rows = {name: _by_case(uow, _KINDS[name], ids) for name in kinds}
    left_out = dict.fromkeys(_KINDS.keys() - rows.keys(), _NotRead())
    for incident in incidents:
        if incident.controller_id not in controllers:
            raise NotFound
        mine = {name: found.get(incident.id, ()) for name, found in rows.items()}
        yield CaseRows(incident=incident, controller=controllers[incident.controller_id], **mine, **left_out)


def _by_case(uow: UnitOfWork, kind: Select[Any], ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in uow.session.scalars(kind, {"cases": ids}):
        found.setdefault(row.incident_id, []).append(row)
    return found
