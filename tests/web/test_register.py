"""The register on a page: every case with its reasons, exported, printed and proved."""

import io
from uuid import UUID

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from incidents.rules.decide import DecisionForm
from incidents.steps import decide
from tests.builders import ENCRYPTED
from tests.web.office import Office, text_of

CLEAR = "A lemez korszerű titkosítással védett, a kulcs biztonságban van, mentés készült."


def harmless(office: Office, what: str = "Titkosított pendrive veszett el.") -> UUID:
    """A case that was decided not to be notified."""
    incident = office.open_case(what)
    office.record(incident, **ENCRYPTED)
    with office.uow() as uow:
        decide.record_decision(uow, incident, DecisionForm("no", "no", CLEAR, CLEAR))
    return incident


def test_every_case_stands_in_the_register_notified_or_not_with_its_reason(office: Office) -> None:
    office.open_case()
    harmless(office)
    office.sign_in("auditor")
    page = text_of(office.get("/register"))

    assert "FUT-2026/0001" in page
    assert "FUT-2026/0002" in page
    assert "nem kell bejelenteni" in page
    assert CLEAR in page


def test_the_register_is_filtered_by_year_text_and_outcome(office: Office) -> None:
    office.open_case()
    harmless(office)
    office.sign_in("auditor")
    assert "2 bejegyzés" in office.get("/register?year=2026")
    assert "Nincs a keresésnek megfelelő bejegyzés." in office.get("/register?year=2025")
    assert "1 bejegyzés" in office.get("/register?notified=no")
    assert "1 bejegyzés" in office.get("/register?q=pendrive")
    assert "2 bejegyzés" in office.get("/register?year=abcd&controller=x&notified=maybe")


def test_the_export_holds_what_was_shown_and_is_itself_logged(office: Office) -> None:
    harmless(office, "=HYPERLINK(1)")
    office.sign_in("dpo")
    answer = office.fill_in("/register", {"format": "xlsx"}, action="/register/export")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="incidens-nyilvantartas-2026-11-20.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "FUT-2026/0001" in [cell.value for cell in cells]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells if cell.data_type == "s"], "a text, never a formula"
    with office.uow() as uow:
        kinds = uow.session.connection().execute(text("SELECT kind FROM event ORDER BY seq")).scalars().all()
    assert kinds[-1] == "register.exported"


@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_the_other_forms_of_export_carry_the_entries_too(small_office: Office, kind: str) -> None:
    harmless(small_office)
    small_office.sign_in("dpo")
    content = small_office.fill_in("/register", {"format": kind}, action="/register/export").content
    if kind == "csv":
        assert "FUT-2026/0001" in content.decode("utf-8-sig")
    else:
        assert "FUT-2026/0001" in "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)


def test_a_handler_reads_the_register_but_does_not_carry_it_away(small_office: Office) -> None:
    harmless(small_office)
    small_office.sign_in("handler")
    page = small_office.get("/register")
    assert "/register/export" not in page
    token = {"x-csrftoken": small_office.browser.cookies["csrf"]}
    answer = small_office.browser.post("/register/export", data={"format": "csv"}, headers=token)
    assert "FUT-2026" not in answer.text


def test_an_entry_is_whole_for_printing_with_its_log(small_office: Office) -> None:
    incident = harmless(small_office)
    small_office.sign_in("auditor")
    page = text_of(small_office.get(f"/register/{incident}"))
    assert CLEAR in page
    assert "Eseménynapló" in page
    assert "Döntés rögzítve" in page


def test_entries_of_another_controller_stay_hidden(office: Office) -> None:
    other = office.another_firm()
    foreign = office.open_case("Idegen ügy.", firm_id=other)
    office.sign_in("auditor")
    assert "Idegen ügy." not in office.get("/register")
    assert "Idegen ügy." not in office.get(f"/register?controller={other}")
    office.get(f"/register/{foreign}", status=404)


def test_somebody_who_may_only_report_sees_no_entry(small_office: Office) -> None:
    incident = harmless(small_office)
    small_office.sign_in("reporter")
    assert "FUT-2026" not in small_office.get("/register")
    small_office.get(f"/register/{incident}", status=404)


def test_the_check_proves_the_log_and_finds_an_altered_entry(small_office: Office) -> None:
    harmless(small_office)
    small_office.sign_in("auditor")
    assert "változatlan" in text_of(small_office.get("/register?verify=1"))

    with small_office.engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE event SET actor = 'somebody else' WHERE kind = 'decision.recorded'"))
    page = text_of(small_office.get("/register?verify=1"))
    assert "megváltozott" in page
    assert "bejegyzésénél hiba van" in page
