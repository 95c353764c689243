"""Every page for everybody: no fault that axe-core finds in either theme, nothing to be scrolled sideways at 320 px."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import Town
from tests.databases import SqliteGround
from tests.e2e.lived_in import LivedIn
from tests.e2e.served import served, settings_for
from tests.fakes import FakeClock
from tests.sites import site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VENDOR = Path(__file__).parent / "vendor"
EVERYTHING_BUT_COLOURS = """async () => {
  const rules = {"color-contrast": {enabled: false}, "target-size": {enabled: true}};
  const asked = {resultTypes: ["violations"], preload: false, rules};
  return (await axe.run(document, asked)).violations;
}"""
COLOURS = """async known => {
  const nodes = [], found = [];
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(colour)) { return colour; }
    }
    return "none";
  };
  for (const element of document.body.querySelectorAll("*")) {
    const text = [...element.childNodes].some(one => one.nodeType === 3 && one.data.trim());
    if (!text && !element.matches("input, select, textarea")) { continue; }
    const style = getComputedStyle(element);
    const signs = [style.color, behind(element), style.fontSize, style.fontWeight, style.opacity].join("|");
    if (!known.includes(signs) && !found.includes(signs)) { found.push(signs); nodes.push(element); }
  }
  if (!nodes.length) { return [[], []]; }
  const asked = {resultTypes: ["violations"], preload: false, runOnly: {type: "rule", values: ["color-contrast"]}};
  return [found, (await axe.run({include: nodes}, asked)).violations];
}"""
"""Looks at one element of each pair of colours: what is known to be good on one page is good on every other."""
TWIN_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}"""
RENEWS = 'http-equiv="refresh"'
"""A page that loads itself again after a while: nothing else may stand in its place."""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NARROW, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


@cache
def axe() -> str:
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Inspector:
    """Looks at the page that is open, in every way this file promises."""

    page: "Page"
    faults: list[str] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    """Pairs of colours that have been looked at, with the size of their letters."""
    address: str = ""
    renews: bool = False

    def open(self, address: str) -> None:
        """The page, in the place of the one before: going there takes the browser longer than all that is looked at."""
        html = self.page.request.get(address, headers={"accept": "text/html"}).text()
        by_itself = self.renews or self.page.url == "about:blank"
        self.address, self.renews = address, RENEWS in html
        if by_itself or self.renews:
            self.page.goto(address, wait_until="domcontentloaded")
        else:
            self.page.set_content(html, wait_until="domcontentloaded")
        self.look()

    def look(self) -> None:
        """On a narrow screen by day, on a wide one at night."""
        self._set(NARROW, "light")
        if (pixels := self.page.evaluate(TOO_WIDE)) > 0:
            self._note(f"must be scrolled sideways by {pixels} px at 320 px")
        if twins := self.page.evaluate(TWIN_IDS):
            self._note(f"ids that stand twice: {twins}")
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(axe())
        self._note_all("320 px", self.page.evaluate(EVERYTHING_BUT_COLOURS))
        self._look_at_colours("light")
        self._set(DESK, "dark")
        self._look_at_colours("dark")

    def _set(self, size: Any, theme: Any) -> None:
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")

    def _look_at_colours(self, theme: str) -> None:
        new, faults = self.page.evaluate(COLOURS, self.colours)
        self.colours += new
        self._note_all(theme, faults)

    def _note_all(self, how: str, faults: list[dict[str, Any]]) -> None:
        for fault in faults:
            for node in fault["nodes"][:3]:
                self._note(f"{how}: {fault['id']}: {node['html'][:160]} ({node['failureSummary']})")

    def _note(self, words: str) -> None:
        where = re.sub(r"[0-9a-f-]{36}", "…", self.address or self.page.url)
        self.faults.append(f"{where}: {words}")


@dataclass
class House:
    """The lived-in firm, served, and its address."""

    lived_in: LivedIn
    address: str


