"""Drills on the pages: chosen, confirmed, watched, stopped; marked everywhere, counted nowhere."""

from io import BytesIO
from uuid import UUID

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from incidents.rules.drills import DrillForm
from incidents.steps import controllers, drills, escalate
from tests.web.office import Office, text_of

CHOICE: dict[str, str | list[str]] = {"scenario": "laptop", "speed": "30", "note": "Éves próba"}
STORY = "Elveszett egy munkatársi laptop a vonaton"


@pytest.fixture
def dpo(small_office: Office) -> Office:
    """The data protection officer; what the pages show depends on no database."""
    small_office.sign_in("dpo")
    return small_office


@pytest.fixture
def dpo_anywhere(office: Office) -> Office:
    """The same on each database: queries leave drills out on both."""
    office.sign_in("dpo")
    return office


def drills_page(office: Office) -> str:
    return f"/controllers/{office.firm_id}/drills"


def started(office: Office) -> tuple[UUID, UUID]:
    """A drill of the firm and its case."""
    with office.uow() as uow:
        drill = drills.start(uow, office.firm_id, DrillForm("laptop", "30"))
        return drill.id, drill.incident_id


def walk(office: Office, minutes: float) -> None:
    office.clock.advance(minutes=minutes)
    escalate.sweep(office.engine, office.clock)
    drills.end_over(office.engine, office.clock)


class TestStarting:
    def test_first_it_says_who_gets_how_many_mails_and_nothing_has_started(self, dpo: Office) -> None:
        answer = dpo.fill_in(drills_page(dpo), CHOICE)
        said = text_of(answer.text)
        assert "Elindítja a gyakorlatot?" in said
        assert "dpo@futar.example" in said
        assert "72 óra 30 perc alatt" in said
        with dpo.uow() as uow:
            assert drills.drills_of(uow, dpo.firm_id) == []

    def test_confirmed_it_runs_and_leads_to_its_report(self, dpo: Office) -> None:
        answer = dpo.fill_in(drills_page(dpo), {**CHOICE, "confirmed": "on"})
        assert answer.status_code == 303
        page = text_of(dpo.get(answer.headers["location"]))
        assert "A gyakorlat elindult." in page
        assert "FUT-GY-2026-001" in page
        assert "Éves próba" in page

    def test_a_pace_that_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(self, dpo: Office) -> None:
        answer = dpo.fill_in(drills_page(dpo), {**CHOICE, "speed": "own", "minutes": "5"})
        assert answer.status_code == 422
        assert "Egész percet adjon meg 10 és 4320 között" in answer.text
        assert "Éves próba" in answer.text

    def test_a_second_drill_is_refused_with_the_way_out(self, dpo: Office) -> None:
        started(dpo)
        answer = dpo.fill_in(drills_page(dpo), CHOICE)
        assert answer.status_code == 409
        assert "Itt még tart egy gyakorlat." in answer.text

    def test_whoever_may_not_start_one_sees_the_list_and_no_form(self, small_office: Office) -> None:
        small_office.sign_in("handler")
        page = small_office.get(drills_page(small_office))
        assert "<form" not in page.split("<main")[1]
        assert small_office.browser.post(drills_page(small_office), data=CHOICE).status_code == 403


