"""The board: what burns comes first, and nothing of others is seen."""

import re
from datetime import timedelta

import pytest

from incidents.base.time import ZonedInstant
from incidents.rules.report import StaffReport
from incidents.steps import clock, report
from incidents.web.board import read_place, written_place
from tests.web.office import Office, text_of


def references(page: str) -> list[str]:
    """The case numbers on a page, in order."""
    return list(dict.fromkeys(re.findall(r"[A-Z]{3}-\d{4}/\d{4}", text_of(page))))


def test_nobody_sees_the_board_without_signing_in(small_office: Office) -> None:
    answer = small_office.browser.get("/")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_cases_nobody_has_taken_stand_first_then_the_earlier_deadline(office: Office) -> None:
    first = office.open_case("Az első ügy.")
    office.clock.advance(hours=1)
    office.open_case("A második ügy.")
    office.clock.advance(hours=1)
    office.open_case("A harmadik ügy.")
    with office.uow() as uow:
        clock.acknowledge(uow, first, via="page")
    office.sign_in("dpo")

    assert references(office.get("/")) == ["FUT-2026/0002", "FUT-2026/0003", "FUT-2026/0001"]


def test_remaining_time_is_said_in_hours_and_ticks_from_the_row(small_office: Office) -> None:
    small_office.open_case()
    small_office.clock.advance(hours=3, minutes=20)
    small_office.sign_in("dpo")
    page = small_office.get("/")

    assert "68 óra 40 perc" in text_of(page)
    assert 'data-deadline="2026-11-23T16:50:00+00:00"' in page
    assert not re.search(r"\d nap\b", text_of(page))


def test_an_overdue_case_says_so_in_words(small_office: Office) -> None:
    small_office.open_case()
    small_office.clock.advance(hours=75)
    small_office.sign_in("dpo")
    assert "3 órája lejárt" in text_of(small_office.get("/"))


def test_the_board_is_searched_and_filtered(office: Office) -> None:
    office.open_case("Elveszett pendrive.")
    office.open_case("Rossz címre ment e-mail.")
    office.sign_in("dpo")

    assert references(office.get("/?q=pendrive")) == ["FUT-2026/0001"]
    assert references(office.get("/?q=0002")) == ["FUT-2026/0002"]
    assert "Nincs a keresésnek megfelelő ügy." in office.get("/?q=nincs-ilyen")
    assert references(office.get("/?only=closed")) == []
    assert references(office.get("/?only=all")) == ["FUT-2026/0001", "FUT-2026/0002"]


def test_nonsense_in_the_address_shows_the_whole_board(small_office: Office) -> None:
    small_office.open_case()
    small_office.sign_in("dpo")
    assert references(small_office.get("/?controller=x&after=1~2&only=%00")) == ["FUT-2026/0001"]


def test_cases_of_another_controller_are_not_there(office: Office) -> None:
    other = office.another_firm()
    foreign = office.open_case("Idegen ügy.", firm_id=other)
    office.sign_in("dpo")

    assert "Idegen ügy." not in office.get("/?only=all")
    assert references(office.get(f"/?controller={other}")) == []
    office.get(f"/incidents/{foreign}", status=404)


def test_somebody_who_may_only_report_sees_no_case(office: Office) -> None:
    own = office.open_case()
    office.sign_in("reporter")
    assert references(office.get("/?only=all")) == []
    office.get(f"/incidents/{own}", status=403)


def test_more_cases_than_a_page_holds_follow_on_the_next(small_office: Office) -> None:
    now = ZonedInstant(small_office.clock.now())
    with small_office.uow() as uow:
        for number in range(53):
            said = StaffReport(f"{number}. ügy", "other", ZonedInstant(now.at - timedelta(minutes=number)), "x")
            report.open_from_staff(uow, small_office.firm_id, said, "link")
    small_office.sign_in("dpo")
    first = small_office.get("/")
    following = re.search(r'href="(/\?[^"]*after=[^"]*)"', first)
    assert following
    rest = small_office.get(following.group(1).replace("&amp;", "&"))
    assert len(references(first)) == 50
    assert len(references(rest)) == 3
    assert not set(references(first)) & set(references(rest))


@pytest.mark.parametrize("text", ["", "~", "1~x~y", "1~2026-01-01T00:00:00~00", "a~b~c~d"])
def test_a_broken_place_is_the_first_page(text: str) -> None:
    assert read_place(text) is None


def test_a_place_survives_the_address() -> None:
    text = "1~2026-11-23T16:50:00+00:00~0192f000000070008000000000000000"
    assert written_place(read_place(text)) == text


def test_an_empty_board_says_what_to_do(small_office: Office) -> None:
    small_office.sign_in("dpo")
    assert "Nincs nyitott ügy." in small_office.get("/")
