"""Webhooks: every warning a second way, signed, tried again, given up aloud, and never in the way of a mail."""

import base64
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from incidents.rules.webhooks import KINDS, SHAPES, WebhookForm
from incidents.steps import webhooks
from incidents.store import channels, outbox
from incidents.store.tables import ClockRow, Controller, Event, Incident, OutboxMail, Webhook
from notifications import webhook_bodies
from notifications.webhooks import deliver_webhooks, seal_of
from tests.company import DPO, PUBLIC_URL, Company
from tests.fakes import FakeClock
from tests.hooks import Called, Endpoint, answer, endpoint
from tests.processes import ROOT
from tests.servers import SmtpServer


@pytest.fixture
def company(company: Company) -> Company:
    """The firm on an installation that may call addresses inside the house: here, this machine."""
    company.settings = replace(company.settings, webhooks_private=True)
    return company


@pytest.fixture
def chat() -> Iterator[Endpoint]:
    with endpoint() as here:
        yield here


def _add(company: Company, where: Endpoint, shape: str = "json", kinds: tuple[str, ...] = KINDS) -> tuple[UUID, str]:
    with company.uow() as uow:
        form = WebhookForm("incidenscsatorna", where.url, shape, kinds)
        made, secret = webhooks.add(uow, company.id, form, seal_of(company.settings), private=True)
        return made.id, secret


def _call(company: Company) -> int:
    return deliver_webhooks(company.engine, company.clock, company.settings)


def _warned(company: Company) -> UUID:
    """A new case whose first warning has fired."""
    case = company.open_case(what_happened="Szabó Szilvia laptopja elveszett.")
    company.sweep()
    return case


def _messages(company: Company) -> list[OutboxMail]:
    with company.uow(read_only=True) as uow:
        return list(uow.session.query(OutboxMail).filter(OutboxMail.channel == "webhook").order_by(OutboxMail.id))


def _hook(company: Company, webhook_id: UUID) -> Webhook:
    with company.uow(read_only=True) as uow:
        return uow.session.get_one(Webhook, webhook_id)


def _events(company: Company) -> list[str]:
    with company.uow(read_only=True) as uow:
        return [event.kind for event in uow.session.query(Event) if event.kind.startswith("webhook.")]


