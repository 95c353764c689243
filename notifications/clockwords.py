"""Which clock a mail speaks of: of the notification under Art. 33, or of a report of another regime, in words."""

from typing import Any
from uuid import UUID

from incidents.base.dated import NoSuchLawError
from incidents.base.time import ZonedInstant
from incidents.rules.escalation import Policy, stage_label
from incidents.rules.regimes import Duty, contact_of, duty_of_version
from incidents.steps.cases import Case
from incidents.store import duties
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import ClockRow, OutboxMail
from incidents.store.uow import UnitOfWork

_NOTHING = {"duty": "", "report": "", "authority": "", "route": ""}


def clock_of(case: Case, mail: OutboxMail) -> ClockRow | None:
    """The clock a mail was written for, in its newest version; None for mails about a case as a whole.

    Raises:
        KeyError: the case has no such clock.
    """
    key = mail.payload.get("clock_id")
    if not key:
        return None
    clocks = {clock.id: clock for clock in (*case.clocks, *case.duty_clocks)}
    kind = _kind(clocks[UUID(str(key))])
    return max((clock for clock in clocks.values() if _kind(clock) == kind), key=lambda clock: clock.version)


def _kind(clock: ClockRow) -> tuple[str, str, str]:
    return clock.regime, clock.subject, clock.report


def duty_words(uow: UnitOfWork, clock: ClockRow | None, lang: str) -> dict[str, str]:
    """Which duty and report it is, owed to whom and how; all empty for the notification under Art. 33."""
    if clock is None or clock.regime == GDPR_33:
        return dict(_NOTHING)
    law = duty_of_version(clock.regime, clock.regime_version)
    title = next((row.title for row in duties.of_case(uow, clock.incident_id) if _is_of(row, clock)), "")
    return {
        "duty": f"{law.label[lang]}: {title}" if title else law.label[lang],
        "report": next((one.label[lang] for one in law.reports if one.name == clock.report), clock.report),
        "authority": _authority(law, clock, lang),
        "route": law.route[lang],
    }


def _is_of(row: Any, clock: ClockRow) -> bool:
    return bool((row.regime, row.subject) == (clock.regime, clock.subject))


def _authority(law: Duty, clock: ClockRow, lang: str) -> str:
    on = ZonedInstant(clock.anchor_at, clock.anchor_zone).local.date()
    try:
        return str(contact_of(law, on).name[lang])
    except NoSuchLawError:
        return ""


def stage_words(policy: Policy, name: str, lang: str) -> str:
    """The words of a stage; its plain name when the ladder has no such rung any more."""
    try:
        return stage_label(policy, name, lang)
    except LookupError:
        return name
