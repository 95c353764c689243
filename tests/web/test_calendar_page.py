"""The address of one's own calendar: shown once, renewed, revoked, and silent to everybody else."""

import re

import pytest
from icalendar import Calendar
from litestar.testing import TestClient

from incidents.store.tables import User
from tests.fakes import FakeClock
from tests.web.office import Office, text_of


def _make(office: Office) -> str:
    """A new address of the person signed in, as a path."""
    shown = office.fill_in("/account/calendar", {}).text
    [address] = re.findall(r"https?://[^/\s]+(/calendar/[\w-]+\.ics)", shown)
    return str(address)


@pytest.fixture
def path(small_office: Office) -> str:
    """The calendar address of the data protection officer, who has a case."""
    small_office.open_case()
    small_office.sign_in("dpo")
    path = _make(small_office)
    small_office.sign_out()
    return path


def test_a_calendar_program_reads_it_without_signing_in(small_office: Office, path: str) -> None:
    answer = small_office.browser.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert "FUT-2026/0001" in event["summary"]
    for word in ("laptop", "Rezső", "Dóra"):
        assert word not in answer.text


def test_what_has_not_changed_is_not_sent_again_and_no_proxy_keeps_it(
    small_office: Office, path: str, fake_clock: FakeClock
) -> None:
    first = small_office.browser.get(path)
    assert first.headers["cache-control"].startswith("private")
    fake_clock.advance(hours=1)
    again = small_office.browser.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    small_office.open_case()
    assert small_office.browser.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_the_address_is_shown_once_and_a_new_one_ends_the_old_one(small_office: Office, path: str) -> None:
    small_office.sign_in("dpo")
    shown = small_office.get("/account/calendar")
    assert path not in shown
    assert "Önnek van naptárcíme" in text_of(shown)
    new = _make(small_office)
    assert small_office.browser.get(path).status_code == 404
    assert small_office.browser.get(new).status_code == 200


def test_every_address_that_opens_nothing_looks_the_same(small_office: Office, path: str) -> None:
    small_office.sign_in("dpo")
    small_office.fill_in("/account/calendar", {}, "/account/calendar/revoke")
    small_office.sign_out()
    wrong = [
        path,
        "/calendar/" + "x" * 43 + ".ics",
        "/calendar/%C5%91.ics",
        "/calendar/x",
        f"/calendar/{'y' * 900}.ics",
    ]
    answers = [small_office.browser.get(one) for one in wrong]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {
        re.sub(r"(next=|(token|next)\" value=\")[^\"]*", "", answer.text.replace(answer.headers["x-request-id"], ""))
        for answer in answers
    }
    assert len(bodies) == 1


def test_an_account_out_of_use_has_no_calendar(small_office: Office, path: str) -> None:
    with small_office.uow() as uow:
        uow.session.get_one(User, small_office.users["dpo"]).is_active = False
    assert small_office.browser.get(path).status_code == 404


def test_who_asks_too_often_is_asked_to_wait(small_office: Office, path: str) -> None:
    from incidents.web.calendar import READS_PER_MINUTE

    browser: TestClient[object] = small_office.browser
    answers = [browser.get("/calendar/unknown.ics").status_code for _ in range(READS_PER_MINUTE + 1)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_without_a_sign_in_nobody_makes_an_address(small_office: Office) -> None:
    assert small_office.browser.get("/account/calendar").headers["location"].startswith("/login")
