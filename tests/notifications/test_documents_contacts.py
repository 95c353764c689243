"""The sheet for the day on which mail is down: every duty a controller can have fits on it, in both languages."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from incidents.rules.regimes import catalogue
from incidents.steps.contacts import Sheet
from incidents.store.tables import Controller, EmergencyContact
from notifications.documents import contacts

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


def _sheet(people: int = 2, target_hours: int | None = None) -> Sheet:
    controller = Controller(name="Futár Példa Kft.", short_code="FUT", tell_target_hours=target_hours)
    rows = [
        EmergencyContact(name=f"Példa Péter {at}", role="*x* #panic()", phone="112", private_email="", note="")
        for at in range(people)
    ]
    duties = tuple(one for one in catalogue().all_in_force(NOW.date()) if one.proposal)
    return Sheet(controller, rows, duties, NOW)


@pytest.mark.parametrize("lang", ["hu", "en"])
def test_every_duty_of_the_law_has_a_period_and_somebody_to_tell(lang: str) -> None:
    made = contacts.content(_sheet(), lang)
    assert len(made.duties) >= 8
    for duty, period, whom, way in made.duties:
        assert duty
        assert period
        assert whom
        assert way
    assert "{" not in str((made.subtitle, made.steps, made.duties, made.printed))


def test_the_own_target_for_telling_people_stands_beside_the_law() -> None:
    periods = {duty: period for duty, period, *_ in contacts.content(_sheet(target_hours=48), "hu").duties}
    assert (
        periods["Az érintettek tájékoztatása (GDPR 34. cikk)"] == "indokolatlan késedelem nélkül, saját célidő: 48 óra"
    )


def test_the_pdf_is_tagged_prints_what_people_typed_as_it_stands_and_grows_when_it_must() -> None:
    content = contacts.write(_sheet(people=30), "hu")
    reader = PdfReader(BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "(*x* #panic())" in " ".join(text.split())
    assert len(reader.pages) > 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert content == contacts.write(_sheet(people=30), "hu"), "the same sheet makes the same bytes"


def test_an_empty_list_says_so() -> None:
    assert "[Még nincs kitöltve" in PdfReader(BytesIO(contacts.write(_sheet(people=0), "hu"))).pages[0].extract_text()
