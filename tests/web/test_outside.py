"""Signing in through the organisation's own service: a real provider process, spoken to over HTTP."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import select

from incidents.base.settings import Settings
from incidents.steps import sign_in_rules
from incidents.store.tables import OutsideIdentity, User, UserSession
from tests.accounts_builders import with_second_step
from tests.processes import ROOT, Processes, free_port, listens
from tests.sites import site
from tests.web.office import PEOPLE, Office, text_of

CLIENT, SECRET = "incidens 72", "titok/+&72"
EMAIL = PEOPLE["dpo"][0]


@pytest.fixture(scope="module")
def issuer(server_processes: Processes) -> str:
    port = free_port()
    program = server_processes.start(
        [sys.executable, str(ROOT / "tests/oidc_provider.py"), str(port), CLIENT, SECRET], {}
    )
    program.wait_until(lambda: listens(port), "the provider to listen", 60)
    return f"http://127.0.0.1:{port}"


class House:
    """The office, with a sign-in service of its own; a browser that goes there and back."""

    def __init__(self, office: Office, settings: Settings, browser: "TestClient[object]") -> None:
        self.office, self.settings, self.browser = office, settings, browser

    def leave(self, path: str = "/login/outside?next=/register") -> str:
        """Where the browser is sent."""
        answer = self.browser.get(path)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def sign_in_there(self, way: str, email: str = EMAIL, **said: str) -> str:
        """The address at which the service sends the person back."""
        assert httpx.get(way).status_code == 200
        given = {"sub": f"sub-{email}", "email": email, "verified": "yes"} | said
        back = str(httpx.post(way, data=given).headers["location"])
        assert back.startswith(f"{self.settings.public_url}/login/outside/back?")
        return back.removeprefix(self.settings.public_url)

    def come(self, email: str = EMAIL, **said: str) -> Response:
        self.browser.cookies.delete("session")
        return self.browser.get(self.sign_in_there(self.leave(), email, **said))


@pytest.fixture
def house(small_office: Office, issuer: str) -> Iterator[House]:
    office = small_office
    office.clock.move_to(datetime.now(UTC))  # the service signs with the time of this machine
    settings = replace(office.settings, oidc_issuer=issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    settings = replace(settings, oidc_name="Futár Belépő")
    with TestClient(site(settings, office.engine, office.clock), base_url="http://127.0.0.1") as browser:
        browser.follow_redirects = False
        yield House(office, settings, browser)


def test_an_invited_person_gets_in_by_the_verified_address_and_keeps_their_roles(house: House) -> None:
    assert "Bejelentkezés itt: Futár Belépő" in house.browser.get("/login").text
    answer = house.come()
    assert answer.headers["location"] == "/register"
    page = text_of(house.browser.get("/account").text)
    assert "Itt is bejelentkezhet: Futár Belépő" in page
    assert "A fiókját összekapcsolta a szervezeti bejelentkezéssel" in page
    assert house.browser.get("/people").status_code == 200
    assert "Doktor Dóra" in page
    with house.office.uow() as uow:
        assert uow.session.scalars(select(UserSession.how)).all() == ["outside"]
        assert uow.session.get_one(User, house.office.users["dpo"]).password_hash == ""


def test_from_then_on_the_name_there_counts_and_not_the_address(house: House) -> None:
    house.come()
    assert house.come("uj.cim@futar.example", sub=f"sub-{EMAIL}").headers["location"] == "/register"
    assert house.come(EMAIL, sub="somebody else who got the address").status_code == 403


@pytest.mark.parametrize(
    "said", [{"email": "senki@futar.example"}, {"verified": "no"}, {"email": "", "verified": "yes"}]
)
def test_nobody_gets_in_without_an_invitation_or_a_verified_address(house: House, said: dict[str, str]) -> None:
    answer = house.come(**{"sub": "valaki", **said})
    assert answer.status_code == 403
    assert "itt nincs fiókja" in text_of(answer.text)
    assert "session" not in answer.cookies
    with house.office.uow() as uow:
        assert uow.session.scalars(select(OutsideIdentity)).all() == []


def test_a_closed_account_stays_closed(house: House) -> None:
    house.come()
    with house.office.uow() as uow:
        uow.session.get_one(User, house.office.users["dpo"]).is_active = False
    assert house.come().status_code == 403


def test_the_second_step_is_asked_here_unless_it_was_asked_there(house: House) -> None:
    with house.office.uow() as uow:
        with_second_step(uow, house.office.users["dpo"], house.office.clock)
    assert house.come().headers["location"] == "/login/second?next=/register"
    assert house.come(amr="pwd mfa").headers["location"] == "/register"
    with house.office.uow() as uow:
        sign_in_rules.demand(uow, house.office.firm_id, ["handler"])
    assert house.come(PEOPLE["handler"][0]).headers["location"].startswith("/account/second-step")


def test_who_is_signed_in_proves_themselves_there_anew(house: House) -> None:
    house.come()
    asked = parse_qs(urlsplit(house.leave("/login/outside?next=/account")).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email"]


def test_an_answer_that_is_not_for_this_browser_and_this_moment_opens_nothing(house: House) -> None:
    back = house.sign_in_there(house.leave())
    kept = house.browser.cookies["outside"]
    for path, cookie in (
        (back, ""),
        (back, "elrontva"),
        (back.replace("state=", "state=x"), kept),
        (f"{back}&iss=https%3A%2F%2Fgonosz.example", kept),
        (back.replace("code=", "code=x"), kept),
    ):
        house.browser.cookies.set("outside", cookie)
        answer = house.browser.get(path)
        assert answer.status_code == 502, path
        assert "nem válaszolt megfelelően" in text_of(answer.text)
        assert "session" not in answer.cookies
    house.browser.cookies.set("outside", kept)
    assert house.browser.get(back).status_code == 303
    house.browser.cookies.set("outside", kept)
    assert house.browser.get(back).status_code == 502, "a code is good once"


def test_somebody_elses_journey_is_not_ended_in_my_browser(house: House) -> None:
    """Sign-in forgery: an attacker's own answer, opened in the browser of a victim on the way."""
    attackers = house.sign_in_there(house.leave(), PEOPLE["handler"][0])
    house.leave()
    assert house.browser.get(attackers).status_code == 502


def test_a_token_from_another_time_is_refused(house: House) -> None:
    house.office.clock.advance(minutes=10)
    assert house.come().status_code == 502
    house.office.clock.advance(minutes=-20)
    assert house.come().status_code == 502


def test_who_changes_their_mind_there_is_back_at_the_sign_in(house: House) -> None:
    house.leave()
    state = "/login/outside/back?error=access_denied&state=x"
    assert house.browser.get(state).headers["location"] == "/login"


def test_without_a_service_there_is_no_such_page_and_a_dead_one_is_said_to_be_dead(house: House) -> None:
    assert house.office.browser.get("/login/outside").status_code == 404
    assert house.office.browser.get("/login/outside/back").status_code == 404
    house.browser.app.state.settings = replace(house.settings, oidc_issuer=f"http://127.0.0.1:{free_port()}")
    answer = house.browser.get("/login/outside")
    assert answer.status_code == 502
    assert "vagy használja a jelszavát" in text_of(answer.text)
