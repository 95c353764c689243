"""A fictional courier firm with its people on a real database: opens cases, lets the clock sweep, sends real mails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar.testing import TestClient
from sqlalchemy import select

from incidents.base.ids import new_id
from incidents.base.settings import load_settings
from incidents.base.time import Clock, ZonedInstant
from incidents.rules.facts import validate
from incidents.steps import cases, controllers, escalate, people, report
from incidents.steps.controllers import ControllerForm
from incidents.store.tables import Controller, OutboxMail, User
from incidents.store.uow import EVERY_CONTROLLER, Actor, UnitOfWork, unit_of_work
from notifications.delivery import deliver
from tests.databases import engine_for, filled
from tests.sites import site

SECRET_KEY = "k" * 40
METRICS_TOKEN = "m" * 40
PUBLIC_URL = "https://incidens.futar.example"
MAIL_FROM = "Incidensügyelet <incidens@futar.example>"
LOST_LAPTOP = "Elveszett egy laptop a 4-es villamoson, rajta az ügyféllista."

FIRM = ControllerForm(
    name="Futár Példa Kft.",
    short_code="FUT",
    seat="1111 Budapest, Minta utca 1.",
    email="iroda@futar.example",
    phone="+36 1 555 0100",
    responsible_manager_name="Kelemen Katalin",
    responsible_manager_title="ügyvezető",
    responsible_manager_email="manager@futar.example",
)


@dataclass(frozen=True)
class Colleague:
    """Somebody at the firm."""

    email: str
    name: str
    role: str
    language: str = "hu"
    deputy: bool = False


DPO = Colleague("dpo@futar.example", "Doktor Dóra", "dpo")
DEPUTY = Colleague("deputy@futar.example", "Dean Dennis", "dpo", "en", deputy=True)
HANDLER = Colleague("handler@futar.example", "Halmos Hanna", "handler")
MANAGER = Colleague("manager@futar.example", "Kelemen Katalin", "manager")
COLLEAGUES = (DPO, DEPUTY, HANDLER, MANAGER)


class Company:
    """The firm, its people and the installation that serves it."""

    def __init__(
        self, database_url: str, clock: Clock, data: Path, smtp_url: str = "", form: ControllerForm = FIRM
    ) -> None:
        self.env = {
            "DATABASE_URL": database_url,
            "INCIDENTS72_DATA": str(data),
            "SECRET_KEY": SECRET_KEY,
            "METRICS_TOKEN": METRICS_TOKEN,
            "PUBLIC_URL": PUBLIC_URL,
            "MAIL_FROM": MAIL_FROM,
            "SMTP_URL": smtp_url,
        }
        self.settings = load_settings(self.env)
        self.clock = clock
        self.engine = engine_for(database_url)
        filled(database_url, f"{form.short_code} at {clock.now()}", lambda: self._open(form))
        with self.uow() as uow:
            self.id = uow.session.scalars(select(Controller.id).where(Controller.short_code == form.short_code)).one()

    def _open(self, form: ControllerForm) -> None:
        firm = self.found(form)
        for colleague in COLLEAGUES:
            self.employ(colleague, firm)

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    @contextmanager
    def uow(self, *, read_only: bool = False) -> Iterator[UnitOfWork]:
        """A transaction of the system, for preparing and for looking behind the scenes."""
        with unit_of_work(
            self.engine, self.clock, Actor("test", is_process=True), EVERY_CONTROLLER, read_only=read_only
        ) as uow:
            yield uow

    def found(self, form: ControllerForm) -> UUID:
        """Another controller on the same installation."""
        with self.uow() as uow:
            return controllers.create_controller(uow, form).id

    def employ(self, who: Colleague, controller_id: UUID | None = None) -> UUID:
        """Give somebody an account and a role; without the invitation, so that no mail waits."""
        with self.uow() as uow:
            user = User(
                id=new_id(uow.now),
                email=who.email,
                name=who.name,
                password_hash="",
                language=who.language,
                is_operator=False,
                is_active=True,
                created_at=uow.now,
            )
            uow.session.add(user)
            uow.session.flush()
            people.grant(uow, controller_id or self.id, user.id, who.role, deputy=who.deputy)
            return user.id

    def key(self, role: str = "dpo", controller_id: UUID | None = None) -> str:
        """A new API key."""
        with self.uow() as uow:
            return controllers.make_api_key(uow, controller_id or self.id, f"{role} key", role)

    def open_case(self, **facts: object) -> UUID:
        """A case reported this moment."""
        said, errors = validate({"what_happened": LOST_LAPTOP, **facts})
        assert errors == []
        with self.uow() as uow:
            signal = ZonedInstant(uow.now)
            opened = report.open_incident(uow, self.id, facts=said, first_signal=signal, via="link", reporter="porta")
            return opened.incident_id

    def case(self, incident_id: UUID) -> cases.Case:
        """Everything recorded about a case."""
        with self.uow(read_only=True) as uow:
            return cases.case(uow, incident_id)

    def mails(self, incident_id: UUID, state: str | None = None) -> list[OutboxMail]:
        """The mails of a case in the order in which they were queued."""
        return [mail for mail in self.case(incident_id).mails if state in {None, mail.state}]

    def sweep(self) -> int:
        """What beat does every half minute."""
        return escalate.sweep(self.engine, self.clock)

    def deliver(self) -> int:
        """What beat does every quarter of a minute."""
        return deliver(self.engine, self.clock, self.settings)

    def site(self) -> TestClient[Any]:
        """The web application with its pages and its API; use it in a ``with`` block."""
        client = TestClient(site(self.settings, self.engine, self.clock), base_url=PUBLIC_URL)
        client.follow_redirects = False
        return client
