import re
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from incidents.steps import controllers, people
from incidents.store.tables import Event, Membership, OutboxMail, User
from tests.web.office import FIRM, Office, text_of

PAGES = ("", "/processors", "/activities", "/people", "/report-link", "/poster", "/keys")


@pytest.fixture
def office(office: Office) -> Office:
    """The office with its manager signed in, who administers the firm."""
    with office.uow() as uow:
        people.grant(uow, office.firm_id, office.users["manager"], "admin", deputy=False)
    office.sign_in("manager")
    return office


def make_operator(office: Office) -> None:
    with office.uow() as uow:
        uow.session.get_one(User, office.users["manager"]).is_operator = True
    office.sign_in("manager")


def firm(office: Office) -> str:
    return f"/controllers/{office.firm_id}"


def test_the_operator_takes_a_controller_in_and_administers_it(office: Office) -> None:
    make_operator(office)
    profile = {
        "name": "Álláspont Példa Bt.",
        "short_code": "all",
        "email": "info@allaspont.example",
        "dpo_name": "Doktor Dóra",
    }
    answer = office.fill_in("/controllers/new", profile)
    assert re.fullmatch(r"/controllers/[0-9a-f-]{36}/people\?done=created", answer.headers["location"])
    assert "Létrehoztuk." in office.get(answer.headers["location"])
    page = office.get("/controllers")
    assert "Álláspont Példa Bt." in page
    assert "ALL" in page
    assert "Doktor Dóra, adatvédelmi tisztviselő" in page


def test_a_faulty_profile_names_every_field_and_keeps_what_was_typed(office: Office) -> None:
    make_operator(office)
    answer = office.fill_in("/controllers/new", {"seat": "6000 Kecskemét, Kitalált tér 2.", "short_code": "túl hosszú"})
    assert answer.status_code == 422
    for field in ("name", "short_code", "email", "responsible_manager_name"):
        assert f'href="#f-{field}"' in answer.text
        assert f'id="e-{field}"' in answer.text
        assert re.search(rf'id="f-{field}"[^>]*aria-describedby="[^"]*e-{field}"', answer.text)
    assert 'value="6000 Kecskemét, Kitalált tér 2."' in answer.text
    assert 'value="túl hosszú"' in answer.text
    assert "<title>Hiba:" in answer.text


def test_only_the_operator_takes_controllers_in(office: Office) -> None:
    assert "Az Ön szerepköre ezt nem engedi meg." in office.get("/controllers/new", 403)
    token = office.browser.cookies["csrf"]
    assert office.browser.post("/controllers/new", data={"_csrf_token": token}).status_code == 403


def test_a_changed_profile_is_kept_and_the_log_says_what_changed(office: Office) -> None:
    answer = office.fill_in(firm(office), {"seat": "1111 Budapest, Új utca 2.", "is_public_body": "on"})
    assert answer.headers["location"] == f"{firm(office)}?done=saved"
    page = office.get(firm(office))
    assert "1111 Budapest, Új utca 2." in page
    with office.uow() as uow:
        event = uow.session.scalars(select(Event).where(Event.kind == "controller.updated")).one()
    assert event.data["changes"]["seat"] == {"old": "1111 Budapest, Minta utca 1.", "new": "1111 Budapest, Új utca 2."}
    assert event.actor == "Kelemen Katalin"


def test_processors_are_listed_with_task_country_and_safeguard_and_can_be_removed(office: Office) -> None:
    path = f"{firm(office)}/processors"
    first = {"processors[0].name": "Felhő Példa Inc.", "processors[0].task": "tárhely", "processors[0].country": "us"}
    office.fill_in(path, first | {"processors[0].safeguard": "általános szerződési feltételek"})
    office.fill_in(path, {"processors[1].name": "Bér Példa Kft.", "processors[1].country": ""})
    with office.uow() as uow:
        kept = [(row.name, row.task, row.country) for row in controllers.processors(uow, office.firm_id)]
    assert kept == [("Bér Példa Kft.", "", "HU"), ("Felhő Példa Inc.", "tárhely", "US")]
    office.fill_in(path, {"processors[0].remove": "on"})
    with office.uow() as uow:
        assert [row.name for row in controllers.processors(uow, office.firm_id)] == ["Felhő Példa Inc."]


def test_a_processor_without_a_name_is_pointed_out_where_it_stands(office: Office) -> None:
    path = f"{firm(office)}/processors"
    office.fill_in(path, {"processors[0].name": "Felhő Példa Inc."})
    answer = office.fill_in(path, {"processors[1].task": "bérszámfejtés"})
    assert answer.status_code == 422
    assert 'href="#f-processors[1].name"' in answer.text
    assert 'value="bérszámfejtés"' in answer.text
    assert 'value="Felhő Példa Inc."' in answer.text


def test_an_activity_keeps_its_kinds_of_data_and_people(office: Office) -> None:
    path = f"{firm(office)}/activities"
    typed: dict[str, str | list[str]] = {
        "activities[0].name": "Munkaerő-felvétel",
        "activities[0].data_categories": ["health", "cv_application"],
        "activities[0].subject_categories": ["job_seekers"],
    }
    assert office.fill_in(path, typed).status_code == 303
    with office.uow() as uow:
        (row,) = controllers.activities(uow, office.firm_id)
    assert (row.name, row.data_categories, row.subject_categories) == (
        "Munkaerő-felvétel",
        ["health", "cv_application"],
        ["job_seekers"],
    )
    page = office.get(path)
    assert re.search(r'name="activities\[0\].data_categories" value="health" checked', page)
    office.sign_in("auditor")
    assert "egészségügyi adat" in office.get(path)