def _verified(call: Called, secret: str) -> Any:
    """What any receiver does with the standard's own recipe."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.body
    good = "v1," + base64.b64encode(hmac.new(key, content, sha256).digest()).decode()
    assert good in call.headers["webhook-signature"].split(" ")
    return json.loads(call.body)


def test_a_warning_arrives_signed_and_names_case_duty_and_deadline(company: Company, chat: Endpoint) -> None:
    _, secret = _add(company, chat)
    case = _warned(company)
    assert _call(company) == 1
    said = _verified(chat.calls[0], secret)
    opened = company.case(case)
    assert said["type"] == "incident.warning"
    assert (said["controller"], said["code"], said["drill"]) == ("FUT", "opened", False)
    assert said["headline"] == {"hu": "Új incidens", "en": "New incident"}
    assert said["incident"] == {"reference": opened.incident.reference, "url": f"{PUBLIC_URL}/incidents/{case}"}
    assert (said["clock"]["regime"], said["clock"]["report"]) == ("gdpr-33", "notification")
    assert said["clock"]["duty"]["en"] == "Notification to the supervisory authority (GDPR Art. 33)"
    assert said["clock"]["deadline_at"] == "2026-11-23T16:50:00Z"
    assert (said["clock"]["hours_left"], said["clock"]["provisional"]) == (72.0, True)


@pytest.mark.parametrize("shape", ["json", "teams", "slack"])
def test_no_message_names_a_person_or_says_what_happened(company: Company, chat: Endpoint, shape: str) -> None:
    _add(company, chat, shape)
    _warned(company)
    _call(company)
    body = chat.calls[0].body.decode()
    for word in ("Szilvia", "laptop", "Doktor", "Dóra", "@", "Kelemen"):
        assert word not in body


def test_for_teams_it_is_an_adaptive_card_in_the_language_of_the_firm(company: Company, chat: Endpoint) -> None:
    _add(company, chat, "teams")
    case = _warned(company)
    _call(company)
    [card] = chat.calls[0].json["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["content"]["body"][0]["text"] == "Új incidens"
    facts = {one["title"]: one["value"] for one in card["content"]["body"][2]["facts"]}
    assert facts["Határidő"] == "2026. november 23. 17:50"
    assert facts["Hátralévő idő"] == "72 óra"
    assert card["content"]["actions"][0]["url"] == f"{PUBLIC_URL}/incidents/{case}"


def test_for_slack_it_is_a_text_with_blocks_in_which_no_name_becomes_markup(company: Company, chat: Endpoint) -> None:
    with company.uow() as uow:
        uow.session.get_one(Controller, company.id).short_code = "A<B>&"
    _add(company, chat, "slack")
    _warned(company)
    _call(company)
    said = chat.calls[0].json
    assert said["text"] == "A&lt;B&gt;&amp;: Új incidens"
    assert [block["type"] for block in said["blocks"]] == ["section", "section", "actions"]
    assert said["blocks"][2]["elements"][0]["url"].startswith(PUBLIC_URL)


def test_a_drill_says_so_in_every_shape() -> None:
    now = FakeClock().now()
    incident = Incident(id=UUID(int=1), reference="FUT-2026/0001", is_drill=True)
    clock = ClockRow(regime="gdpr-33", regime_version="2018-05-25", report="notification", anchor_kind="awareness")
    clock.state, clock.deadline_at = "running", now + timedelta(hours=12)
    about = webhook_bodies.About(incident, clock, PUBLIC_URL)
    headline = {"hu": "12 óra van hátra", "en": "12 hours left"}
    drill = webhook_bodies.Message("msg_1", "incident.warning", now, "hu", "FUT", "t60", headline, about)
    plain, teams, slack = (json.loads(webhook_bodies.body(drill, shape)) for shape in SHAPES)
    assert plain["drill"] is True
    assert teams["attachments"][0]["content"]["body"][0]["text"] == "GYAKORLAT – 12 óra van hátra"
    assert slack["text"] == "FUT: GYAKORLAT – 12 óra van hátra"


def test_each_webhook_gets_only_what_it_asked_for(company: Company, fake_clock: FakeClock) -> None:
    with endpoint() as early, endpoint() as late:
        _add(company, early, kinds=("before",))
        _add(company, late, kinds=("overdue",))
        _warned(company)
        fake_clock.advance(hours=73)
        company.sweep()
        _call(company)
        assert {call.json["code"] for call in late.calls} == {"deadline"}
        assert "deadline" not in {call.json["code"] for call in early.calls}
        assert "opened" in {call.json["code"] for call in early.calls}


def test_a_busy_address_is_tried_again_under_the_same_id_with_a_fresh_signature(
    company: Company, fake_clock: FakeClock
) -> None:
    with endpoint(answer(503), answer(204)) as here:
        webhook_id, secret = _add(company, here)
        _warned(company)
        assert [_call(company), _call(company)] == [0, 0]
        assert _hook(company, webhook_id).last_error == "HTTP 503"
        fake_clock.advance(minutes=1)
        assert _call(company) == 1
        first, second = here.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert _verified(second, secret)["clock"]["hours_left"] == 71.98
    hook = _hook(company, webhook_id)
    assert (hook.last_ok_at, hook.last_error) == (fake_clock.now(), "")


def test_what_was_refused_for_good_is_given_up_aloud_until_one_gets_through_again(
    company: Company, fake_clock: FakeClock
) -> None:
    with endpoint(answer(404), answer(204)) as here:
        webhook_id, _ = _add(company, here)
        _warned(company)
        _call(company)
        [message] = _messages(company)
        assert (message.state, message.last_error) == ("dead", "HTTP 404")
        assert _hook(company, webhook_id).failing_since == fake_clock.now()
        fake_clock.advance(hours=2)
        company.sweep()
        _call(company)
        assert _hook(company, webhook_id).failing_since is None
    assert _events(company) == ["webhook.made", "webhook.dead", "webhook.sent"]


def test_who_says_gone_is_never_called_again(company: Company, fake_clock: FakeClock) -> None:
    with endpoint(answer(410)) as here:
        webhook_id, _ = _add(company, here)
        _warned(company)
        _call(company)
        fake_clock.advance(hours=73)
        company.sweep()
        _call(company)
        assert len(here.calls) == 1
    assert _hook(company, webhook_id).revoked_at is not None
    assert "webhook.revoked" in _events(company)


def test_a_revoked_webhook_gets_nothing_more_not_even_what_waited(company: Company, chat: Endpoint) -> None:
    webhook_id, _ = _add(company, chat)
    _warned(company)
    with company.uow() as uow:
        webhooks.revoke(uow, company.id, webhook_id)
    assert _call(company) == 0
    assert chat.calls == []
    assert {message.state for message in _messages(company)} == {"folded"}


def test_while_a_secret_changes_both_sign_and_a_day_later_only_the_new_one(
    company: Company, chat: Endpoint, fake_clock: FakeClock
) -> None:
    webhook_id, old = _add(company, chat)
    with company.uow() as uow:
        _, new = webhooks.rotate(uow, company.id, webhook_id, seal_of(company.settings))
    _warned(company)
    _call(company)
    _verified(chat.calls[0], old)
    _verified(chat.calls[0], new)
    fake_clock.advance(hours=24)
    company.sweep()
    _call(company)
    assert len(chat.calls[-1].headers["webhook-signature"].split(" ")) == 1
    _verified(chat.calls[-1], new)


def test_neither_secret_nor_address_stands_in_the_database(company: Company, chat: Endpoint) -> None:
    webhook_id, secret = _add(company, chat)
    row = _hook(company, webhook_id)
    assert secret.encode() not in row.sealed_secret
    assert b"/hook" not in row.sealed_url
    assert row.shown == chat.url.replace("/hook?for=us", "/…")


def test_a_replaced_key_of_the_installation_still_opens_what_it_sealed(company: Company, chat: Endpoint) -> None:
    _add(company, chat)
    old = company.settings.secret_key
    company.settings = replace(company.settings, secret_key="n" * 40, old_secret_keys=(old,))
    _warned(company)
    assert _call(company) == 1


def test_without_the_key_the_message_is_given_up_and_says_why(company: Company, chat: Endpoint) -> None:
    _add(company, chat)
    company.settings = replace(company.settings, secret_key="n" * 40)
    _warned(company)
    assert _call(company) == 0
    assert "encrypted with a key" in _messages(company)[0].last_error
    assert chat.calls == []


def test_an_address_inside_the_house_is_not_called_unless_the_operator_allows_it(
    company: Company, chat: Endpoint
) -> None:
    _add(company, chat)
    company.settings = replace(company.settings, webhooks_private=False)
    _warned(company)
    assert _call(company) == 0
    assert chat.calls == []
    assert "private network" in _messages(company)[0].last_error


def test_a_slow_address_delays_no_mail_and_no_other_address(
    company: Company, chat: Endpoint, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifications import post

    monkeypatch.setattr(post, "LONGEST_SECONDS", 0.3)
    with endpoint() as slow:
        slow.silent.set()
        _add(company, slow)
        _add(company, chat)
        _warned(company)
        with company.uow() as uow:  # two cases: the slow address has two messages waiting
            assert len(channels.every_webhook(uow)) == 2
        company.open_case()
        company.sweep()
        assert company.deliver() == 4, "mails are another errand"
        assert _call(company) == 2
        assert (len(slow.calls), len(chat.calls)) == (1, 2)


def test_a_run_begins_nothing_new_after_its_minute(company: Company, fake_clock: FakeClock) -> None:
    class Slowly(FakeClock):
        def now(self) -> Any:
            self.advance(seconds=10)
            return super().now()

    with endpoint() as here:
        _add(company, here)
        for _ in range(10):
            company.open_case()
        company.sweep()
        handed = deliver_webhooks(company.engine, Slowly(fake_clock.now()), company.settings)
        assert 0 < handed < 10


def test_a_mail_that_did_not_arrive_is_said_where_somebody_may_still_see_it(
    company: Company, chat: Endpoint, smtp_server: SmtpServer
) -> None:
    _add(company, chat, kinds=("trouble",))
    _warned(company)
    smtp_server.behave("refuse")
    company.deliver()
    assert _call(company) == 1
    said = chat.calls[0].json
    assert said["type"] == "incident.undelivered"
    assert said["headline"]["en"] == "A warning by e-mail did not reach somebody: New incident"
    assert DPO.email not in chat.calls[0].body.decode()


def test_a_mail_server_down_for_a_quarter_of_an_hour_is_said_once(
    company: Company, chat: Endpoint, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    _add(company, chat, kinds=("trouble",))
    _warned(company)
    smtp_server.stop()
    for _ in range(20):
        company.deliver()
        fake_clock.advance(minutes=1)
    _call(company)
    [call] = chat.calls
    assert call.json["type"] == "mail.outage"
    assert call.json["headline"]["hu"].endswith("2026. november 20. 17:50.")
    assert timedelta(minutes=15) <= _messages(company)[0].created_at - (fake_clock.now() - timedelta(minutes=20))


def test_the_example_in_the_documentation_verifies_a_real_message_and_refuses_a_forged_one(
    company: Company, chat: Endpoint
) -> None:
    text = Path(ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    scope: dict[str, Any] = {}
    exec(example, scope)  # noqa: S102  our own documentation
    _, secret = _add(company, chat)
    _warned(company)
    _call(company)
    [call] = chat.calls
    now = int(call.headers["webhook-timestamp"])
    assert scope["verified"](secret, call.headers, call.body, now)["code"] == "opened"
    for broken in (call.body + b" ", call.body.replace(b"opened", b"closed")):
        with pytest.raises(ValueError, match="signature"):
            scope["verified"](secret, call.headers, broken, now)
    with pytest.raises(ValueError, match="old"):
        scope["verified"](secret, call.headers, call.body, now + 301)


def test_a_key_is_queued_once_per_stage_and_webhook(company: Company, chat: Endpoint) -> None:
    _add(company, chat)
    _warned(company)
    company.sweep()
    assert len(_messages(company)) == 1
    assert outbox.MAX_ATTEMPTS == 8