@pytest.fixture(scope="module")
def house(sqlite_town_ground: SqliteGround, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    town = Town(sqlite_town_ground.fresh(), FakeClock())
    settings = settings_for(town.url, tmp_path_factory.mktemp("house"), PUBLIC_URL="http://localhost:8072")
    lived_in = LivedIn.settle(town, settings)
    with served(settings, town.database, town.clock) as address:
        yield House(lived_in, address)
    town.close()


@contextmanager
def visitor(browser: "Browser", house: House, *, signed_in: bool = True, **options: Any) -> "Iterator[Page]":
    """A browser of the person with every role, or of a stranger."""
    context = browser.new_context(base_url=house.address, locale="hu-HU", reduced_motion="reduce", **options)
    if signed_in:
        context.add_cookies([{"name": "session", "value": house.lived_in.session(), "url": house.address}])
    yield context.new_page()
    context.close()


def test_the_checker_is_the_one_that_was_published() -> None:
    digest = hashlib.sha256((VENDOR / "axe.min.js").read_bytes()).hexdigest()
    assert digest in (VENDOR / "VENDOR.md").read_text(encoding="utf-8")


@pytest.mark.browser
def test_no_page_shuts_anybody_out(browser: "Browser", house: House) -> None:
    lived_in = house.lived_in
    with visitor(browser, house, signed_in=False) as page:
        inspector = Inspector(page)
        for path in lived_in.public():
            inspector.open(path)
    with visitor(browser, house) as inspector.page:
        for path in lived_in.pages(site(lived_in.settings, lived_in.town.database, lived_in.town.clock)):
            inspector.open(path)
    assert inspector.faults == [], "\n".join(inspector.faults)


@pytest.mark.browser
def test_a_refused_form_is_reachable_its_summary_has_the_focus_and_leads_to_every_field(
    browser: "Browser", house: House
) -> None:
    case = f"/incidents/{house.lived_in.untouched.id}"
    with visitor(browser, house) as page:
        inspector = Inspector(page)
        for path in (*house.lived_in.public()[1:2], f"{case}/decide", f"{case}/clock", f"{case}/orders"):
            page.goto(path)
            with page.expect_navigation():
                page.locator("main form[method=post]").last.evaluate("form => form.submit()")
            assert page.evaluate("document.activeElement.id") == "error-summary", path
            links = page.locator("#error-summary a").evaluate_all("all => all.map(one => one.hash.slice(1))")
            assert links, path
            assert [one for one in links if page.locator(f"[id='{one}']").count() != 1] == [], path
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == links[0], path
            inspector.look()
    assert inspector.faults == [], "\n".join(inspector.faults)


SEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.height > 0;
  const place = [...document.querySelectorAll("*")].indexOf(one);
  return {tag: one.tagName, shown, place, words: (one.innerText || one.name || "").trim()};
}"""


@pytest.mark.browser
def test_with_the_keyboard_alone_the_case_is_taken_and_every_stop_is_seen_in_order(
    browser: "Browser", house: House
) -> None:
    """J2 by Tab and Enter, from the link in the mail to the next act on the case."""
    lived_in = house.lived_in
    link = lived_in.acknowledgement(lived_in.untouched.id, "opened")
    with visitor(browser, house) as page:
        page.goto(link)
        _tab_to(page, "Átveszem az ügyet")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "átvették" in page.locator("h1").inner_text()
        _tab_to(page, "Az ügy megnyitása")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        _tab_to(page, "Tudomásszerzés rögzítése")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/clock")


def _tab_to(page: "Page", words: str) -> None:
    """Go on with Tab until the words have the focus; nothing on the way is hidden or out of order."""
    last = -1
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(SEEN)
        assert stop["shown"], stop
        assert stop["place"] > last, stop
        last = stop["place"]
        if stop["words"] == words:
            return
    raise AssertionError(f"Tab does not reach “{words}”")


@pytest.mark.browser
def test_without_scripts_and_with_letters_twice_as_large_the_way_is_the_same(browser: "Browser", house: House) -> None:
    """J1 and the case without JavaScript; at 200 % nothing is cut off or to be scrolled sideways."""
    with visitor(browser, house, signed_in=False, java_script_enabled=False, viewport=NARROW) as page:
        page.goto(house.lived_in.public()[1])
        page.get_by_label("1. Mi történt?").fill("Rossz címre ment egy levél.")
        page.get_by_label("Most", exact=True).check()
        page.get_by_label("Egyéb", exact=True).check()
        page.get_by_label("4. Hol érjük el Önt?").fill("Raktáros Rezső")
        page.get_by_role("button", name="Bejelentés elküldése").click()
        assert re.search(r"FUT\d+-2026/\d{4}", page.locator("h1").inner_text())
    with visitor(browser, house, java_script_enabled=False, viewport=NARROW) as page:
        page.goto(f"/incidents/{house.lived_in.pending.id}")
        page.get_by_role("link", name="Tények", exact=True).click()
        page.get_by_label("Az incidens rövid megnevezése").fill("Elveszett laptop")
        page.get_by_role("button", name="Tények rögzítése").click()
        assert page.locator("h1").inner_text() == "Elveszett laptop"
    with visitor(browser, house, viewport={"width": 640, "height": 450}) as page:
        for path in ("/", f"/incidents/{house.lived_in.pending.id}", f"/incidents/{house.lived_in.pending.id}/decide"):
            page.goto(path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(TOO_WIDE) <= 0, path


@pytest.mark.browser
def test_a_sign_in_that_ended_while_somebody_typed_loses_nothing(browser: "Browser", house: House) -> None:
    case = f"/incidents/{house.lived_in.pending.id}"
    with visitor(browser, house) as page:
        page.goto(f"{case}/facts")
        page.get_by_label("Hol kérdezhetnek az érintettek?").fill("+36 1 555 0199, „munkanapokon”")
        page.context.clear_cookies(name="session")
        page.get_by_role("button", name="Tények rögzítése").click()
        assert page.locator("h1").inner_text() == "A bejelentkezése lejárt"
        inspector = Inspector(page)
        inspector.look()
        page.context.add_cookies([{"name": "session", "value": house.lived_in.session(), "url": house.address}])
        page.get_by_role("button", name="Küldés újra").click()
        page.goto(f"{case}/facts")
        assert page.get_by_label("Hol kérdezhetnek az érintettek?").input_value() == "+36 1 555 0199, „munkanapokon”"
    assert inspector.faults == [], "\n".join(inspector.faults)
