"""A firm in which everything has happened, and the address of every page there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Litestar
from sqlalchemy import select

from incidents.base.links import AckLink, sign_ack
from incidents.base.settings import Settings
from incidents.rules.send import CommunicationForm
from incidents.steps import controllers, form, people, send, sign_off
from incidents.store import people as stored_people
from incidents.store import tables
from incidents.store.tables import Membership, User
from tests.builders import CaseFile, Firm, Town, busy_case
from tests.duties_builders import add
from tests.letters_builders import Letters, csv_of
from tests.letters_builders import people as addressees

ROWS: Mapping[str, type[Any]] = {
    "incident_id": tables.Incident,
    "controller_id": tables.Controller,
    "duty_id": tables.DutyRow,
    "document_id": tables.Document,
    "filing_id": tables.Filing,
    "evidence_id": tables.Evidence,
    "asked_id": tables.SignOffRequest,
    "list_id": tables.RecipientList,
    "mailing_id": tables.Mailing,
    "recipient_id": tables.Recipient,
    "run_id": tables.PrintRun,
    "certificate_id": tables.Certificate,
    "drill_id": tables.Drill,
    "mail_id": tables.InboundMail,
}
"""Which row a key in an address names."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "act": ("confirm", "change", "report"),
    "regime": ("eidas",),
    "ladder": ("default",),
}
NO_PAGES = ("/api/", "/static/", "/health/", "/metrics", "/calendar/", "/language/")
"""Addresses that give no page to anybody."""
FILES = ("/pdf", ".pdf", ".svg", ".csv", "{file:str}", "/live", "/html", "/letters", "/addresses")
FILES += ("{key:str}", "{name:str}")
KEPT = ("/evidence/", "/proofs/", "/certificates/")
"""How the address of a file or of a part of a page ends, and what stands before its key."""
TWICE = ("", "/decide", "/duties", "/send", "/notice", "/letters", "/assess/result", "/orders")
"""Pages of a case that look different while everything is pending."""
PUBLIC = ("/r/", "/ack/", "/invite/", "/login", "/setup/", "/password/", "/unlock/")
"""Pages of those who are not signed in; the very first page of an installation is the business of the journey."""


