"""A person at a browser: reads labels, presses buttons, and notices what should never happen on any page."""

import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.processes import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Download, Locator, Page, Request, Response

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=hu",
    # Nothing can leave this machine; a filter of our own would ask Python for each style and script of each page.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE = 20_000
"""Milliseconds for one act of a page, on a machine that other tests keep busy."""
TALLEST_PICTURE = 1200
OPTIONAL = r"( \(nem kötelező\))?"


def picture_folder(otherwise: Path | None = None) -> Path | None:
    """Where pictures go: the folder named by GUIDE_SHOTS, relative to the repository, else the one given, if any."""
    folder = ROOT / os.environ["GUIDE_SHOTS"] if "GUIDE_SHOTS" in os.environ else otherwise
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Watch:
    """What the browsers of a journey have met, over all its people."""

    address: str
    """Where the service runs."""
    pictures: Path | None = None
    """Where pictures go; without a folder nobody wants them and none is taken."""
    faults: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Forms that came back with questions (422)."""

    def visitor(self, browser: "Browser", viewport: dict[str, int], *, javascript: bool = True) -> "Visitor":
        """Somebody with a browser of their own, in Hungary."""
        context = browser.new_context(
            base_url=self.address,
            viewport=viewport,
            locale="hu-HU",
            timezone_id="Europe/Budapest",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        context.on("request", self._note_request)
        context.on("response", self._note_answer)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        return Visitor(context.new_page(), self)

    def _own(self, url: str) -> bool:
        return urlsplit(url).hostname == "127.0.0.1"

    def _note_request(self, request: "Request") -> None:
        if not self._own(request.url):
            self.faults.append(f"a request left this machine: {request.url}")

    def _note_answer(self, response: "Response") -> None:
        if response.status == 422:
            self.refused.append(response.url)
        elif response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _note_console(self, message: "ConsoleMessage") -> None:
        # A form that comes back is noted as refused already; a broken content policy is written here by the browser.
        if message.type == "error" and "status of 422" not in message.text:
            self.faults.append(f"console: {message.text}")


@dataclass
class Visitor:
    """One person with one browser; everything is found by the words on the page."""

    page: "Page"
    watch: Watch

    def open(self, address: str) -> None:
        """Go to a path of the service or to the address of a link."""
        self.page.goto(address)
        self._arrived()

    def press(self, button: str, within: "Locator | None" = None) -> None:
        """Press a button and wait for the next page."""
        self._leave((within or self.page).get_by_role("button", name=button, exact=True))

    def follow(self, link: str, within: "Locator | None" = None) -> None:
        """Follow a link and wait for the next page."""
        self._leave((within or self.page).get_by_role("link", name=link, exact=True).first)

    def _leave(self, by: "Locator") -> None:
        with self.page.expect_navigation():
            by.click()
        self._arrived()

    def _arrived(self) -> None:
        assert self.page.locator("html").get_attribute("lang") == "hu", self.page.url
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{self.page.url} must be scrolled sideways by {too_wide} px"

    def type(self, label: str, text: str, within: "Locator | None" = None) -> None:
        """Fill a text field."""
        self._labelled(label, within).fill(text)

    def pick(self, label: str, option: "str | re.Pattern[str]", within: "Locator | None" = None) -> None:
        """Choose from a list that opens; a pattern picks the first option it finds."""
        listed = self._labelled(label, within)
        words = option if isinstance(option, str) else listed.locator("option", has_text=option).first.inner_text()
        listed.select_option(label=words)

    def _labelled(self, label: str, within: "Locator | None") -> "Locator":
        return (within or self.page).get_by_label(re.compile(rf"^\s*{re.escape(label)}{OPTIONAL}\s*$"))

    def choose(self, question: str, *answers: str, within: "Locator | None" = None) -> None:
        """Mark the answers to a question."""
        for answer in answers:
            self.group(question, within).get_by_label(answer, exact=True).check()

    def moment(self, question: str, at: datetime, within: "Locator | None" = None) -> None:
        """Give a date and a time as the clock on the wall shows them."""
        asked = self.group(question, within)
        asked.get_by_label("Dátum").fill(f"{at:%Y-%m-%d}")
        asked.get_by_label("Időpont").fill(f"{at:%H:%M}")

    def group(self, question: str, within: "Locator | None" = None) -> "Locator":
        """The fields that answer one question together."""
        return (within or self.page).get_by_role("group", name=re.compile(rf"^{re.escape(question)}{OPTIONAL}$"))

    def region(self, title: str) -> "Locator":
        """The part of the page under that heading."""
        return self.page.get_by_role("region", name=title, exact=True)

    def sees(self, words: str) -> None:
        """These words stand on the page."""
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)

    def sees_no(self, words: str) -> None:
        """These words stand nowhere on the page."""
        expect(self.page.get_by_text(words)).to_have_count(0, timeout=PATIENCE)

    def heading(self) -> str:
        """The first heading of the page."""
        return self.page.get_by_role("heading", level=1).inner_text()

    def save(self, button: "Locator") -> bytes:
        """The file behind a button or link."""
        with self.page.expect_download() as started:
            button.click()
        download: Download = started.value
        return Path(download.path()).read_bytes()

    def picture(self, name: str, tallest: int = TALLEST_PICTURE) -> None:
        """A picture of the page from its top, as it looks without anything pointed at.

        The window is as high as the picture meanwhile: what keeps to its lower edge must not lie across the middle.
        """
        if self.watch.pictures is None:
            return
        size: dict[str, Any] = self.page.evaluate(
            "({width: document.documentElement.clientWidth, height: document.documentElement.scrollHeight})"
        )
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], tallest)}
        file = self.watch.pictures / f"{name}.png"
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement.blur()")
        window = self.page.viewport_size or DESK
        self.page.set_viewport_size({"width": window["width"], "height": int(clip["height"])})
        self.page.screenshot(path=file, full_page=True, clip=clip, animations="disabled", scale="css")  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": window["width"], "height": window["height"]})
