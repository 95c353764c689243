"""/api/v1/incidents: report, read, list, amend, acknowledge, correct the clock, close and reopen."""

from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Api
from tests.builders import ENCRYPTED
from tests.company import Company
from tests.fakes import FakeClock

WHY_LATER = "Csak ekkor derült ki bizonyosan, hogy a laptop adatai olvashatók."
REPORT = {
    "first_signal_at": "2026-11-20T17:30",
    "reporter": "Raktáros Rezső",
    "facts": {
        "title": "Elveszett laptop",
        "what_happened": "Elveszett egy laptop a 4-es villamoson.",
        "breach_types": ["confidentiality", "availability"],
        "subjects_count": {"number": 120, "precision": "approximate"},
        "exfiltrated": "unknown",
        "cause": "to_be_determined",
    },
}


def test_a_report_opens_a_case_whose_clock_runs_from_the_first_signal(api: Api) -> None:
    answer = api.call("POST", "/incidents", REPORT)
    case = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/incidents/{case['id']}"
    assert (case["reference"], case["title"], case["state"]) == ("FUT-2026/0001", "Elveszett laptop", "reported")
    assert case["next_act"] == "acknowledge"
    assert case["first_signal_at"] == "2026-11-20T16:30:00Z"
    assert case["clock"]["anchor_kind"] == "first_signal"
    assert case["clock"]["deadline_at"] == "2026-11-23T16:30:00Z"
    assert case["clock"]["zone"] == "Europe/Budapest"


def test_what_is_not_known_is_said_and_never_becomes_a_zero(api: Api) -> None:
    facts = api("POST", "/incidents", REPORT, status=201)["facts"]
    assert facts["subjects_count"] == {"number": 120, "precision": "approximate"}
    assert (facts["exfiltrated"], facts["cause"]) == ("unknown", "to_be_determined")
    assert "records_count" not in facts


def test_a_report_of_nothing_but_a_time_is_a_report(api: Api) -> None:
    case = api.report(first_signal_at="2026-11-20T16:30:00Z")
    assert "what_happened" in case["missing"]
    assert case["clock"]["state"] == "running"


def test_a_time_may_come_with_an_offset_or_with_a_zone(api: Api) -> None:
    one = api.report(first_signal_at="2026-11-20T08:30:00-05:00")
    two = api.report(first_signal_at="2026-11-20T08:30", zone="America/New_York")
    assert one["first_signal_at"] == two["first_signal_at"] == "2026-11-20T13:30:00Z"
    assert two["clock"]["zone"] == "America/New_York"


def test_every_faulty_field_of_a_report_is_named_at_once(api: Api) -> None:
    body = {
        "first_signal_at": "yesterday",
        "facts": {
            "breach_types": ["theft"],
            "subjects_count": -3,
            "recipient": {"kind": "somebody"},
            "colour": "red",
            "malicious": "maybe",
            "occurred_from": "2026-13-01T10:00",
        },
    }
    assert set(api.faults("POST", "/incidents", body)) == {
        "first_signal_at",
        "facts.breach_types[0]",
        "facts.subjects_count",
        "facts.recipient.kind",
        "facts.colour",
        "facts.malicious",
        "facts.occurred_from",
    }


def test_a_refused_report_leaves_nothing_behind(api: Api) -> None:
    api.refused("POST", "/incidents", {"first_signal_at": "2026-11-20T17:30", "facts": {"cause": "aliens"}})
    assert api("GET", "/incidents")["items"] == []
    assert api("GET", "/register") == []


@pytest.mark.parametrize(
    ("at", "code"),
    [("2026-11-20T18:30", "future"), ("2016-11-20T17:30", "too-old"), ("2026-03-29T02:30", "not-a-time")],
)
def test_a_first_signal_that_cannot_be_right_is_refused(api: Api, at: str, code: str) -> None:
    assert api.faults("POST", "/incidents", {"first_signal_at": at}) == {"first_signal_at": code}


