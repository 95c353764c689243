"""One builder per thing, with sensible defaults, made by the product's own steps: what tests see is what people get.

A ``Town`` is a database and a clock; a ``Firm`` is a controller in it with its people; a ``CaseFile`` is one incident.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeAlias
from uuid import UUID

from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, ZonedInstant
from incidents.rules.decide import DecisionForm
from incidents.rules.facts import validate
from incidents.rules.report import StaffReport
from incidents.rules.send import CommunicationForm, FilingForm
from incidents.steps import assess, cases, clock, controllers, decide, draft, escalate, people, report, send
from incidents.steps.controllers import ActivityForm, ControllerForm, ProcessorForm
from incidents.steps.draft import RenderedDocument
from incidents.store import audit
from incidents.store.engine import Database
from incidents.store.tables import (
    Acknowledgement,
    Communication,
    Decision,
    DecisionProposal,
    Document,
    Filing,
    Membership,
    OutboxMail,
    User,
)
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor, Scope, UnitOfWork, unit_of_work
from tests.accounts_builders import busy_accounts
from tests.casework_builders import busy_casework
from tests.channel_builders import busy_channels
from tests.databases import engine_for
from tests.drills_builders import busy_drill
from tests.duties_builders import busy_duties
from tests.fakes import FakeClock
from tests.inbox_builders import busy_inbox
from tests.letters_builders import busy_letters
from tests.policies_builders import busy_policies
from tests.publicity_builders import busy_publicity
from tests.thread_builders import busy_thread, nothing_in_the_way

WHAT_HAPPENED = "Elveszett egy laptop a 4-es villamoson, rajta az ügyféllista."
GOOD_REASON = "A lemez titkosított, a kulcs nem került ki, ezért kockázat nem valószínű."
WHY_LATER = "Előbb ki kellett deríteni, hogy a gépen voltak-e személyes adatok; délután lett bizonyos."
ENCRYPTED: dict[str, Any] = {
    "breach_types": ["confidentiality"],
    "unintelligible": {"state": "yes", "key_safe": True},
    "service_impact": "none",
    "context": [],
}
"""Nobody can read the data: the risk test asks for nothing but the entry in the register."""
NAMES = {
    "reporter": "Raktáros Rezső",
    "handler": "Halmos Hanna",
    "dpo": "Doktor Dóra",
    "manager": "Kelemen Katalin",
    "auditor": "Aranyosi Aladár",
    "admin": "Adorján Ádám",
}
_numbers = count(1)
Decided: TypeAlias = Decision | DecisionProposal


def controller_form(name: str = "Futár Példa Kft.", **fields: Any) -> ControllerForm:
    """A profile without a DPO, as many small firms have it; the short code is new each time."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "short_code": f"FUT{number}",
        "email": f"info{number}@futar.example",
        "responsible_manager_name": NAMES["manager"],
    }
    return ControllerForm(name=name, **{**given, **fields})


def staff_report(noticed: ZonedInstant, what: str = WHAT_HAPPENED, kind: str = "lost_or_stolen_device") -> StaffReport:
    return StaffReport(what, kind, noticed, "Raktáros Rezső, 06 30 555 0102")


def decision_form(notify: str = "yes", tell: str = "no", **fields: Any) -> DecisionForm:
    given: dict[str, Any] = {"reasons_authority": GOOD_REASON, "reasons_subjects": GOOD_REASON}
    return DecisionForm(notify=notify, tell=tell, **{**given, **fields})


def filing_form(filed_at: ZonedInstant, kind: str = "new", **fields: Any) -> FilingForm:
    given: dict[str, Any] = {"complete": False, "channel": "online"}
    return FilingForm(kind=kind, filed_at=filed_at, **{**given, **fields})


def rendered(kind: str = "authority", language: str = "hu", html: str = "<p>tervezet</p>") -> RenderedDocument:
    return RenderedDocument(kind, language, html, "a" * 64, b"docx", "b" * 64, b"pdf", "c" * 64, ("subjects_count",))


def _person(role: str, *, name: str = "", email: str = "", **fields: Any) -> people.NewPerson:
    return people.NewPerson(email or f"{role}{next(_numbers)}@futar.example", name or NAMES[role], role, **fields)


