"""What a draft is made from: the controller, the case as it stands, and the decision so far."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from incidents.base.time import BUDAPEST, ZonedInstant, zone
from incidents.rules.facts import Facts

_TOWN = re.compile(r"\s*(?:[A-Z]{1,3}-)?\d{4,5}\s+([^,\d]+?)\s*,")


@dataclass(frozen=True)
class Processor:
    """A processor of the controller (GDPR Art. 28): who, where, for what, and the safeguard outside the EEA."""

    name: str
    address: str = ""
    task: str = ""
    country: str = ""
    safeguard: str = ""


@dataclass(frozen=True)
class Activity:
    """A processing activity from the controller's record (GDPR Art. 30)."""

    name: str
    purpose: str = ""
    data_categories: str = ""
    subject_categories: str = ""


@dataclass(frozen=True)
class ControllerProfile:
    """The controller as letters name it. Any text may be empty: what is due and empty is shown as unfilled."""

    name: str = ""
    short_code: str = ""
    seat: str = ""
    postal_address: str = ""
    company_number: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    dpo_name: str = ""
    dpo_email: str = ""
    dpo_phone: str = ""
    responsible_manager_name: str = ""
    responsible_manager_title: str = ""
    responsible_manager_email: str = ""
    responsible_manager_phone: str = ""
    representative: str = ""
    letterhead: str = ""
    is_public_body: bool = False
    language: str = "hu"
    """The language its people write in."""
    processors: tuple[Processor, ...] = ()
    activities: tuple[Activity, ...] = ()

    @property
    def town(self) -> str:
        """The town of the seat, as the dateline of a letter needs it; empty when the seat does not tell."""
        found = _TOWN.match(self.seat)
        return found.group(1) if found else ""


@dataclass(frozen=True)
class DecisionView:
    """The decision as letters need it: towards the authority (Art. 33), towards the people (Art. 34), and why."""

    notify: Literal["yes", "no"]
    tell: Literal["yes", "no", "exempt"]
    exemption: Literal["a", "b", "c", ""] = ""
    reasons_authority: str = ""
    reasons_subjects: str = ""


@dataclass(frozen=True)
class CaseFile:
    """One case at one moment. Instants are aware; ``now`` is the moment the draft is made."""

    controller: ControllerProfile
    reference: str
    facts: Facts
    first_signal: ZonedInstant
    awareness: ZonedInstant | None
    awareness_reason: str
    deadline: datetime
    now: datetime
    decision: DecisionView | None = None
    delay_reasons: str = ""
    filing_kind: Literal["new", "follow_up", "withdrawal"] = "new"
    complete: bool = False
    authority_reference: str = ""
    """How the authority identified the earlier notification: free text, as it came."""
    withdrawal_reasons: str = ""
    assessment: Mapping[str, str] = field(default_factory=dict)
    """The result of the risk assessment in words, by language, when there is one."""
    drill: bool = False
    """Whether the case is made up: then every document says so first."""
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By language, what somebody wrote for the letter in place of a fact: key of the fact to text."""

    @property
    def today(self) -> date:
        """The day the draft is made, in Hungary: it decides which texts and addresses apply."""
        return self.now.astimezone(zone(BUDAPEST)).date()

    @property
    def late(self) -> bool:
        """Whether a new notification would come after the 72 hours, so that reasons are due (Art. 33(1))."""
        return self.filing_kind == "new" and self.now > self.deadline
