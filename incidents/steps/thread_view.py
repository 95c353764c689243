"""The thread with the authority as people look at it: what was sent, what changed, receipts, promises, orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from incidents.base.errors import NotFound
from incidents.rules.duties import ORDER, PROMISE
from incidents.rules.form import Change, difference_of_frozen, form_of_version
from incidents.steps import sign_off
from incidents.steps.form import Asked, CaseForm, form_of
from incidents.steps.guard import require
from incidents.store import duties, filings, incidents, thread
from incidents.store.tables import (
    AuthorityOrder,
    ClockRow,
    DutyReport,
    DutyRow,
    Evidence,
    FactAmendment,
    Filing,
    FilingContent,
    FilingPromise,
    Incident,
    OrderAnswer,
    Receipt,
    SignOff,
    SignOffRequest,
)
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Promised:
    """A promise of a filing, when it falls due, and whether it still waits."""

    promise: FilingPromise
    rows: tuple[int, ...]
    state: str
    deadline_at: datetime | None

    @property
    def day(self) -> date:
        """The day in Hungary."""
        return date.fromisoformat(self.promise.promised_on)


@dataclass(frozen=True)
class Why:
    """Who said what changed an answer, and for what reason (empty: none was given)."""

    said_by: str
    reason: str


@dataclass(frozen=True)
class SentVersion:
    """One filing with all that belongs to it; ``content`` is None for one recorded without any.

    ``whys`` says by field who brought the change and why, where it came with a fact.
    """

    filing: Filing
    content: FilingContent | None
    changes: tuple[Change, ...]
    whys: Mapping[str, Why]
    receipts: tuple[tuple[Receipt, Evidence | None], ...]
    promises: tuple[Promised, ...]
    signed: SignOff | None


@dataclass(frozen=True)
class OrderView:
    """An order of the authority with its file, its deadline and what was answered."""

    order: AuthorityOrder
    file: Evidence | None
    state: str
    deadline_at: datetime | None
    late_by_seconds: int
    answers: tuple[tuple[OrderAnswer, Evidence | None], ...]


@dataclass(frozen=True)
class Pending:
    """What was asked to be signed for the next filing: its answer, and whether the form has changed since."""

    request: SignOffRequest
    answer: SignOff | None
    void: bool


@dataclass(frozen=True)
class Thread:
    """Everything between the controller and the authority in one case, and the form of the next filing."""

    versions: tuple[SentVersion, ...]
    orders: tuple[OrderView, ...]
    pending: Pending | None
    form: CaseForm
    identifier: str


def read(uow: UnitOfWork, incident_id: UUID) -> Thread:
    """The thread of a case.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    sent = filings.of_case(uow, incident_id)
    form = form_of(uow, incident, Asked())
    return Thread(
        versions=_versions(uow, incident, sent),
        orders=_orders(uow, incident),
        pending=_pending(uow, incident, sent),
        form=form,
        identifier=form.case.authority_reference,
    )


def version(uow: UnitOfWork, filing_id: UUID) -> SentVersion:
    """One filing with all that belongs to it.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    filing = filings.load(uow, filing_id)
    require(uow, filing.controller_id, "read")
    incident = incidents.load(uow, filing.incident_id)
    for one in _versions(uow, incident, filings.of_case(uow, incident.id)):
        if one.filing.id == filing_id:
            return one
    raise NotFound


def versions(uow: UnitOfWork, incident_id: UUID) -> tuple[SentVersion, ...]:
    """Every filing of a case with all that belongs to it, oldest first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    return _versions(uow, incident, filings.of_case(uow, incident_id))


