"""Builders for duties beside Art. 33: what a firm is subject to, its clients, and a duty with a report."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from incidents.base.time import ZonedInstant
from incidents.rules.duties import ReportForm
from incidents.rules.profile import ClientForm, RegimesForm
from incidents.rules.regimes import duty_for
from incidents.steps import duties, profile
from incidents.store import duties as stored
from incidents.store import incidents
from incidents.store.tables import ClockRow, DutyReport, DutyRow
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work

if TYPE_CHECKING:
    from tests.builders import CaseFile, Firm

NOT_OURS = "A minősítés szerint az incidens nem jelentős: sem ügyfelet, sem szolgáltatást nem érintett."


def subject_to(firm: "Firm", *, tell_target_hours: int | None = None, **flags: bool | None) -> "Firm":
    """The firm says which rules bind it."""
    with firm.town.uow() as uow:
        profile.set_regimes(uow, firm.id, RegimesForm(flags, tell_target_hours))
    return firm


def clients(firm: "Firm", *forms: ClientForm) -> None:
    with firm.town.uow() as uow:
        profile.save_client_contracts(uow, firm.id, forms)


def duties_of(case: "CaseFile") -> dict[str, DutyRow]:
    """The duties of a case by regime (of several the last)."""
    with case.town.uow(read_only=True) as uow:
        return {row.regime: row for row in stored.of_case(uow, case.id)}


def duty(case: "CaseFile", regime: str) -> DutyRow:
    return duties_of(case)[regime]


def clocks(case: "CaseFile", regime: str) -> dict[str, ClockRow]:
    """The newest clock of each report of a duty."""
    with case.town.uow(read_only=True) as uow:
        return {report: versions[-1] for report, versions in stored.clocks_of(uow, duty(case, regime)).items()}


def confirm(case: "CaseFile", regime: str, *, role: str = "dpo", **given: Any) -> DutyRow:
    """Somebody confirms: anchors and settings by name, ``reason`` beside them."""
    anchors, params, reason = _parted(given)
    with case.firm.as_(role) as uow:
        return duties.confirm(uow, duty(case, regime).id, anchors, params, reason)


def _parted(given: Mapping[str, Any]) -> tuple[dict[str, ZonedInstant], dict[str, Any], str]:
    anchors = {name: value for name, value in given.items() if isinstance(value, ZonedInstant)}
    params = {name: value for name, value in given.items() if name not in anchors and name != "reason"}
    return anchors, params, str(given.get("reason", ""))


def decline(case: "CaseFile", regime: str, reason: str = NOT_OURS, *, role: str = "dpo") -> DutyRow:
    with case.firm.as_(role) as uow:
        return duties.decline(uow, duty(case, regime).id, reason)


def add(case: "CaseFile", regime: str, *, subject: str = "", title: str = "", **given: Any) -> DutyRow:
    """Somebody adds a duty by hand, as the thread with the authority does."""
    anchors, params, reason = _parted(given)
    with case.firm.as_("dpo") as uow:
        incident = incidents.lock(uow, case.id)
        return duties.open_duty(
            uow, incident, regime, subject=subject, title=title, anchors=anchors, params=params, reason=reason
        )


def anchor(case: "CaseFile", regime: str, name: str, at: ZonedInstant, reason: str = "") -> DutyRow:
    with case.firm.as_("dpo") as uow:
        return duties.set_anchor(uow, duty(case, regime).id, name, at, reason)


def report(case: "CaseFile", regime: str, name: str, *, at: ZonedInstant | None = None, **fields: Any) -> DutyReport:
    given: dict[str, Any] = {"channel": "online"}
    form = ReportForm(at or case.town.now, **{**given, **fields})
    with case.firm.as_("dpo") as uow:
        return duties.record_report(uow, duty(case, regime).id, name, form)


def busy_duties(case: "CaseFile") -> None:
    """A duty that was reported, and a client whose data the firm keeps: a row in every table of duties."""
    clients(case.firm, ClientForm("Példa Webáruház Kft.", "adatvedelem@webaruhaz.example", 24))
    add(case, "eidas")
    report(case, "eidas", "notification")


def duty_under_key(engine: Any, clock: Any, incident_id: UUID, key: UUID) -> None:
    """A running duty of a case under a key of the test's choice."""
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        incident = incidents.lock(uow, incident_id)
        row = duties.new_duty(uow, incident, duty_for("eidas", clock.now().date()))
        row.id, row.state, row.decided_at = key, "confirmed", uow.now
        uow.add(row)
