"""The form and the thread for programs: filings with all they said, what changed, what stands in the way."""

from uuid import UUID

from tests.api.conftest import Api
from tests.thread_builders import ANSWERED

FILED = {"filed_at": "2026-11-20T17:45", "channel": "epapir"}


def test_complete_is_refused_and_every_row_that_stands_in_the_way_is_named(api: Api, case_id: UUID) -> None:
    faults = api.faults("POST", f"/incidents/{case_id}/filings", FILED | {"complete": True})
    assert faults["complete"] == "not-complete"
    assert faults["form.systems"] == "missing"
    assert api("GET", f"/incidents/{case_id}/filings") == []


def test_a_filing_comes_with_all_it_said_and_what_changed_since(api: Api, case_id: UUID) -> None:
    path = f"/incidents/{case_id}/filings"
    first = api("POST", path, FILED | {"authority_identifier": "NAIH-1/2026"}, status=201)
    assert first["content"]["fields"]["systems"]["status"] == "missing"
    assert len(first["content"]["fingerprint"]) == len(first["content"]["sheet_sha256"]) == 64
    assert first["changes"] == []

    api("PATCH", f"/incidents/{case_id}/facts", {"facts": {"systems": "egy laptop"}})
    second = api("POST", path, FILED | {"kind": "follow_up"}, status=201)
    assert {"field": "systems", "row": 63, "was": None, "now": "egy laptop"} in second["changes"]
    assert api("GET", path) == [first, second]


def test_a_promise_is_told_with_its_state(api: Api, case_id: UUID) -> None:
    path = f"/incidents/{case_id}"
    api("PATCH", f"{path}/form", {"promised": {"systems": "2026-11-27"}})
    [promise] = api("POST", f"{path}/filings", FILED | {"authority_identifier": "N/1"}, status=201)["promises"]
    assert promise == {"promised_on": "2026-11-27", "fields": ["systems"], "state": "confirmed"}
    api("PATCH", f"{path}/facts", {"facts": {"systems": "egy laptop"}})
    api("POST", f"{path}/filings", FILED | {"kind": "follow_up"}, status=201)
    assert api("GET", f"{path}/filings")[0]["promises"][0]["state"] == "ended"


def test_the_form_is_read_and_answered_and_says_how_far_it_is(api: Api, case_id: UUID) -> None:
    path = f"/incidents/{case_id}/form"
    before = api("GET", path)
    assert before["fields"]["systems"]["place"] == "facts:systems"
    after = api("PATCH", path, {"answers": ANSWERED})
    assert after["filled"] > before["filled"]
    assert after["mandatory"] == after["filled"] + after["to_be_determined"] + after["missing"]
    assert after["fingerprint"] != before["fingerprint"]
    assert {gap["field"] for gap in before["in_the_way"]} - {gap["field"] for gap in after["in_the_way"]}
    assert api.faults("PATCH", path, {"answers": {"other_parties": "perhaps", "nonsense": 1}}) == {
        "answers.other_parties": "unknown-option",
        "answers.nonsense": "unknown-field",
    }
    api.refused("GET", f"{path}?form=words", status=404)


def test_an_order_of_the_authority_is_a_duty_with_a_deadline(api: Api, case_id: UUID) -> None:
    order = {"kind": "clarify", "title": "Naplók", "text": "Küldje meg.", "received_at": "2026-11-20T17:45"}
    path = f"/incidents/{case_id}/orders"
    assert api.faults("POST", path, order) == {"deadline_at": "required"}
    made = api("POST", path, order | {"deadline_at": "2026-11-30T16:00"}, status=201)
    assert (made["deadline_at"], made["state"], made["answered_at"]) == ("2026-11-30T15:00:00Z", "confirmed", [])
    assert api("GET", path) == [made]
