"""What goes in and out of /api/v1. Instants are ISO 8601 with an offset; what comes in may be local with a zone."""

from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from msgspec import Struct, field

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.time import BUDAPEST, LocalTimeError, ZonedInstant, parse_local
from incidents.rules.facts import Facts
from incidents.steps.cases import BoardRow, Case
from incidents.store import tables


class In(Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of what comes in: an unknown field is an error, so that a typing slip loses nothing silently."""


class IncidentIn(In):
    """A report of a breach."""

    first_signal_at: str
    zone: str = BUDAPEST
    reporter: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class FactsIn(In):
    """New facts; ``unknown`` and ``to_be_determined`` are values. With a group, about that group of people only."""

    facts: dict[str, Any]
    reason: str = ""
    group: str = ""


class AwarenessIn(In):
    """The time of awareness (T1) with its reason."""

    awareness_at: str
    zone: str = BUDAPEST
    reason: str = ""


class DecisionIn(In):
    """Notify or not, tell or not or exempt, with reasons.

    ``groups`` says whom to tell, group by group (the empty name: whoever is in none); ``tell`` is then the strictest of
    them. ``evidence`` is for Art. 34(3)(b).
    """

    notify: Literal["yes", "no"]
    tell: Literal["yes", "no", "exempt"]
    reasons_authority: str
    reasons_subjects: str = ""
    exemption: Literal["", "a", "b", "c"] = ""
    evidence: str = ""
    groups: dict[str, Literal["yes", "no", "exempt"]] = field(default_factory=dict)


class DraftIn(In):
    """Which draft to freeze; a letter may be for one group of people."""

    kind: Literal["authority", "subjects", "notice"]
    language: Literal["hu", "en"] = "hu"
    delay_reasons: str = ""
    group: str = ""


class CommunicationIn(In):
    """People were told."""

    sent_at: str
    form: Literal["email", "post", "sms", "in_person", "public", "other"]
    zone: str = BUDAPEST
    reached: int | None = None
    document_id: UUID | None = None
    note: str = ""


class NoteIn(In):
    """A sentence that closes or reopens a case."""

    note: str


class ClockOut(Struct, frozen=True):
    """One version of a running duty."""

    regime: str
    rule_version: str
    version: int
    anchor_kind: str
    anchor_at: datetime
    zone: str
    deadline_at: datetime
    state: str
    stop_reason: str
    reason: str


class StageOut(Struct, frozen=True):
    """A planned warning."""

    name: str
    clock_version: int
    due_at: datetime
    state: str
    settled_at: datetime | None
    late_by_seconds: int | None
    reason: str


class IncidentOut(Struct, frozen=True):
    """A case: where it stands and what is known."""

    id: UUID
    reference: str
    title: str
    state: str
    next_act: str
    opened_at: datetime
    first_signal_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    drill: bool
    clock: ClockOut
    facts_version: int
    facts: dict[str, Any]
    groups: dict[str, dict[str, Any]]
    """What was said of each group of people by itself."""
    missing: tuple[str, ...]


class IncidentLine(Struct, frozen=True):
    """A case in a list."""

    id: UUID
    reference: str
    title: str
    state: str
    opened_at: datetime
    deadline_at: datetime
    clock_state: str
    late: bool
    drill: bool


class Page(Struct, frozen=True):
    """A page of a list; ask again with ``cursor`` for the next one."""

    items: list[IncidentLine]
    cursor: str | None


class AssessmentOut(Struct, frozen=True):
    """A run of the risk test: answers, rules with reasons and sources, unknowns that matter, ENISA's number."""

    id: UUID
    version: int
    facts_version: int
    groups: list[str]
    rule_set: str
    outcome: dict[str, Any]
    made_by: str
    made_at: datetime


class DecisionOut(Struct, frozen=True):
    """A recorded decision, with the second person's name and sentence where one was needed."""

    id: UUID
    version: int
    facts_version: int
    assessment_id: UUID
    notify: str
    tell: str
    tell_by_group: dict[str, str]
    exemption: str
    evidence: str
    reasons_authority: str
    reasons_subjects: str
    decided_by: str
    decided_at: datetime
    approved_by: str
    approval: str


class ProposalOut(Struct, frozen=True):
    """A decision that waits for a second person, who answers on the page of the case; the clock goes on.

    ``needs_second``: why one person is not enough: less than the test asks for (``notify``, ``tell``), health data of
    many (``health``), an exemption that rests on later measures (``evidence``).
    """

    id: UUID
    version: int
    facts_version: int
    assessment_id: UUID
    notify: str
    tell: str
    tell_by_group: dict[str, str]
    exemption: str
    evidence: str
    reasons_authority: str
    reasons_subjects: str
    needs_second: list[str]
    opinion_given: bool
    proposed_by: str
    proposed_at: datetime


class DraftOut(Struct, frozen=True):
    """A frozen draft with the hashes of its files."""

    id: UUID
    kind: str
    people_group: str
    language: str
    version: int
    facts_version: int
    sha256: str
    docx_sha256: str
    pdf_sha256: str
    missing: list[str]
    made_by: str
    made_at: datetime


class CommunicationOut(Struct, frozen=True):
    """A recorded communication to the people."""

    id: UUID
    sent_at: datetime
    form: str
    reached: int | None
    document_id: UUID | None
    recorded_by: str


class EventOut(Struct, frozen=True):
    """An entry of the event log with its link in the chain."""

    seq: int
    at: datetime
    actor: str
    kind: str
    incident_id: UUID | None
    data: dict[str, Any]
    previous: str
    hash: str


class VerificationOut(Struct, frozen=True):
    """Whether the event log and what it vouches for are whole, with the signed head of the chain."""

    intact: bool
    breaks: list[str]
    head: dict[str, Any]


def instant(text: str, zone: str, path: str) -> ZonedInstant:
    """An instant from the outside.

    Raises:
        InvalidInput: not a time, no such zone, or a time skipped in spring; names the field.
    """
    try:
        return parse_local(text, zone)
    except LocalTimeError as error:
        raise InvalidInput(
            [
                FieldError(
                    path,
                    "not-a-time",
                    "Give an ISO 8601 date and time, such as 2026-11-20T17:50 or 2026-11-20T16:50:00Z.",
                )
            ]
        ) from error


Shape = TypeVar("Shape", bound=Struct)


def shaped(shape: type[Shape], row: object) -> Shape:
    """A stored row in the shape of an answer: the fields have the same names."""
    return shape(*(getattr(row, name) for name in shape.__struct_fields__))


def clock_out(row: tables.ClockRow) -> ClockOut:
    """A clock version as the API shows it."""
    return ClockOut(
        regime=row.regime,
        rule_version=row.regime_version,
        version=row.version,
        anchor_kind=row.anchor_kind,
        anchor_at=row.anchor_at,
        zone=row.anchor_zone,
        deadline_at=row.deadline_at,
        state=row.state,
        stop_reason=row.stop_reason,
        reason=row.reason,
    )


def stages_out(case: Case) -> list[StageOut]:
    """Every planned warning of a case, by due time."""
    versions = {clock.id: clock.version for clock in [*case.clocks, *case.duty_clocks]}
    return [
        StageOut(
            stage.name,
            versions[stage.clock_id],
            stage.due_at,
            stage.state,
            stage.settled_at,
            stage.late_by_seconds,
            stage.reason,
        )
        for stage in case.stages
    ]


def facts_out(facts: Facts) -> dict[str, Any]:
    """Facts by key: the value, or the state of what is not known."""
    return {key: fact.value if facts.is_known(key) else str(fact.state) for key, fact in sorted(facts.by_key.items())}


def incident_out(case: Case) -> IncidentOut:
    """A case as the API shows it; a fact that is not known shows its state instead of a value."""
    incident = case.incident
    return IncidentOut(
        id=incident.id,
        reference=incident.reference,
        title=incident.title,
        state=case.state,
        next_act=case.next_act,
        opened_at=incident.opened_at,
        first_signal_at=incident.first_signal_at,
        acknowledged_at=incident.acknowledged_at,
        closed_at=incident.closed_at,
        drill=incident.is_drill,
        clock=clock_out(case.clock),
        facts_version=incident.facts_version,
        facts=facts_out(case.facts),
        groups={name: facts_out(own) for name, own in case.groups.items()},
        missing=case.missing,
    )


def line_out(row: BoardRow) -> IncidentLine:
    """A line of the list."""
    return IncidentLine(
        row.incident_id,
        row.reference,
        row.title,
        row.state,
        row.opened_at,
        row.deadline_at,
        row.clock_state,
        row.late,
        row.drill,
    )
