"""What no page may do, whoever asks for whatever; headers are looked at on the walk through every address."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import TooManyRequestsException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from incidents.api.pace import DOCUMENTS, makes_document
from incidents.api.recipients import MOST_CSV_BYTES
from incidents.base.settings import load_settings
from incidents.web.intake import LARGEST_BODY as LARGEST_LIST
from incidents.web.limits import own_hosts
from incidents.web.security import MOST_BYTES
from incidents.web.uploads import LARGEST_BODY as LARGEST_PAPER
from incidents.web.uploads import LARGEST_CASE_BODY
from tests.web.office import Office


@pytest.mark.parametrize("host", ["gonosz.example", "127.0.0.1.gonosz.example", "gonosz.example:8072", "[::2]", ""])
def test_under_a_name_that_is_not_ours_nothing_is_served(small_office: Office, host: str) -> None:
    for path in ("/login", "/incidents/new", "/nincs-ilyen", "/metrics"):
        answer = small_office.browser.get(path, headers={"host": host})
        assert answer.status_code == 400
        assert "A szolgáltatás ezen a címen nem érhető el." in answer.text
        assert "kezdőlap" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_program_at_a_foreign_name_gets_a_problem(small_office: Office) -> None:
    answer = small_office.browser.get("/api/v1/openapi.json", headers={"host": "gonosz.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "unknown-host"


@pytest.mark.parametrize("host", ["127.0.0.1:1", "LOCALHOST", "[::1]:8072", "localhost."])
def test_this_machine_is_served_at_any_port(small_office: Office, host: str) -> None:
    assert small_office.browser.get("/login", headers={"host": host}).status_code == 200


def test_the_name_of_the_public_address_is_ours(tmp_path: Path) -> None:
    for address in ("https://Incidens.example", "https://incidens.example:8443/", "http://[2001:db8::1]"):
        settings = load_settings({"PUBLIC_URL": address, "INCIDENTS72_DATA": str(tmp_path)})
        assert own_hosts(settings) & {"incidens.example", "2001:db8::1"}


def test_a_supervisor_may_ask_under_any_name(small_office: Office) -> None:
    assert small_office.browser.get("/health/live", headers={"host": "10.1.2.3:8072"}).status_code == 200


def test_no_link_is_made_from_a_host_that_somebody_says_was_asked_for(small_office: Office) -> None:
    for path in ("/login", "/incidents/new", "/nincs-ilyen"):
        answer = small_office.browser.get(path, headers={"x-forwarded-host": "gonosz.example"})
        assert "gonosz" not in answer.text
        assert "gonosz" not in str(answer.headers)


def test_every_address_has_a_limit_to_what_it_takes(small_office: Office) -> None:
    found = {handler.resolve_request_max_body_size() for handler in _handlers(small_office.browser.app)}
    assert found == {MOST_BYTES, LARGEST_PAPER, LARGEST_CASE_BODY, MOST_CSV_BYTES, LARGEST_LIST}


def _handlers(app: Litestar) -> list[HTTPRouteHandler]:
    return [one for route in app.routes if isinstance(route, HTTPRoute) for one in route.route_handlers]


def test_a_person_in_a_hurry_gets_so_many_documents_a_minute_and_a_colleague_as_many(small_office: Office) -> None:
    case = small_office.open_case()
    door = _Door(small_office.browser.app, small_office.users["dpo"])
    for _ in range(DOCUMENTS):
        door.knock()
    with pytest.raises(TooManyRequestsException):
        door.knock()
    small_office.sign_in("dpo")
    assert "Túl sok próbálkozás" in small_office.get(f"/incidents/{case}/frontdesk/pdf", 429)
    small_office.sign_in("handler")
    small_office.get(f"/incidents/{case}/frontdesk/pdf")
    small_office.clock.advance(minutes=1)
    door.knock()


class _Door:
    """The guard of documents, with somebody before it."""

    def __init__(self, app: Litestar, user_id: UUID) -> None:
        scope: Any = {"type": "http", "app": app, "litestar_app": app, "headers": [], "path": "/", "query_string": b""}
        self.visitor: Any = ASGIConnection(scope | {"user": SimpleNamespace(id=user_id)})

    def knock(self) -> None:
        makes_document(self.visitor, None)  # type: ignore[arg-type]


def test_whatever_makes_a_pdf_on_demand_is_held(small_office: Office) -> None:
    held = {
        route.path_format
        for route in small_office.browser.app.routes
        if isinstance(route, HTTPRoute)
        for one in route.route_handlers
        if makes_document in (one.guards or ())
    }
    assert {path.rpartition("}")[2] for path in held} == {
        "/frontdesk/pdf",
        "/transfer/pdf",
        "/report.pdf",
        "/contacts/pdf",
        "/letters",
        "/letter.pdf",
        "/certificate",
        "/draft",
        "/drafts",
        "/notice",
        "/register/export",
    }


@pytest.mark.parametrize("path", ["/static/", "/static", "/static/../app.py", "/static/%2e%2e/x", "/.git/config"])
def test_there_are_no_listings_and_nothing_beside_the_files_meant_to_be_read(small_office: Office, path: str) -> None:
    assert small_office.browser.get(path).status_code in {303, 404}


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_unusual_methods_are_refused(small_office: Office, method: str) -> None:
    assert small_office.browser.request(method, "/login").status_code in {400, 404, 405, 501}
