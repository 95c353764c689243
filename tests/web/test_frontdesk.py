"""The sheet for the front desk on a page and as a PDF to print."""

from tests.web.office import Office, text_of


def test_the_sheet_is_shown_in_both_languages_and_asks_for_the_hours(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    page = text_of(small_office.get(f"/incidents/{incident}/frontdesk"))
    assert "9. Kapok kártérítést?" in page
    assert "Mondja meg, hol és mikor hívhatják Önöket:" in page
    assert "9. Will I get compensation?" in small_office.get(f"/incidents/{incident}/frontdesk?language=en")


def test_data_of_a_group_are_not_denied_at_the_front_desk(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.record(incident, data_categories=["contact_basic"])
    small_office.record(incident, "Bérlők", data_categories=["payment_card"])
    small_office.sign_in("dpo")
    page = text_of(small_office.get(f"/incidents/{incident}/frontdesk"))
    assert "a bankkártyájának adatai" in page
    assert "A most ismert adatok szerint nem." not in page


def test_it_is_downloaded_as_a_pdf_and_only_by_who_may_read_the_case(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("auditor")
    answer = small_office.browser.get(f"/incidents/{incident}/frontdesk/pdf?language=hu")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"] == 'attachment; filename="FUT-2026-0001-frontdesk-hu-v1.pdf"'
    small_office.sign_in("reporter")
    assert small_office.browser.get(f"/incidents/{incident}/frontdesk").status_code in {403, 404}
