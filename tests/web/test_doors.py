"""How people get in, page by page: the second step, the forgotten password, the proof before a dangerous act."""

import re
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import select

from incidents.commands.ways_in import way_in
from incidents.rules.sign_in import FREE_FOR_ACCOUNT
from incidents.steps import controllers, people, sign_in_rules
from incidents.store.tables import ApiKey, Membership, OutboxMail, User
from notifications.mails import compose
from tests.accounts_builders import Authenticator, with_second_step
from tests.web.office import PEOPLE, Office, text_of

PASSWORD = "négy szó egy sorban"
SUDO_ROUTES = {
    "/account/passkeys",
    "/account/passkeys/new",
    "/account/passkeys/remove",
    "/account/sessions",
    "/account/sessions/others",
    "/account/second-step",
    "/account/second-step/codes",
    "/account/second-step/off",
    "/controllers/{controller_id}/people",
    "/controllers/{controller_id}/people/remove",
    "/controllers/{controller_id}/keys",
    "/controllers/{controller_id}/keys/revoke",
    "/controllers/{controller_id}/report-link",
    "/controllers/{controller_id}/webhooks",
    "/controllers/{controller_id}/webhooks/rotate",
    "/controllers/{controller_id}/webhooks/revoke",
    "/controllers/{controller_id}/policy/{ladder}/edit",
    "/controllers/{controller_id}/policy/{ladder}/standard",
    "/controllers/{controller_id}/sign-in",
    "/controllers/{controller_id}/sign-in/reset",
    "/incidents/{incident_id}/lists/{list_id}/erase",
    "/register/export",
    "/register/handout",
}


def posts(office: Office) -> dict[str, HTTPRouteHandler]:
    """Every page that takes a form."""
    return {
        re.sub(r":\w+", "", route.path_format): handler
        for route in office.browser.app.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith(("/api", "/static"))
        for handler in route.route_handlers
        if "POST" in handler.http_methods
    }


def with_password(office: Office, role: str = "dpo") -> dict[str, str]:
    """What a person of the firm types in at the door."""
    with office.uow() as uow:
        uow.session.get_one(User, office.users[role]).password_hash = people.hash_password(PASSWORD)
    return {"email": PEOPLE[role][0], "password": PASSWORD}


def phone_of(office: Office, role: str = "dpo") -> Authenticator:
    with office.uow() as uow:
        phone = with_second_step(uow, office.users[role], office.clock)
    office.clock.advance(minutes=1)
    return phone


def administrator(office: Office, role: str = "dpo") -> None:
    with office.uow() as uow:
        people.grant(uow, office.firm_id, office.users[role], "admin", deputy=False)


def mailed(office: Office, template: str) -> list[str]:
    """The mails of a template as they would be read, the newest last; subject first."""
    with office.uow() as uow:
        rows = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id))
        made = [compose(uow, row, office.settings) for row in rows]
        return [f"{one['Subject']}\n{one.get_body(('plain',)).get_content()}" for one in made]  # type: ignore[union-attr]


