"""/api/v1/register and events: every case stands there with its reasons, and the log proves itself."""

from itertools import pairwise
from uuid import UUID

import pytest

from tests.api.conftest import Api
from tests.builders import ENCRYPTED
from tests.company import Company

SAFE = "A laptop lemeze titkosítva volt, a kulcs biztonságban maradt."


def test_every_case_stands_in_the_register_decided_or_not(api: Api) -> None:
    quiet, told = api.report()["id"], api.report(facts={"title": "Elveszett laptop"} | ENCRYPTED)["id"]
    decision = {"notify": "no", "tell": "no", "reasons_authority": SAFE, "reasons_subjects": SAFE}
    api("POST", f"/incidents/{told}/decisions", decision, status=201)
    lines = api("GET", "/register")
    assert [line["reference"] for line in lines] == ["FUT-2026/0001", "FUT-2026/0002"]
    assert [line["notify"] for line in lines] == ["még nincs döntés", "nem kell bejelenteni"]
    assert lines[1]["reasons_authority"] == SAFE
    assert quiet != told


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?notified=undecided", 1),
        ("?notified=no", 1),
        ("?notified=yes", 0),
        ("?year=2026", 2),
        ("?year=2025", 0),
        ("?query=laptop", 1),
    ],
)
def test_the_register_is_narrowed_by_year_words_and_decision(api: Api, query: str, count: int) -> None:
    told = api.report(facts={"title": "Elveszett laptop"} | ENCRYPTED)["id"]
    api.report()
    decision = {"notify": "no", "tell": "no", "reasons_authority": SAFE, "reasons_subjects": SAFE}
    api("POST", f"/incidents/{told}/decisions", decision, status=201)
    assert len(api("GET", f"/register{query}")) == count


def test_the_register_speaks_english_too(api: Api) -> None:
    api.report()
    assert api("GET", "/register?language=en")[0]["notify"] == "not decided yet"


@pytest.mark.parametrize(
    ("query", "path"), [("year=1999", "year"), ("notified=maybe", "notified"), ("language=de", "language")]
)
def test_a_register_asked_for_wrongly_names_the_parameter(api: Api, query: str, path: str) -> None:
    assert list(api.faults("GET", f"/register?{query}")) == [path]


def test_the_log_of_a_case_links_each_entry_to_the_one_before(api: Api, case_id: UUID) -> None:
    api("PATCH", f"/incidents/{case_id}/facts", {"facts": {"cause": "lost_device"}})
    events = api("GET", f"/incidents/{case_id}/events")
    assert [event["kind"] for event in events] == ["incident.opened", "clock.started", "facts.amended"]
    assert {event["actor"] for event in events} == {"API: dpo key"}
    for before, after in pairwise(events):
        assert after["previous"] == before["hash"]


def test_the_register_proves_itself_and_signs_its_newest_link(api: Api, case_id: UUID) -> None:
    proof = api("GET", "/register/verification")
    assert (proof["intact"], proof["breaks"]) == (True, [])
    assert proof["head"]["hash"] == api("GET", f"/incidents/{case_id}/events")[-1]["hash"]
    assert len(bytes.fromhex(proof["head"]["signature"])) == 64


def test_an_entry_changed_behind_the_services_back_is_found(api: Api, case_id: UUID, company: Company) -> None:
    from sqlalchemy import text

    drop = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'event'::regclass AND NOT tgisinternal",
    }
    with company.engine.connect() as raw:
        dialect = company.engine.dialect.name
        for name in raw.scalars(text(drop[dialect])).all():
            raw.execute(text(f"DROP TRIGGER {name}" + (" ON event" if dialect == "postgresql" else "")))
        raw.execute(text("UPDATE event SET actor = 'nobody' WHERE kind = 'incident.opened'"))
        raw.commit()
    proof = api("GET", "/register/verification")
    assert not proof["intact"]
    assert proof["breaks"]
