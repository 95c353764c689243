"""Who may call: a live key, for its own controller, within its role; and what the description of the API says."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from jsonschema import Draft202012Validator
from litestar.testing import TestClient

from incidents.steps import controllers
from tests.api.conftest import Api
from tests.company import Company
from tests.duties_builders import duty_under_key
from tests.letters_builders import letters_under_key

SAFE = "A laptop lemeze titkosítva volt, a kulcs biztonságban maradt."
DECISION = {"notify": "no", "tell": "no", "reasons_authority": SAFE, "reasons_subjects": SAFE}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/incidents"): {"first_signal_at": "2026-11-20T17:30"},
    ("PATCH", "/incidents/{incident_id}/facts"): {"facts": {"title": "x"}},
    ("PUT", "/incidents/{incident_id}/awareness"): {"awareness_at": "2026-11-20T17:45"},
    ("POST", "/incidents/{incident_id}/acknowledgements"): {"name": "Doktor Dóra"},
    ("POST", "/incidents/{incident_id}/handovers"): {"email": "manager@futar.example", "note": "Délután hívják."},
    ("POST", "/incidents/{incident_id}/closing"): {"note": "Kész."},
    ("POST", "/incidents/{incident_id}/reopening"): {"note": "Mégsem."},
    ("POST", "/incidents/{incident_id}/assessments"): None,
    ("POST", "/incidents/{incident_id}/decisions"): DECISION,
    ("POST", "/incidents/{incident_id}/drafts"): {"kind": "authority"},
    ("POST", "/incidents/{incident_id}/filings"): {"filed_at": "2026-11-20T17:45", "channel": "online"},
    ("PATCH", "/incidents/{incident_id}/form"): {"answers": {"other_parties": "no"}},
    ("POST", "/incidents/{incident_id}/orders"): {
        "kind": "clarify",
        "title": "Naplók",
        "text": "Küldje meg a naplókat.",
        "received_at": "2026-11-20T17:45",
        "days": 8,
    },
    ("POST", "/incidents/{incident_id}/communications"): {"sent_at": "2026-11-20T17:45", "form": "post"},
    ("PUT", "/incidents/{incident_id}/letter"): {"words": {"hotline": "06 80 555 010"}},
    ("POST", "/incidents/{incident_id}/publications"): {
        "place": "press",
        "name": "Megyei Napló",
        "published_at": "2026-11-20T17:45",
    },
}
BODIES |= {
    ("POST", "/incidents/{incident_id}/tasks"): {"title": "Naplók mentése."},
    ("POST", "/incidents/{incident_id}/tasks/{task_id}/settlement"): {"state": "done"},
    ("POST", "/incidents/{incident_id}/tasks/{task_id}/reopening"): None,
    ("POST", "/incidents/{incident_id}/comments"): {"comment": "A szállító hétfőn ad választ."},
}
BODIES |= {
    ("POST", "/incidents/{incident_id}/recipient-lists"): {"purpose": "Tájékoztatás"},
    ("POST", "/recipient-lists/{list_id}/recipients"): {"recipients": [{"name": "Minta Anna"}]},
    ("POST", "/recipient-lists/{list_id}/recipients.csv"): None,
}
BODIES |= {
    ("POST", "/incidents/{incident_id}/duties"): {"regime": "telecom"},
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/confirmation"): {},
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/refusal"): {"reason": SAFE},
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/reconsideration"): {"reason": SAFE},
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/changes"): {},
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/reports"): {
        "report": "notification",
        "sent_at": "2026-11-20T17:45",
        "channel": "online",
    },
}
"""A body that would be right, for every operation that takes one."""

ACTS = {
    ("POST", "/incidents"): "report",
    ("GET", "/incidents"): "read",
    ("PATCH", "/incidents/{incident_id}/facts"): "amend",
    ("PUT", "/incidents/{incident_id}/awareness"): "set_awareness",
    ("POST", "/incidents/{incident_id}/acknowledgements"): "acknowledge",
    ("POST", "/incidents/{incident_id}/handovers"): "acknowledge",
    ("POST", "/incidents/{incident_id}/closing"): "close",
    ("POST", "/incidents/{incident_id}/reopening"): "close",
    ("POST", "/incidents/{incident_id}/assessments"): "assess",
    ("POST", "/incidents/{incident_id}/decisions"): "decide",
    ("POST", "/incidents/{incident_id}/drafts"): "draft",
    ("POST", "/incidents/{incident_id}/filings"): "file",
    ("PATCH", "/incidents/{incident_id}/form"): "draft",
    ("POST", "/incidents/{incident_id}/orders"): "amend",
    ("POST", "/incidents/{incident_id}/communications"): "communicate",
    ("PUT", "/incidents/{incident_id}/letter"): "draft",
    ("POST", "/incidents/{incident_id}/publications"): "communicate",
    ("POST", "/incidents/{incident_id}/recipient-lists"): "draft",
    ("POST", "/recipient-lists/{list_id}/recipients"): "draft",
    ("POST", "/recipient-lists/{list_id}/recipients.csv"): "draft",
    ("POST", "/incidents/{incident_id}/duties"): "amend",
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/confirmation"): "amend",
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/refusal"): "decide",
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/reconsideration"): "amend",
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/changes"): "set_awareness",
    ("POST", "/incidents/{incident_id}/duties/{duty_id}/reports"): "file",
    ("POST", "/incidents/{incident_id}/tasks"): "amend",
    ("POST", "/incidents/{incident_id}/tasks/{task_id}/settlement"): "amend",
    ("POST", "/incidents/{incident_id}/tasks/{task_id}/reopening"): "amend",
    ("POST", "/incidents/{incident_id}/comments"): "amend",
    ("GET", "/register"): "register",
    ("GET", "/register/verification"): "register",
}
"""The act of the access matrix an operation needs; every other one reads a case."""


def _description(site: TestClient[Any]) -> dict[str, Any]:
    document: dict[str, Any] = site.get("/api/v1/openapi.json").json()
    return document


def _operations(site: TestClient[Any]) -> list[tuple[str, str]]:
    """Every operation that is described: method and path below /api/v1."""
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in _description(site)["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def _path(path: str, incident_id: object, document_id: object) -> str:
    keys = dict.fromkeys(("document_id", "duty_id", "list_id", "mailing_id", "task_id"), document_id)
    return path.format(incident_id=incident_id, form="pdf", **keys)


def _draft(api: Api, case_id: UUID) -> str:
    """A frozen draft; a list of recipients and a mailing have the same key."""
    key = str(api("POST", f"/incidents/{case_id}/drafts", {"kind": "authority"}, status=201)["id"])
    state = api.site.app.state
    letters_under_key(state.engine, state.clock, UUID(str(case_id)), UUID(key))
    duty_under_key(state.engine, state.clock, UUID(str(case_id)), UUID(key))
    return key


def test_every_operation_the_routes_have_is_described_and_known_to_these_tests(
    company: Company, site: TestClient[Any]
) -> None:
    routed = {
        (method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path).removeprefix("/api/v1"))
        for route in site.app.routes
        for method in getattr(route, "methods", ())
        if route.path.startswith("/api/v1/") and "openapi" not in route.path and method not in {"OPTIONS", "HEAD"}
    }
    assert routed == set(_operations(site))
    assert {one for one in routed if one[0] != "GET"} == set(BODIES)


def test_without_a_key_nothing_is_answered(api: Api, case_id: UUID, site: TestClient[Any]) -> None:
    document = _draft(api, case_id)
    for method, path in _operations(site):
        for authorization in ("", "Bearer", "Bearer i72_wrong", "Basic aTcyOng=", f"Bearer {api.key}x"):
            url = f"/api/v1{_path(path, case_id, document)}"
            answer = site.request(
                method, url, json=BODIES.get((method, path)), headers={"authorization": authorization}
            )
            assert answer.status_code == 401, (method, path, authorization)
            assert answer.headers["content-type"] == "application/problem+json"
            assert "Bearer" in answer.headers["www-authenticate"]


def test_a_revoked_key_is_dead_at_once(api: Api, company: Company) -> None:
    api("GET", "/incidents")
    with company.uow() as uow:
        [key] = controllers.api_keys(uow, company.id)
        controllers.revoke_api_key(uow, company.id, key.id)
    api.refused("GET", "/incidents", status=401)


def test_a_session_cookie_is_no_key(company: Company, site: TestClient[Any]) -> None:
    from incidents.steps import people
    from incidents.store.tables import User
    from tests.company import DPO

    with company.uow() as uow:
        user = uow.session.query(User).filter_by(email=DPO.email).one()
        token = people.open_session(uow, user, user_agent="", address="").token
    site.cookies.set("__Host-session", token)
    assert site.get("/api/v1/incidents").status_code == 401


def test_another_controllers_key_finds_nothing_under_any_id(
    api: Api, other: Api, case_id: UUID, site: TestClient[Any]
) -> None:
    document = _draft(api, case_id)
    before = api("GET", "/register/verification")["head"]["seq"]
    for method, path in _operations(site):
        if "{" in path:
            theirs = other.refused(method, _path(path, case_id, document), BODIES.get((method, path)), status=404)
            nobodys = other.refused(method, _path(path, uuid4(), uuid4()), BODIES.get((method, path)), status=404)
            assert theirs == nobodys, "that it exists elsewhere must not show"
    assert api("GET", "/register/verification")["head"]["seq"] == before


def test_another_controllers_key_sees_empty_lists_and_its_own_log(api: Api, other: Api, case_id: UUID) -> None:
    assert other("GET", "/incidents?state=all") == {"items": [], "cursor": None}
    assert other("GET", f"/incidents?query=FUT-2026&limit={200}")["items"] == []
    assert other("GET", "/register") == []
    mine, theirs = (one("GET", "/register/verification")["head"] for one in (api, other))
    assert mine["controller_id"] != theirs["controller_id"]
    assert str(case_id) not in str(theirs)


def test_a_cursor_of_another_controller_leads_nowhere_else(api: Api, other: Api) -> None:
    for _ in range(2):
        api.report()
    cursor = api("GET", "/incidents?limit=1")["cursor"]
    assert other("GET", f"/incidents?limit=1&cursor={cursor}")["items"] == []


@pytest.mark.parametrize("role", ["reporter", "handler", "dpo", "auditor"])
def test_a_key_may_do_what_its_role_may_and_nothing_else(
    api: Api, company: Company, case_id: UUID, site: TestClient[Any], role: str
) -> None:
    from incidents.rules.access import may

    document, key = _draft(api, case_id), Api(site, company.key(role))
    for method, path in _operations(site):
        answer = key.call(method, _path(path, case_id, document), BODIES.get((method, path)))
        allowed = may({role}, ACTS.get((method, path), "read"))
        if method == "GET" and path == "/incidents" and not allowed:
            assert answer.json()["items"] == []  # a list shows what one may read: nothing
        else:
            assert (answer.status_code == 403) != allowed, (role, method, path, answer.text)


def test_an_unknown_address_and_a_wrong_method_are_problems_too(api: Api) -> None:
    api.refused("GET", "/nothing", status=404)
    api.refused("DELETE", "/incidents", status=405)
    api.refused("GET", "/incidents/not-an-id", status=404)


def test_a_body_too_large_is_refused_before_it_is_read(api: Api) -> None:
    body = {"first_signal_at": "2026-11-20T17:30", "facts": {"what_happened": "x" * 1_000_001}}
    api.refused("POST", "/incidents", body, status=413)


def _valid_31(document: dict[str, Any]) -> None:
    """The parts of OpenAPI 3.1 that a client generator needs; schemas are checked against JSON Schema 2020-12."""
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(document["info"])
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path, item in document["paths"].items():
        for operation in item.values():
            named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))
            assert operation["responses"]


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for value in node.values() for one in _references(value)]
    return [one for value in node for one in _references(value)] if isinstance(node, list) else []


def test_the_description_is_openapi_3_1_and_complete_in_itself(site: TestClient[Any]) -> None:
    document = _description(site)
    _valid_31(document)
    for reference in _references(document):
        assert reference.startswith("#/components/schemas/")
        assert reference.rpartition("/")[2] in document["components"]["schemas"]
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


def test_the_description_names_no_other_host(site: TestClient[Any]) -> None:
    assert not re.findall(r"https?://", site.get("/api/v1/openapi.json").text)


def test_the_description_tells_how_to_sign_in_and_how_a_refusal_looks(site: TestClient[Any]) -> None:
    document = _description(site)
    [(name, scheme)] = document["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert document["security"] == [{name: []}]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            refusals = {code: said for code, said in operation["responses"].items() if not code.startswith("2")}
            assert {"401", "403"} <= set(refusals), (method, path)
            assert ("404" in refusals) == ("{" in path), (method, path)
            assert ("422" in refusals) or not (operation.get("requestBody") or "parameters" in operation)
            assert all(list(said["content"]) == ["application/problem+json"] for said in refusals.values())
