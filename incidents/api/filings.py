"""/api/v1/incidents/{id}/…: the form of the authority, the filings with all they said, the authority's orders."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct, field

from incidents.api.caller import Caller
from incidents.api.schemas import In, instant
from incidents.base.errors import NotFound
from incidents.base.time import BUDAPEST
from incidents.rules.form import EDPB_BREACH, Change, FilledField, forms_to_fill
from incidents.rules.send import FilingForm
from incidents.rules.thread import OrderForm
from incidents.steps import authority, orders, thread_view
from incidents.steps import form as forms
from incidents.store.uow import UnitOfWork
from notifications.documents import sheets


class FilingIn(In):
    """One sent version of the notification.

    ``complete`` is refused while anything stands in the way. ``promised_on``: the day by which the rest will follow.
    ``unsigned_because``: needed when a sign-off was asked for and exactly this version has none.
    """

    filed_at: str
    channel: Literal["online", "epapir", "krid", "post", "email", "other"]
    kind: Literal["new", "follow_up", "withdrawal"] = "new"
    complete: bool = False
    zone: str = BUDAPEST
    authority_identifier: str = ""
    delay_reasons: str = ""
    document_id: UUID | None = None
    note: str = ""
    form: str = EDPB_BREACH
    promised_on: date | None = None
    unsigned_because: str = ""


class ContentOut(Struct, frozen=True):
    """What exactly went out: the form, every field that was shown, the hashes of content and transfer sheet."""

    form: str
    form_version: str
    fingerprint: str
    sheet_sha256: str
    fields: dict[str, Any]


class ChangeOut(Struct, frozen=True):
    """A field that says something else than in the filing before."""

    field: str
    row: int
    was: Any
    now: Any


class PromiseOut(Struct, frozen=True):
    """What was promised by a day, and whether it still waits: confirmed, ended (kept) or declined."""

    promised_on: str
    fields: list[str]
    state: str


class ReceiptOut(Struct, frozen=True):
    """What came back for a filing, with the hash of its file."""

    authority_identifier: str
    file: str
    sha256: str
    recorded_by: str
    recorded_at: datetime


class FilingOut(Struct, frozen=True):
    """A recorded filing; its lateness and its content never change."""

    id: UUID
    version: int
    kind: str
    complete: bool
    channel: str
    filed_at: datetime
    deadline_at: datetime
    late_by_seconds: int
    delay_reasons: str
    authority_identifier: str
    document_id: UUID | None
    filed_by: str
    note: str
    content: ContentOut | None
    changes: list[ChangeOut]
    promises: list[PromiseOut]
    receipts: list[ReceiptOut]
    signed_off_by: str
    unsigned_because: str


class FieldOut(Struct, frozen=True):
    """One field of the form: its state, its answer, and the place where the answer is given."""

    row: int
    status: str
    value: Any
    lines: dict[str, list[str]]
    due: bool
    place: str


class GapOut(Struct, frozen=True):
    """Something that stands in the way of calling it complete, or would make it say more."""

    code: str
    field: str
    place: str
    hu: str
    en: str


class FormOut(Struct, frozen=True):
    """The form as the case fills it now."""

    form: str
    form_version: str
    kind: str
    complete: bool
    fingerprint: str
    mandatory: int
    filled: int
    to_be_determined: int
    missing: int
    fields: dict[str, FieldOut]
    in_the_way: list[GapOut]
    hints: list[GapOut]


class AnswersIn(In):
    """Answers given in the form, by field (null takes one back), and days by which open ones are promised."""

    answers: dict[str, Any] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)
    form: str = EDPB_BREACH


class OrderIn(In):
    """An order of the authority: its deadline is a moment it names, or days from its receipt."""

    kind: Literal["clarify", "tell_people", "other"]
    title: str
    text: str
    received_at: str
    zone: str = BUDAPEST
    authority_reference: str = ""
    deadline_at: str = ""
    days: int | None = None


class OrderOut(Struct, frozen=True):
    """A recorded order with its deadline; ``state``: confirmed (open), ended (answered) or declined."""

    id: UUID
    kind: str
    title: str
    text: str
    authority_reference: str
    received_at: datetime
    deadline_at: datetime | None
    state: str
    late_by_seconds: int
    answered_at: list[datetime]


@post("/incidents/{incident_id:uuid}/filings", sync_to_thread=True, summary="Record a filing: the clock stops")
def record_filing(incident_id: FromPath[UUID], data: JSONBody[FilingIn], caller: NamedDependency[Caller]) -> FilingOut:
    """Record a sent version with exactly what the form says now; late ones need the reasons for delay."""
    form = FilingForm(
        kind=data.kind,
        complete=data.complete,
        channel=data.channel,
        filed_at=instant(data.filed_at, data.zone, "filed_at"),
        authority_identifier=data.authority_identifier,
        delay_reasons=data.delay_reasons,
        document_id=data.document_id,
        note=data.note,
        form_id=data.form,
        promised_on=data.promised_on,
        unsigned_because=data.unsigned_because,
    )
    with caller.uow() as uow:
        _known(uow, data.form)
        return _filing_out(thread_view.version(uow, sheets.record_filing(uow, incident_id, form).id))


def _known(uow: UnitOfWork, form_id: str) -> None:
    if form_id not in {one.id for one in forms_to_fill(authority.today(uow))}:
        raise NotFound


@get("/incidents/{incident_id:uuid}/filings", sync_to_thread=True, summary="Every filing with all it said")
def list_filings(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[FilingOut]:
    """The thread with the authority, oldest first: contents, differences, promises, receipts, hashes."""
    with caller.uow(read_only=True) as uow:
        return [_filing_out(one) for one in thread_view.versions(uow, incident_id)]


def _filing_out(sent: thread_view.SentVersion) -> FilingOut:
    content = sent.content
    own = {name: getattr(sent.filing, name) for name in FilingOut.__struct_fields__ if hasattr(sent.filing, name)}
    return FilingOut(
        **own,
        content=ContentOut(
            content.form, content.form_version, content.fingerprint, content.sheet_sha256, content.content["fields"]
        )
        if content
        else None,
        changes=[_change_out(one) for one in sent.changes],
        promises=[PromiseOut(one.promise.promised_on, list(one.promise.fields), one.state) for one in sent.promises],
        receipts=[
            ReceiptOut(
                one.authority_identifier,
                file.name if file else "",
                file.sha256 if file else "",
                one.recorded_by,
                one.recorded_at,
            )
            for one, file in sent.receipts
        ],
        signed_off_by=sent.signed.answered_by if sent.signed else "",
        unsigned_because=content.unsigned_because if content else "",
    )


def _change_out(change: Change) -> ChangeOut:
    return ChangeOut(change.field.id, change.field.row, change.was_value, change.now_value)


@get("/incidents/{incident_id:uuid}/form", sync_to_thread=True, summary="The form of the authority, as filled now")
def read_form(
    incident_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    form: FromQuery[str] = EDPB_BREACH,
    complete: FromQuery[bool] = False,
) -> FormOut:
    """Every field with its answer, how far the form is, what stands in the way of «complete», hints on quality."""
    with caller.uow(read_only=True) as uow:
        _known(uow, form)
        return _form_out(forms.read(uow, incident_id, forms.Asked(form_id=form, complete=complete)))


@patch("/incidents/{incident_id:uuid}/form", sync_to_thread=True, summary="Answer fields of the form")
def answer_form(incident_id: FromPath[UUID], data: JSONBody[AnswersIn], caller: NamedDependency[Caller]) -> FormOut:
    """Record answers to fields that the facts of the case do not fill; ``to_be_determined`` is an answer."""
    with caller.uow() as uow:
        _known(uow, data.form)
        forms.answer(uow, incident_id, data.answers, data.promised, data.form)
        return _form_out(forms.read(uow, incident_id, forms.Asked(form_id=data.form)))


def _form_out(found: forms.CaseForm) -> FormOut:
    meter = found.filled.meter
    return FormOut(
        form=found.form.id,
        form_version=found.form.version,
        kind=found.filled.kind,
        complete=found.filled.complete,
        fingerprint=found.fingerprint,
        mandatory=meter.mandatory,
        filled=meter.filled,
        to_be_determined=meter.to_be_determined,
        missing=meter.missing,
        fields={one.spec.id: _field_out(one) for one in found.filled.shown},
        in_the_way=[GapOut(one.code, one.field_id, one.place, one.text.hu, one.text.en) for one in found.in_the_way],
        hints=[GapOut(one.code, one.field_id, one.place, one.text.hu, one.text.en) for one in found.hints],
    )


def _field_out(one: FilledField) -> FieldOut:
    lines: Mapping[str, tuple[str, ...]] = one.lines
    shown = {lang: list(said) for lang, said in lines.items()}
    return FieldOut(one.spec.row, one.status.value, one.value, shown, one.due, one.place)


@post("/incidents/{incident_id:uuid}/orders", sync_to_thread=True, summary="Record an order of the authority")
def receive_order(incident_id: FromPath[UUID], data: JSONBody[OrderIn], caller: NamedDependency[Caller]) -> OrderOut:
    """Record an order; its deadline runs from here on like any other."""
    form = OrderForm(
        kind=data.kind,
        title=data.title,
        text=data.text,
        received_at=instant(data.received_at, data.zone, "received_at"),
        authority_reference=data.authority_reference,
        deadline_at=instant(data.deadline_at, data.zone, "deadline_at") if data.deadline_at else None,
        days=data.days,
    )
    with caller.uow() as uow:
        made = orders.receive(uow, incident_id, form)
        return next(_order_out(one) for one in thread_view.orders(uow, incident_id) if one.order.id == made.id)


@get("/incidents/{incident_id:uuid}/orders", sync_to_thread=True, summary="Every order of the authority")
def list_orders(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[OrderOut]:
    """The orders, oldest first, with their deadlines and when they were answered."""
    with caller.uow(read_only=True) as uow:
        return [_order_out(one) for one in thread_view.orders(uow, incident_id)]


def _order_out(one: thread_view.OrderView) -> OrderOut:
    order = one.order
    return OrderOut(
        id=order.id,
        kind=order.kind,
        title=order.title,
        text=order.text,
        authority_reference=order.authority_reference,
        received_at=order.received_at,
        deadline_at=one.deadline_at,
        state=one.state,
        late_by_seconds=one.late_by_seconds,
        answered_at=[answer.sent_at for answer, _ in one.answers],
    )


handlers: list[Any] = [record_filing, list_filings, read_form, answer_form, receive_order, list_orders]