def orders(uow: UnitOfWork, incident_id: UUID) -> tuple[OrderView, ...]:
    """The orders of the authority in a case, oldest first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    return _orders(uow, incident)


def _versions(uow: UnitOfWork, incident: Incident, sent: Sequence[Filing]) -> tuple[SentVersion, ...]:
    contents = thread.contents(uow, incident.id)
    by_filing = {one.filing_id: one for one in contents}
    files, signed = thread.evidence_of(uow, incident.id), thread.sign_offs(uow, incident.id)
    receipts, promised = thread.receipts(uow, incident.id), thread.promises(uow, incident.id)
    watched, amended = _watched(uow, incident, PROMISE), incidents.amendments(uow, incident.id)
    return tuple(
        SentVersion(
            filing=filing,
            content=(content := by_filing.get(filing.id)),
            changes=(changes := _changes(content, contents)),
            whys=whys(changes, [one for one in amended if one.said_at <= filing.recorded_at]),
            receipts=tuple((one, files.get(_key(one.evidence_id))) for one in receipts if one.filing_id == filing.id),
            promises=tuple(_promised(one, content, watched) for one in promised if one.filing_id == filing.id),
            signed=next((one for one in signed.values() if content and one.id == content.sign_off_id), None),
        )
        for filing in sent
    )


def _key(key: UUID | None) -> UUID:
    return key or UUID(int=0)


def _changes(content: FilingContent | None, contents: Sequence[FilingContent]) -> tuple[Change, ...]:
    """What differs from the filing on the same form before it."""
    if content is None:
        return ()
    before = [one for one in contents if one.form == content.form and one.version < content.version]
    form = form_of_version(content.form, content.form_version)
    return difference_of_frozen(before[-1].content, content.content, form) if before else ()


def whys(changes: Sequence[Change], amended: Sequence[FactAmendment]) -> dict[str, Why]:
    """By field, the newest amendment of the fact it is filled from."""
    newest = {key: one for one in amended for key in one.facts if not one.people_group}
    facts = {one.field.id: one.field.source.removeprefix("facts:") for one in changes}
    return {field: Why(newest[fact].said_by, newest[fact].reason) for field, fact in facts.items() if fact in newest}


def _watched(uow: UnitOfWork, incident: Incident, regime: str) -> dict[str, tuple[DutyRow, ClockRow | None]]:
    """The duties of a regime by their subject, each with its newest clock."""
    rows = [row for row in duties.of_case(uow, incident.id) if row.regime == regime]
    clocks = {row.subject: [one for per in duties.clocks_of(uow, row).values() for one in per] for row in rows}
    return {row.subject: (row, clocks[row.subject][-1] if clocks[row.subject] else None) for row in rows}


def _promised(
    promise: FilingPromise, content: FilingContent | None, watched: Mapping[str, tuple[DutyRow, ClockRow | None]]
) -> Promised:
    duty, clock = watched.get(promise.subject, (None, None))
    rows = [content.content["fields"].get(one, {}).get("row", 0) for one in promise.fields] if content else []
    return Promised(promise, tuple(rows), duty.state if duty else "", clock.deadline_at if clock else None)


def _orders(uow: UnitOfWork, incident: Incident) -> tuple[OrderView, ...]:
    files, answers = thread.evidence_of(uow, incident.id), thread.order_answers(uow, incident.id)
    watched = _watched(uow, incident, ORDER)
    return tuple(
        _order(uow, one, watched.get(one.subject, (None, None)), files, answers)
        for one in thread.orders(uow, incident.id)
    )


def _order(
    uow: UnitOfWork,
    order: AuthorityOrder,
    watched: tuple[DutyRow | None, ClockRow | None],
    files: Mapping[UUID, Evidence],
    answers: Sequence[OrderAnswer],
) -> OrderView:
    duty, clock = watched
    reports: Sequence[DutyReport] = duties.reports_of(uow, duty) if duty else ()
    return OrderView(
        order=order,
        file=files.get(_key(order.evidence_id)),
        state=duty.state if duty else "",
        deadline_at=clock.deadline_at if clock else order.deadline_at,
        late_by_seconds=reports[0].late_by_seconds if reports else 0,
        answers=tuple((one, files.get(_key(one.evidence_id))) for one in answers if one.order_id == order.id),
    )


def _pending(uow: UnitOfWork, incident: Incident, sent: Sequence[Filing]) -> Pending | None:
    request = sign_off.waiting(uow, incident, sent)
    if request is None:
        return None
    answer = thread.sign_offs(uow, incident.id).get(request.id)
    now = form_of(uow, incident, sign_off.asked_again(request))
    return Pending(request, answer, void=now.fingerprint != request.fingerprint)
