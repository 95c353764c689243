"""Tasks and comments of a case as a program reads and writes them."""

from uuid import UUID, uuid4

from tests.api.conftest import Api
from tests.company import HANDLER


def test_a_task_is_given_by_address_settled_and_opened_again(api: Api, case_id: UUID) -> None:
    tasks = f"/incidents/{case_id}/tasks"
    given = {"title": "Távoli törlés a laptopon.", "due_at": "2026-11-20T20:00", "person": HANDLER.email.upper()}
    made = api("POST", tasks, given, status=201)
    assert (made["person"], made["due_at"], made["state"]) == (HANDLER.name, "2026-11-20T19:00:00Z", "open")
    assert api("GET", tasks) == [made]

    done = api("POST", f"{tasks}/{made['id']}/settlement", {"state": "done", "note": "Megtörtént."})
    assert (done["state"], done["done_note"]) == ("done", "Megtörtént.")
    api.refused("POST", f"{tasks}/{made['id']}/settlement", {"state": "done"}, status=409)
    assert api("POST", f"{tasks}/{made['id']}/reopening") == made
    api.refused("POST", f"{tasks}/{uuid4()}/reopening", status=404)


def test_what_is_wrong_with_a_task_is_named(api: Api, case_id: UUID) -> None:
    tasks = f"/incidents/{case_id}/tasks"
    assert api.faults("POST", tasks, {"title": " ", "person": "ki@futar.example"}) == {
        "title": "required",
        "person": "unknown",
    }
    assert api.faults("POST", tasks, {"title": "x", "due_at": "holnap"}).keys() == {"due_at"}
    made = api("POST", tasks, {"title": "Naplók mentése."}, status=201)
    assert api.faults("POST", f"{tasks}/{made['id']}/settlement", {"state": "dropped"}) == {"note": "required"}


def test_a_comment_stays_as_it_was_said(api: Api, case_id: UUID) -> None:
    comments = f"/incidents/{case_id}/comments"
    made = api("POST", comments, {"comment": "A szállító hétfőn ad választ."}, status=201)
    assert (made["text"], made["withdrawn_at"]) == ("A szállító hétfőn ad választ.", None)
    assert api("GET", comments) == [made]
    assert api.faults("POST", comments, {"comment": " "}) == {"comment": "required"}
