"""A passkey in a real browser with a device of its own, and the pages at the door that hang on a sign-in half done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from incidents.steps import people, sign_in_rules
from incidents.store.tables import User
from tests.accounts_builders import Authenticator, with_second_step
from tests.builders import Firm, Town
from tests.databases import SqliteGround
from tests.e2e.served import served, settings_for
from tests.e2e.test_reachable import Inspector
from tests.fakes import FakeClock
from tests.passwords import quick_passwords
from tests.processes import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["quick_passwords"]
PASSWORD = "négy szó egymás után"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Door:
    """A firm whose people have passwords, and the address where it is served: a name, as passkeys need one."""

    town: Town
    firm: Firm
    address: str

    def phone(self, role: str) -> Authenticator:
        with self.town.uow() as uow:
            phone = with_second_step(uow, self.firm.people[role].id, self.town.clock)
        self.town.clock.advance(minutes=1)
        return phone

    def knock(self, page: "Page", role: str) -> None:
        """Come as far as the password leads."""
        page.goto(f"{self.address}/login")
        page.get_by_label("E-mail-cím").fill(self.firm.address(role))
        page.get_by_label("Jelszó").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name="Bejelentkezés", exact=True).click()


@pytest.fixture
def door(sqlite_town_ground: SqliteGround, tmp_path: Path, quick_passwords: None) -> Iterator[Door]:
    town, port = Town(sqlite_town_ground.fresh(), FakeClock()), free_port()
    firm = town.found()
    with town.uow() as uow:
        for role in ("dpo", "handler", "manager"):
            uow.session.get_one(User, firm.people[role].id).password_hash = people.hash_password(PASSWORD)
    settings = settings_for(town.url, tmp_path, PUBLIC_URL=f"http://localhost:{port}")
    with served(settings, town.database, town.clock, port):
        yield Door(town, firm, settings.public_url)
    town.close()


@contextmanager
def visitor(browser: "Browser", *, device: bool = True) -> "Iterator[Page]":
    """Somebody with a browser, and a device that keeps passkeys in it."""
    context = browser.new_context(locale="hu-HU", reduced_motion="reduce")
    page = context.new_page()
    if device:
        session = context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield page
    context.close()


def press(page: "Page", button: str, *, exact: bool = True) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=button, exact=exact).click()


@pytest.mark.browser
def test_a_passkey_is_added_opens_the_door_proves_who_is_there_and_is_removed(browser: "Browser", door: Door) -> None:
    with visitor(browser) as page:
        inspector = Inspector(page)
        door.knock(page, "dpo")
        page.goto(f"{door.address}/account/passkeys")
        press(page, "Azonosítókulcs hozzáadása")
        inspector.look()
        page.get_by_label("Név").fill("Teszttelefon")
        press(page, "Azonosítókulcs készítése")
        assert page.get_by_text("Teszttelefon", exact=True).count() == 1
        inspector.look()

        with page.expect_navigation():
            page.locator("header").get_by_role("button", name="Kijelentkezés").click()
        inspector.look()
        press(page, "Bejelentkezés azonosítókulccsal")
        assert page.url == f"{door.address}/"
        assert "Doktor Dóra" in page.locator("header").inner_text()

        door.town.clock.advance(minutes=11)
        page.goto(f"{door.address}/account/passkeys")
        press(page, "Törlés", exact=False)
        assert page.locator("h1").inner_text() == "Ön az?", "what can do harm asks once more who is there"
        inspector.look()
        press(page, "Azonosítókulcs használata")
        assert "Még nincs azonosítókulcsa." in page.locator("main").inner_text()

        with page.expect_navigation():
            page.locator("header").get_by_role("button", name="Kijelentkezés").click()
        press(page, "Bejelentkezés azonosítókulccsal")
        assert "Az azonosítókulcsot nem fogadtuk el." in page.locator("#error-summary").inner_text()
        inspector.look()
    assert inspector.faults == [], "\n".join(inspector.faults)


@pytest.mark.browser
def test_the_pages_between_the_password_and_the_inside_shut_nobody_out(browser: "Browser", door: Door) -> None:
    phone = door.phone("handler")
    with visitor(browser, device=False) as page:
        inspector = Inspector(page)
        door.knock(page, "handler")
        assert page.url == f"{door.address}/login/second"
        inspector.look()
        press(page, "Bejelentkezés")
        inspector.look()
        page.get_by_label("Kód", exact=True).fill(phone.code())
        press(page, "Bejelentkezés")
        page.goto(f"{door.address}/account")
        press(page, "Új helyreállító kódok készítése")
        assert page.locator("#codes code").count() == 10
        inspector.look()
    with door.town.uow() as uow:
        sign_in_rules.demand(uow, door.firm.id, ["manager"])
    with visitor(browser, device=False) as inspector.page:
        page = inspector.page
        door.knock(page, "manager")
        assert "/account/second-step" in page.url
        door.town.clock.advance(days=8)
        page.context.clear_cookies()
        door.knock(page, "manager")
        assert page.url == f"{door.address}/login/set-up"
        inspector.look()
        press(page, "A második lépés bekapcsolása")
        inspector.look()
        secret = page.locator("code.secret").text_content() or ""
        page.get_by_label("Kód", exact=True).fill(Authenticator(secret, door.town.clock).code())
        press(page, "A második lépés bekapcsolása")
        assert page.locator("#codes code").count() == 10
        inspector.look()
    assert inspector.faults == [], "\n".join(inspector.faults)