def test_an_unknown_field_is_an_error_because_a_typing_slip_must_lose_nothing(api: Api) -> None:
    body = {"first_signal_at": "2026-11-20T17:30", "fact": {}, "reporter": 5}
    assert api.faults("POST", "/incidents", body) == {"fact": "unknown-field", "reporter": "wrong-type"}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b"{", {""}),
        (b"[]", {""}),
        (b"", {""}),
        (b"null", {""}),
        (b"\xff", {""}),
        (b"{}", {"first_signal_at"}),
    ],
)
def test_a_body_that_is_no_report_is_refused_with_a_problem(api: Api, body: bytes, paths: set[str]) -> None:
    assert set(api.faults("POST", "/incidents", body)) == paths


def test_a_problem_is_said_in_the_language_of_the_caller(api: Api) -> None:
    english = api.refused("POST", "/incidents", {"first_signal_at": "soon"}, lang="en")
    hungarian = api.refused("POST", "/incidents", {"first_signal_at": "soon"}, lang="hu")
    assert english["detail"] == "Some fields need correction."
    assert hungarian["detail"] != english["detail"]
    assert hungarian["errors"][0]["path"] == english["errors"][0]["path"]


def test_the_same_key_and_the_same_body_give_the_same_case(api: Api) -> None:
    key = {"Idempotency-Key": "ticket-4711"}
    first = api("POST", "/incidents", REPORT, status=201, **key)
    again = api("POST", "/incidents", dict(reversed(REPORT.items())), status=200, **key)
    assert again["id"] == first["id"]
    assert len(api("GET", "/incidents")["items"]) == 1


def test_the_same_key_with_another_body_is_a_conflict(api: Api) -> None:
    key = {"Idempotency-Key": "ticket-4711"}
    api("POST", "/incidents", REPORT, status=201, **key)
    problem = api.refused("POST", "/incidents", REPORT | {"reporter": "Más Márton"}, status=409, **key)
    assert problem["code"] == "conflict"
    assert len(api("GET", "/incidents")["items"]) == 1


def test_a_key_belongs_to_one_controller(api: Api, other: Api) -> None:
    key = {"Idempotency-Key": "ticket-4711"}
    mine = api("POST", "/incidents", REPORT, status=201, **key)
    theirs = other("POST", "/incidents", REPORT, status=201, **key)
    assert mine["id"] != theirs["id"]


def test_a_report_that_was_refused_does_not_use_up_its_key(api: Api) -> None:
    key = {"Idempotency-Key": "ticket-4711"}
    api.refused("POST", "/incidents", {"first_signal_at": "soon"}, **key)
    api("POST", "/incidents", REPORT, status=201, **key)


def test_a_key_is_not_longer_than_a_line(api: Api) -> None:
    api.refused("POST", "/incidents", REPORT, **{"Idempotency-Key": "k" * 201})


