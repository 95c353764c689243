"""J3: a processor tells by e-mail; the saved mail is a card at once, and one press makes it a case with evidence."""

import re
from uuid import UUID

from httpx import Response

from incidents.store.tables import Evidence, InboundMail
from tests.inbox_builders import SUBJECT, processors_mail
from tests.web.office import Office, text_of


def bring(office: Office, content: bytes, name: str = "level.eml") -> Response:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', office.get("/inbox"))
    assert found
    return office.browser.post("/inbox", data={"_csrf_token": found[1]}, files={"file": (name, content)})


def test_a_mail_becomes_a_card_and_the_card_a_case_with_the_mail_as_evidence(office: Office) -> None:
    office.sign_in("dpo")
    card = bring(office, processors_mail()).headers["location"]
    shown = text_of(office.get(card))
    for words in (SUBJECT, "Ügyeleti Ubul <ugyelet@berszamfejto.example>", "2026. november 20. 16:12", "naplo.pdf"):
        assert words in shown
    assert bring(office, processors_mail()).headers["location"] == card, "the same mail is there once"

    accepted = office.fill_in(card, {}, action=f"{card}/accept")
    assert accepted.status_code == 303, text_of(accepted.text)
    case = office.case(UUID(accepted.headers["location"].split("/")[2].partition("?")[0]))
    assert case.incident.title == SUBJECT
    assert case.incident.reporter == "Ügyeleti Ubul <ugyelet@berszamfejto.example>"
    assert case.incident.first_signal_at.isoformat() == "2026-11-20T15:12:00+00:00"
    with office.uow() as uow:
        kept = uow.session.query(Evidence).all()
        assert {one.name for one in kept} == {"level.eml", "naplo.pdf"}
        assert next(one for one in kept if one.name == "level.eml").content == processors_mail()
    assert "bejelentés lett" in text_of(office.get(card))


def test_what_is_no_breach_is_put_aside_with_a_reason(small_office: Office) -> None:
    office = small_office
    office.sign_in("handler")
    card = bring(office, processors_mail()).headers["location"]
    refused = office.fill_in(card, {"reason": "nem"}, action=f"{card}/dismiss")
    assert refused.status_code == 422
    assert SUBJECT in text_of(refused.text)
    assert office.fill_in(card, {"reason": "Hirdetés, nem nekünk szól."}, action=f"{card}/dismiss").status_code == 303
    assert "Egy levél sem vár elbírálásra." in office.get("/inbox")
    with office.uow() as uow:
        assert uow.session.query(InboundMail).one().state == "dismissed"


def test_only_mails_are_taken_and_only_those_who_work_on_cases_read_them(small_office: Office) -> None:
    office = small_office
    office.sign_in("dpo")
    for content in (b"%PDF-1.7\n", b"Kedves Cim!", b""):
        refused = bring(office, content)
        assert refused.status_code == 422
        assert 'id="e-file"' in refused.text
    card = bring(office, processors_mail()).headers["location"]
    for role in ("reporter", "auditor"):
        office.sign_in(role)
        office.get("/inbox", status=403)
        office.get(card, status=403)