def _long_employed(uow: UnitOfWork, firm_id: UUID, roles: tuple[str, ...]) -> dict[str, User]:
    """People as ``people.invite`` leaves them, all at once, their invitations accepted long ago."""
    hired = {role: _account(uow, _person(role)) for role in roles}
    uow.add(*hired.values())
    uow.add(*(Membership(controller_id=firm_id, user_id=user.id, role=role) for role, user in hired.items()))
    said = ({"user": str(user.id), "role": role, "deputy": False} for role, user in hired.items())
    audit.append(uow, *(audit.NewEvent(firm_id, None, "role.granted", one) for one in said))
    return hired


def _account(uow: UnitOfWork, person: people.NewPerson) -> User:
    return User(
        id=new_id(uow.now),
        email=person.email,
        name=person.name,
        password_hash="",
        language=person.language,
        is_operator=False,
        is_active=True,
        created_at=uow.now,
    )


@dataclass
class Town:
    """A migrated database and a clock that obeys."""

    url: str
    clock: FakeClock
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = engine_for(self.url)

    @property
    def now(self) -> ZonedInstant:
        return ZonedInstant(self.clock.now(), BUDAPEST)

    def ago(self, **duration: float) -> ZonedInstant:
        return ZonedInstant(self.clock.now() - timedelta(**duration), BUDAPEST)

    @property
    def is_postgresql(self) -> bool:
        return self.url.startswith("postgresql")

    def uow(self, actor: Actor = SYSTEM, scope: Scope | None = EVERY_CONTROLLER, *, read_only: bool = False) -> Any:
        """A transaction, by default of the system over every controller."""
        return unit_of_work(self.database, self.clock, actor, scope, read_only=read_only)

    def found(
        self, form: ControllerForm | None = None, staff: tuple[str, ...] = tuple(NAMES), *, invited: bool = False
    ) -> "Firm":
        """A controller with one person per role: there since long, or with their invitations in the outbox."""
        with self.uow() as uow:
            made = controllers.create_controller(uow, form or controller_form())
            if invited:
                hired = {role: people.invite(uow, made.id, _person(role)) for role in staff}
            else:
                hired = _long_employed(uow, made.id, staff)
        return Firm(self, made.id, hired)

    def sweep(self) -> int:
        return escalate.sweep(self.database, self.clock)

    def close(self) -> None:
        self.database.dispose()


@dataclass
class Firm:
    """A controller and its people, by role; each person holds that one role."""

    town: Town
    id: UUID
    people: dict[str, User] = field(default_factory=dict)

    def employ(self, role: str, *, name: str = "", email: str = "", deputy: bool = False, language: str = "hu") -> User:
        person = _person(role, name=name, email=email, deputy=deputy, language=language)
        with self.town.uow() as uow:
            user = people.invite(uow, self.id, person)
        self.people.setdefault("deputy" if deputy else role, user)
        return user

    def address(self, role: str) -> str:
        return self.people[role].email

    @contextmanager
    def as_(self, role: str, *, read_only: bool = False) -> Iterator[UnitOfWork]:
        """A transaction of the person in a role, over the controllers at which that person holds any."""
        with self.town.uow(read_only=True) as uow:
            actor = people.actor_of(uow, self.people[role])
        with self.town.uow(actor, frozenset(actor.roles), read_only=read_only) as uow:
            yield uow

    def report(self, what: str = WHAT_HAPPENED, *, noticed: ZonedInstant | None = None) -> "CaseFile":
        """A case that a member of staff has just reported through the link."""
        with self.town.uow() as uow:
            opened = report.open_from_staff(uow, self.id, staff_report(noticed or self.town.now, what), "link")
        return CaseFile(self, opened.incident_id, opened.reference, opened.receipt_token)


