"""/api/v1/incidents/{id}/…: assess, decide, draft, file, tell; and the frozen drafts as files."""

from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from tests.api.conftest import Api
from tests.builders import ENCRYPTED
from tests.fakes import FakeClock

SAFE = "A laptop lemeze titkosítva volt, a kulcs biztonságban maradt."
WHY_LATE = "Az üzemeltető csak a határidő után adta meg az érintettek számát."
NOTIFY = {"notify": "yes", "tell": "yes", "reasons_authority": "A lemez nem volt titkosítva."}
NO = {"notify": "no", "tell": "no", "reasons_authority": SAFE, "reasons_subjects": SAFE}
FILED = {"filed_at": "2026-11-20T17:45", "channel": "online"}


def test_the_risk_test_is_run_on_the_facts_as_they_stand_and_kept(api: Api, case_id: UUID) -> None:
    first = api("POST", f"/incidents/{case_id}/assessments", status=201)
    api("PATCH", f"/incidents/{case_id}/facts", {"facts": {"breach_types": ["availability"]}})
    second = api("POST", f"/incidents/{case_id}/assessments", status=201)
    assert [first["version"], second["version"]] == [1, 2]
    assert [first["facts_version"], second["facts_version"]] == [1, 2]
    assert {"notify_authority", "tell_subjects", "unknowns"} <= set(first["outcome"])
    assert api("GET", f"/incidents/{case_id}/assessments") == [first, second]


def test_a_decision_is_kept_with_the_facts_it_was_made_on_and_a_later_one_beside_it(api: Api, case_id: UUID) -> None:
    api("PATCH", f"/incidents/{case_id}/facts", {"facts": ENCRYPTED})
    first = api("POST", f"/incidents/{case_id}/decisions", NO, status=201)
    assert api("GET", f"/incidents/{case_id}")["clock"]["state"] == "stopped"
    second = api("POST", f"/incidents/{case_id}/decisions", NOTIFY, status=201)
    assert api("GET", f"/incidents/{case_id}")["clock"]["state"] == "running"
    assert api("GET", f"/incidents/{case_id}/decisions") == [first, second]
    assert (first["version"], second["version"], first["decided_by"]) == (1, 2, "API: dpo key")
    assert first["assessment_id"] == api("GET", f"/incidents/{case_id}/assessments")[0]["id"]


def test_less_than_the_risk_test_asks_for_is_a_proposal_that_no_program_can_approve(api: Api, case_id: UUID) -> None:
    proposal = api("POST", f"/incidents/{case_id}/decisions", NO, status=202)
    assert (proposal["needs_second"], proposal["opinion_given"]) == (["notify"], False)
    assert api("GET", f"/incidents/{case_id}/proposals") == [proposal]
    assert api("GET", f"/incidents/{case_id}/decisions") == []
    assert api("GET", f"/incidents/{case_id}")["clock"]["state"] == "running"


def test_groups_of_people_have_their_own_facts_verdict_and_decision(api: Api, case_id: UUID) -> None:
    api("PATCH", f"/incidents/{case_id}/facts", {"facts": ENCRYPTED})
    patients = {"facts": {"data_categories": ["health"], "unintelligible": "unknown"}, "group": "A betegek"}
    case = api("PATCH", f"/incidents/{case_id}/facts", patients)
    assert case["groups"] == {"A betegek": {"data_categories": ["health"], "unintelligible": "unknown"}}
    run = api("POST", f"/incidents/{case_id}/assessments", status=201)
    assert (run["groups"], run["outcome"]["groups"][""]["tell_subjects"]) == (["A betegek"], "no")
    body = NOTIFY | {"groups": {"": "no", "A betegek": "yes"}, "reasons_subjects": SAFE}
    decision = api("POST", f"/incidents/{case_id}/decisions", body, status=201)
    assert decision["tell_by_group"] == {"": "no", "A betegek": "yes"}
    wrong = body | {"groups": {"": "no", "B": "yes"}}
    assert set(api.faults("POST", f"/incidents/{case_id}/decisions", wrong)) == {"groups", "groups.A betegek"}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"notify", "tell", "reasons_authority"}),
        ({"notify": "perhaps", "tell": "no", "reasons_authority": "x"}, {"notify"}),
        (
            {"notify": "no", "tell": "no", "reasons_authority": "-", "reasons_subjects": "-"},
            {"reasons_authority", "reasons_subjects"},
        ),
        ({"notify": "no", "tell": "yes", "reasons_authority": SAFE}, {"notify"}),
        (
            {"notify": "yes", "tell": "exempt", "reasons_authority": "x", "reasons_subjects": SAFE},
            {"exemption"},
        ),
        (
            {"notify": 1, "tell": [], "reasons_authority": None, "colour": 1},
            {"notify", "tell", "reasons_authority", "colour"},
        ),
    ],
)
def test_a_decision_that_cannot_stand_names_every_faulty_field(
    api: Api, case_id: UUID, body: dict[str, object], paths: set[str]
) -> None:
    assert set(api.faults("POST", f"/incidents/{case_id}/decisions", body)) == paths
    assert api("GET", f"/incidents/{case_id}/decisions") == []