def test_two_requests_at_once_under_one_key_open_one_case(company: Company) -> None:
    key, start, answers = company.key(), Barrier(4), []

    def call(api: Api) -> None:
        start.wait(60)
        answers.append(api.call("POST", "/incidents", REPORT, **{"Idempotency-Key": "ticket-4711"}))

    with company.site() as site:
        threads = [Thread(target=call, args=[Api(site, key)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_case_is_read_as_it_was_reported(api: Api) -> None:
    made = api("POST", "/incidents", REPORT, status=201)
    assert api("GET", f"/incidents/{made['id']}") == made


def _all_pages(api: Api, query: str = "") -> list[dict[str, Any]]:
    found, cursor = [], ""
    while True:
        page = api("GET", f"/incidents?limit=3{query}{cursor}")
        found += page["items"]
        if not page["cursor"]:
            return found
        cursor = f"&cursor={page['cursor']}"


def test_a_list_is_read_to_its_end_without_a_gap_and_without_a_double(api: Api, fake_clock: FakeClock) -> None:
    made = []
    for number in range(10):
        fake_clock.advance(minutes=1)
        signal = "2026-11-20T17:30" if number % 2 else "2026-11-20T17:00"  # half of them share a deadline
        made.append(api.report(first_signal_at=signal)["id"])
    for taken in made[:4]:
        api("POST", f"/incidents/{taken}/acknowledgements", {"name": "Doktor Dóra"}, status=201)
    lines = _all_pages(api)
    assert sorted(line["id"] for line in lines) == sorted(made)
    places = [(line["state"] != "reported", line["deadline_at"]) for line in lines]
    assert places == sorted(places), "unacknowledged first, then by deadline"


def test_a_list_can_be_searched_and_narrowed_to_the_closed_cases(api: Api) -> None:
    api.report(facts={"title": "Elveszett laptop"})
    mail = api.report(facts={"title": "Félrement e-mail 100%"})["id"]
    assert [line["id"] for line in _all_pages(api, "&query=E-MAIL")] == [mail]
    assert [line["id"] for line in _all_pages(api, "&query=100%25")] == [mail]
    assert len(_all_pages(api, "&query=FUT-2026")) == 2
    assert _all_pages(api, "&state=closed") == []
    assert len(_all_pages(api, "&state=all")) == 2


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("state=lost", "state"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_list_asked_for_wrongly_names_the_parameter(api: Api, query: str, path: str) -> None:
    assert list(api.faults("GET", f"/incidents?{query}")) == [path]


@pytest.mark.parametrize("cursor", ["bnVsbA==", "W10=", "AAAA", "%00", "W3RydWUsIngiLCJ5Il0="])
def test_a_made_up_cursor_is_refused(api: Api, cursor: str) -> None:
    assert list(api.faults("GET", f"/incidents?cursor={cursor}")) == ["cursor"]


def test_new_facts_are_a_new_version_and_the_rest_stays(api: Api) -> None:
    case = api("POST", "/incidents", REPORT, status=201)
    body = {"facts": {"cause": "lost_device", "subjects_count": None}, "reason": "Leltár alapján"}
    amended = api("PATCH", f"/incidents/{case['id']}/facts", body)
    assert amended["facts_version"] == 2
    assert amended["facts"]["cause"] == "lost_device"
    assert amended["facts"]["subjects_count"] == "unknown"
    assert amended["facts"]["title"] == "Elveszett laptop"


def test_the_same_facts_again_are_no_new_version(api: Api) -> None:
    case = api("POST", "/incidents", REPORT, status=201)
    assert api("PATCH", f"/incidents/{case['id']}/facts", {"facts": REPORT["facts"]})["facts_version"] == 1


def test_wrong_facts_change_nothing_and_every_one_is_named(api: Api, case_id: UUID) -> None:
    body = {"facts": {"title": "Jó", "backup": "maybe", "context": "logs_complete", "records_count": 1.5}}
    assert set(api.faults("PATCH", f"/incidents/{case_id}/facts", body)) == {
        "facts.backup",
        "facts.context",
        "facts.records_count",
    }
    assert api("GET", f"/incidents/{case_id}")["facts_version"] == 1


def test_awareness_with_a_reason_makes_a_second_clock(api: Api, case_id: UUID) -> None:
    body = {"awareness_at": "2026-11-20T17:45", "reason": ""}
    case = api("PUT", f"/incidents/{case_id}/awareness", body)
    assert (case["clock"]["version"], case["clock"]["anchor_kind"]) == (2, "awareness")
    assert case["clock"]["deadline_at"] == "2026-11-23T16:45:00Z"
    clocks = api("GET", f"/incidents/{case_id}/clocks")
    assert [(clock["version"], clock["state"]) for clock in clocks] == [(1, "superseded"), (2, "running")]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"awareness_at": "2026-11-21T08:00", "reason": WHY_LATER}, {"awareness_at": "future"}),
        ({"awareness_at": "2026-11-20T08:00", "reason": WHY_LATER}, {"awareness_at": "before-signal"}),
        ({"awareness_at": "noon", "reason": ""}, {"awareness_at": "not-a-time"}),
        ({"reason": 5}, {"awareness_at": "required", "reason": "wrong-type"}),
    ],
)
def test_an_awareness_that_cannot_be_right_is_refused(
    api: Api, case_id: UUID, body: dict[str, object], faults: dict[str, str]
) -> None:
    assert api.faults("PUT", f"/incidents/{case_id}/awareness", body) == faults


