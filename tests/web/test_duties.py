"""The pages of further duties: the profile proposes, a person answers, reports are recorded, the board follows."""

from uuid import UUID

import pytest

from incidents.base.time import ZonedInstant
from incidents.rules.profile import ClientForm, RegimesForm
from incidents.steps import profile
from incidents.store.tables import Membership
from tests.web.office import Office, text_of

NOT_MAJOR = "A minősítés szerint az incidens nem jelentős: sem ügyfelet, sem szolgáltatást nem érintett."


def subject_to(office: Office, hours: int | None = None, **flags: bool) -> None:
    with office.uow() as uow:
        profile.set_regimes(uow, office.firm_id, RegimesForm(flags, hours))


def duty_key(office: Office, incident: UUID, regime: str) -> UUID:
    return next(one.row.id for one in office.case(incident).duties if one.row.regime == regime)


def refused(office: Office, path: str, fields: dict[str, str]) -> str:
    """What a page says to a form it cannot take."""
    answer = office.fill_in(path, fields)
    assert answer.status_code == 422
    return answer.text


def moment(office: Office, name: str) -> dict[str, str]:
    local = ZonedInstant(office.clock.now()).local
    return {f"{name}.date": local.date().isoformat(), f"{name}.time": local.strftime("%H:%M")}


def test_the_profile_asks_which_rules_bind_the_organisation_and_keeps_the_answers(small_office: Office) -> None:
    with small_office.uow() as uow:
        uow.add(
            Membership(
                controller_id=small_office.firm_id, user_id=small_office.users["manager"], role="admin", deputy=False
            )
        )
    small_office.sign_in("manager")
    address = f"/controllers/{small_office.firm_id}/regimes"
    assert "Milyen szabályok vonatkoznak a szervezetre?" in text_of(small_office.get(address))
    small_office.fill_in(address, {"dora": "yes", "telecom": "no", "tell_target_hours": "48"})
    page = small_office.get(address)
    assert 'name="dora" value="yes" checked' in page
    assert 'value="48"' in page
    page = refused(small_office, address, {"dora": "yes", "tell_target_hours": "négy"})
    assert "Egész számot adjon meg" in text_of(page)


def test_a_case_shows_its_further_duties_first_and_a_person_confirms_one(office: Office) -> None:
    subject_to(office, dora=True)
    incident = office.open_case()
    office.sign_in("dpo")
    page = text_of(office.get(f"/incidents/{incident}"))
    assert "További kötelezettségek" in page
    assert "Jelentős IKT-incidens bejelentése (DORA)" in page
    duties = text_of(office.get(f"/incidents/{incident}/duties"))
    assert "A szervezet pénzügyi szervezet; a tényekből még nem derül ki" in duties
    assert "a jelentőssé minősítés időpontja" in duties
    assert "Magyar Nemzeti Bank" in duties
    assert "Nem találtunk hiteles elérhetőséget" in duties
    address = f"/incidents/{incident}/duties/{duty_key(office, incident, 'dora-mnb')}"
    office.fill_in(f"{address}/confirm", moment(office, "classification"))
    assert "Határidő: 2026. november 20. 21:50" in text_of(office.get(f"/incidents/{incident}/duties"))
    board = text_of(office.get("/"))
    assert "Jelentős IKT-incidens bejelentése (DORA): első bejelentés" in board


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(small_office: Office) -> None:
    subject_to(small_office, dora=True)
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    address = f"/incidents/{incident}/duties/{duty_key(small_office, incident, 'dora-mnb')}"
    page = refused(small_office, f"{address}/decline", {"reason": "nem kell"})
    assert "nem kell</textarea>" in page
    assert "miért nem áll fenn ez a kötelezettség" in text_of(page)
    small_office.fill_in(f"{address}/decline", {"reason": NOT_MAJOR})
    assert NOT_MAJOR in text_of(small_office.get(f"/incidents/{incident}/duties"))
    assert "nem áll fenn" in text_of(small_office.get(f"/incidents/{incident}/duties"))