@pytest.mark.parametrize(("kind", "language"), [("authority", "hu"), ("subjects", "en")])
def test_a_frozen_draft_is_kept_with_files_and_hashes(api: Api, case_id: UUID, kind: str, language: str) -> None:
    from hashlib import sha256

    draft = api("POST", f"/incidents/{case_id}/drafts", {"kind": kind, "language": language}, status=201)
    assert (draft["kind"], draft["language"], draft["version"]) == (kind, language, 1)
    docx, pdf = api.call("GET", f"/drafts/{draft['id']}/docx"), api.call("GET", f"/drafts/{draft['id']}/pdf")
    assert "word/document.xml" in ZipFile(BytesIO(docx.content)).namelist()
    assert pdf.content.startswith(b"%PDF-")
    assert sha256(docx.content).hexdigest() == draft["docx_sha256"]
    assert sha256(pdf.content).hexdigest() == draft["pdf_sha256"]
    for answer, form in ((docx, "docx"), (pdf, "pdf")):
        assert answer.headers["content-disposition"] == f'attachment; filename="{kind}-{language}-1.{form}"'
    assert api("GET", f"/incidents/{case_id}/drafts") == [draft]


def test_a_draft_says_what_is_still_missing(api: Api, case_id: UUID) -> None:
    assert api("POST", f"/incidents/{case_id}/drafts", {"kind": "authority"}, status=201)["missing"]


def test_a_draft_of_an_unknown_kind_or_form_is_refused(api: Api, case_id: UUID) -> None:
    path = f"/incidents/{case_id}/drafts"
    assert set(api.faults("POST", path, {"kind": "poem", "language": "de"})) == {"kind", "language"}
    draft = api("POST", path, {"kind": "authority"}, status=201)
    assert api.call("GET", f"/drafts/{draft['id']}/exe").status_code in {404, 422}


def test_a_filing_stops_the_clock_in_time(api: Api, case_id: UUID) -> None:
    api("POST", f"/incidents/{case_id}/decisions", NOTIFY, status=201)
    draft = api("POST", f"/incidents/{case_id}/drafts", {"kind": "authority"}, status=201)
    body = FILED | {"document_id": draft["id"], "authority_identifier": "NAIH-1-1/2026"}
    filing = api("POST", f"/incidents/{case_id}/filings", body, status=201)
    assert (filing["late_by_seconds"], filing["document_id"]) == (0, draft["id"])
    assert api("GET", f"/incidents/{case_id}/filings") == [filing]
    case = api("GET", f"/incidents/{case_id}")
    assert (case["state"], case["clock"]["state"], case["clock"]["stop_reason"]) == ("filed", "stopped", "filed")


def test_a_late_filing_needs_its_reasons_and_stays_late_whatever_is_corrected(
    api: Api, case_id: UUID, fake_clock: FakeClock
) -> None:
    fake_clock.advance(hours=74)
    body: dict[str, Any] = {"filed_at": "2026-11-23T19:30", "channel": "krid"}
    path = f"/incidents/{case_id}/filings"
    assert api.faults("POST", path, body) == {"delay_reasons": "required"}
    filing = api("POST", path, body | {"delay_reasons": WHY_LATE}, status=201)
    assert filing["late_by_seconds"] == 2 * 3600
    correction = {"awareness_at": "2026-11-21T10:00", "reason": WHY_LATE}
    api("PUT", f"/incidents/{case_id}/awareness", correction)
    assert api("GET", path) == [filing]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"filed_at": "required", "channel": "required"}),
        ({"filed_at": "2026-11-20T17:45", "channel": "pigeon"}, {"channel": "wrong-type"}),
        ({"filed_at": "2026-11-21T17:45", "channel": "online"}, {"filed_at": "future"}),
        ({"filed_at": "2026-11-20T16:00", "channel": "online"}, {"filed_at": "too-early"}),
        ({"filed_at": "now", "channel": "online"}, {"filed_at": "not-a-time"}),
        (FILED | {"kind": "follow_up"}, {"kind": "no-first", "authority_identifier": "required"}),
        (FILED | {"document_id": "00000000-0000-4000-8000-000000000000"}, {"document_id": "unknown"}),
        (FILED | {"document_id": "mine"}, {"document_id": "wrong-type"}),
    ],
)
def test_a_filing_that_cannot_stand_names_every_faulty_field(
    api: Api, case_id: UUID, body: dict[str, object], faults: dict[str, str]
) -> None:
    assert api.faults("POST", f"/incidents/{case_id}/filings", body) == faults
    assert api("GET", f"/incidents/{case_id}/filings") == []


def test_telling_people_is_recorded_with_when_how_and_how_many(api: Api, case_id: UUID) -> None:
    body = {"sent_at": "2026-11-20T17:50", "form": "email", "reached": 118}
    told = api("POST", f"/incidents/{case_id}/communications", body, status=201)
    assert (told["form"], told["reached"], told["recorded_by"]) == ("email", 118, "API: dpo key")
    assert api("GET", f"/incidents/{case_id}/communications") == [told]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"sent_at", "form"}),
        ({"sent_at": "2026-11-20T17:50", "form": "email", "reached": -1}, {"reached"}),
        ({"sent_at": "2026-11-20T17:50", "form": "drum", "reached": "many"}, {"form", "reached"}),
        ({"sent_at": "2027-11-20T17:50", "form": "post"}, {"sent_at"}),
    ],
)
def test_a_communication_that_cannot_stand_names_every_faulty_field(
    api: Api, case_id: UUID, body: dict[str, object], paths: set[str]
) -> None:
    assert set(api.faults("POST", f"/incidents/{case_id}/communications", body)) == paths
