import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from incidents.base.settings import load_settings
from incidents.store.engine import create_engine_for
from incidents.web.app import create_app
from incidents.web.rendering import TEMPLATES
from incidents.web.security import MOST_BYTES, safe_next
from tests.fakes import FakeClock
from tests.web.office import Office, text_of

OPEN_TO_ALL = {
    "/ack/{token}",
    "/calendar/{name}",
    "/invite/{token}",
    "/language/{language}",
    "/login",
    "/login/passkey",
    "/login/passkey/options",
    "/login/password",
    "/login/outside",
    "/login/outside/back",
    "/login/second",
    "/login/set-up",
    "/login/unlock",
    "/logout",
    "/mailbox",
    "/mailbox/{key}",
    "/mailbox/{key}/html",
    "/password/{token}",
    "/r/{token}",
    "/r/{token}/receipt/{receipt}",
    "/setup/{token}",
    "/unlock/{token}",
}


@pytest.mark.parametrize("path", ["/login", "/nincs-ilyen", "/people", "/static/app.css", "/health/live"])
def test_every_answer_forbids_foreign_scripts_frames_and_guessing_of_types(small_office: Office, path: str) -> None:
    headers = small_office.browser.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_never_kept_by_browsers_but_static_files_are(small_office: Office) -> None:
    assert small_office.browser.get("/login").headers["cache-control"] == "no-store"
    assert "immutable" in small_office.browser.get("/static/app.css").headers["cache-control"]
    assert "set-cookie" not in small_office.browser.get("/static/app.css").headers


def test_over_tls_cookies_are_bound_to_the_host_and_browsers_told_to_stay(
    sqlite_url: str, fake_clock: FakeClock, tmp_path: Path
) -> None:
    settings = load_settings(
        {"DATABASE_URL": sqlite_url, "INCIDENTS72_DATA": str(tmp_path), "PUBLIC_URL": "https://incidens.example"}
    )
    engine = create_engine_for(sqlite_url)
    with TestClient(create_app(settings, engine, fake_clock), base_url="https://incidens.example") as browser:
        answer = browser.get("/login")
        token = browser.cookies["__Host-csrf"]
        spoken = browser.post("/language/en", data={"_csrf_token": token}, follow_redirects=False)
        left = browser.post("/logout", data={"_csrf_token": token}, follow_redirects=False)
    engine.dispose()
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    for said in (cookie, spoken.headers["set-cookie"]):
        assert "Secure" in said
        assert "HttpOnly" in said
    assert spoken.headers["set-cookie"].startswith("__Host-lang=en")
    assert left.headers["clear-site-data"] == '"cache", "storage"'


def test_a_form_without_its_token_is_refused_and_the_way_out_is_said(small_office: Office) -> None:
    answer = small_office.browser.post("/login", data={"email": "dpo@futar.example", "password": "mindegy"})
    assert answer.status_code == 403
    assert "töltse be újra az oldalt" in text_of(answer.text)


def test_a_spoilt_token_cookie_is_thrown_away_so_that_the_next_page_works(small_office: Office) -> None:
    small_office.browser.cookies.set("csrf", "elrontva")
    answer = small_office.browser.post("/login", data={"_csrf_token": "elrontva", "email": "a@b.hu", "password": "x"})
    assert answer.status_code == 403
    assert 'csrf=""' in answer.headers["set-cookie"] or "csrf=;" in answer.headers["set-cookie"]
    small_office.sign_out()
    assert small_office.fill_in("/login", {"email": "a@b.hu", "password": "x"}).status_code == 422


def test_a_call_of_the_api_needs_no_form_token(small_office: Office) -> None:
    assert small_office.browser.post("/api/v1/nincs-ilyen", json={}).status_code in {404, 405}


def test_guessing_is_slowed_down_by_address_and_goes_on_after_a_minute(small_office: Office) -> None:
    small_office.get("/setup/talalgatas")
    form = {"_csrf_token": small_office.browser.cookies["csrf"], "email": "a@b.hu", "name": "A", "password": "x"}
    answers = [small_office.browser.post("/setup/talalgatas", data=form) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [404] * 20 + [429]
    assert answers[-1].headers["retry-after"] == "60"
    assert "Túl sok próbálkozás" in answers[-1].text
    small_office.clock.advance(minutes=1)
    assert small_office.browser.post("/setup/talalgatas", data=form).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/login/passkey",
        "/login/passkey/options",
        "/account/passkeys/options",
        "/account/passkeys/proof",
        "/login/password",
        "/login/second",
        "/login/set-up",
        "/login/unlock",
        "/password/{token}",
        "/unlock/{token}",
        "/setup/{token}",
        "/invite/{token}",
        "/r/{token}",
        "/account/password",
    ],
)
def test_whatever_can_be_guessed_or_flooded_is_throttled(small_office: Office, path: str) -> None:
    posts = [
        handler for at, handler in _pages(small_office.browser.app) if at == path and "POST" in handler.http_methods
    ]
    assert [handler for handler in posts if not handler.guards] == []
    assert posts


def test_a_body_larger_than_any_form_is_refused(small_office: Office) -> None:
    answer = small_office.browser.post("/login", data={"email": "x" * (MOST_BYTES + 1)})
    assert answer.status_code == 413
    assert "Túl sok adat" in answer.text


def _pages(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    """Every page of the application with its address; API, static files and health are no pages."""
    return [
        (re.sub(r":\w+", "", route.path_format.replace("{", "{")), handler)
        for route in app.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith(("/api", "/static", "/health", "/metrics"))
        for handler in route.route_handlers
        if handler.http_methods & {"GET", "POST"}
    ]


def test_only_the_named_pages_are_open_to_everybody(small_office: Office) -> None:
    public = {path for path, handler in _pages(small_office.browser.app) if handler.opt.get("public")}
    assert public <= OPEN_TO_ALL


def test_every_other_page_sends_a_visitor_to_sign_in(small_office: Office) -> None:
    closed = {path for path, handler in _pages(small_office.browser.app) if not handler.opt.get("public")}
    assert {"/", "/account", "/controllers", "/people"} <= closed
    for path in closed:
        address = re.sub(r"\{\w*(id|key)\w*\}", str(small_office.firm_id), path)
        answer = small_office.browser.get(re.sub(r"\{\w+\}", "x", address))
        led = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        assert led or answer.status_code == 405, path


@given(st.text(max_size=40))
def test_after_signing_in_nobody_is_led_to_another_site(text: str) -> None:
    for target in (text, f"/{text}", f"//{text}"):
        found = safe_next(target)
        assert found.startswith("/")
        assert not found.startswith(("//", "/\\"))
        assert not re.search(r"[\x00-\x1f\\]", found)


def test_a_page_of_this_service_is_a_good_place_to_go_on_to() -> None:
    assert safe_next("/register?year=2026") == "/register?year=2026"
    assert safe_next("https://gonosz.example/") == "/"
    assert safe_next(None) == "/"


@pytest.mark.parametrize("template", [*sorted((TEMPLATES / "pages").glob("*.html")), TEMPLATES / "base.html"])
def test_no_template_carries_script_or_style_inside(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"""\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|javascript:""", text)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)
