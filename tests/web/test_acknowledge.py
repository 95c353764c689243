"""The link in the mail: looking acknowledges nothing, one button does, once."""

from datetime import timedelta
from uuid import UUID

import pytest

from incidents.base.links import AckLink, sign_ack
from incidents.steps import people
from tests.web.office import Office, text_of


def link(office: Office, incident_id: UUID, stage: str = "opened", hours: int = 72) -> str:
    """The address a mail to the DPO carries."""
    expires = office.clock.now() + timedelta(hours=hours)
    user, mailbox = office.users["dpo"], "dpo@futar.example"
    return f"/ack/{sign_ack(office.settings.secret_key, AckLink(incident_id, user, mailbox, stage, expires))}"


def test_a_link_scanner_that_looks_acknowledges_nothing(office: Office) -> None:
    incident = office.open_case()
    page = text_of(office.get(link(office, incident)))

    assert "FUT-2026/0001" in page
    assert "Futár Példa Kft." in page
    assert "2026. november 23. 17:50" in page
    assert not office.case(incident).acknowledgements


def test_the_button_acknowledges_without_signing_in(office: Office) -> None:
    incident = office.open_case()
    address = link(office, incident)
    answer = office.fill_in(address, {})

    assert answer.status_code == 303
    (taken,) = office.case(incident).acknowledgements
    assert (taken.via, taken.stage, taken.user_id) == ("mail", "opened", office.users["dpo"])
    assert "Átvette:" in text_of(office.get(address))


def test_pressing_twice_records_once(office: Office) -> None:
    incident = office.open_case()
    address = link(office, incident)
    token = office.fill_in(address, {})
    assert token.status_code == 303
    office.clock.advance(minutes=5)
    csrf = office.browser.cookies["csrf"]
    again = office.browser.post(address, headers={"x-csrftoken": csrf})
    assert again.status_code == 303
    assert len(office.case(incident).acknowledgements) == 1


def test_whoever_comes_later_sees_who_took_it_and_when(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    small_office.fill_in(f"/incidents/{incident}", {}, action=f"/incidents/{incident}/acknowledge")
    small_office.sign_out()
    page = text_of(small_office.get(link(small_office, incident)))
    assert "Átvette: Halmos Hanna, 2026. november 20. 17:50." in page


def test_a_later_warning_is_acknowledged_by_itself(office: Office) -> None:
    incident = office.open_case()
    office.fill_in(link(office, incident), {})
    office.clock.advance(hours=48)
    office.fill_in(link(office, incident, stage="t48"), {})
    assert [one.stage for one in office.case(incident).acknowledgements] == ["opened", "t48"]


def test_an_expired_link_says_the_way_out(small_office: Office) -> None:
    incident = small_office.open_case()
    address = link(small_office, incident, hours=1)
    small_office.clock.advance(hours=2)
    page = text_of(small_office.get(address, status=401))
    assert "Ez a hivatkozás már nem használható" in page
    assert "Belépés" in page or "Bejelentkezés" in page


def test_who_serves_the_firm_no_more_learns_nothing_from_an_old_mail(office: Office) -> None:
    incident = office.open_case()
    address = link(office, incident)
    office.get(address)
    with office.uow() as uow:
        people.revoke_role(uow, office.firm_id, office.users["dpo"], "dpo")
    page = text_of(office.get(address, status=403))
    assert "Ez a levél már nem Önnek szól" in page
    assert "FUT-2026" not in page
    assert "Futár" not in page

    answer = office.browser.post(address, headers={"x-csrftoken": office.browser.cookies["csrf"]})
    assert answer.status_code == 403
    assert not office.case(incident).acknowledgements


@pytest.mark.parametrize(
    ("mailbox", "status"), [("Kelemen@futar.example", 200), ("info@futar.example", 200), ("regi@futar.example", 403)]
)
def test_a_mail_to_an_address_counts_while_the_profile_names_it(
    small_office: Office, mailbox: str, status: int
) -> None:
    expires = small_office.clock.now() + timedelta(hours=72)
    said = AckLink(small_office.open_case(), None, mailbox, "opened", expires)
    small_office.get(f"/ack/{sign_ack(small_office.settings.secret_key, said)}", status=status)


def test_an_altered_link_acknowledges_nothing(small_office: Office) -> None:
    incident = small_office.open_case()
    address = link(small_office, incident)
    small_office.get(address[:-3] + "abc", status=401)
    assert not small_office.case(incident).acknowledgements


def test_without_a_form_token_nothing_is_acknowledged(small_office: Office) -> None:
    incident = small_office.open_case()
    assert small_office.browser.post(link(small_office, incident)).status_code == 403
    assert not small_office.case(incident).acknowledgements


def test_the_case_page_acknowledges_with_one_press(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    answer = office.fill_in(f"/incidents/{incident}", {}, action=f"/incidents/{incident}/acknowledge")
    assert answer.status_code == 303
    assert [one.name for one in office.case(incident).acknowledgements] == ["Doktor Dóra"]
