"""What journeys and pages may cost, counted in a real browser.

Of the first three journeys every field group, choice and press is an act; of a page, what it loads over a slow line.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_reachable import House, house, visitor
from tests.inbox_builders import SUBJECT, processors_mail

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Response

__all__ = ["house"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


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


@pytest.mark.browser
@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
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
