"""The demo: sixty days of three fictional organisations, with an incident at every point of its clock."""

import re
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from playwright.sync_api import sync_playwright

from incidents.base.settings import SettingsError, load_settings
from incidents.base.time import SystemClock
from incidents.demo.found import PASSWORD
from incidents.demo.script import houses, players, stories
from incidents.demo.staged import staged
from incidents.steps import controllers, register
from incidents.steps.cases import Case
from incidents.store.engine import Database, create_engine_for
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from incidents.web.app import create_app
from incidents.web.mailbox import Letter, letters
from tests.e2e.visitor import CHROMIUM_FLAGS, DESK, Watch, picture_folder
from tests.processes import BIN, Processes, free_port, listens, product_env


@dataclass(frozen=True)
class Play:
    """The running demo, and what stood in it when its past had been played."""

    address: str
    output: str
    folder: Path
    engine: Database
    now: datetime
    cases: list[Case]
    mails: list[Letter]

    def of(self, state: str) -> list[Case]:
        return [case for case in self.cases if case.state == state]

    def about(self, words: str) -> Case:
        return next(case for case in self.cases if words in case.incident.title)


def _read(engine: Database) -> list[Case]:
    with unit_of_work(engine, SystemClock(), SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        return register.entries(uow, register.RegisterFilter())


@pytest.fixture(scope="module")
def play(server_processes: Processes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """The one command, started once; the next warning is half an hour away, so nothing moves under the tests."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    real = folder / "real.db"
    env = product_env(INCIDENTS72_DATA=folder, WEB_PORT=port, DATABASE_URL=f"sqlite:///{real}")
    process = server_processes.start([str(BIN / "incidens72"), "demo"], env)
    process.wait_until(lambda: "Ctrl+C" in process.output() and listens(port), "the demo to be served", timeout=240)
    engine = create_engine_for(f"sqlite:///{folder / 'demo' / 'incidents72.db'}")
    found = _read(engine)
    now = max(case.incident.opened_at for case in found) + min(story.ago for story in stories())
    mails = letters(folder / "demo" / "mailbox")
    yield Play(f"http://127.0.0.1:{port}", process.output(), folder, engine, now, found, mails)
    engine.dispose()
    assert process.stop() in {0, -signal.SIGTERM}
    assert not real.exists(), "the demo must never touch the database of the settings"


@pytest.fixture
def browser(play: Play) -> Iterator[httpx.Client]:
    """A browser at the running demo."""
    with httpx.Client(base_url=play.address, follow_redirects=True, timeout=60) as client:
        yield client


def hours(span: timedelta) -> float:
    return span / timedelta(hours=1)


def test_a_dozen_incidents_stand_at_every_point_of_the_way(play: Play) -> None:
    states = Counter(case.state for case in play.cases)
    assert states == {"reported": 2, "acknowledged": 2, "decided": 5, "filed": 2, "closed": 1}


def test_the_running_clocks_have_these_hours_left(play: Play) -> None:
    left = sorted(hours(case.clock.deadline_at - play.now) for case in play.cases if case.clock.state == "running")
    assert left == pytest.approx([-20.2, 0.5, 4.7, 21.6, 41.7, 52.0, 69.4, 71.6])


def test_exactly_one_incident_is_overdue_and_unfiled(play: Play) -> None:
    overdue = [
        case for case in play.of("decided") if case.clock.state == "running" and case.clock.deadline_at < play.now
    ]
    assert [case.incident.reference for case in overdue] == [play.about("Bérjegyzékek").incident.reference]


def test_exactly_one_incident_is_not_notified_and_says_why(play: Play) -> None:
    [quiet] = [case for case in play.cases if case.decision and case.decision.notify == "no"]
    assert quiet.clock.stop_reason == "decided_not_to_notify"
    assert "titkosított" in quiet.decision.reasons_authority if quiet.decision else False


def test_the_closed_incident_was_filed_in_time_and_its_people_were_told(play: Play) -> None:
    [closed] = play.of("closed")
    assert closed.filing is not None
    assert closed.filing.late_by_seconds == 0
    assert [told.reached for told in closed.communications] == [23]
    assert closed.filing.document_id in {document.id for document in closed.documents}


def test_the_late_filing_gave_its_reasons_and_was_completed_by_a_follow_up(play: Play) -> None:
    late = play.about("átvételi bizonylat")
    assert [(one.kind, one.complete) for one in late.filings] == [("new", False), ("follow_up", True)]
    assert late.filings[0].late_by_seconds == 23 * 3600
    assert "leltárkor" in late.filings[0].delay_reasons


def test_one_awareness_came_hours_after_the_first_signal_for_a_reason(play: Play) -> None:
    found = play.about("Szokatlan belépések")
    assert hours(found.clock.anchor_at - found.incident.first_signal_at) == pytest.approx(7.2)
    assert "idegenek jutottak be" in found.clock.reason


def test_the_deputy_was_warned_two_hours_after_a_report_nobody_took(play: Play) -> None:
    waiting = play.about("orvosi alkalmassági")
    warned = [mail for mail in waiting.mails if mail.payload["stage"] == "unacknowledged"]
    assert "sandor.strazsa@bastya.example" in {mail.recipient for mail in warned}
    assert {mail.created_at - waiting.incident.opened_at for mail in warned} == {timedelta(hours=2)}


def test_the_controller_without_a_data_protection_officer_warns_its_responsible_manager(play: Play) -> None:
    [opened] = [stage for stage in play.about("futár táskáját").stages if stage.name == "opened"]
    assert opened.state == "fired"
    assert "veronika.vezer@hetedhet.example" in {mail.recipient for mail in play.about("futár táskáját").mails}


def test_every_warning_fired_at_its_minute(play: Play) -> None:
    fired = [stage for case in play.cases for stage in case.stages if stage.state == "fired"]
    assert len(fired) > 30
    assert {stage.late_by_seconds for stage in fired} == {0}


def test_every_mail_left_by_smtp_when_it_was_due_or_in_the_morning_where_it_could_wait(play: Play) -> None:
    queued = [mail for case in play.cases for mail in case.mails]
    assert {mail.state for mail in queued} == {"sent", "folded"}  # two clocks that warn in one minute are one mail
    sent = {mail: mail.sent_at for mail in queued if mail.state == "sent" and mail.sent_at}
    invitations = len(players()) - 1
    assert len(play.mails) == len(sent) + invitations
    founded = min(letter.sent_at for letter in play.mails if letter.sent_at)
    arrived = Counter(letter.sent_at for letter in play.mails if letter.sent_at and letter.sent_at > founded)
    assert arrived == Counter(at.replace(microsecond=0) for at in sent.values())
    held = {mail.payload["stage"] for mail, at in sent.items() if at - mail.created_at >= timedelta(minutes=1)}
    assert held <= {"week", "before48", "before24"}


def test_the_log_of_every_controller_is_intact(play: Play) -> None:
    with unit_of_work(play.engine, SystemClock(), SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        assert [register.verify(uow, one.id) for one in controllers.controllers_of(uow)] == [[], [], []]


def test_reports_came_by_link_by_page_and_by_api(play: Play) -> None:
    assert {case.incident.opened_via for case in play.cases} == {"link", "page", "api"}


def test_an_unfinished_case_shows_facts_that_are_still_being_found_out(play: Play) -> None:
    assert "subjects_count" in play.about("hibajegykezelő").missing


def test_transfers_to_the_united_states_name_their_safeguard() -> None:
    abroad = [one for house in houses() for one in house.processors if one.country == "US"]
    assert len(abroad) == 2
    assert all("végrehajtási határozat" in one.safeguard for one in abroad)


def test_every_name_in_the_demo_is_marked_as_an_example() -> None:
    names = [name for house in houses() for name in (house.profile.name, *(one.name for one in house.processors))]
    assert [name for name in names if not re.search(r"Példa|Example|Beispiel", name)] == []
    addresses = [player.email for player in players()] + [house.profile.email for house in houses()]
    assert {address.rpartition(".")[2] for address in addresses} == {"example"}


def test_every_story_is_told_by_somebody_of_the_cast() -> None:
    cast = {player.key for player in players()}
    assert {act.who for story in stories() for act in story.acts} <= cast


def test_the_mailbox_page_shows_the_mails(browser: httpx.Client, play: Play) -> None:
    page = browser.get("/mailbox").text
    assert page.count('href="/mailbox/') == len(play.mails)
    assert "Két óra alatt senki sem vette át – KIL-2026/0004" in page


def test_a_mail_brings_its_own_styles_into_its_frame_and_nothing_else(browser: httpx.Client, play: Play) -> None:
    key = next(mail.key for mail in play.mails if "Új incidens" in mail.subject)
    assert f'src="/mailbox/{key}/html"' in browser.get(f"/mailbox/{key}").text
    framed = browser.get(f"/mailbox/{key}/html")
    assert "sandbox" in framed.headers["content-security-policy"]
    assert "script-src" not in framed.headers["content-security-policy"]
    assert '<base target="_top">' in framed.text


def test_outside_the_demo_the_mailbox_page_does_not_exist(play: Play, sqlite_url: str, tmp_path: Path) -> None:
    earnest = load_settings({"DATABASE_URL": sqlite_url, "INCIDENTS72_DATA": str(play.folder / "demo")})
    engine = create_engine_for(sqlite_url)
    with TestClient(create_app(earnest, engine, SystemClock()), base_url="http://127.0.0.1") as client:
        assert client.get("/mailbox").status_code == 404
        assert client.get(f"/mailbox/{play.mails[0].key}/html").status_code == 404
    engine.dispose()


def test_the_start_says_where_to_look_and_who_to_be(play: Play) -> None:
    said = play.output
    assert f"{play.address}/mailbox" in said
    assert PASSWORD in said
    assert all(player.email in said for player in players())


def test_a_port_in_use_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = load_settings({"INCIDENTS72_DATA": str(tmp_path), "WEB_PORT": str(port)})
        with pytest.raises(SettingsError, match=f"port {port}"), staged(settings, SystemClock(), print):
            pass
    assert not (tmp_path / "demo").exists()


def test_the_service_is_ready_and_whoever_signs_in_sees_their_cases(browser: httpx.Client) -> None:
    assert browser.get("/health/ready").json() == {"status": "ready", "reasons": []}
    token = re.search(r'name="_csrf_token" value="([^"]+)"', browser.get("/login").text)
    assert token is not None
    answers = {"email": "ottilia.orszem@bastya.example", "password": PASSWORD, "_csrf_token": token.group(1)}
    assert "Bérjegyzékek kerültek" in browser.post("/login", data=answers).text


def test_the_report_link_that_was_printed_opens_the_staff_form(browser: httpx.Client, play: Play) -> None:
    link = re.search(r"http://\S+/r/\S+", play.output)
    assert link is not None
    assert "Hetedhét Példa Futár Kft." in browser.get(link.group()).text


@pytest.mark.browser
def test_a_full_house_is_worth_a_picture(play: Play, chromium_path: str, tmp_path: Path) -> None:
    """The pictures of the guide that need more than one case, taken as the journey takes the others."""
    with sync_playwright() as playwright:
        watch = Watch(play.address, picture_folder(tmp_path / "pictures"))
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        auditor = watch.visitor(chromium, DESK)
        auditor.open("/login")
        auditor.type("E-mail-cím", "szilvia.szamvevo@merleg.example")
        auditor.type("Jelszó", PASSWORD)
        auditor.press("Bejelentkezés")
        for path, picture, tallest in (
            ("/", "minden-ugy", 1150),
            ("/board/wall", "fali-nezet", 900),
            ("/statistics", "statisztika", 1300),
        ):
            auditor.open(path)
            auditor.picture(picture, tallest)
    assert watch.faults == []
