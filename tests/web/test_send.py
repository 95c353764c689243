"""Recording what was sent: to the authority with its lateness, to the people with its proof."""

from uuid import UUID

from incidents.rules.decide import DecisionForm
from incidents.steps import decide
from tests.web.office import Office, text_of

RISK = "Támadó kezébe kerültek ügyfelek adatai, ezért a kockázat nem zárható ki."
FILED = {
    "kind": "new",
    "complete": "no",
    "channel": "epapir",
    "filed_at.date": "2026-11-20",
    "filed_at.time": "17:50",
    "authority_identifier": "2A4E-PELDA",
}


def decided(office: Office) -> UUID:
    """A case whose decision is to notify and to tell, with the DPO signed in."""
    incident = office.open_case()
    with office.uow() as uow:
        decide.record_decision(uow, incident, DecisionForm("yes", "yes", RISK, RISK))
    office.sign_in("dpo")
    return incident


def test_a_filing_in_time_stops_the_clock(office: Office) -> None:
    incident = decided(office)
    assert office.fill_in(f"/incidents/{incident}/send", FILED).status_code == 303

    found = office.case(incident)
    assert found.clock.state == "stopped"
    assert found.filing is not None
    assert found.filing.late_by_seconds == 0
    page = text_of(office.get(f"/incidents/{incident}"))
    assert "határidőben" in page
    assert "2A4E-PELDA" in page


def test_a_late_filing_owes_its_reasons(office: Office) -> None:
    incident = decided(office)
    office.clock.advance(hours=80)
    office.sign_in("dpo")
    late = FILED | {"filed_at.date": "2026-11-23", "filed_at.time": "20:00"}
    refused = office.fill_in(f"/incidents/{incident}/send", late)
    assert refused.status_code == 422
    assert 'href="#f-delay_reasons"' in refused.text
    assert 'value="2A4E-PELDA"' in refused.text

    reasons = "A rendszergazda külföldön volt, ezért a naplókhoz csak hétfőn este fértünk hozzá."
    assert office.fill_in(f"/incidents/{incident}/send", late | {"delay_reasons": reasons}).status_code == 303
    assert "késve benyújtva" in text_of(office.get(f"/incidents/{incident}"))


def test_every_missing_field_of_a_filing_is_named_at_once(small_office: Office) -> None:
    incident = decided(small_office)
    answer = small_office.fill_in(f"/incidents/{incident}/send", {"kind": "new", "filed_at.date": "2026-11-20"})
    assert answer.status_code == 422
    for field in ("channel", "filed_at", "complete"):
        assert f'href="#f-{field}"' in answer.text, field
    assert not small_office.case(incident).filings


def test_after_the_first_notification_a_follow_up_is_offered(small_office: Office) -> None:
    incident = decided(small_office)
    small_office.fill_in(f"/incidents/{incident}/send", FILED)
    page = small_office.get(f"/incidents/{incident}/send")
    assert 'value="follow_up" checked' in page
    answer = small_office.fill_in(f"/incidents/{incident}/send", FILED | {"kind": "follow_up"})
    assert answer.status_code == 303
    assert [one.kind for one in small_office.case(incident).filings] == ["new", "follow_up"]


def test_telling_people_is_recorded_with_form_time_and_number(office: Office) -> None:
    incident = decided(office)
    answer = office.fill_in(
        f"/incidents/{incident}/send",
        {"form": "email", "sent_at.date": "2026-11-20", "sent_at.time": "17:45", "reached": "1 180"},
        action=f"/incidents/{incident}/tell",
    )
    assert answer.status_code == 422, "before the first signal nobody could be told"
    assert 'value="1 180"' in answer.text

    office.clock.advance(hours=2)
    told = {"form": "email", "sent_at.date": "2026-11-20", "sent_at.time": "19:00", "reached": "1 180"}
    answer = office.fill_in(f"/incidents/{incident}/send", told, action=f"/incidents/{incident}/tell")
    assert answer.status_code == 303
    (row,) = office.case(incident).communications
    assert (row.form, row.reached) == ("email", 1180)


def test_a_number_not_known_yet_is_no_zero(small_office: Office) -> None:
    incident = decided(small_office)
    told = {"form": "public", "sent_at.date": "2026-11-20", "sent_at.time": "17:50"}
    small_office.fill_in(f"/incidents/{incident}/send", told, action=f"/incidents/{incident}/tell")
    (row,) = small_office.case(incident).communications
    assert row.reached is None
    assert "Elért érintettek: nem ismert" in text_of(small_office.get(f"/incidents/{incident}"))


def test_a_handler_records_no_filing(small_office: Office) -> None:
    incident = decided(small_office)
    small_office.sign_in("handler")
    assert 'name="channel"' not in small_office.get(f"/incidents/{incident}/send")
