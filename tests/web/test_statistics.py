"""Statistics: every picture with its table, as files too, of the person's own controllers only, without drills."""

import io
import re
from xml.etree import ElementTree

from openpyxl import load_workbook
from sqlalchemy import update

from incidents.store.tables import Incident
from tests.web.office import Office, text_of


def test_each_picture_has_its_words_its_table_and_its_files(office: Office) -> None:
    one = office.open_case()
    office.record(one, cause="lost_device")
    office.open_case("Rossz címre ment.")
    foreign = office.open_case(firm_id=office.another_firm())
    drill = office.open_case("Gyakorlat.")
    with office.uow() as uow:
        uow.session.execute(update(Incident).where(Incident.id == drill).values(is_drill=True))
    office.sign_in("auditor")

    html = office.get("/statistics")
    pictures = re.findall(r'<svg class="chart".*?</svg>', html, re.DOTALL)
    outcomes = "határidőben bejelentve: 0; késve bejelentve: 0; bejelentendő: 0; "
    assert [re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL).group(1) for svg in pictures[:3]] == [  # type: ignore[union-attr]
        "2026-11: 2",
        "elveszett eszköz: 1; nincs ok rögzítve: 1",
        f"{outcomes}indokolással nem bejelentve: 0; még nincs döntés: 2",
    ]
    assert "style=" not in html
    assert str(foreign) not in html
    assert "Incidensek 2" in text_of(html)

    drawn = office.browser.get("/statistics/causes.svg")
    assert drawn.headers["content-disposition"] == 'attachment; filename="causes.svg"'
    assert ElementTree.fromstring(drawn.content).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    listed = office.browser.get("/statistics/causes.csv").content.decode("utf-8-sig")
    assert listed.splitlines() == ["Mi;Ügyek", "elveszett eszköz;1", "nincs ok rögzítve;1"]
    book = load_workbook(io.BytesIO(office.browser.get("/statistics/outcomes.xlsx").content))
    assert book.active is not None
    assert book.active["B6"].value == 2
    office.get("/statistics/causes.exe", status=404)
    office.get("/statistics/secrets.csv", status=404)


def test_the_period_and_the_controller_narrow_and_nonsense_does_not(small_office: Office) -> None:
    office = small_office
    office.open_case()
    office.sign_in("dpo")
    assert "Ebben az időszakban nincs incidens." in office.get("/statistics?last=2026-11-19")
    assert "Incidensek 1" in text_of(office.get("/statistics?first=2026-11-20&last=2026-11-20"))
    assert "Incidensek 1" in text_of(office.get("/statistics?first=x&last=&controller=y"))


def test_whoever_only_reports_sees_no_figures(small_office: Office) -> None:
    small_office.open_case()
    small_office.sign_in("reporter")
    assert "Ebben az időszakban nincs incidens." in small_office.get("/statistics")