def test_a_new_person_gets_a_role_as_deputy_and_a_mail_to_come_in(office: Office) -> None:
    path = f"{firm(office)}/people"
    person = {"name": "Helyettes Hedvig", "email": "hedvig@futar.example", "role": "dpo", "deputy": "on"}
    assert office.fill_in(path, person).headers["location"] == f"{path}?done=sent"
    text = text_of(office.get(path))
    assert "Helyettes Hedvig meghívva hedvig@futar.example adatvédelmi tisztviselő helyettes" in text
    with office.uow() as uow:
        mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "hedvig@futar.example")).one()
    assert mail.template == "invite"


def test_a_role_without_a_person_is_refused_and_what_was_typed_stays(office: Office) -> None:
    answer = office.fill_in(f"{firm(office)}/people", {"name": "Helyettes Hedvig", "email": "hedvig"})
    assert answer.status_code == 422
    assert 'value="Helyettes Hedvig"' in answer.text
    assert "Teljes e-mail-címet adjon meg" in answer.text
    assert "Válasszon szerepkört." in answer.text


def test_a_role_is_taken_away_but_never_from_the_last_administrator(office: Office) -> None:
    path = f"{firm(office)}/people"
    office.get(path)
    send = {"_csrf_token": office.browser.cookies["csrf"], "user": str(office.users["auditor"]), "role": "auditor"}
    assert office.browser.post(f"{path}/remove", data=send).headers["location"] == f"{path}?done=removed"
    last = send | {"user": str(office.users["manager"]), "role": "admin"}
    answer = office.browser.post(f"{path}/remove", data=last)
    assert answer.status_code == 409
    assert "Az utolsó adminisztrátort nem lehet eltávolítani." in answer.text
    with office.uow() as uow:
        left = {row.role for row in uow.session.scalars(select(Membership))}
    assert left == {"reporter", "handler", "dpo", "manager", "admin"}


def test_the_report_link_is_shown_with_a_qr_code_and_as_a_poster(office: Office) -> None:
    address = f"{office.settings.public_url}{office.report_link()}"
    for page in ("report-link", "poster"):
        html = office.get(f"{firm(office)}/{page}")
        assert address in html
        assert "<svg" in html
    text = text_of(office.get(f"{firm(office)}/poster"))
    assert "Adatvédelmi incidens? Jelentse be itt, azonnal!" in text
    file = office.browser.get(f"{firm(office)}/report-link.svg")
    assert file.headers["content-type"].startswith("image/svg+xml")
    assert file.headers["content-disposition"] == 'attachment; filename="incidens72-FUT.svg"'


def test_a_new_report_link_makes_the_old_one_useless(office: Office) -> None:
    old = office.report_link()
    path = f"{firm(office)}/report-link"
    assert office.fill_in(path, {}).headers["location"] == f"{path}?done=renewed"
    assert office.report_link() != old
    office.sign_out()
    assert office.browser.get(old).status_code == 404


def test_a_key_is_shown_once_and_can_be_revoked(office: Office) -> None:
    path = f"{firm(office)}/keys"
    page = office.fill_in(path, {"name": "hibabejelentő", "role": "handler"})
    found = re.search(r"i72_[\w-]{40,}", page.text)
    assert found
    with office.uow() as uow:
        (key,) = controllers.api_keys(uow, office.firm_id)
        actor = controllers.key_actor(uow, found.group())
    assert actor is not None
    assert found.group() not in office.get(path)
    assert "hibabejelentő" in office.get(path)
    assert office.fill_in(path, {"key": str(key.id)}, f"{path}/revoke").status_code == 303
    with office.uow() as uow:
        assert controllers.key_actor(uow, found.group()) is None


def test_a_key_needs_a_name_and_a_role(office: Office) -> None:
    answer = office.fill_in(f"{firm(office)}/keys", {})
    assert answer.status_code == 422
    assert 'href="#f-name"' in answer.text
    assert 'href="#f-role"' in answer.text


def test_another_controller_looks_like_one_that_does_not_exist(office: Office) -> None:
    with office.uow() as uow:
        other = controllers.create_controller(uow, replace(FIRM, name="Másik Példa Zrt.", short_code="MAS")).id
    nowhere = UUID(int=0)
    for page in PAGES:
        one = office.browser.get(f"/controllers/{other}{page}")
        none = office.browser.get(f"/controllers/{nowhere}{page}")
        assert one.status_code == none.status_code in {403, 404}, page
        own = [(str(other), one.headers["x-request-id"]), (str(nowhere), none.headers["x-request-id"])]
        strip = [
            answer.text.replace(key, "").replace(number, "")
            for answer, (key, number) in zip((one, none), own, strict=True)
        ]
        assert strip[0] == strip[1], page
        assert "Másik Példa" not in one.text
    assert "Másik Példa" not in office.get("/controllers")


def test_who_does_not_manage_may_look_but_not_touch(office: Office) -> None:
    office.sign_in("dpo")
    page = office.get(firm(office))
    assert "Futár Példa Kft." in page
    assert "<input id=" not in page
    office.get(f"{firm(office)}/keys", 403)
    form = {"_csrf_token": office.browser.cookies["csrf"], "name": "Átírt Példa Kft."}
    for page in ("", "/processors", "/activities", "/people", "/report-link", "/keys"):
        assert office.browser.post(f"{firm(office)}{page}", data=form).status_code == 403, page


def test_who_may_only_report_sees_no_profile(office: Office) -> None:
    office.sign_in("reporter")
    office.get(firm(office), 403)
