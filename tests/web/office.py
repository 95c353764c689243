"""A fictional courier firm with its people, on the real web application: pages are asked for and forms are filled in.

Forms are read from the page as a browser would: hidden fields, the form token and what stands in the fields go along.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import select

from incidents.base.settings import load_settings
from incidents.base.time import ZonedInstant
from incidents.rules.report import StaffReport
from incidents.steps import cases, controllers, people, report
from incidents.steps.controllers import ControllerForm
from incidents.store.tables import Controller, User
from incidents.store.uow import EVERY_CONTROLLER, Actor, UnitOfWork, unit_of_work
from tests.databases import engine_for, filled
from tests.fakes import FakeClock
from tests.sites import site

FIRM = ControllerForm(
    name="Futár Példa Kft.",
    short_code="FUT",
    seat="1111 Budapest, Minta utca 1.",
    email="info@futar.example",
    phone="+36 1 555 0100",
    responsible_manager_name="Kelemen Katalin",
    responsible_manager_title="ügyvezető",
    responsible_manager_email="kelemen@futar.example",
    responsible_manager_phone="+36 30 555 0101",
)
PEOPLE = {
    "dpo": ("dpo@futar.example", "Doktor Dóra"),
    "handler": ("handler@futar.example", "Halmos Hanna"),
    "manager": ("manager@futar.example", "Kelemen Katalin"),
    "auditor": ("auditor@futar.example", "Aranyosi Aladár"),
    "reporter": ("reporter@futar.example", "Raktáros Rezső"),
}
METRICS_TOKEN = "m" * 40
LOST_LAPTOP = "Elveszett egy laptop a 4-es villamoson, rajta az ügyféllista."


class Office:
    """The firm, its web application and the browser of whoever is signed in."""

    def __init__(self, database_url: str, clock: FakeClock, data: Path, *, demo: bool = False) -> None:
        env = {"DATABASE_URL": database_url, "INCIDENTS72_DATA": str(data), "SECRET_KEY": "k" * 40}
        env["METRICS_TOKEN"] = METRICS_TOKEN
        env["SESSION_IDLE_MINUTES"] = "720"
        self.settings = load_settings(env | {"INCIDENTS72_DEMO": "1" if demo else ""})
        self.clock = clock
        self.engine = engine_for(database_url)
        filled(database_url, f"office at {clock.now()}", self._open)
        self.firm_id, self.users = self._staff()
        self.browser = TestClient(
            site(self.settings, self.engine, clock), raise_server_exceptions=True, base_url="http://127.0.0.1"
        )
        self.browser.follow_redirects = False

    def _open(self) -> None:
        firm_id = self._found(FIRM)
        for role in PEOPLE:
            self._employ(firm_id, role)

    def _staff(self) -> tuple[UUID, dict[str, UUID]]:
        with self.uow() as uow:
            [firm] = uow.session.scalars(select(Controller))
            keys = {user.email: user.id for user in uow.session.scalars(select(User))}
        return firm.id, {role: keys[email] for role, (email, _) in PEOPLE.items()}

    def _found(self, form: ControllerForm) -> UUID:
        with self.uow() as uow:
            return controllers.create_controller(uow, form).id

    def _employ(self, firm_id: UUID, role: str) -> UUID:
        email, name = PEOPLE[role]
        with self.uow() as uow:
            return people.invite(uow, firm_id, people.NewPerson(email, name, role)).id

    def another_firm(self, name: str = "Másik Példa Zrt.", short_code: str = "MAS") -> UUID:
        """A second controller, at which nobody of the first one holds a role."""
        return self._found(replace(FIRM, name=name, short_code=short_code, email="info@masik.example"))

    @contextmanager
    def uow(self) -> Iterator[UnitOfWork]:
        """A transaction of the system, for preparing and for looking behind the pages."""
        with unit_of_work(self.engine, self.clock, Actor("test", is_process=True), EVERY_CONTROLLER) as uow:
            yield uow

    def sign_in(self, role: str) -> None:
        """Become one of the people of the firm; the password is the business of other tests."""
        self.sign_out()
        with self.uow() as uow:
            user = uow.session.get_one(User, self.users[role])
            token = people.open_session(uow, user, user_agent="test", address="127.0.0.1").token
        self.browser.cookies.set("session", token)

    def sign_out(self) -> None:
        """Become a visitor."""
        self.browser.cookies.clear()

    def report_link(self) -> str:
        """The address behind the firm's QR code."""
        with self.uow() as uow:
            return f"/r/{controllers.report_link(uow, self.firm_id).token}"

    def open_case(self, what: str = LOST_LAPTOP, firm_id: UUID | None = None) -> UUID:
        """A case that a member of staff has just reported."""
        now = ZonedInstant(self.clock.now())
        said = StaffReport(what, "lost_or_stolen_device", now, "Raktáros Rezső, 06 30 555 0102")
        with self.uow() as uow:
            return report.open_from_staff(uow, firm_id or self.firm_id, said, "link").incident_id

    def record(self, incident_id: UUID, group: str = "", **facts: object) -> None:
        """Facts of a case, or of a group of people in it."""
        with self.uow() as uow:
            report.amend_facts(uow, incident_id, facts, group=group)

    def case(self, incident_id: UUID) -> cases.Case:
        """Everything recorded about a case."""
        with self.uow() as uow:
            return cases.case(uow, incident_id)

    def get(self, path: str, status: int = 200) -> str:
        """The HTML of a page."""
        answer = self.browser.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.headers.get("location"))
        return answer.text

    def fill_in(
        self,
        path: str,
        fields: Mapping[str, str | list[str]],
        action: str | None = None,
        *,
        to: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Open a page, fill in the form that goes to ``action`` (the same path without one) and send it.

        ``to``: where a button of the form sends it instead.
        """
        form = _Forms.of(self.get(path)).to(action or path)
        sent: dict[str, str | list[str]] = {**form, **fields}
        data = {name: said for name, said in sent.items() if said != ""}
        return self.browser.post(to or action or path, data=data, headers=dict(headers or {}))


class _Forms(HTMLParser):
    """The forms of a page with the values a browser would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self.filling: str | None = None
        self.selecting: str | None = None

    @classmethod
    def of(cls, html: str) -> "_Forms":
        parser = cls()
        parser.feed(html)
        return parser

    def to(self, action: str) -> dict[str, list[str]]:
        found = [fields for where, fields in self.forms if where == action]
        assert found, f"no form goes to {action}"
        return found[0]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "input" and self.forms and given.get("name"):
            choice = given.get("type") in {"radio", "checkbox"}
            if not choice or "checked" in given:
                self._add(given["name"], given.get("value", "on" if choice else ""))
        elif tag == "textarea" and self.forms:
            self.filling = given["name"]
        elif tag == "select" and self.forms:
            self.selecting = given["name"]
        elif tag == "option" and self.selecting and "selected" in given:
            self._add(self.selecting, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.filling = None
        elif tag == "select":
            self.selecting = None

    def handle_data(self, data: str) -> None:
        if self.filling:
            self._add(self.filling, data.removeprefix("\n"))

    def _add(self, name: str, value: str) -> None:
        if value:
            self.forms[-1][1].setdefault(name, []).append(value)


def text_of(html: str) -> str:
    """The words of a page, without its markup, on one line."""
    from html import unescape

    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()
