"""The duties of a case for a program: what is proposed, confirmed, declined, moved, reported."""

from uuid import UUID

import pytest

from incidents.rules.profile import RegimesForm
from incidents.steps import profile
from tests.api.conftest import Api
from tests.company import Company

NOT_MAJOR = "A minősítés szerint az incidens nem jelentős: sem ügyfelet, sem szolgáltatást nem érintett."


@pytest.fixture
def duties(api: Api, company: Company) -> str:
    """The address of the duties of a case of a financial entity."""
    with company.uow() as uow:
        profile.set_regimes(uow, company.id, RegimesForm({"dora": True, "noon_rule_excluded": True}))
    return f"/incidents/{api.report()['id']}/duties"


def test_a_proposed_duty_says_why_to_whom_and_when_each_report_would_be_due(api: Api, duties: str) -> None:
    [dora] = api("GET", duties)
    assert (dora["regime"], dora["state"], dora["certainty"]) == ("dora-mnb", "proposed", "statute")
    assert dora["authority"]["hu"] == "Magyar Nemzeti Bank"
    assert dora["contact"] == {"email": "", "phone": "", "website": ""}
    assert dora["proposed_because"]["en"].startswith("The organisation is a financial entity")
    assert dora["settings"] == {"noon_rule_excluded": True}
    first, second, _ = dora["reports"]
    assert (first["due_at"], first["waits_for"]) == ("2026-11-21T16:30:00Z", "classification")
    assert (second["due_at"], second["waits_for"]) == (None, "previous:initial")


def test_confirmed_moved_and_reported_it_goes_down_its_chain(api: Api, duties: str) -> None:
    [dora] = api("GET", duties)
    address = f"{duties}/{dora['id']}"
    running = api("POST", f"{address}/confirmation", {"reason": "Jelentős incidens."}, status=201)
    assert (running["state"], running["reports"][0]["clock_state"]) == ("confirmed", "running")
    classified = {"anchors": {"classification": {"at": "2026-11-20T17:45"}}}
    moved = api("POST", f"{address}/changes", classified, status=201)
    assert moved["reports"][0]["due_at"] == "2026-11-20T20:45:00Z"
    api.refused("POST", f"{address}/changes", classified, status=409)
    sent = {"report": "initial", "sent_at": "2026-11-20T17:50", "channel": "online", "identifier": "MNB/1"}
    after = api("POST", f"{address}/reports", sent, status=201)
    assert [one["late_by_seconds"] for one in after["reports"][0]["sent"]] == [0]
    assert after["reports"][1]["due_at"] == "2026-11-23T16:50:00Z"


def test_declining_needs_a_reason_of_substance(api: Api, duties: str) -> None:
    [dora] = api("GET", duties)
    address = f"{duties}/{dora['id']}"
    assert api.faults("POST", f"{address}/refusal", {"reason": "nem"}) == {"reason": "substance"}
    assert api("POST", f"{address}/refusal", {"reason": NOT_MAJOR}, status=201)["state"] == "declined"
    assert api("POST", f"{address}/reconsideration", {"reason": NOT_MAJOR}, status=201)["state"] == "proposed"


def test_an_order_is_added_with_its_deadline_and_what_cannot_be_is_named(api: Api, duties: str) -> None:
    order = {"regime": "naih-order", "title": "NAIH-1234-2/2026"}
    assert api.faults("POST", duties, order) == {"given": "required"}
    received = {"anchors": {"received": {"at": "2026-11-20T17:45"}}, "settings": {"order_days": 8}}
    made = api("POST", duties, order | received, status=201)
    assert (made["state"], made["reports"][0]["due_at"]) == ("confirmed", "2026-11-28T23:00:00Z")
    odd = order | {"settings": {"order_days": [8], "fix": {}}}
    assert api.faults("POST", duties, odd) == {"order_days": "range", "fix": "not-asked", "given": "required"}
    assert api.faults("POST", duties, {"regime": "gdpr-34"}) == {"regime": "unknown"}
    assert api.faults("POST", duties, {"regime": "eidas", "settings": {"level": 1}}) == {"level": "not-asked"}


def test_a_duty_of_another_case_is_not_found_under_this_one(api: Api, duties: str) -> None:
    [dora] = api("GET", duties)
    other = UUID(api.report()["id"])
    api.refused("POST", f"/incidents/{other}/duties/{dora['id']}/confirmation", {}, status=404)
    assert api("GET", duties)[0]["state"] == "proposed"
