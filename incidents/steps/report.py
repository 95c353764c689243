"""Report: somebody tells us; the case, its clock and its register entry exist from that moment (Art. 33(1), 33(5))."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id, new_token
from incidents.base.time import ZonedInstant, zone
from incidents.rules.assess.breach import overlaid
from incidents.rules.facts import Facts, ParsedFact, validate
from incidents.rules.groups import group_faults, not_by_group
from incidents.rules.report import StaffReport, facts_of, first_signal_faults, title_of
from incidents.steps import assess, decide, following
from incidents.steps import clock as clock_step
from incidents.steps.guard import require
from incidents.store import audit, controllers, incidents
from incidents.store.people import hashed
from incidents.store.tables import Controller, FactAmendment, IdempotentRequest, Incident
from incidents.store.uow import UnitOfWork

LONGEST_KEY = 200
TOO_LONG = "This is too long: at most {limit} characters."


@dataclass(frozen=True)
class Opened:
    """The case a report has opened; the receipt token shows the receipt again, without an account."""

    incident_id: UUID
    reference: str
    receipt_token: str


@dataclass(frozen=True)
class Receipt:
    """What the reporter may see later."""

    reference: str
    controller_id: UUID
    opened_at: datetime
    what_happened: str


@dataclass(frozen=True)
class ApiReport:
    """A report that came through the API."""

    first_signal: ZonedInstant
    facts: Mapping[str, object]
    reporter: str = ""


def _title(facts: Mapping[str, ParsedFact]) -> str:
    for key in ("title", "what_happened"):
        if key in facts and facts[key].value:
            return title_of(str(facts[key].value))
    return ""


def open_incident(
    uow: UnitOfWork,
    controller_id: UUID,
    *,
    facts: Mapping[str, ParsedFact],
    first_signal: ZonedInstant,
    via: str,
    reporter: str,
) -> Opened:
    """Open a case: facts, reference, provisional clock with its warnings, first log entry, in one transaction.

    Raises:
        Forbidden: the actor may not report here.
        InvalidInput: the first signal cannot be right.
    """
    require(uow, controller_id, "report")
    if errors := first_signal_faults(first_signal, uow.now, "first_signal_at"):
        raise InvalidInput(errors)
    token = new_token()
    incident = _incident(uow, controller_id, first_signal, hashed(token))
    incident.title, incident.opened_via, incident.reporter = _title(facts), via, reporter
    amendment = incidents.add_with_facts(uow, incident, dict(facts))
    clock = clock_step.start_provisional(uow, incident, _opened(incident, amendment))
    following.propose_first(uow, incident, amendment, clock)
    return Opened(incident.id, incident.reference, token)


def _incident(uow: UnitOfWork, controller_id: UUID, first_signal: ZonedInstant, receipt_hash: str) -> Incident:
    controller = controllers.load(uow, controller_id)
    return Incident(
        id=new_id(uow.now),
        controller_id=controller_id,
        reference=incidents.next_reference(uow, controller, uow.now.astimezone(zone(first_signal.zone)).year),
        facts_version=0,
        first_signal_at=first_signal.at,
        first_signal_zone=first_signal.zone,
        opened_at=uow.now,
        receipt_hash=receipt_hash,
        closing_note="",
    )


def _opened(incident: Incident, amendment: FactAmendment) -> audit.NewEvent:
    return audit.about(
        incident,
        "incident.opened",
        amendment,
        reference=incident.reference,
        via=incident.opened_via,
        first_signal_at=incident.first_signal_at.isoformat(),
        zone=incident.first_signal_zone,
    )


def open_from_staff(uow: UnitOfWork, controller_id: UUID, report: StaffReport, via: str) -> Opened:
    """Open a case from the four answers of the staff form."""
    return open_incident(
        uow,
        controller_id,
        facts=facts_of(report),
        first_signal=report.noticed,
        via=via,
        reporter=report.contact,
    )


def _answered_before(uow: UnitOfWork, controller_id: UUID, key: str, request_hash: str) -> Incident | None:
    earlier = incidents.answered(uow, controller_id, key)
    if earlier is None:
        return None
    if earlier.request_hash != request_hash:
        raise Conflict("This Idempotency-Key was used for another request. Use a new key for a new incident.")
    return incidents.load(uow, earlier.incident_id)


def open_by_api(
    uow: UnitOfWork, controller_id: UUID, report: ApiReport, key: str | None, request_body: bytes
) -> tuple[Incident, bool]:
    """Open a case for the API; asked again under the same key, give the same case. Returns it and whether it is new.

    Raises:
        Conflict: the key was used with another body.
        InvalidInput: some facts cannot be used; every one is named by its path.
    """
    require(uow, controller_id, "report")
    if key and len(key) > LONGEST_KEY:
        raise InvalidInput([FieldError("Idempotency-Key", "too-long", TOO_LONG, {"limit": str(LONGEST_KEY)})])
    request_hash = hashlib.sha256(request_body).hexdigest()
    if key:
        # Two requests under one key must not both find nothing: the controller's row makes the second wait.
        controllers.lock(uow, controller_id)
        if (known := _answered_before(uow, controller_id, key, request_hash)) is not None:
            return known, False
    facts, errors = validate(report.facts)
    errors = first_signal_faults(report.first_signal, uow.now, "first_signal_at") + errors
    if errors:
        raise InvalidInput(errors)
    opened = open_incident(
        uow, controller_id, facts=facts, first_signal=report.first_signal, via="api", reporter=report.reporter
    )
    if key:
        uow.add(_answer(uow, controller_id, key, request_hash, opened.incident_id))
    return incidents.load(uow, opened.incident_id), True


def _answer(uow: UnitOfWork, controller_id: UUID, key: str, request_hash: str, incident_id: UUID) -> IdempotentRequest:
    return IdempotentRequest(
        controller_id=controller_id, key=key, request_hash=request_hash, incident_id=incident_id, created_at=uow.now
    )


def amend_facts(
    uow: UnitOfWork, incident_id: UUID, values: Mapping[str, object], reason: str = "", group: str = ""
) -> int:
    """Record what is now known (or known to be unknown) as a new version; returns its number.

    With a group, it is about that group of people only; one not named before begins with it. Where the risk was
    assessed, it is assessed again.

    Raises:
        InvalidInput: some facts cannot be used; every one is named, nothing is recorded.
        Conflict: the case is closed.
    """
    incident = _amendable(uow, incident_id)
    group = " ".join(group.split())
    said, errors = validate(values)
    if group:
        errors = [*group_faults(group), *not_by_group(values), *errors]
    if errors:
        raise InvalidInput(errors)
    rows = incidents.amendments(uow, incident_id)
    groups = incidents.fold_groups(rows)
    everybody = incidents.fold_facts(rows)
    changed = _news(said, overlaid(everybody, groups.get(group, Facts(0))) if group else everybody)
    if not changed and (not group or group in groups):
        return incident.facts_version
    if title := changed.get("title"):
        incident.title = str(title.value or "")
    row = incidents.add_amendment(uow, incident, changed, reason, group=group)
    _amended(uow, incident, row)
    return row.version


def end_group(uow: UnitOfWork, incident_id: UUID, group: str, reason: str = "") -> int:
    """Take a group of people back: what was said of it no longer counts, and stays in the history.

    Raises:
        NotFound: there is no such group.
        Conflict: the case is closed.
    """
    incident = _amendable(uow, incident_id)
    if group not in incidents.fold_groups(incidents.amendments(uow, incident_id)):
        raise NotFound
    row = incidents.add_amendment(uow, incident, {}, reason, group=group, ends_group=True)
    _amended(uow, incident, row)
    return row.version


def _amendable(uow: UnitOfWork, incident_id: UUID) -> Incident:
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "amend")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to record new facts.")
    return incident


def _news(said: Mapping[str, ParsedFact], current: Facts) -> dict[str, ParsedFact]:
    """What differs from the record. «I do not know» is an answer: said for the first time, it is kept."""
    return {
        key: fact
        for key, fact in said.items()
        if current.get(key) is None or (current.state(key), current.value(key)) != (fact.state, fact.value)
    }


def _amended(uow: UnitOfWork, incident: Incident, row: FactAmendment) -> None:
    """Log new facts, and let what rests on them be looked at again."""
    what: dict[str, object] = {"version": row.version, "facts": sorted(row.facts), "reason": row.reason}
    if row.people_group:
        what |= {"group": row.people_group, "ends_group": row.ends_group}
    audit.append(uow, audit.about(incident, "facts.amended", row, **what))
    assess.again(uow, incident)
    decide.reopen_exemption(uow, incident, row.version - 1)
    following.propose(uow, incident)


def controller_of_link(uow: UnitOfWork, token: str) -> Controller:
    """The controller a report link belongs to.

    Raises:
        NotFound: there is no such link, or it was renewed since.
    """
    controller = controllers.of_report_link(uow, token)
    if controller is None:
        raise NotFound("This report link is not valid any more. Please ask for the current one where you work.")
    return controller


def receipt(uow: UnitOfWork, token: str) -> Receipt:
    """The receipt of a report.

    Raises:
        NotFound: no such receipt.
    """
    incident = incidents.by_receipt(uow, hashed(token))
    said = incidents.fold_facts(incidents.amendments(uow, incident.id), upto=1)
    return Receipt(
        incident.reference, incident.controller_id, incident.opened_at, str(said.value("what_happened") or "")
    )
