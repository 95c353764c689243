"""Orders of the authority: received with their deadline, answered with a file; each is a duty of its own."""

from uuid import UUID

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules.duties import ORDER, ReportForm
from incidents.rules.evidence import NewFile
from incidents.rules.thread import OrderAnswerForm, OrderForm, answer_faults, order_faults
from incidents.steps import duties
from incidents.steps.evidence import take
from incidents.steps.guard import require
from incidents.store import audit, incidents, thread
from incidents.store import duties as stored
from incidents.store.tables import AuthorityOrder, DutyRow, Incident, OrderAnswer
from incidents.store.uow import UnitOfWork

ANSWER = "answer"


def receive(uow: UnitOfWork, incident_id: UUID, form: OrderForm, file: NewFile | None = None) -> AuthorityOrder:
    """Record an order of the authority: its deadline runs from here on like any other.

    Raises:
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the case is closed.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "amend")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to record an order of the authority.")
    if errors := order_faults(form, incident.first_signal_at, uow.now):
        raise InvalidInput(errors)
    kept = take(uow, incident, file, "order") if file else None
    row = _order(uow, incident, form, kept.id if kept else None)
    duties.open_duty(
        uow,
        incident,
        ORDER,
        subject=row.subject,
        title=row.title,
        anchors=_anchors(form),
        params={"order_days": form.days} if form.days is not None else {},
    )
    uow.add(row)
    said = {"title": row.title, "kind": row.kind, "reference": row.authority_reference}
    times = {"received_at": row.received_at.isoformat(), "days": row.days}
    audit.append(uow, audit.about(incident, "order.received", row, **said, **times))
    return row


def _anchors(form: OrderForm) -> dict[str, ZonedInstant]:
    return {"given": form.deadline_at} if form.deadline_at else {"received": form.received_at}


def _order(uow: UnitOfWork, incident: Incident, form: OrderForm, evidence_id: UUID | None) -> AuthorityOrder:
    key = new_id(uow.now)
    return AuthorityOrder(
        id=key,
        controller_id=incident.controller_id,
        incident_id=incident.id,
        subject=key.hex,
        kind=form.kind,
        title=form.title.strip(),
        text=form.text.strip(),
        authority_reference=form.authority_reference.strip(),
        received_at=form.received_at.at,
        received_zone=form.received_at.zone,
        deadline_at=form.deadline_at.at if form.deadline_at else None,
        days=form.days,
        evidence_id=evidence_id,
        recorded_by=uow.actor.name,
        recorded_at=uow.now,
    )


def answer(uow: UnitOfWork, order_id: UUID, form: OrderAnswerForm, file: NewFile | None = None) -> OrderAnswer:
    """Record what was answered to an order; how late it was is settled for good.

    Raises:
        InvalidInput: it cannot be recorded so; every faulty field is named.
        Conflict: the case is closed.
    """
    order = thread.order(uow, order_id)
    incident = incidents.lock(uow, order.incident_id)
    require(uow, incident.controller_id, "file")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to answer an order of the authority.")
    if errors := answer_faults(form, order.received_at, uow.now):
        raise InvalidInput(errors)
    duty = _duty_of(uow, order)
    duties.write_report(uow, incident, duty, ANSWER, _report(form))
    kept = take(uow, incident, file, "answer") if file else None
    row = OrderAnswer(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        order_id=order.id,
        sent_at=form.sent_at.at,
        sent_zone=form.sent_at.zone,
        channel=form.channel,
        text=form.text.strip(),
        evidence_id=kept.id if kept else None,
        recorded_by=uow.actor.name,
        recorded_at=uow.now,
    )
    uow.add(row)
    said = {"title": order.title, "channel": row.channel, "sent_at": row.sent_at.isoformat()}
    audit.append(uow, audit.about(incident, "order.answered", row, **said))
    return row


def _report(form: OrderAnswerForm) -> ReportForm:
    return ReportForm(form.sent_at, form.channel, form.identifier, form.note.strip())


def _duty_of(uow: UnitOfWork, order: AuthorityOrder) -> DutyRow:
    rows = stored.of_case(uow, order.incident_id)
    return next(row for row in rows if (row.regime, row.subject) == (ORDER, order.subject))
