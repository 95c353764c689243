"""A whole case is walked, with everything that goes wrong on the way: the log tells it, and names nobody."""

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from incidents.base import logs
from incidents.steps import controllers, escalate, people
from incidents.store.tables import User
from incidents.web import board
from notifications.delivery import deliver
from notifications.mails import compose
from tests.servers import SmtpServer
from tests.web.office import PEOPLE, Office

STORY = "Elveszett a sárga mappa a Keleti pályaudvaron, benne a bérjegyzékek."
CONTACT = "Zöldné Borbála, 06 70 555 0199, borbala@zold.example"
TITLE = "Sárga mappa a Keletiben"
REASON = "A bérjegyzékeken nevek és fizetések állnak, ezért a kockázat nem zárható ki."
NO_HIGH = "A mappát egy óra múlva a talált tárgyak között zárt borítékban őrizték."
NOTE = "Az utolsó vonat után a kalauz adta le."
SEARCH = "Borbála keresése"
CRASH = "Zöldné Borbála adatai nem olvashatók"
PASSWORD = "helytelen-jelszo-72"
TYPED = (STORY, CONTACT, TITLE, REASON, NO_HIGH, NOTE, SEARCH, CRASH, PASSWORD, "borbala@zold.example", "Borbála")


@pytest.fixture
def log(office: Office) -> Iterator[io.StringIO]:
    """What the process writes, as JSON lines."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.configure("json", stream)
    yield stream
    logs.clear()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def report(office: Office) -> UUID:
    """Somebody reports, at first with a mistake; then it is found on the board."""
    link = office.report_link()
    office.fill_in(link, {"what_happened": STORY, "noticed_when": "at"})
    done = office.fill_in(
        link, {"what_happened": STORY, "noticed_when": "now", "kind": "lost_or_stolen_paper", "contact": CONTACT}
    )
    office.get(done.headers["location"])
    office.browser.post("/login", data={"email": PEOPLE["dpo"][0], "password": PASSWORD})
    office.sign_in("dpo")
    found = re.search(r"/incidents/([0-9a-f-]{36})", office.get("/"))
    assert found
    return UUID(found.group(1))


def work(office: Office, case: UUID) -> None:
    """Facts, a refused decision, a decision, a search, things that are not there."""
    here = f"/incidents/{case}"
    office.fill_in(f"{here}/facts", {"facts.title": TITLE, "reason": NOTE})
    reasons: dict[str, str | list[str]] = {"reasons_authority": REASON, "reasons_subjects": NO_HIGH}
    office.fill_in(f"{here}/decide", {"notify": "yes", "tell": "exempt", **reasons})
    office.fill_in(f"{here}/decide", {"notify": "yes", "tell": "no", **reasons})
    office.browser.get("/register", params={"q": SEARCH})
    office.browser.get(f"/nincs/{SEARCH}")
    office.browser.get(f"/ack/{'x' * 60}")
    office.browser.post(f"{here}/acknowledge", data={"_csrf_token": "hamis"})


def call(office: Office, case: UUID) -> str:
    """A program asks, well and badly; its key."""
    with office.uow() as uow:
        key = controllers.make_api_key(uow, office.firm_id, "helpdesk", "dpo")
    headers = {"authorization": f"Bearer {key}"}
    office.browser.get(f"/api/v1/incidents/{case}", headers=headers)
    office.browser.post("/api/v1/incidents", headers=headers, json={"facts": {"title": TITLE}, "reporter": CONTACT})
    office.browser.patch(f"/api/v1/incidents/{case}/facts", headers=headers, json={"facts": {"cause": STORY}})
    return key


def send(office: Office, smtp_server: SmtpServer, case: UUID) -> str:
    """Warnings go out; one address is refused, one mail cannot be written. The token of a link in a mail."""
    escalate.sweep(office.engine, office.clock)
    settings = replace(office.settings, smtp_url=smtp_server.url)
    with office.uow() as uow:
        mail = next(one for one in office.case(case).mails if one.template == "stage")
        text = str(compose(uow, mail, settings).get_body(("plain",)))
    smtp_server.behave("refuse", times=2)
    deliver(office.engine, office.clock, settings)
    token = re.search(r"/ack/(\S{40,})", text.replace("=\n", ""))
    return token.group(1) if token else ""


def test_the_log_of_a_whole_case_names_nobody_and_quotes_nothing(
    office: Office, log: io.StringIO, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = report(office)
    work(office, case)
    key = call(office, case)
    token = send(office, smtp_server, case)
    session = office.browser.cookies["session"]

    def crash(*_: object) -> None:
        raise LookupError(CRASH)

    monkeypatch.setattr(board.cases, "board", crash)
    broken = office.browser.get("/")

    written = log.getvalue()
    people = [part for person in PEOPLE.values() for part in person]
    secrets = [office.report_link().rpartition("/")[2], key, session, *filter(None, [token])]
    assert [said for said in (*TYPED, *people, *secrets, "futar.example") if said in written] == []

    seen = lines(log)
    kinds = {line.get("kind") for line in seen}
    assert {"incident.opened", "facts.amended", "decision.recorded", "stage.fired", "mail.dead"} <= kinds
    assert {200, 303, 403, 404, 422, 500} <= {line.get("status") for line in seen}
    about = [line for line in seen if line.get("incident_id") == str(case)]
    assert {"GET", "POST"} <= {line.get("method") for line in about}
    (crashed,) = [line for line in seen if line["event"] == "request.crashed"]
    assert crashed["exception"][0].startswith("builtins.LookupError at ")
    assert crashed["request_id"] == broken.headers["x-request-id"]


def test_each_sign_in_and_each_that_failed_is_a_line_that_names_the_account_by_its_key(
    office: Office, log: io.StringIO
) -> None:
    with office.uow() as uow:
        uow.session.get_one(User, office.users["dpo"]).password_hash = people.hash_password(PASSWORD)
    for email, password in ((PEOPLE["dpo"][0], PASSWORD), (PEOPLE["dpo"][0], "x"), ("senki@futar.example", "x")):
        office.fill_in("/login", {"email": email, "password": password})
        office.sign_out()
    said = [(one["event"], one.get("kind"), one.get("user_id")) for one in lines(log) if "sign_in" in one["event"]]
    key = str(office.users["dpo"])
    assert said == [
        ("sign_in", "password", key),
        ("sign_in.failed", "password", key),
        ("sign_in.failed", "password", None),
    ]
    assert "futar.example" not in log.getvalue()


def test_the_number_of_a_request_is_in_its_answer_and_on_the_error_page(small_office: Office) -> None:
    fine = small_office.browser.get("/login")
    lost = small_office.browser.get("/nincs-ilyen")
    refused = small_office.browser.get("/api/v1/incidents")
    numbers = [answer.headers["x-request-id"] for answer in (fine, lost, refused)]
    assert len({*numbers}) == 3
    assert f"Kérés azonosítója: {numbers[1]}" in lost.text
