from sqlalchemy import delete, select

from incidents.steps import people
from incidents.store.tables import Membership, OneTimeLink, OutboxMail, User
from tests.web.office import PEOPLE, Office, text_of

PASSWORD = "négy szó egy sorban"


def invitation(office: Office, role: str = "dpo") -> str:
    """The token in the invitation mail of a person of the firm."""
    with office.uow() as uow:
        mails = uow.session.scalars(select(OutboxMail).where(OutboxMail.user_id == office.users[role])).all()
    return str(mails[-1].payload["token"])


def empty(office: Office) -> str:
    """Make the installation as new, without any account; the token of its set-up link."""
    with office.uow() as uow:
        for table in (OutboxMail, OneTimeLink, Membership, User):
            uow.session.execute(delete(table))
        token = people.create_setup_link(uow)
    assert token is not None
    return token


def test_an_invited_person_chooses_a_password_and_is_in(office: Office) -> None:
    path = f"/invite/{invitation(office)}"
    assert "dpo@futar.example" in office.get(path)
    assert office.fill_in(path, {"password": PASSWORD}).headers["location"] == "/"
    assert "Doktor Dóra" in office.get("/account")


def test_a_short_password_is_refused_with_its_rule_and_the_invitation_stays_good(office: Office) -> None:
    path = f"/invite/{invitation(office)}"
    answer = office.fill_in(path, {"password": "rövid"})
    assert answer.status_code == 422
    assert "legalább 12 karakterből" in answer.text
    assert 'href="#f-password"' in answer.text
    assert "rövid" not in answer.text
    assert office.fill_in(path, {"password": PASSWORD}).status_code == 303


def test_an_invitation_works_once_and_says_so_afterwards(office: Office) -> None:
    path = f"/invite/{invitation(office)}"
    office.fill_in(path, {"password": PASSWORD})
    office.sign_out()
    assert "Ezt a meghívót már felhasználták, vagy lejárt." in office.get(path, 404)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(office: Office) -> None:
    with office.uow() as uow:
        people.accept_invitation(uow, invitation(office), PASSWORD)
    known = office.fill_in("/login", {"email": "dpo@futar.example", "password": "nem ez a jelszó"})
    unknown = office.fill_in("/login", {"email": "senki@futar.example", "password": "nem ez a jelszó"})
    assert known.status_code == unknown.status_code == 422
    assert "Az e-mail-cím vagy a jelszó nem helyes." in known.text
    assert text_of(known.text) == text_of(unknown.text)
    assert 'value="dpo@futar.example"' in known.text
    assert "nem ez a jelszó" not in known.text


def test_five_wrong_passwords_make_everybody_wait_and_the_page_says_how_long(office: Office) -> None:
    with office.uow() as uow:
        people.accept_invitation(uow, invitation(office), PASSWORD)
    for _ in range(5):
        office.fill_in("/login", {"email": "dpo@futar.example", "password": "találgatás"})
    answer = office.fill_in("/login", {"email": "dpo@futar.example", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Kérjük, várjon 1 percet" in answer.text
    assert "Nem kell várnia: egy e-mailben kapott hivatkozással azonnal beléphet." in text_of(answer.text)
    office.clock.advance(minutes=1)
    assert office.fill_in("/login", {"email": "dpo@futar.example", "password": PASSWORD}).status_code == 303


def test_the_first_account_is_made_by_the_set_up_link_and_only_once(office: Office) -> None:
    path = f"/setup/{empty(office)}"
    assert "Még senkinek sincs fiókja" in office.get("/login")
    wrong = office.fill_in(path, {"name": "Üzemeltető Ubul", "email": "ubul", "password": PASSWORD})
    assert wrong.status_code == 422
    assert 'value="Üzemeltető Ubul"' in wrong.text
    assert "Teljes e-mail-címet adjon meg" in wrong.text
    right = {"name": "Üzemeltető Ubul", "email": "ubul@futar.example", "password": PASSWORD}
    assert office.fill_in(path, right).headers["location"] == "/controllers"
    assert "Új adatkezelő" in office.get("/controllers")
    office.sign_out()
    again = office.fill_in(path, right)
    assert again.status_code == 404
    assert "Ezt a beállító hivatkozást már felhasználták, vagy lejárt." in again.text


def test_a_new_password_ends_the_other_sign_ins(office: Office) -> None:
    with office.uow() as uow:
        people.accept_invitation(uow, invitation(office), PASSWORD)
    office.sign_in("dpo")
    elsewhere = office.browser.cookies["session"]
    office.sign_in("dpo")
    wrong = office.fill_in(
        "/account", {"old_password": "nem ez", "new_password": "öt másik szó egy sorban"}, "/account/password"
    )
    assert wrong.status_code == 422
    assert "A jelenlegi jelszó nem helyes." in wrong.text
    short = office.fill_in("/account", {"old_password": PASSWORD, "new_password": "rövid"}, "/account/password")
    assert 'href="#f-new_password"' in short.text
    right = {"old_password": PASSWORD, "new_password": "öt másik szó egy sorban"}
    assert office.fill_in("/account", right, "/account/password").headers["location"] == "/account?done=password"
    assert "A jelszava megváltozott." in office.get("/account?done=password")
    with office.uow() as uow:
        assert people.session_actor(uow, elsewhere) is None


def test_a_person_chooses_english_for_pages_and_mails(office: Office) -> None:
    office.sign_in("dpo")
    assert "Saját fiók" in office.get("/account")
    office.fill_in("/account", {"language": "en"}, "/account/language")
    assert "Your account" in office.get("/account")
    with office.uow() as uow:
        assert uow.session.get_one(User, office.users["dpo"]).language == "en"


def test_a_visitor_may_switch_the_language_and_stays_on_the_page(office: Office) -> None:
    assert office.browser.get("/language/en").status_code == 405, "a link changes nothing"
    assert office.fill_in("/login", {}, "/language/en").headers["location"] == "/login"
    page = office.get("/login")
    assert '<html lang="en">' in page
    assert "Sign in" in page
    csrf = {"_csrf_token": office.browser.cookies["csrf"]}
    led = office.browser.post("/language/xx", data=csrf | {"next": "//gonosz.example"}).headers["location"]
    assert led == "/"
    assert '<html lang="hu">' in office.get("/login")


def test_who_manages_a_controller_sees_its_people_on_one_page(office: Office) -> None:
    with office.uow() as uow:
        people.grant(uow, office.firm_id, office.users["manager"], "admin", deputy=False)
    office.sign_in("manager")
    text = text_of(office.get("/people"))
    assert "Futár Példa Kft." in text
    assert "Kelemen Katalin – adminisztrátor és vezető" in text
    assert all(name in text for _, name in PEOPLE.values())


def test_who_manages_nothing_sees_nobody(office: Office) -> None:
    office.sign_in("auditor")
    assert "Ön egyetlen adatkezelőt sem kezel." in office.get("/people")