def test_an_awareness_long_after_the_signal_needs_a_reason_of_substance(
    api: Api, case_id: UUID, fake_clock: FakeClock
) -> None:
    fake_clock.advance(hours=20)
    path, body = f"/incidents/{case_id}/awareness", {"awareness_at": "2026-11-21T09:00", "reason": "mert csak"}
    assert api.faults("PUT", path, body) == {"reason": "substance"}
    assert api("PUT", path, body | {"reason": WHY_LATER})["clock"]["version"] == 2


def test_a_case_is_taken_by_a_named_person(api: Api, case_id: UUID) -> None:
    path = f"/incidents/{case_id}/acknowledgements"
    assert list(api.faults("POST", path, {"name": "  "})) == ["name"]
    case = api("POST", path, {"name": "Doktor Dóra"}, status=201)
    assert (case["state"], case["next_act"]) == ("acknowledged", "set_awareness")


def test_every_planned_warning_can_be_read_and_shows_when_it_fired(
    api: Api, case_id: UUID, company: Company, fake_clock: FakeClock
) -> None:
    fake_clock.advance(hours=3)
    company.sweep()
    stages = api("GET", f"/incidents/{case_id}/stages")
    assert [stage["due_at"] for stage in stages] == sorted(stage["due_at"] for stage in stages)
    assert {stage["name"]: stage["state"] for stage in stages} == {
        "opened": "fired",
        "unacknowledged": "fired",
        **dict.fromkeys(["t24", "t48", "t60", "t66", "t70", "t71", "deadline", "overdue-1"], "scheduled"),
    }
    assert [stage["late_by_seconds"] for stage in stages[:3]] == [3 * 3600, 3600, None]


def test_a_case_with_an_open_duty_cannot_be_closed_and_the_duty_is_named(api: Api, case_id: UUID) -> None:
    problem = api.refused("POST", f"/incidents/{case_id}/closing", {"note": "Kész."}, status=409)
    assert problem["detail"] == "There is no decision yet."


def test_a_decided_case_is_closed_reopened_and_closed_again(api: Api, case_id: UUID) -> None:
    decision = {
        "notify": "no",
        "tell": "no",
        "reasons_authority": "A laptop lemeze titkosítva volt, a kulcs biztonságban maradt.",
        "reasons_subjects": "A laptop lemeze titkosítva volt, a kulcs biztonságban maradt.",
    }
    api("PATCH", f"/incidents/{case_id}/facts", {"facts": ENCRYPTED})
    api("POST", f"/incidents/{case_id}/decisions", decision, status=201)
    assert list(api.faults("POST", f"/incidents/{case_id}/closing", {"note": " "})) == ["note"]
    closed = api("POST", f"/incidents/{case_id}/closing", {"note": "Nem volt kockázat."}, status=201)
    assert (closed["state"], closed["clock"]["stop_reason"]) == ("closed", "decided_not_to_notify")
    api.refused("PATCH", f"/incidents/{case_id}/facts", {"facts": {"title": "Új"}}, status=409)
    api.refused("POST", f"/incidents/{case_id}/closing", {"note": "Megint."}, status=409)
    assert [line["id"] for line in api("GET", "/incidents?state=closed")["items"]] == [str(case_id)]
    opened = api("POST", f"/incidents/{case_id}/reopening", {"note": "Előkerült egy másik lemez."}, status=201)
    assert opened["closed_at"] is None
    api.refused("POST", f"/incidents/{case_id}/reopening", {"note": "Megint."}, status=409)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["first_signal_at", "zone", "reporter", "facts", "x"])
FACTS = st.dictionaries(
    st.sampled_from(["title", "breach_types", "subjects_count", "recipient", "occurred_from", "countries", "context"]),
    JSON,
    max_size=4,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | st.dictionaries(FIELDS, JSON, max_size=4) | FACTS.map(lambda facts: REPORT | {"facts": facts}))
def test_whatever_json_comes_is_a_case_or_a_problem_that_names_fields(api: Api, body: object) -> None:
    answer = api.call("POST", "/incidents", body)
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 422:
        assert answer.json()["errors"]
