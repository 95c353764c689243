"""Hand-overs and «who would get this now?» as a program asks for them."""

from uuid import UUID

from tests.api.conftest import Api
from tests.company import DPO, HANDLER, MANAGER


def test_a_case_is_handed_over_by_address_and_the_list_says_in_whose_hands_it_is(api: Api, case_id: UUID) -> None:
    given = {"email": MANAGER.email.upper(), "note": "Délután hívják vissza."}
    made = api("POST", f"/incidents/{case_id}/handovers", given, status=201)
    assert (made["name"], made["note"]) == (MANAGER.name, "Délután hívják vissza.")
    assert api("GET", f"/incidents/{case_id}/handovers") == [made]
    api.refused("POST", f"/incidents/{case_id}/handovers", given, status=409)


def test_nobody_known_and_no_note_are_both_named(api: Api, case_id: UUID) -> None:
    faults = api.faults("POST", f"/incidents/{case_id}/handovers", {"email": "ki@futar.example", "note": " "})
    assert faults == {"email": "required", "note": "required"}


def test_who_would_get_a_warning_with_why(api: Api, case_id: UUID) -> None:
    api("POST", f"/incidents/{case_id}/handovers", {"email": MANAGER.email, "note": "Nála van."}, status=201)
    said = api("GET", f"/incidents/{case_id}/who?stage=t24&at=2026-11-21T17:30")
    assert [(one["email"], one["why"]) for one in said["told"]] == [
        (DPO.email, "audience"),
        (HANDLER.email, "audience"),
        (MANAGER.email, "holder"),
    ]
    assert (said["held"], said["moot"], said["goes_out_at"]) == (False, "", "2026-11-21T16:30:00Z")


def test_a_stage_or_clock_nobody_knows_is_not_there_and_a_wrong_time_is_named(api: Api, case_id: UUID) -> None:
    api.refused("GET", f"/incidents/{case_id}/who?stage=t99", status=404)
    api.refused("GET", f"/incidents/{case_id}/who?clock={case_id}", status=404)
    assert api.faults("GET", f"/incidents/{case_id}/who?at=holnap").keys() == {"at"}


def test_a_warning_is_acknowledged_on_its_clock(api: Api, other: Api, case_id: UUID) -> None:
    clock = api("GET", f"/incidents/{case_id}/clocks")
    assert clock
    body = {"name": "Doktor Dóra", "stage": "opened", "clock_id": str(other.report()["id"])}
    api.refused("POST", f"/incidents/{case_id}/acknowledgements", body, status=404)
    api("POST", f"/incidents/{case_id}/acknowledgements", {"name": "Doktor Dóra", "stage": "opened"}, status=201)
