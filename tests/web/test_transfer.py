"""The transfer sheet, and the authority's own entry as the operator completes it for the installation."""

import io
from uuid import UUID

from pypdf import PdfReader

from incidents.steps import form
from incidents.store.tables import Controller, User
from tests.form_cases import STOLEN_LAPTOP
from tests.web.office import Office, text_of


def a_case(office: Office) -> str:
    incident = office.open_case()
    office.clock.advance(hours=3)
    office.record(incident, **{key: one for key, one in STOLEN_LAPTOP.items() if key != "occurred_from"})
    office.sign_in("dpo")
    return f"/incidents/{incident}"


def make_operator(office: Office) -> None:
    with office.uow() as uow:
        uow.session.get_one(User, office.users["manager"]).is_operator = True
    office.sign_in("manager")


class TestTheSheet:
    def test_fields_stand_in_order_each_with_something_to_copy(self, office: Office) -> None:
        page = office.get(f"{a_case(office)}/transfer")
        assert page.index('id="t-notification_type"') < page.index('id="t-systems"') < page.index('id="t-told"')
        assert 'data-copy="t-systems"' in page
        assert "1 db laptop a szegedi telephelyről" in page
        assert 'data-copy="t-occurrence"' not in page, "there is nothing to copy where nothing is known"

    def test_the_file_to_attach_carries_the_fingerprint_and_is_the_same_each_time(self, small_office: Office) -> None:
        case = a_case(small_office)
        first, second = (small_office.browser.get(f"{case}/transfer/pdf") for _ in range(2))
        assert first.content == second.content
        assert first.headers["content-disposition"].startswith("attachment")
        with small_office.uow() as uow:
            fingerprint = form.read(uow, UUID(case.rpartition("/")[2])).fingerprint
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(first.content)).pages)
        assert fingerprint in text.replace("\u200b", "")

    def test_the_advice_goes_by_the_kind_of_controller(self, small_office: Office) -> None:
        case = a_case(small_office)
        free = text_of(small_office.get(f"{case}/transfer?controller=association_without_tax_number"))
        assert "Posta vagy személyes benyújtás megengedett" in free
        with small_office.uow() as uow:
            uow.session.get_one(Controller, small_office.firm_id).company_number = "06-09-000000"
        bound = text_of(small_office.get(f"{case}/transfer"))
        assert "Posta vagy személyes benyújtás nem megfelelő" in bound
        assert "érvénytelen" in bound


class TestTheEntryOfTheAuthority:
    def test_what_nobody_has_seen_is_marked_until_the_operator_completes_it(self, office: Office) -> None:
        case = a_case(office)
        assert "[A NAIH felületén nem ismert" in text_of(office.get(f"{case}/transfer?order=entry"))
        assert "KRID: [A NAIH KRID-azonosítója nincs megadva" in text_of(office.get(f"{case}/transfer"))

        make_operator(office)
        said = {"measures.screen": "5. lap", "measures.label": "Intézkedések", "channels.krid": "123456789"}
        assert office.fill_in("/authority", said | {"asks.national_id": "no"}).status_code == 303

        office.sign_in("dpo")
        assert "5. lap › Intézkedések" in text_of(office.get(f"{case}/transfer?order=entry"))
        assert "KRID: 123456789" in text_of(office.get(f"{case}/transfer"))
        assert 'id="q-reporter_national_id"' not in office.get(f"{case}/form")

    def test_every_save_is_a_version(self, small_office: Office) -> None:
        make_operator(small_office)
        for label in ("Intézkedések", "Intézkedések leírása"):
            small_office.fill_in("/authority", {"measures.label": label})
        page = text_of(small_office.get("/authority"))
        assert "2. változat" in page
        assert "14 helyből 13 még nem ismert" in page

    def test_only_the_operator_may_say_what_holds_for_everybody(self, small_office: Office) -> None:
        small_office.sign_in("dpo")
        small_office.get("/authority", status=403)

    def test_what_is_too_long_is_named_and_kept(self, small_office: Office) -> None:
        make_operator(small_office)
        refused = small_office.fill_in("/authority", {"measures.label": "x" * 301, "measures.screen": "5. lap"})
        assert refused.status_code == 422
        assert 'href="#f-measures.label"' in refused.text
        assert 'value="5. lap"' in refused.text