@dataclass
class CaseFile:
    """One incident; every act is done by the person whose act it is."""

    firm: Firm
    id: UUID
    reference: str
    receipt_token: str

    @property
    def town(self) -> Town:
        return self.firm.town

    def look(self) -> cases.Case:
        with self.town.uow(read_only=True) as uow:
            return cases.case(uow, self.id)

    def amend(self, reason: str = "", **values: Any) -> int:
        with self.firm.as_("handler") as uow:
            return report.amend_facts(uow, self.id, values, reason)

    def encrypted(self) -> "CaseFile":
        """It turns out that nobody can read the data."""
        self.amend(**ENCRYPTED)
        return self

    def acknowledge(self, role: str = "dpo") -> Acknowledgement:
        with self.firm.as_(role) as uow:
            return clock.acknowledge(uow, self.id, via="page")

    def set_awareness(self, at: ZonedInstant | datetime, reason: str = WHY_LATER) -> Any:
        moment = at if isinstance(at, ZonedInstant) else ZonedInstant(at, BUDAPEST)
        with self.firm.as_("dpo") as uow:
            return clock.set_awareness(uow, self.id, moment, reason)

    def assess(self) -> Any:
        with self.firm.as_("handler") as uow:
            return assess.run(uow, self.id)

    def decide(self, notify: str = "yes", tell: str = "no", **fields: Any) -> Decision:
        """The DPO decides; where one person is not enough, the manager approves."""
        decided = self.propose(notify, tell, **fields)
        if isinstance(decided, Decision):
            return decided
        approved = self.answer(decided, "approved")
        assert approved is not None
        return approved

    def propose(self, notify: str = "yes", tell: str = "no", role: str = "dpo", **fields: Any) -> Decided:
        """Somebody decides; what comes of it may be a proposal only."""
        with self.firm.as_(role) as uow:
            return decide.record_decision(uow, self.id, decision_form(notify, tell, **fields))

    def answer(
        self, proposal: DecisionProposal, answer: str, role: str = "manager", sentence: str = GOOD_REASON
    ) -> Decision | None:
        """The second person answers."""
        with self.firm.as_(role) as uow:
            return decide.answer_proposal(uow, proposal.id, answer, sentence)

    def freeze(self, kind: str = "authority", language: str = "hu") -> Document:
        with self.firm.as_("handler") as uow:
            return draft.freeze_document(uow, self.id, rendered(kind, language))

    def fill_form(self) -> "CaseFile":
        """Everything the authority's form asks for is said, so that a filing may be called complete."""
        nothing_in_the_way(self)
        return self

    def file(self, kind: str = "new", *, at: ZonedInstant | None = None, **fields: Any) -> Filing:
        with self.firm.as_("dpo") as uow:
            return send.record_filing(uow, self.id, filing_form(at or self.town.now, kind, **fields))

    def tell(self, **fields: Any) -> Communication:
        given: dict[str, Any] = {"sent_at": self.town.now, "form": "email", "reached": 12}
        with self.firm.as_("dpo") as uow:
            return send.record_communication(uow, self.id, CommunicationForm(**{**given, **fields}))

    def mails(self, state: str | None = None) -> list[OutboxMail]:
        return [mail for mail in self.look().mails if state in {None, mail.state}]

    def stages(self) -> dict[str, tuple[str, str]]:
        """State and reason of each stage of the newest clock version, in order of time."""
        seen = self.look()
        return {one.name: (one.state, one.reason) for one in seen.stages if one.clock_id == seen.clock.id}


def busy_case(firm: Firm) -> CaseFile:
    """A case in which everything has happened once, so that every table holds a row of the firm."""
    with firm.town.uow() as uow:
        controllers.save_processors(uow, firm.id, [ProcessorForm("Példa Tárhely Kft.", task="tárhely")])
        controllers.save_activities(uow, firm.id, [ActivityForm("Kézbesítés", data_categories=("identification",))])
        controllers.make_api_key(uow, firm.id, "beléptető rendszer", "reporter")
        asked = report.ApiReport(firm.town.now, {"what_happened": WHAT_HAPPENED}, "beléptető rendszer")
        incident, _ = report.open_by_api(uow, firm.id, asked, "kulcs-1", b"{}")
    case = CaseFile(firm, incident.id, incident.reference, "")
    firm.town.sweep()
    case.acknowledge()
    case.assess()
    proposal = case.propose("no", "no")
    assert isinstance(proposal, DecisionProposal)
    case.answer(proposal, "refused")
    case.decide(tell="yes")
    document = case.freeze()
    case.file(document_id=document.id)
    case.tell()
    busy_publicity(case)
    busy_letters(case)
    busy_drill(firm)
    busy_duties(case)
    busy_policies(case)
    busy_channels(case)
    busy_thread(case)
    busy_accounts(case)
    busy_casework(case)
    busy_inbox(case)
    return case


def parsed(**values: object) -> Any:
    """Facts as a step takes them."""
    facts, errors = validate(values)
    assert errors == []
    return facts