@dataclass
class LivedIn:
    """A firm with a busy case, one nobody has taken, and one with everything pending; a person with every role."""

    town: Town
    settings: Settings
    firm: Firm
    busy: CaseFile
    pending: CaseFile
    untouched: CaseFile
    person: User

    @classmethod
    def settle(cls, town: Town, settings: Settings) -> "LivedIn":
        """Let everything happen."""
        firm = town.found()
        busy = busy_case(firm)
        untouched = firm.report("Rossz címre ment egy bérlista.")
        pending = _with_everything_pending(firm)
        _letters(town, pending)
        return cls(town, settings, firm, busy, pending, untouched, _everybody(firm))

    def session(self) -> str:
        """The token of a session of the person with every role."""
        with self.town.uow() as uow:
            person = uow.session.get_one(User, self.person.id)
            return people.open_session(uow, person, user_agent="test", address="127.0.0.1").token

    def public(self) -> list[str]:
        """The address of every page that strangers may open; the staff form is the second."""
        with self.town.uow() as uow:
            link = controllers.report_link(uow, self.firm.id).token
            if stored_people.live_link(uow, "meghivo", "invite") is None:
                for token, purpose in (("meghivo", "invite"), ("uj-jelszo", "reset"), ("feloldo", "unlock")):
                    stored_people.add_link(uow, token, purpose, uow.now + timedelta(days=1), self.person.id)
        seen, receipt = self.acknowledgement(self.busy.id, "t48"), f"/r/{link}/receipt/{self.pending.receipt_token}"
        back = ["/login/password", "/password/uj-jelszo", "/unlock/feloldo"]
        return ["/login", f"/r/{link}", receipt, seen, "/invite/meghivo", *back, "/r/nincs-ilyen", "/incidents/x"]

    def acknowledgement(self, incident_id: UUID, stage: str) -> str:
        """The address in a warning of that stage."""
        tomorrow = self.town.clock.now() + timedelta(days=1)
        link = AckLink(incident_id, self.person.id, self.person.email, stage, tomorrow)
        return f"/ack/{sign_ack(self.settings.secret_key, link)}"

    def pages(self, app: Litestar) -> Iterator[str]:
        """The address of every page for those who are signed in, each case in its turn where it matters."""
        for route in app.routes:
            if "GET" in getattr(route, "methods", ()) and _is_page(route.path):
                yield from self.addresses(route.path)

    def addresses(self, route: str) -> Iterator[str]:
        """A route with its keys filled in, for the newest rows and for the case with everything pending."""
        names = [part[1:-1].split(":")[0] for part in route.split("/") if part.startswith("{")]
        known = self._keys(route, names)
        filled = route
        for name, value in known.items():
            filled = filled.replace(f"{{{name}:uuid}}", str(value))
        words = next((name for name in names if name in WORDS), None)
        choices = WORDS[words] if words else ("",)
        yield from (filled.replace(f"{{{words}:str}}", word) for word in choices)
        if route.endswith(tuple(f"{{incident_id:uuid}}{page}" for page in TWICE)):
            yield filled.replace(str(self.busy.id), str(self.pending.id))

    def _keys(self, route: str, names: list[str]) -> dict[str, UUID]:
        keys: dict[str, UUID] = {}
        with self.town.uow(read_only=True) as uow:
            for name in reversed([one for one in names if one not in WORDS and one in ROWS]):
                rows = select(ROWS[name]).order_by(ROWS[name].id.desc())
                rows = rows.where(ROWS[name].is_drill) if route.endswith("{incident_id:uuid}/drill") else rows
                found = uow.session.scalars(rows).first()
                assert found is not None, name
                keys.setdefault(name, self._chosen(name, found.id, route))
                for upper in ("mailing_id", "list_id", "incident_id"):
                    if upper in names and getattr(found, upper, None):
                        keys.setdefault(upper, getattr(found, upper))
        return {name: key for name, key in keys.items() if name in names}

    def _chosen(self, name: str, newest: UUID, route: str) -> UUID:
        known = {"incident_id": self.busy.id, "controller_id": self.firm.id}
        return newest if route.endswith("{incident_id:uuid}/drill") else known.get(name, newest)


def _is_page(route: str) -> bool:
    if route.startswith((*NO_PAGES, *PUBLIC)):
        return False
    return route.endswith("{incident_id:uuid}/letters") or not (
        route.endswith(FILES) or any(part in route for part in KEPT)
    )


def _everybody(firm: Firm) -> User:
    """Somebody with every role, who also runs the installation."""
    with firm.town.uow() as uow:
        person = uow.session.get_one(User, firm.people["dpo"].id)
        person.is_operator = True
        for role in ("handler", "manager", "auditor", "admin"):
            uow.add(Membership(controller_id=firm.id, user_id=person.id, role=role))
        return person


def _with_everything_pending(firm: Firm) -> CaseFile:
    """A case that waits: for a second person, a sign-off and a duty's answer; its people are told by a notice."""
    case = firm.report()
    case.acknowledge()
    case.assess()
    case.propose("no", "no")
    add(case, "eidas")
    with firm.as_("dpo") as uow:
        send.record_communication(uow, case.id, CommunicationForm(sent_at=firm.town.now, form="public"))
        sign_off.request(uow, case.id, form.Asked())
    return case


def _letters(town: Town, case: CaseFile) -> None:
    """A list that waits for its columns and a mailing on its way."""
    letters = Letters(town.database, town.clock, case.id)
    letters.upload(csv_of(*addressees(3)))
    letters.started(*addressees(3))
