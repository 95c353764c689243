"""The page of webhooks: added with a secret shown once, tried out, given a new secret, revoked."""

import re

import pytest

from incidents.steps import people
from incidents.store.tables import Webhook
from notifications.webhooks import deliver_webhooks
from tests.fakes import FakeClock
from tests.hooks import answer, endpoint
from tests.web.office import Office, text_of


@pytest.fixture
def page(small_office: Office) -> str:
    """The address of the page, with the manager signed in as administrator."""
    with small_office.uow() as uow:
        people.grant(uow, small_office.firm_id, small_office.users["manager"], "admin", deputy=False)
    small_office.sign_in("manager")
    return f"/controllers/{small_office.firm_id}/webhooks"


def _add(office: Office, page: str, **fields: str | list[str]) -> str:
    given: dict[str, str | list[str]] = {"name": "incidenscsatorna", "url": "https://chat.example/T0/geheim"}
    answered = office.fill_in(page, {**given, **fields})
    assert answered.status_code in {200, 409, 422}, answered.status_code
    return answered.text


def _secret(html: str) -> str:
    [found] = re.findall(r"whsec_[\w+/=]+", html)
    return str(found)


def test_the_secret_is_shown_once_and_the_address_never(small_office: Office, page: str) -> None:
    shown = _add(small_office, page)
    secret = _secret(shown)
    again = small_office.get(page)
    assert secret not in again
    assert "geheim" not in again
    assert "https://chat.example/…" in text_of(again)
    assert "még nincs kipróbálva" in text_of(again)


@pytest.mark.parametrize(
    ("url", "says"),
    [("http://chat.example/x", "TLS nélkül útközben bárki"), ("chat.example", "Teljes, https:// kezdetű címet")],
)
def test_an_address_that_cannot_be_used_is_explained_and_nothing_typed_is_lost(
    small_office: Office, page: str, url: str, says: str
) -> None:
    shown = _add(small_office, page, url=url, shape="slack")
    assert says in text_of(shown)
    assert 'value="incidenscsatorna"' in shown
    assert re.search(r'value="slack" checked', shown)


def test_a_test_message_takes_the_way_of_every_warning_and_its_result_is_seen(
    small_office: Office, page: str, fake_clock: FakeClock
) -> None:
    from dataclasses import replace

    private = small_office.settings = replace(small_office.settings, webhooks_private=True)
    small_office.browser.app.state.settings = private
    with endpoint(answer(500), answer(204)) as here:
        _add(small_office, page, url=here.url)
        for _ in range(2):  # pressed twice, one message waits
            assert small_office.fill_in(page, _button(small_office), f"{page}/ping").status_code == 303
        deliver_webhooks(small_office.engine, fake_clock, private)
        assert "HTTP 500" in text_of(small_office.get(page))
        fake_clock.advance(minutes=1)
        deliver_webhooks(small_office.engine, fake_clock, private)
        assert [call.json["type"] for call in here.calls] == ["ping", "ping"]
    assert "Próbaüzenet: ide érkeznek majd a riasztások." in text_of(small_office.get(page))
    shown = text_of(small_office.get(page))
    assert "kézbesítve" in shown
    assert "működik" in shown


def _button(office: Office) -> dict[str, str | list[str]]:
    """What the buttons of the one webhook send."""
    with office.uow() as uow:
        return {"webhook": str(uow.session.query(Webhook).one().id)}


def test_a_new_secret_is_another_and_says_until_when_the_old_one_signs(small_office: Office, page: str) -> None:
    first = _secret(_add(small_office, page))
    shown = small_office.fill_in(page, _button(small_office), f"{page}/rotate").text
    assert _secret(shown) != first
    assert "2026. november 21. 17:50" in text_of(shown)


def test_a_revoked_webhook_is_gone(small_office: Office, page: str) -> None:
    _add(small_office, page)
    assert small_office.fill_in(page, _button(small_office), f"{page}/revoke").status_code == 303
    assert "Még nincs webhook." in text_of(small_office.get(page))


def test_ten_are_enough(small_office: Office, page: str) -> None:
    for _ in range(10):
        _add(small_office, page)
    assert "Már tíz webhook van" in text_of(_add(small_office, page))


@pytest.mark.parametrize("role", ["dpo", "handler", "auditor", "reporter"])
def test_only_who_manages_the_firm_sees_its_webhooks(small_office: Office, role: str) -> None:
    small_office.sign_in(role)
    small_office.get(f"/controllers/{small_office.firm_id}/webhooks", status=403)


def test_a_webhook_of_another_firm_cannot_be_touched(small_office: Office, page: str) -> None:
    _add(small_office, page)
    other = small_office.another_firm()
    with small_office.uow() as uow:
        people.grant(uow, other, small_office.users["manager"], "admin", deputy=False)
    there = f"/controllers/{other}/webhooks"
    small_office.sign_in("manager")
    for act in ("ping", "rotate", "revoke"):
        refused = small_office.fill_in(there, _button(small_office), there, to=f"{there}/{act}")
        assert refused.status_code == 404


def test_a_message_given_up_raises_a_banner_until_one_gets_through(
    small_office: Office, page: str, fake_clock: FakeClock
) -> None:
    from dataclasses import replace

    from incidents.steps import escalate

    private = replace(small_office.settings, webhooks_private=True)
    small_office.browser.app.state.settings = private
    banner = "Egy webhook nem érhető el"
    with endpoint(answer(404), answer(204)) as here:
        _add(small_office, page, url=here.url)
        for shown in (True, False):
            small_office.open_case()
            escalate.sweep(small_office.engine, fake_clock)
            deliver_webhooks(small_office.engine, fake_clock, private)
            assert (banner in text_of(small_office.get("/controllers"))) is shown