def test_a_report_is_recorded_and_its_lateness_stands_beside_it(small_office: Office) -> None:
    subject_to(small_office, trust_services=True)
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    address = f"/incidents/{incident}/duties/{duty_key(small_office, incident, 'eidas')}"
    small_office.fill_in(f"{address}/confirm", {})
    small_office.clock.advance(hours=26)
    small_office.sign_in("dpo")
    page = refused(small_office, f"{address}/report", moment(small_office, "sent_at") | {"channel": "online"})
    assert "miért késett a jelentés" in text_of(page)
    late = moment(small_office, "sent_at") | {"channel": "online", "note": NOT_MAJOR, "identifier": "NMHH-77/2026"}
    small_office.fill_in(f"{address}/report", late)
    page = text_of(small_office.get(f"/incidents/{incident}/duties"))
    assert "2 óra késéssel" in page
    assert "NMHH-77/2026" in page
    assert "teljesítve" in page


def test_an_order_of_the_authority_is_added_by_hand_and_runs_to_its_deadline(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    address = f"/incidents/{incident}/duties/new"
    assert "A Hatóság végzésének teljesítése" in text_of(small_office.get(address))
    page = refused(small_office, f"{address}/naih-order", {"title": "NAIH-1234-2/2026"})
    assert "Adja meg a végzés határidejét" in text_of(page)
    typed = {"title": "NAIH-1234-2/2026", "order_days": "8"} | moment(small_office, "received")
    small_office.fill_in(f"{address}/naih-order", typed)
    page = text_of(small_office.get(f"/incidents/{incident}/duties"))
    assert "NAIH-1234-2/2026" in page
    assert "Határidő: 2026. november 29. 0:00" in page
    small_office.get(f"{address}/gdpr-33", status=404)
    small_office.get(f"{address}/nothing", status=404)


def test_a_processor_chooses_the_clients_whose_data_are_concerned(small_office: Office) -> None:
    subject_to(small_office, acts_as_processor=True)
    with small_office.uow() as uow:
        contracts = [ClientForm("Példa Webáruház Kft.", hours=24), ClientForm("Minta Rendelő Bt.")]
        profile.save_client_contracts(uow, small_office.firm_id, contracts)
        chosen = {one.client: str(one.id) for one in profile.client_contracts(uow, small_office.firm_id)}
    incident = small_office.open_case()
    small_office.sign_in("handler")
    address = f"/incidents/{incident}/duties/{duty_key(small_office, incident, 'processor-contract')}/confirm"
    assert "Példa Webáruház Kft. (24 óra)" in text_of(small_office.get(address))
    small_office.fill_in(address, {"contracts": list(chosen.values())})
    page = text_of(small_office.get(f"/incidents/{incident}/duties"))
    assert page.count("Az adatkezelő értesítése adatfeldolgozóként") == 2
    assert "indokolatlan késedelem nélkül" in page


def test_the_page_of_duties_is_whole_in_english(small_office: Office) -> None:
    subject_to(small_office, dora=True, critical_entity=True, manufacturer=True, kibertv_public=True)
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.browser.cookies.set("lang", "en")
    page = text_of(small_office.get(f"/incidents/{incident}/duties"))
    assert "Further duties" in page
    assert "An extraordinary event that disrupts an essential service" in page
    assert "kötelezettség" not in page
    for act in ("confirm", "decline", "report", "change"):
        for one in small_office.case(incident).duties:
            assert "Back to the duties" in text_of(small_office.get(f"/incidents/{incident}/duties/{one.row.id}/{act}"))


@pytest.mark.parametrize("role", ["auditor", "handler"])
def test_who_may_not_decide_is_offered_no_decision(small_office: Office, role: str) -> None:
    subject_to(small_office, dora=True)
    incident = small_office.open_case()
    small_office.sign_in(role)
    page = small_office.get(f"/incidents/{incident}/duties")
    assert "/decline" not in page
    assert ("/confirm" in page) == (role == "handler")


def test_the_closing_page_names_the_duty_that_is_still_open(small_office: Office) -> None:
    subject_to(small_office, dora=True)
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = text_of(small_office.get(f"/incidents/{incident}/close"))
    assert "Egy további kötelezettségről még dönteni kell" in page
    assert "Jelentős IKT-incidens bejelentése (DORA)" in page[page.index("Még nem zárható le") :]
