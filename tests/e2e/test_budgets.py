"""What journeys and pages may cost, counted in a real browser.

Of a journey every field group, choice and press is an act; of a page, what it loads over a slow line.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from incidents.steps import people as steps
from incidents.steps import sign_off
from incidents.steps.form import Asked
from incidents.store.tables import User
from incidents.store.vault import Vault
from notifications import letters
from tests.e2e.served import settings_for
from tests.e2e.test_reachable import House, house, visitor
from tests.inbox_builders import SUBJECT, processors_mail
from tests.letters_builders import Letters, csv_of
from tests.letters_builders import people as addressees
from tests.servers import SmtpServer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Response

__all__ = ["house"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
SCREENS = pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
WHY = "A lemez titkosítása nem bizonyított, ezért nem hagyom jóvá."


@dataclass
class Counted:
    """A person whose acts and pages are counted."""

    page: "Page"
    acts: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.pages.add(self.page.url)

    def fill(self, question: str, answer: str) -> None:
        self.acts.append(question)
        self.page.get_by_label(question).fill(answer)

    def choose(self, answer: str) -> None:
        self.acts.append(answer)
        self.page.get_by_label(answer, exact=True).check()

    def press(self, button: str) -> None:
        self._go_on(button, self.page.get_by_role("button", name=button, exact=True))

    def _go_on(self, words: str, by: "Locator") -> None:
        self.acts.append(words)
        with self.page.expect_navigation():
            by.click()
        self.pages.add(self.page.url)


@SCREENS
@pytest.mark.browser
def test_what_the_first_three_journeys_cost(browser: "Browser", house: House, screen: dict[str, int]) -> None:
    lived_in = house.lived_in
    touch = screen == PHONE

    with visitor(browser, house, signed_in=False, viewport=screen, has_touch=touch) as page:
        reporter = Counted(page)  # J1: one link, four questions, one press; the receipt says what to do now
        reporter.open(lived_in.public()[1])
        reporter.fill("1. Mi történt?", "Elveszett a laptopom a villamoson.")
        reporter.choose("Most")
        reporter.choose("Egyéb")
        reporter.fill("4. Hol érjük el Önt?", "Raktáros Rezső, 06 30 555 0102")
        reporter.press("Bejelentés elküldése")
        assert page.get_by_text("Mit tegyen most?").is_visible()
        assert (len(reporter.acts), len(reporter.pages)) == (5, 2)

        officer = Counted(page)  # J2: one press behind the link in the mail, signed in or not
        fresh = lived_in.firm.report("Rossz címre ment egy levél.")
        officer.open(lived_in.acknowledgement(fresh.id, "opened"))
        officer.press("Átveszem az ügyet")
        assert page.locator("h1").inner_text() == "Az ügyet átvették"
        assert len(officer.acts) == 1

    with visitor(browser, house, viewport=screen, has_touch=touch) as page:
        judge = Counted(page)  # J3: the saved mail is a card at once; one press makes it a case
        judge.open("/inbox")
        mail = {"name": "level.eml", "mimeType": "message/rfc822", "buffer": processors_mail(f"{SUBJECT} {touch}")}
        page.locator("#f-file").set_input_files(mail)  # type: ignore[arg-type]
        judge.press("A levél beolvasása")
        judge.acts.clear()
        assert page.locator("h1").inner_text() == f"{SUBJECT} {touch}"
        judge.press("Elfogadom bejelentésként")
        assert "/incidents/" in page.url
        assert len(judge.acts) <= 2


LIGHT, FEW = 80_000, 8
"""Bytes of a page with all it loads, before it is compressed and with nothing kept from the last one; its requests."""


def _costly_pages(house: House) -> list[str]:
    case, firm = f"/incidents/{house.lived_in.busy.id}", f"/controllers/{house.lived_in.firm.id}"
    of_the_case = [case, f"{case}/work", f"{case}/print"]
    return ["/", "/board/wall", *of_the_case, "/statistics", "/account/second-step", f"{firm}/sign-in"]


@pytest.mark.browser
def test_a_page_is_light_and_asks_for_little_and_only_of_this_service(browser: "Browser", house: House) -> None:
    too_much = []
    for path in _costly_pages(house):
        loaded: list[Response] = []
        with visitor(browser, house, viewport=PHONE) as page:
            page.on("response", lambda one, loaded=loaded: loaded.append(one))
            page.goto(path, wait_until="load")
            assert page.url == house.address + path
            bytes_of = [len(one.body()) for one in loaded if one.status == 200]
            if sum(bytes_of) > LIGHT or len(loaded) > FEW:
                too_much.append((path, sum(bytes_of), len(loaded)))
            assert {one.url.startswith(house.address) for one in loaded} == {True}, path
    assert too_much == []


@dataclass
class Acting:
    """A person at a browser whose acts are counted: every group of fields and every press is one."""

    page: "Page"
    acts: list[str] = field(default_factory=list)

    def type(self, question: str, answer: str) -> None:
        self.acts.append(question)
        self.page.get_by_label(question).first.fill(answer)

    def press(self, button: str, within: str = "main") -> None:
        self.acts.append(button)
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=button).first.click()

    def choose(self, answer: str) -> None:
        self.acts.append(answer)
        self.page.get_by_label(answer, exact=True).check()


@contextmanager
def signed_in(browser: "Browser", house: House, role: str, screen: dict[str, int]) -> Iterator[Acting]:
    """Somebody of the firm, by role, at a screen of that size."""
    town, firm = house.lived_in.town, house.lived_in.firm
    with town.uow() as uow:
        person = uow.session.get_one(User, firm.people[role].id)
        token = steps.open_session(uow, person, user_agent="test", address="127.0.0.1").token
    context = browser.new_context(
        base_url=house.address, locale="hu-HU", reduced_motion="reduce", viewport=screen, has_touch=screen == PHONE
    )
    context.add_cookies([{"name": "session", "value": token, "url": house.address}])
    yield Acting(context.new_page())
    context.close()


@SCREENS
@pytest.mark.browser
def test_j4_the_manager_approves_with_one_press_and_refuses_with_two_acts(
    browser: "Browser", house: House, screen: dict[str, int]
) -> None:
    firm = house.lived_in.firm
    case = firm.report()
    case.acknowledge()
    case.decide("yes", "yes")
    asked = []
    for kind in ("new", "follow_up"):
        with firm.as_("handler") as uow:
            asked.append(sign_off.request(uow, case.id, Asked(kind=kind)).id)
    with signed_in(browser, house, "manager", screen) as manager:
        page = manager.page
        page.goto(f"/incidents/{case.id}/sign-off/{asked[0]}")
        assert page.get_by_role("heading", name="Ami még nem ismert").is_visible()
        assert page.get_by_role("heading", name="Amit tudunk").is_visible()
        assert "óra" in page.locator(".case-head__clock").inner_text()
        manager.press("Jóváhagyom")
        assert manager.acts == ["Jóváhagyom"]
        assert page.get_by_text("jóváhagyva").first.is_visible()

        manager.acts.clear()
        page.goto(f"/incidents/{case.id}/sign-off/{asked[1]}")
        page.get_by_label("Egy mondatban").fill("nem")
        with page.expect_navigation():
            page.get_by_role("button", name="Elutasítom").click()
        assert page.get_by_label("Egy mondatban").input_value() == "nem", "what was typed stays"
        manager.type("Egy mondatban", WHY)
        manager.press("Elutasítom")
        assert len(manager.acts) == 2
        assert page.get_by_text(WHY).is_visible()


@SCREENS
@pytest.mark.browser
def test_j4_the_second_person_to_a_lowered_decision_answers_the_same_way(
    browser: "Browser", house: House, screen: dict[str, int]
) -> None:
    case = house.lived_in.firm.report()
    case.assess()
    case.propose("no", "no", role="dpo")
    with signed_in(browser, house, "manager", screen) as manager:
        manager.page.goto(f"/incidents/{case.id}/decide")
        manager.press("Jóváhagyom", within="#proposal")
        assert len(manager.acts) == 1
    assert case.look().decision is not None


@SCREENS
@pytest.mark.browser
def test_j5a_period_day_and_redaction_then_one_download(
    browser: "Browser", house: House, screen: dict[str, int], tmp_path: "Path"
) -> None:
    with signed_in(browser, house, "auditor", screen) as auditor:
        page = auditor.page
        page.goto("/register/handout")
        auditor.type("Első nap", "2026-01-01")
        page.get_by_label("Utolsó nap").fill("2026-12-31")  # the other half of the same answer
        auditor.type("E nap vége", "2026-11-20")
        auditor.choose("Kitakarva")
        assert len(auditor.acts) == 3
        with page.expect_download() as started:
            page.get_by_role("button", name="A csomag letöltése (ZIP)").click()
        saved = tmp_path / "csomag.zip"
        started.value.save_as(saved)
    with zipfile.ZipFile(io.BytesIO(saved.read_bytes())) as package:
        assert {"nyilvantartas.pdf", "nyilvantartas.xlsx", "manifest.json", "SHA256SUMS"} <= set(package.namelist())
        manifest = json.loads(package.read("manifest.json"))
    assert (manifest["redacted"], manifest["log_intact"]) == (True, True)
    assert manifest["cases"] > 0


@SCREENS
@pytest.mark.browser
def test_j5b_from_the_list_to_letters_in_the_mailboxes_in_six_acts(
    browser: "Browser", house: House, screen: dict[str, int], smtp_server: SmtpServer, tmp_path: "Path"
) -> None:
    town, firm = house.lived_in.town, house.lived_in.firm
    settings = settings_for(town.url, tmp_path, SMTP_URL=smtp_server.url, MAIL_FROM="incidens@futar.example")
    case = firm.report()
    Letters(town.database, town.clock, case.id, Vault((40 * "k",))).frozen()

    def deliver() -> None:
        letters.run(town.database, town.clock, settings)

    with signed_in(browser, house, "handler", screen) as handler:
        page, acts = handler.page, handler.acts
        page.goto(f"/incidents/{case.id}/letters")
        file: Any = {"name": "lista.csv", "mimeType": "text/csv", "buffer": csv_of(*addressees(7))}
        page.locator("#f-file").set_input_files(file)
        handler.press("Feltöltés")  # 1: the list
        handler.press("érintett beolvasása")  # 2: the columns, understood from their headings, are right
        deliver()
        page.reload()
        page.get_by_role("link", name="Kiküldés előkészítése").click()
        handler.press("Tovább az előnézethez")  # 3: five letters as they will arrive
        assert page.locator("a[href*='/preview/'][href$='letter.pdf']").count() == 5
        handler.press("Próbalevél a saját címemre")  # 4
        deliver()
        sending = page.url.partition("?")[0].partition("#")[0]
    with signed_in(browser, house, "manager", screen) as manager:
        manager.acts = acts
        manager.page.goto(sending)
        manager.press("Jóváhagyás")  # 5: the second person
        manager.press("Kiküldés indítása")  # 6
        deliver()
        manager.page.reload()
        assert manager.page.locator(".counts__reached b").inner_text() == "7"
    assert len(acts) == 6, acts
    written = [address for mail in smtp_server.received() for address in mail.recipients]
    assert {f"anna{number}@pelda.example" for number in range(1, 8)} <= set(written)