def link_in(mail: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+(/\S+)", mail)
    assert found, mail
    return found.group(1)


def test_a_person_sets_the_second_step_up_keeps_the_codes_and_signs_in_with_both(office: Office) -> None:
    typed = with_password(office)
    office.fill_in("/login", typed)
    assert "kikapcsolva" in office.get("/account")
    page = office.get("/account/second-step?next=/register")
    secret = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert secret
    assert "otpauth://totp/incidens72:dpo%40futar.example?secret=" in page
    assert "<svg" in page
    phone = Authenticator(secret.group(1), office.clock)
    wrong = office.fill_in("/account/second-step?next=/register", {"code": "12 34 56"}, "/account/second-step")
    assert wrong.status_code == 422
    assert secret.group(1) in wrong.text, "the program need not be set anew"
    done = office.fill_in("/account/second-step?next=/register", {"code": phone.code()}, "/account/second-step")
    codes = re.findall(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>", done.text)
    assert len(set(codes)) == 10
    assert 'href="/register"' in done.text
    assert not set(codes) & set(re.findall(r"<code>([^<]+)</code>", office.get("/account")))

    office.sign_out()
    led = office.fill_in("/login", typed | {"next": "/register"}).headers["location"]
    assert led == "/login/second?next=/register"
    assert office.browser.get("/register").headers["location"].startswith("/login")
    assert office.browser.get("/login?next=/register").headers["location"] == led
    assert office.fill_in(led, {"code": "000000"}, "/login/second").status_code == 422
    assert office.fill_in(led, {"code": phone.next_code()}, "/login/second").headers["location"] == "/register"
    assert "Bekapcsolta a kétlépcsős bejelentkezést" in office.get("/account")
    assert "Bekapcsolta a kétlépcsős bejelentkezést" in mailed(office, "account_changed")[0]


def test_who_puts_a_demanded_second_step_off_is_reminded_and_then_led_to_nothing_else(small_office: Office) -> None:
    office, typed = small_office, with_password(small_office)
    with office.uow() as uow:
        sign_in_rules.demand(uow, office.firm_id, ["dpo"])
    led = office.fill_in("/login", typed | {"next": "/register"}).headers["location"]
    assert led == "/account/second-step?next=/register"
    assert "Eddig halaszthatja: 2026. november 27." in text_of(office.get(led))
    assert office.browser.get("/register").status_code == 200
    assert "A második lépés kikapcsolása" not in office.get("/account")

    office.sign_out()
    office.clock.advance(days=8)
    led = office.fill_in("/login", typed | {"next": "/register"}).headers["location"]
    assert led == "/login/set-up?next=/register"
    for closed in ("/", "/register", "/account", "/account/second-step"):
        assert office.browser.get(closed).headers["location"].startswith("/login"), closed
    page = office.get(led)
    assert "halaszthatja" not in page
    secret = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert secret
    phone = Authenticator(secret.group(1), office.clock)
    assert office.fill_in(led, {"code": "000000"}, "/login/set-up").status_code == 422
    done = office.fill_in(led, {"code": phone.code()}, "/login/set-up")
    assert "Az Ön helyreállító kódjai" in done.text
    assert office.browser.get("/register").status_code == 200


def test_an_administrator_demands_it_sees_who_has_it_and_helps_a_colleague(office: Office) -> None:
    administrator(office, "manager")
    phone_of(office)
    office.sign_in("manager")
    here = f"/controllers/{office.firm_id}/sign-in"
    assert f'href="{here}"' in office.get(f"/controllers/{office.firm_id}/people")
    assert "Senkinek sem kötelező" in office.get(here)
    office.fill_in(here, {"act": "on"})
    with office.uow() as uow:
        assert list(sign_in_rules.roles_of(uow, office.firm_id)) == ["dpo", "manager", "admin"]
    assert office.fill_in(here, {"user": str(office.users["dpo"])}, f"{here}/reset").status_code == 303
    assert "Egy adminisztrátor törölte" in mailed(office, "account_changed")[-1]
    office.fill_in(here, {"act": "off"})
    assert "Senkinek sem kötelező" in office.get(here)
    office.sign_in("dpo")
    assert office.browser.get(here).status_code == 403


def test_the_first_page_after_a_sign_in_says_when_the_person_was_here_last(office: Office) -> None:
    typed = with_password(office)
    office.fill_in("/login", typed, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    assert "Ez az első bejelentkezése." in office.get("/")
    office.browser.cookies.delete("session")
    office.clock.advance(hours=1)
    office.fill_in("/login", typed | {"password": "elgépeltem valamit"})
    office.fill_in("/login", typed)
    said = text_of(office.get("/"))
    assert "Legutóbb ekkor jelentkezett be: 2026. november 20. 17:50 (Firefox, Windows, hálózati cím:" in said
    assert "Azóta sikertelen próbálkozások: 1." in said
    assert "Legutóbb ekkor" not in office.get("/"), "it is said once"
    assert "Az előző bejelentkezése: 2026. november 20. 17:50" in office.get("/account")


def test_a_forgotten_password_is_replaced_by_mail_and_nobody_learns_who_exists(office: Office) -> None:
    with_password(office)
    known = office.fill_in("/login/password", {"email": PEOPLE["dpo"][0]})
    unknown = office.fill_in("/login/password", {"email": "nincs@futar.example"})
    same = [
        text_of(one.text).replace(mail, "X")
        for one, mail in ((known, PEOPLE["dpo"][0]), (unknown, "nincs@futar.example"))
    ]
    assert same[0] == same[1]
    assert known.status_code == unknown.status_code == 200
    [mail] = mailed(office, "password_link")
    assert "Honnan: testclient" in mail
    assert "60 percig érvényes" in mail
    link = link_in(mail)
    assert "dpo@futar.example" in office.get(link)
    refused = office.fill_in(link, {"password": "Jelszó123456"})
    assert "Ezt a jelszót az elsők között próbálják ki." in refused.text
    assert office.fill_in(link, {"password": "öt másik szó egy sorban"}).headers["location"] == "/"
    assert office.browser.get("/account").status_code == 200
    assert "Ezt a hivatkozást már felhasználták" in office.get(link, 404)


def test_who_is_slowed_down_by_strangers_gets_in_by_mail(office: Office) -> None:
    typed = with_password(office)
    for _ in range(FREE_FOR_ACCOUNT):
        office.fill_in("/login", typed | {"password": "találgatás"})
    waiting = office.fill_in("/login", typed)
    assert waiting.status_code == 429
    form = {"email": typed["email"], "_csrf_token": office.browser.cookies["csrf"]}
    assert "Nézze meg a postafiókját" in office.browser.post("/login/unlock", data=form).text
    link = link_in(mailed(office, "unlock_link")[0])
    assert "Belépek várakozás nélkül" in office.get(link), "opening it uses nothing up: mail programs do that too"
    assert office.fill_in(link, {}).headers["location"] == "/login?done=unlocked"
    assert office.fill_in("/login", typed).headers["location"] == "/"


def test_all_other_sign_ins_are_ended_at_once(office: Office) -> None:
    typed = with_password(office)
    lost = office.fill_in("/login", typed).cookies["session"]
    office.sign_out()
    office.fill_in("/login", typed)
    assert office.fill_in("/account", {}, "/account/sessions/others").headers["location"] == "/account?done=others"
    office.get("/account")
    office.sign_out()
    office.browser.cookies.set("session", lost)
    assert office.browser.get("/account").status_code == 303


def test_who_does_nothing_for_the_set_time_is_signed_out_and_who_works_is_not(small_office: Office) -> None:
    office = small_office
    office.fill_in("/login", with_password(office))
    for _ in range(5):
        office.clock.advance(hours=2)
        assert office.browser.get("/account").status_code == 200
    office.sign_out()
    idle = office.settings.session_idle_minutes
    office.fill_in("/login", with_password(office))
    office.clock.advance(minutes=idle)
    assert office.browser.get("/account").status_code == 303


class TestTheProofBeforeADangerousAct:
    def test_ten_minutes_after_signing_in_it_is_asked_for_and_nothing_typed_is_lost(self, office: Office) -> None:
        administrator(office)
        with_password(office)
        office.sign_in("dpo")
        office.clock.advance(minutes=11)
        here = f"/controllers/{office.firm_id}/people"
        typed = {"name": "Új „Ubul” & Társa", "email": "ubul@futar.example", "role": "handler", "deputy": "on"}
        asked = office.fill_in(here, typed)
        assert asked.status_code == 200
        assert "Ön az?" in asked.text
        csrf = {"_csrf_token": office.browser.cookies["csrf"]}
        kept = {
            name: re.sub(r"&#34;", '"', value).replace("&amp;", "&")
            for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text)
        }
        assert {name: kept[name] for name in typed} == typed
        wrong = office.browser.post(here, data=kept | csrf | {"confirm_secret": "nem ez az"})
        assert wrong.status_code == 422
        assert "Ez sem a jelszava" in wrong.text
        assert kept["name"] in wrong.text.replace("&amp;", "&")
        assert "nem ez az" not in wrong.text
        done = office.browser.post(here, data=kept | csrf | {"confirm_secret": PASSWORD})
        assert done.headers["location"] == f"{here}?done=sent"
        with office.uow() as uow:
            row = uow.session.scalars(select(User).where(User.email == "ubul@futar.example")).one()
            assert uow.session.scalars(select(Membership).where(Membership.user_id == row.id)).one().deputy
        assert (
            office.fill_in(f"/controllers/{office.firm_id}/keys", {"name": "gép", "role": "reporter"}).status_code
            == 200
        )
        with office.uow() as uow:
            assert uow.session.scalars(select(ApiKey)).all(), "for ten minutes nobody is asked again"

    def test_a_code_of_the_telephone_proves_it_too_and_guessing_is_slowed_down(self, office: Office) -> None:
        phone = phone_of(office)
        with_password(office)
        office.sign_in("dpo")
        office.clock.advance(minutes=11)
        csrf = {"_csrf_token": re.search(r'_csrf_token" value="([^"]+)', office.get("/register")).group(1)}  # type: ignore[union-attr]
        asked = {"format": "csv", "year": "2026", **csrf}
        for _ in range(FREE_FOR_ACCOUNT):
            assert office.browser.post("/register/export", data=asked | {"confirm_secret": "x"}).status_code == 422
        code = {"confirm_secret": phone.code()}
        assert office.browser.post("/register/export", data=asked | code).status_code == 429
        office.clock.advance(seconds=30)
        file = office.browser.post("/register/export", data=asked | {"confirm_secret": phone.code()})
        assert "attachment" in file.headers["content-disposition"]

    def test_every_dangerous_act_asks_and_no_other(self, small_office: Office) -> None:
        functions = {path: getattr(handler.fn, "func", handler.fn) for path, handler in posts(small_office).items()}
        asking = {path for path, function in functions.items() if getattr(function, "sudo", False)}
        assert asking == SUDO_ROUTES


def test_no_form_is_taken_without_its_token(small_office: Office) -> None:
    """Every page that takes a form, also those of visitors: signed in as who may do most."""
    administrator(small_office)
    small_office.sign_in("dpo")
    found = posts(small_office)
    own_check = {path for path, handler in found.items() if handler.opt.get("exclude_from_csrf")}
    assert own_check == {"/incidents/{incident_id}/letters"}, "a large file is read bit by bit: see test_letters"
    paths = found.keys() - own_check
    assert len(paths) > 60
    for path in paths:
        address = re.sub(r"\{\w*(id|key)\w*\}", str(small_office.firm_id), path)
        answer = small_office.browser.post(re.sub(r"\{\w+\}", "x", address), data={"a": "b"})
        assert answer.status_code == 403, path
        assert "töltse be újra az oldalt" in text_of(answer.text), path


@pytest.mark.parametrize("target", ["//gonosz.example/", "https://gonosz.example/", "/\\gonosz.example", "gonosz:x"])
def test_no_way_in_leads_to_another_site(small_office: Office, target: str) -> None:
    office, typed = small_office, with_password(small_office)
    assert office.fill_in("/login", typed | {"next": target}).headers["location"] == "/"
    for page in ("/account/second-step", "/login/second", "/login/set-up"):
        answer = office.browser.get(page, params={"next": target})
        assert "gonosz" not in unquote(answer.text), page
        assert "gonosz" not in unquote(answer.headers.get("location", "")).partition("next=")[0], page


def test_the_api_asks_for_no_second_step_and_takes_no_cookie(small_office: Office) -> None:
    with small_office.uow() as uow:
        key = controllers.make_api_key(uow, small_office.firm_id, "gép", "handler")
        sign_in_rules.demand(uow, small_office.firm_id, ["handler"])
    small_office.sign_in("handler")
    assert small_office.browser.get("/api/v1/incidents").status_code == 401
    headers = {"authorization": f"Bearer {key}"}
    assert small_office.browser.get("/api/v1/incidents", headers=headers).status_code == 200


def test_the_operator_at_the_machine_opens_a_way_in_that_needs_no_mail(small_office: Office) -> None:
    office = small_office
    phone_of(office)
    env = {"DATABASE_URL": office.settings.database_url, "INCIDENTS72_DATA": str(office.settings.data_dir)}
    env |= {"SECRET_KEY": "k" * 40, "PUBLIC_URL": "http://127.0.0.1:8072"}
    runner = CliRunner()
    assert "nobody has an account" in runner.invoke(way_in, ["senki@futar.example"], env=env).output
    said = runner.invoke(way_in, ["Dpo@futar.example", "--without-second-step"], env=env).output
    answer = office.fill_in(link_in(said), {"password": "öt másik szó egy sorban"})
    assert answer.headers["location"] == "/"
    assert "kikapcsolva" in office.get("/account")
    assert any("Egy adminisztrátor törölte" in mail for mail in mailed(office, "account_changed"))
