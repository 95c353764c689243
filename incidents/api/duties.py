"""/api/v1/incidents/{id}/duties: the duties beside Art. 33; confirm, decline, move, report, add."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct, field

from incidents.api.caller import Caller
from incidents.api.schemas import In, instant, shaped
from incidents.base.errors import NotFound
from incidents.base.time import BUDAPEST, ZonedInstant
from incidents.rules.duties import ReportForm
from incidents.steps import cases, duties
from incidents.steps.duty_views import DutyView, ReportView
from incidents.store.uow import UnitOfWork


class InstantIn(In):
    """An instant: with an offset, or local with a zone."""

    at: str
    zone: str = BUDAPEST


class AnswersIn(In):
    """What is said about a duty: its anchors (classification, received, …), its settings, and why."""

    anchors: dict[str, InstantIn] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


class DutyIn(AnswersIn, kw_only=True):
    """A duty that somebody knows to apply: it is confirmed at once. ``title`` names the order, promise or client."""

    regime: str
    title: str = ""


class ReasonIn(In):
    """Why a duty does not apply, or has to be decided again."""

    reason: str


class DutyReportIn(In):
    """A report that was sent; after its deadline ``note`` says why."""

    report: str
    sent_at: str
    channel: str
    zone: str = BUDAPEST
    identifier: str = ""
    note: str = ""


class DutyReportOut(Struct, frozen=True):
    """One sent version of a report; its lateness is settled for good."""

    id: UUID
    report: str
    version: int
    sent_at: datetime
    sent_zone: str
    channel: str
    identifier: str
    note: str
    deadline_at: datetime | None
    late_by_seconds: int
    sent_by: str
    recorded_at: datetime


class ReportOut(Struct, frozen=True):
    """One report of a duty: when it is due (null: not known), counted from what, what it waits for, and why so."""

    report: str
    label: dict[str, str]
    due_at: datetime | None
    anchor: str
    waits_for: str
    why: list[str]
    warnings: list[str]
    clock_state: str
    sent: list[DutyReportOut]


class DutyOut(Struct, frozen=True):
    """A duty with the dated law it is under; labels, routes and reasons are in ``hu`` and ``en``."""

    id: UUID
    regime: str
    rule_version: str
    subject: str
    title: str
    label: dict[str, str]
    authority: dict[str, str]
    contact: dict[str, str]
    route: dict[str, str]
    threshold: dict[str, str]
    certainty: str
    unverified: list[str]
    sources: list[str]
    state: str
    proposed_because: dict[str, str]
    reason: str
    decided_by: str
    decided_at: datetime | None
    anchors: dict[str, Any]
    settings: dict[str, Any]
    reports: list[ReportOut]


def _report_out(view: ReportView) -> ReportOut:
    return ReportOut(
        report=view.rule.name,
        label=dict(view.rule.label),
        due_at=view.due_at,
        anchor=view.due.anchor,
        waits_for=view.due.waits_for,
        why=list(view.due.why),
        warnings=list(view.due.warnings),
        clock_state=view.clock.state if view.clock else "",
        sent=[shaped(DutyReportOut, one) for one in view.versions],
    )


def _duty_out(view: DutyView) -> DutyOut:
    row, law, contact = view.row, view.law, view.contact
    return DutyOut(
        id=row.id,
        regime=row.regime,
        rule_version=row.regime_version,
        subject=row.subject,
        title=row.title,
        label=dict(law.label),
        authority=dict(contact.name),
        contact={"email": contact.email, "phone": contact.phone, "website": contact.website},
        route=dict(law.route),
        threshold=dict(law.threshold),
        certainty=law.certainty,
        unverified=list(law.unverified),
        sources=list(law.sources),
        state=row.state,
        proposed_because=dict(view.why),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        anchors=row.anchors,
        settings=row.params,
        reports=[_report_out(one) for one in view.reports],
    )


def _one(uow: UnitOfWork, incident_id: UUID, duty_id: UUID) -> DutyView:
    """A duty of a case.

    Raises:
        NotFound: the case has no such duty.
    """
    found = next((one for one in cases.case(uow, incident_id).duties if one.row.id == duty_id), None)
    if found is None:
        raise NotFound
    return found


def _anchors(given: Mapping[str, InstantIn]) -> dict[str, ZonedInstant]:
    return {name: instant(one.at, one.zone, f"anchors.{name}") for name, one in given.items()}


@get("/incidents/{incident_id:uuid}/duties", sync_to_thread=True, summary="Every duty beside Art. 33")
def list_duties(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[DutyOut]:
    """Undecided ones first, then those that run, by the nearest end."""
    with caller.uow(read_only=True) as uow:
        return [_duty_out(one) for one in cases.case(uow, incident_id).duties]


@post("/incidents/{incident_id:uuid}/duties", sync_to_thread=True, summary="Add a duty: its clocks run")
def add_duty(incident_id: FromPath[UUID], data: JSONBody[DutyIn], caller: NamedDependency[Caller]) -> DutyOut:
    """An order of the authority, a promise, a client to be told, or a regime the profile does not name."""
    anchors = _anchors(data.anchors)
    with caller.uow() as uow:
        row = duties.add_duty(
            uow,
            incident_id,
            data.regime,
            title=data.title,
            anchors=anchors,
            params=data.settings,
            reason=data.reason,
        )
        return _duty_out(_one(uow, incident_id, row.id))


@post(
    "/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/confirmation",
    sync_to_thread=True,
    summary="Confirm a proposed duty: its clocks run",
)
def confirm_duty(
    incident_id: FromPath[UUID],
    duty_id: FromPath[UUID],
    data: JSONBody[AnswersIn],
    caller: NamedDependency[Caller],
) -> DutyOut:
    """It applies: every report that can be computed gets its clock."""
    anchors = _anchors(data.anchors)
    with caller.uow() as uow:
        duties.confirm(uow, duty_id, anchors, data.settings, data.reason)
        return _duty_out(_one(uow, incident_id, duty_id))


@post(
    "/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/refusal",
    sync_to_thread=True,
    summary="Find, with a reason, that a duty does not apply",
)
def decline_duty(
    incident_id: FromPath[UUID],
    duty_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    caller: NamedDependency[Caller],
) -> DutyOut:
    """Its clocks stop; what was sent stays."""
    with caller.uow() as uow:
        duties.decline(uow, duty_id, data.reason)
        return _duty_out(_one(uow, incident_id, duty_id))


@post(
    "/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/reconsideration",
    sync_to_thread=True,
    summary="Let a declined duty stand as a proposal again",
)
def reconsider_duty(
    incident_id: FromPath[UUID],
    duty_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    caller: NamedDependency[Caller],
) -> DutyOut:
    """Somebody has to confirm or decline it once more."""
    with caller.uow() as uow:
        duties.reconsider(uow, duty_id, data.reason)
        return _duty_out(_one(uow, incident_id, duty_id))


@post(
    "/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/changes",
    sync_to_thread=True,
    summary="Set or correct anchors and settings of a running duty",
)
def change_duty(
    incident_id: FromPath[UUID],
    duty_id: FromPath[UUID],
    data: JSONBody[AnswersIn],
    caller: NamedDependency[Caller],
) -> DutyOut:
    """What is counted from them gets a new version of its clock; what replaces an earlier value needs a reason."""
    anchors = _anchors(data.anchors)
    with caller.uow() as uow:
        duties.change(uow, duty_id, anchors, data.settings, data.reason)
        return _duty_out(_one(uow, incident_id, duty_id))


@post(
    "/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/reports",
    sync_to_thread=True,
    summary="Record a report that was sent: its clock stops, those counted from it start",
)
def record_report(
    incident_id: FromPath[UUID],
    duty_id: FromPath[UUID],
    data: JSONBody[DutyReportIn],
    caller: NamedDependency[Caller],
) -> DutyOut:
    """Its lateness is measured now, for good; a later version of the same report may follow."""
    form = ReportForm(instant(data.sent_at, data.zone, "sent_at"), data.channel, data.identifier, data.note)
    with caller.uow() as uow:
        duties.record_report(uow, duty_id, data.report, form)
        return _duty_out(_one(uow, incident_id, duty_id))


handlers: list[Any] = [
    list_duties,
    add_duty,
    confirm_duty,
    decline_duty,
    reconsider_duty,
    change_duty,
    record_report,
]
