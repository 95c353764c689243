from sqlalchemy import select

from incidents.steps import people
from incidents.store.people import hashed
from incidents.store.tables import UserSession
from tests.web.office import PEOPLE, Office

PASSWORD = "négy szó egy sorban"


def with_password(office: Office, role: str = "dpo") -> str:
    """Let a person of the firm choose a password through the invitation that was mailed; the address."""
    from incidents.store.tables import OutboxMail

    with office.uow() as uow:
        mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.user_id == office.users[role])).first()
        assert mail is not None
        people.accept_invitation(uow, mail.payload["token"], PASSWORD)
    return PEOPLE[role][0]


def sign_in(office: Office, email: str, password: str = PASSWORD, **fields: str) -> str:
    """Sign in on the page; the new session token."""
    answer = office.fill_in("/login", {"email": email, "password": password, **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.cookies["session"])


def test_each_sign_in_makes_a_new_token_and_only_its_hash_is_kept(office: Office) -> None:
    email = with_password(office)
    first = sign_in(office, email)
    office.sign_out()
    second = sign_in(office, email)
    assert first != second
    with office.uow() as uow:
        stored = set(uow.session.scalars(select(UserSession.token_hash)))
    assert {hashed(first), hashed(second)} <= stored
    assert first not in stored


def test_a_token_chosen_by_somebody_else_is_worth_nothing_after_sign_in(office: Office) -> None:
    email = with_password(office)
    office.browser.cookies.set("session", "attackerchosen")
    token = sign_in(office, email)
    assert token != "attackerchosen"
    office.sign_out()
    office.browser.cookies.set("session", "attackerchosen")
    assert office.browser.get("/account").headers["location"] == "/login?next=/account"


def test_signing_in_again_ends_the_session_the_browser_had(office: Office) -> None:
    email = with_password(office)
    first = sign_in(office, email)
    page = office.browser.get("/login")
    assert page.status_code == 303
    with office.uow() as uow:
        user = people.session_actor(uow, first)
    assert user is not None
    token = office.browser.cookies["csrf"]
    office.browser.post("/login", data={"email": email, "password": PASSWORD, "_csrf_token": token})
    with office.uow() as uow:
        assert people.session_actor(uow, first) is None


def test_signing_out_ends_the_session_on_the_server_too(office: Office) -> None:
    token = sign_in(office, with_password(office))
    assert office.fill_in("/account", {}, "/logout").headers["location"] == "/login?done=out"
    office.sign_out()
    office.browser.cookies.set("session", token)
    assert office.browser.get("/account").status_code == 303


def test_a_session_ends_after_twelve_hours(office: Office) -> None:
    office.sign_in("dpo")
    office.clock.advance(hours=11, minutes=59)
    assert office.browser.get("/account").status_code == 200
    office.clock.advance(minutes=1)
    assert office.browser.get("/account").status_code == 303


def test_who_wanted_a_page_gets_there_after_signing_in(office: Office) -> None:
    email = with_password(office)
    led = office.browser.get("/people?done=saved").headers["location"]
    assert led == "/login?next=/people%3Fdone%3Dsaved"
    page = office.browser.get(led).text
    assert 'name="next" value="/people?done=saved"' in page
    answer = office.fill_in("/login", {"email": email, "password": PASSWORD, "next": "/people?done=saved"})
    assert answer.headers["location"] == "/people?done=saved"


def test_nobody_is_led_to_another_site_after_signing_in(office: Office) -> None:
    email = with_password(office)
    answer = office.fill_in("/login", {"email": email, "password": PASSWORD, "next": "//gonosz.example/"})
    assert answer.headers["location"] == "/"


def test_every_sign_in_is_listed_and_another_one_can_be_ended(office: Office) -> None:
    email = with_password(office)
    lost_phone = sign_in(office, email)
    office.sign_out()
    sign_in(office, email)
    page = office.get("/account")
    assert hashed(lost_phone) in page
    assert "ez a böngésző" in page
    assert office.fill_in("/account", {"session": hashed(lost_phone)}, "/account/sessions").status_code == 303
    with office.uow() as uow:
        assert people.session_actor(uow, lost_phone) is None
    assert office.browser.get("/account").status_code == 200


def test_nobody_can_end_the_session_of_somebody_else(office: Office) -> None:
    token = sign_in(office, with_password(office, "manager"))
    office.sign_in("dpo")
    office.fill_in("/account", {}, "/account/language")
    csrf = office.browser.cookies["csrf"]
    office.browser.post("/account/sessions", data={"session": hashed(token), "_csrf_token": csrf})
    with office.uow() as uow:
        assert people.session_actor(uow, token) is not None


def test_a_deactivated_account_is_out_at_once(office: Office) -> None:
    from incidents.store.tables import User

    office.sign_in("dpo")
    with office.uow() as uow:
        uow.session.get_one(User, office.users["dpo"]).is_active = False
    assert office.browser.get("/account").status_code == 303
