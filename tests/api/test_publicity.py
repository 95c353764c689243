"""/api/v1: own words for the letter, publications of a notice, what the front desk says."""

from uuid import UUID

from tests.api.conftest import Api

NOTICE = {
    "place": "website",
    "name": "Kezdőlap",
    "address": "https://futar.example/i",
    "published_at": "2026-11-20T17:45",
}


def test_a_published_notice_counts_as_telling(api: Api, case_id: UUID) -> None:
    frozen = api("POST", f"/incidents/{case_id}/drafts", {"kind": "notice"}, status=201)
    made = api("POST", f"/incidents/{case_id}/publications", NOTICE | {"document_id": frozen["id"]}, status=201)
    assert api("GET", f"/incidents/{case_id}/publications") == [made]
    (told,) = api("GET", f"/incidents/{case_id}/communications")
    assert (told["id"], told["form"], told["document_id"]) == (made["communication_id"], "public", frozen["id"])


def test_faults_of_a_publication_are_named(api: Api, case_id: UUID) -> None:
    wrong = NOTICE | {"address": "futar.example", "until": "2026-11-19T08:00"}
    assert api.faults("POST", f"/incidents/{case_id}/publications", wrong) == {
        "address": "not-a-link",
        "until": "before",
    }


def test_a_letter_for_a_group_in_its_own_words_is_frozen_under_its_name(api: Api, case_id: UUID) -> None:
    api("PATCH", f"/incidents/{case_id}/facts", {"facts": {"data_categories": ["payment_card"]}, "group": "Bérlők"})
    said = {"words": {"what_happened": "Elveszett egy laptop."}, "group": "Bérlők"}
    worded = api("PUT", f"/incidents/{case_id}/letter", said)
    assert (worded["people_group"], worded["words"]) == ("Bérlők", {"what_happened": "Elveszett egy laptop."})
    frozen = api("POST", f"/incidents/{case_id}/drafts", {"kind": "subjects", "group": "Bérlők"}, status=201)
    assert frozen["people_group"] == "Bérlők"
    api.refused("POST", f"/incidents/{case_id}/drafts", {"kind": "subjects", "group": "Senkik"}, status=404)


def test_the_front_desk_is_read_in_both_languages(api: Api, case_id: UUID) -> None:
    sheet = api("GET", f"/incidents/{case_id}/frontdesk?language=en")
    assert [one["id"] for one in sheet["questions"]][:2] == ["happened", "me"]
    assert not sheet["hours_known"]
    assert api("GET", f"/incidents/{case_id}/frontdesk")["questions"][8]["title"] == "Kapok kártérítést?"


def test_another_controller_sees_none_of_it(other: Api, case_id: UUID) -> None:
    for path in ("publications", "frontdesk"):
        other.refused("GET", f"/incidents/{case_id}/{path}", status=404)
