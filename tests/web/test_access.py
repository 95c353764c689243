"""Every address, tried by everybody: what opens is what the table says, and a stranger learns nothing."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from incidents.rules.access import MATRIX, ROLES, may
from incidents.web import access
from incidents.web.access import Caller, Door, doors
from tests.builders import Town
from tests.databases import SqliteGround
from tests.fakes import FakeClock
from tests.web.walk import OURS, SECRET_STORY, Answer, House

ROOT = Path(__file__).parents[2]
EVERY = os.environ.get("WALK") == "every"
PEOPLE = (*ROLES, "nobody", "operator", "stranger", "")
KEYS = ("reporter", "handler", "dpo", "auditor", "stranger", "")


@pytest.fixture(scope="module")
def house(sqlite_town_ground: SqliteGround, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(Town(sqlite_town_ground.fresh(), FakeClock()), tmp_path_factory.mktemp("house"))
    yield house
    house.close()


def caller(door: Door, who: str) -> Caller:
    if who in {"", "nobody", "operator"}:
        return Caller(signed_in=bool(who), operator=who == "operator")
    if who == "stranger":
        at_home = frozenset({"dpo", "manager", "admin", "handler"})
        return Caller(frozenset() if "_id}" in door.path else at_home, at_home)
    owner = "handler" if "{comment_id}" in door.path else "auditor"
    return Caller(frozenset({who}), frozenset({who}), owner=who == owner)


def closed() -> list[Door]:
    """The doors that ask who somebody is."""
    return [door for door in doors() if not door.is_open]


def visitors(door: Door) -> tuple[str, ...]:
    return KEYS if door.path.startswith("/api/") else PEOPLE


def callers(door: Door) -> Iterator[str]:
    """Everybody the table keeps out, and of those it lets in one by turns (WALK=every: each of them).

    Whether a role is let in hangs on its acts alone (tests/steps/test_guard.py tries each role with each act), so the
    long answers need not be written for every role that gets them.
    """
    let_in = [who for who in visitors(door) if door.opens(caller(door, who))]
    turn = doors().index(door)
    yield from (who for who in visitors(door) if who not in let_in)
    yield from let_in if EVERY else {let_in[turn % len(let_in)]: 1}


def fault(door: Door, who: str, answer: Answer) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if answer.status >= 500:
        return f"{door.route} ({door.act}) broke for {who or 'a visitor'}: {answer.status}"
    if answer.refused == door.opens(caller(door, who)):
        said = "refused" if answer.refused else "let in"
        return f"{door.route} ({door.act}) {said} {who or 'a visitor'}: {answer.status}"
    return ""


def test_every_address_of_the_application_stands_in_the_table_and_no_other(house: House) -> None:
    routed = {
        f"{method} {re.sub(r':[a-z]+}', '}', route.path)}"
        for route in house.app.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static/")
        for method in route.methods - {"OPTIONS", "HEAD"}
    }
    assert {door.route for door in doors()} == routed


def test_every_need_is_an_act_of_the_matrix_or_one_of_the_few_words() -> None:
    acts = set().union(*MATRIX.values())
    words = {*access.WORDS, "list any"} | {f"{kind} {act}" for kind in ("list", "anywhere") for act in acts}
    assert {need for door in doors() for need in door.needs} <= acts | words
    assert set(access.WHAT_ACTS_ARE) == acts


def test_the_page_about_it_is_current() -> None:
    assert (ROOT / "docs" / "access.md").read_text(encoding="utf-8") == access.as_markdown()


def test_pages_marked_public_are_those_the_table_calls_open(house: House) -> None:
    public = {
        f"{method} {re.sub(r':[a-z]+}', '}', route.path)}"
        for route in house.app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get("public")
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
    }
    pages = {
        door.route for door in doors() if door.is_open and not door.path.startswith(("/api/", "/health/", "/metrics"))
    }
    assert public == pages


def test_each_role_gets_in_where_the_table_says_and_nowhere_else(house: House) -> None:
    faults = []
    for door in closed():
        for who in callers(door):
            answer = house.knock(door, who)
            faults.append(fault(door, who, answer))
            faults += [f"{door.route} ({door.act}) {who}: {said}" for said in house.unsafe(answer)]
    assert [one for one in faults if one] == []


def test_what_is_not_yours_answers_like_what_does_not_exist_with_the_same_work(house: House) -> None:
    told = []
    for door in closed():
        if "_id}" not in door.path:
            continue
        theirs, nowhere = house.knock(door, "stranger"), house.knock(door, "stranger", house.nowhere)
        if theirs.like(house) != nowhere.like(house) or abs(theirs.asked - nowhere.asked) > 0:
            told.append((door.route, door.act, theirs.status, nowhere.status, theirs.asked, nowhere.asked))
    assert told == []


def test_our_objects_do_not_answer_behind_the_strangers_own_case(house: House) -> None:
    """The address begins with a case or a firm the stranger may work on, and goes on to an object of ours."""
    told = []
    own = {**house.objects, "incident_id": str(house.theirs.id), "controller_id": str(house.other.id)}
    missing = {**house.nowhere, "incident_id": str(house.theirs.id), "controller_id": str(house.other.id)}
    for door in closed():
        if len(re.findall(r"_id}", door.path)) < 2:
            continue
        ours, nowhere = (house.knock(door, "stranger", keys) for keys in (own, missing))
        if not ours.refused or ours.like(house) != nowhere.like(house):
            told.append((door.route, door.act, ours.status, nowhere.status))
    assert told == []


def test_nothing_a_stranger_can_ask_names_us(house: House) -> None:
    told = []
    for door in closed():
        for who in ("stranger", "nobody", "operator", "reporter"):
            if who in visitors(door) and who != "reporter":
                answer = house.knock(door, who)
                told += [(door.route, who, word) for word in house.ours if word in answer.text]
    for query in house.searches():
        for who in ("stranger", "nobody", "operator"):
            answer = house.ask("GET", query, who)
            asked = unquote(query)  # what one has typed oneself stands in the field again
            told += [(query, who, word) for word in house.ours if word in answer.text and word not in asked]
    assert told == []


def test_a_reference_or_a_number_addresses_nothing(house: House) -> None:
    reference = house.case.reference
    for tail in (reference, reference.rpartition("/")[2], reference.rpartition("-")[2], "1", "0001", str(UUID(int=1))):
        for start in ("/incidents/", "/register/", "/controllers/"):
            answer = house.ask("GET", f"{start}{tail}", "dpo")
            assert answer.status == 404, (start, tail)
            assert SECRET_STORY not in answer.text


def test_the_exceptions_are_few_and_named() -> None:
    """What asks for no role: reviewed here when it grows."""
    assert sorted(door.route for door in doors() if "public" in door.needs) == PUBLIC
    assert may({"auditor"}, "export")
    assert OURS["short_code"] == "ORZ"


PUBLIC = [
    "GET /api/v1/openapi.json",
    "GET /api/v1/openapi.json/openapi.json",
    "GET /api/v1/openapi.json/{path}",
    "GET /health/live",
    "GET /health/ready",
    "GET /login",
    "GET /login/outside",
    "GET /login/outside/back",
    "GET /login/password",
    "GET /login/second",
    "GET /login/set-up",
    "GET /mailbox",
    "GET /mailbox/{key}",
    "GET /mailbox/{key}/html",
    "POST /language/{language}",
    "POST /login",
    "POST /login/passkey",
    "POST /login/passkey/options",
    "POST /login/password",
    "POST /login/second",
    "POST /login/set-up",
    "POST /login/unlock",
    "POST /logout",
]