class TestWatching:
    def test_every_page_of_the_case_carries_the_band(self, dpo: Office) -> None:
        _, case = started(dpo)
        for part in ("", "/facts", "/assess", "/assess/result", "/clock", "/decide", "/draft", "/send", "/close"):
            assert "drill-band" in dpo.get(f"/incidents/{case}{part}"), part
        assert "drill-band" not in dpo.get(f"/incidents/{dpo.open_case()}")

    def test_the_band_tells_the_hour_of_the_ladder(self, dpo: Office) -> None:
        _, case = started(dpo)
        dpo.clock.advance(minutes=5)
        assert "A létrán eddig 12 óra telt el." in text_of(dpo.get(f"/incidents/{case}"))

    def test_the_report_fills_while_it_runs_and_stays(self, dpo: Office) -> None:
        drill, case = started(dpo)
        walk(dpo, 0)
        dpo.browser.post(f"/incidents/{case}/acknowledge", data=dpo_token(dpo, case))
        here = f"{drills_page(dpo)}/{drill}"
        assert "A gyakorlat még tart" in text_of(dpo.get(here))
        for _ in range(41):
            walk(dpo, 1)
        said = text_of(dpo.get(here))
        assert "még tart" not in said
        assert "Nyugtázta: Doktor Dóra" in said
        assert drill_row(dpo, drill).end_reason == "over"
        assert f"{drills_page(dpo)}/{drill}" in dpo.get(drills_page(dpo))

    def test_it_is_stopped_with_one_button(self, dpo: Office) -> None:
        drill, _ = started(dpo)
        here = f"{drills_page(dpo)}/{drill}"
        assert dpo.fill_in(here, {}, f"{here}/stop").status_code == 303
        said = text_of(dpo.get(here))
        assert "Doktor Dóra leállította" in said
        assert "Leállítás most" not in said

    def test_the_report_can_be_kept_as_a_pdf(self, dpo: Office) -> None:
        drill, _ = started(dpo)
        walk(dpo, 0)
        answer = dpo.browser.get(f"{drills_page(dpo)}/{drill}/report.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert "Jegyzőkönyv riasztási gyakorlatról" in text
        assert "FUT-GY-2026-001" in text

    def test_in_english_the_report_is_english(self, dpo: Office) -> None:
        drill, _ = started(dpo)
        dpo.browser.cookies.set("lang", "en")
        said = text_of(dpo.get(f"{drills_page(dpo)}/{drill}"))
        assert "The drill is still running" in said
        assert "Stage by stage" in said

    def test_from_the_case_one_finds_the_drill(self, dpo: Office) -> None:
        drill, case = started(dpo)
        assert dpo.browser.get(f"/incidents/{case}/drill").headers["location"].endswith(f"/drills/{drill}")
        assert dpo.browser.get(f"/incidents/{dpo.open_case()}/drill").status_code == 404


class TestPapersOfADrill:
    @pytest.mark.parametrize("paper", ["transfer/pdf", "frontdesk/pdf"])
    def test_what_can_be_printed_says_that_it_is_a_drill(self, dpo: Office, paper: str) -> None:
        _, case = started(dpo)
        answer = dpo.browser.get(f"/incidents/{case}/{paper}")
        assert answer.status_code == 200
        assert "GYAKORLAT" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()


class TestNeverCounted:
    """Every way by which cases are listed, exported or counted."""

    def test_the_board_shows_it_apart_and_only_while_it_runs(self, dpo_anywhere: Office) -> None:
        drill, case = started(dpo_anywhere)
        page = dpo_anywhere.get("/")
        listed = page.split('<form method="get"')
        assert f"/incidents/{case}" in listed[0]
        assert "Folyamatban lévő gyakorlatok" in listed[0]
        assert str(case) not in listed[1]
        with dpo_anywhere.uow() as uow:
            drills.stop(uow, drill)
        assert str(case) not in dpo_anywhere.get("/?only=all")

    def test_the_register_its_entry_and_its_files_know_nothing_of_it(self, dpo_anywhere: Office) -> None:
        _, case = started(dpo_anywhere)
        real = dpo_anywhere.open_case("Rossz címre ment egy számla.")
        page = dpo_anywhere.get("/register")
        assert "GY-2026" not in page
        assert str(real) in page
        assert dpo_anywhere.browser.get(f"/register/{case}").status_code == 404
        for form in ("csv", "xlsx", "pdf"):
            file = dpo_anywhere.fill_in("/register", {"format": form}, "/register/export")
            assert file.status_code == 200
            words = words_of(file.content, form)
            assert "Rossz címre" in words
            assert "GY-2026" not in words
            assert STORY not in words

    def test_programs_get_it_only_when_they_ask_for_it(self, office: Office) -> None:
        _, case = started(office)
        with office.uow() as uow:
            key = controllers.make_api_key(uow, office.firm_id, "helpdesk", "dpo")
        headers = {"authorization": f"Bearer {key}"}
        assert office.browser.get("/api/v1/incidents?state=all", headers=headers).json()["items"] == []
        (line,) = office.browser.get("/api/v1/incidents?drills=true", headers=headers).json()["items"]
        assert (line["id"], line["drill"]) == (str(case), True)
        assert office.browser.get(f"/api/v1/incidents/{case}", headers=headers).json()["drill"] is True
        assert office.browser.get("/api/v1/register", headers=headers).json() == []


def dpo_token(office: Office, case: UUID) -> dict[str, str]:
    """The form token of the case page."""
    import re

    found = re.search(r'name="_csrf_token" value="([^"]+)"', office.get(f"/incidents/{case}"))
    assert found
    return {"_csrf_token": found.group(1)}


def drill_row(office: Office, drill: UUID) -> drills.Drill:
    with office.uow() as uow:
        return drills.drill(uow, drill)[0]


def words_of(content: bytes, form: str) -> str:
    """What a file of the register says."""
    if form == "csv":
        return content.decode("utf-8-sig")
    if form == "pdf":
        return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)
    book = load_workbook(BytesIO(content))
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
