"""Another system hands over the people to be told; it learns numbers, and nobody's data comes back out."""

from typing import Any

import pytest

from tests.api.conftest import Api

ANNA = {"name": "Minta Anna", "email": "anna@pelda.example"}
BELA = {"name": "Minta Béla", "postcode": "1111", "town": "Budapest", "street": "Fő utca 1."}


@pytest.fixture
def begun(api: Api) -> Any:
    """A new list of a new case."""
    case = api.report()
    return api("POST", f"/incidents/{case['id']}/recipient-lists", {"purpose": "Tájékoztatás"}, status=201)


def test_people_are_added_page_by_page_and_a_repeated_page_adds_nobody(api: Api, begun: Any) -> None:
    at = f"/recipient-lists/{begun['id']}"
    page = {"recipients": [ANNA, BELA, {"name": "Minta Cili"}]}
    assert api("POST", f"{at}/recipients", page) == {
        "added": 3,
        "left_out": 0,
        "findings": [{"line": 3, "added": True, "findings": ["no-address"]}],
    }
    again = api("POST", f"{at}/recipients", page)
    assert (again["added"], again["left_out"]) == (0, 3)
    told = api("GET", at)
    assert (told["people"], told["state"], told["delete_on"]) == (3, "ready", "2027-02-18")
    assert told["found"]["channels"] == {"email": 1, "post": 1, "none": 1}
    assert "Minta" not in str(told)


def test_two_people_of_one_name_without_address_are_told_apart_by_their_place(api: Api, begun: Any) -> None:
    at = f"/recipient-lists/{begun['id']}/recipients"
    assert api("POST", at, {"recipients": [{"name": "Minta Anna"}]})["added"] == 1
    assert api("POST", at, {"recipients": [{"name": "Minta Anna"}], "first": 2})["added"] == 1


def test_csv_is_taken_with_hungarian_headings_and_encodings(api: Api, begun: Any) -> None:
    content = "Név;E-mail cím\r\nŐrült Ödön;odon@pelda.example\r\nMinta Anna;rossz\r\n".encode("cp1250")
    answer = api.site.post(
        f"/api/v1/recipient-lists/{begun['id']}/recipients.csv",
        content=content,
        headers={"Authorization": f"Bearer {api.key}", "Content-Type": "text/csv"},
    )
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["added"], said["findings"]) == (
        2,
        [{"line": 3, "added": True, "findings": ["bad-email", "no-address"]}],
    )


def test_what_cannot_be_used_is_named(api: Api, begun: Any) -> None:
    at = f"/recipient-lists/{begun['id']}/recipients"
    assert api.faults("POST", at, {"recipients": [{"nev": "Anna"}]}) != {}
    assert api.faults("POST", at, {"recipients": [ANNA] * 1001}) != {}
    case = begun["incident_id"]
    assert api.faults("POST", f"/incidents/{case}/recipient-lists", {"purpose": " ", "delete_on": "2020-01-01"}) == {
        "purpose": "required",
        "delete_on": "wrong",
    }


def test_the_lists_of_a_case_are_listed_and_unknown_ones_do_not_exist(api: Api, begun: Any) -> None:
    assert [one["id"] for one in api("GET", f"/incidents/{begun['incident_id']}/recipient-lists")] == [begun["id"]]
    api.refused("GET", f"/recipient-lists/{begun['incident_id']}", status=404)
    api.refused("GET", f"/mailings/{begun['id']}", status=404)
