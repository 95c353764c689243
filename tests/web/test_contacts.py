"""The list of those to call when mail is down, its printed sheet, and the reminder until it hangs on the wall."""

import io
import re

import pytest
from pypdf import PdfReader

from incidents.store.tables import Controller, Event
from tests.fakes import FakeClock
from tests.web.office import Office, text_of


@pytest.fixture
def page(small_office: Office) -> str:
    from incidents.steps import people

    with small_office.uow() as uow:
        people.grant(uow, small_office.firm_id, small_office.users["manager"], "admin", deputy=False)
    small_office.sign_in("manager")
    return f"/controllers/{small_office.firm_id}/contacts"


def _pdf(office: Office, page: str) -> str:
    answer = office.fill_in(page, {}, f"{page}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    return re.sub(r"\s+", " ", pages[0].extract_text())


def _kinds(office: Office) -> list[str]:
    with office.uow() as uow:
        return [event.kind for event in uow.session.query(Event) if event.kind.startswith("contacts.")]


def test_the_list_is_proposed_in_the_order_of_the_ladder_with_the_numbers_of_the_profile(
    small_office: Office, page: str
) -> None:
    shown = small_office.get(page)
    names = re.findall(r'name="contacts\[\d\]\.name"[^>]*value="([^"]+)"', shown)
    assert names[:3] == ["Doktor Dóra", "Halmos Hanna", "Kelemen Katalin"]
    assert "+36 30 555 0101" in shown
    assert "adatvédelmi tisztviselő" in shown


def test_saved_in_the_order_given_and_the_log_names_nobody(small_office: Office, page: str) -> None:
    fields = {
        "contacts[0].phone": "+36 30 555 0102", "contacts[0].order": "2",
        "contacts[1].phone": "+36 30 555 0103", "contacts[1].order": "1",
        "contacts[2].order": "3",
    }  # fmt: skip
    assert small_office.fill_in(page, fields).status_code == 303
    shown = text_of(small_office.get(f"{page}/sheet"))
    assert shown.index("1. Halmos Hanna") < shown.index("2. Doktor Dóra") < shown.index("3. Kelemen Katalin")
    with small_office.uow() as uow:
        [event] = [one for one in uow.session.query(Event) if one.kind == "contacts.saved"]
    assert event.data == {"people": 3}


def test_a_line_that_cannot_be_used_is_explained_and_nothing_typed_is_lost(small_office: Office, page: str) -> None:
    refused = small_office.fill_in(page, {"contacts[0].phone": "a portán", "contacts[0].note": "éjjel is"})
    assert refused.status_code == 422
    assert "Számjegyekből álló telefonszámot adjon meg" in text_of(refused.text)
    assert 'value="a portán"' in refused.text
    assert 'value="éjjel is"' in refused.text


def test_the_sheet_says_whom_to_call_where_to_report_and_by_when(small_office: Office, page: str) -> None:
    with small_office.uow() as uow:
        uow.session.get_one(Controller, small_office.firm_id).subject_to = {"dora": True}
    small_office.fill_in(page, {f"contacts[{at}].phone": f"+36 30 555 010{at}" for at in range(3)})
    printed = _pdf(small_office, page)
    for words in (
        "Ha a levelezés is leállt",
        "Doktor Dóra (adatvédelmi tisztviselő)",
        "+36 30 555 0100",
        "1055 Budapest, Falk Miksa utca 9-11.",
        "72 óra a tudomásszerzéstől",
        "4 óra a jelentőssé minősítéstől, legfeljebb 24 óra a tudomásszerzéstől",
        "Nyomtatva: 2026. november 20. Ha 90 napnál régebbi",
    ):
        assert words in printed, words
    assert "indokolatlan késedelem nélkül" in printed
    small_office.browser.cookies.set("lang", "en")
    english = text_of(small_office.get(f"{page}/sheet"))
    assert "72 hours from awareness" in english
    assert "1 month from the report before it" in english


def test_the_reminder_rests_for_ninety_days_after_a_print(
    small_office: Office, page: str, fake_clock: FakeClock
) -> None:
    profile = f"/controllers/{small_office.firm_id}"
    reminder = "A kinyomtatott lap hiányzik vagy elavult."
    assert reminder in text_of(small_office.get(profile))
    _pdf(small_office, page)
    assert reminder not in text_of(small_office.get(profile))
    fake_clock.advance(days=90)
    small_office.sign_in("manager")
    assert reminder in text_of(small_office.get(profile))
    assert "90 napnál régebbi" in text_of(small_office.get(page))
    assert small_office.fill_in(f"{page}/sheet", {}, f"{page}/printed").status_code == 303
    assert reminder not in text_of(small_office.get(profile))
    assert _kinds(small_office) == ["contacts.printed", "contacts.printed"]


def test_a_changed_list_asks_for_a_new_print(small_office: Office, page: str, fake_clock: FakeClock) -> None:
    _pdf(small_office, page)
    fake_clock.advance(minutes=1)
    small_office.fill_in(page, {f"contacts[{at}].phone": "112" for at in range(3)})
    assert "A nyomtatás óta változott a névsor." in text_of(small_office.get(page))


@pytest.mark.parametrize(("role", "status"), [("handler", 200), ("auditor", 200), ("reporter", 403)])
def test_who_may_read_the_firm_may_read_and_print_but_not_change(small_office: Office, role: str, status: int) -> None:
    small_office.sign_in(role)
    shown = small_office.get(f"/controllers/{small_office.firm_id}/contacts", status=status)
    assert 'name="contacts[0].name"' not in shown
