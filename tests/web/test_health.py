"""What can be seen from outside: alive, ready, measured; and what every page says when warnings do not leave."""

from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from incidents.base.settings import Settings, load_settings
from incidents.rules.drills import DrillForm
from incidents.steps import drills
from incidents.store import channels, health, heartbeat
from incidents.store.engine import create_engine_for
from incidents.store.tables import OutboxMail
from incidents.web.app import create_app
from incidents.web.health import exposed, refused
from tests.fakes import FakeClock
from tests.web.office import METRICS_TOKEN, Office, text_of

STANDS_STILL = "A háttérfolyamatok állnak"
NOT_SENT = "A levelek küldése áll"
KINDS = ("sweep", "deliver")


def alive(office: Office, *kinds: str) -> None:
    with office.uow() as uow:
        for kind in kinds or KINDS:
            heartbeat.beat(uow, kind)


def metrics(office: Office) -> str:
    answer = office.browser.get("/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    return answer.text


def metric(office: Office, name: str) -> float | None:
    """The value of a gauge; None when it is left out."""
    lines = metrics(office).splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"incidens72_{name} ")), None)


def test_the_process_says_that_it_lives(small_office: Office) -> None:
    assert small_office.browser.get("/health/live").json() == {"status": "alive"}


class TestReady:
    def test_while_a_sweep_and_a_delivery_were_seen_within_three_minutes(self, office: Office) -> None:
        assert office.browser.get("/health/ready").status_code == 503
        alive(office)
        office.clock.advance(minutes=3)
        assert office.browser.get("/health/ready").json() == {"status": "ready", "reasons": []}
        office.clock.advance(seconds=1)
        assert office.browser.get("/health/ready").status_code == 503

    @pytest.mark.parametrize(("kind", "reason"), [("sweep", "no sweep for"), ("deliver", "no delivery for")])
    def test_each_kind_of_work_is_missed_by_name(self, small_office: Office, kind: str, reason: str) -> None:
        alive(small_office)
        small_office.clock.advance(minutes=4)
        alive(small_office, *({*KINDS} - {kind}))
        answer = small_office.browser.get("/health/ready")
        assert answer.status_code == 503
        (said,) = answer.json()["reasons"]
        assert said.startswith(reason)

    def test_not_on_a_database_without_its_tables(self, fake_clock: FakeClock, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'ures.db'}"
        engine = create_engine_for(url)
        settings = load_settings({"DATABASE_URL": url, "INCIDENTS72_DATA": str(tmp_path)})
        with TestClient(create_app(settings, engine, fake_clock)) as browser:
            answer = browser.get("/health/ready")
        engine.dispose()
        assert answer.status_code == 503
        assert "incidens72 migrate" in answer.json()["reasons"][0]


class TestMetrics:
    def test_clocks_deadline_work_and_outbox_but_no_name(self, office: Office) -> None:
        assert metric(office, "overdue_clocks") == 0
        assert metric(office, "minutes_to_nearest_deadline") is None
        assert metric(office, "sweep_age_seconds") is None
        office.open_case()
        alive(office)
        office.clock.advance(hours=2)
        assert metric(office, 'open_clocks{regime="gdpr-33",state="ahead"}') == 1
        assert metric(office, "minutes_to_nearest_deadline") == 70 * 60
        assert metric(office, "sweep_age_seconds") == 2 * 3600
        assert metric(office, "delivery_age_seconds") == 2 * 3600
        assert metric(office, "outbox_oldest_seconds") == 2 * 3600
        assert metric(office, 'outbox_messages{channel="mail",state="queued"}') == len(office.users)
        assert metric(office, "database_up") == 1
        for secret in ("laptop", "Futár", "FUT", str(office.firm_id), "futar.example"):
            assert secret not in metrics(office)

    def test_an_overdue_clock_is_counted_as_such(self, small_office: Office) -> None:
        small_office.open_case()
        small_office.clock.advance(hours=73)
        assert metric(small_office, "overdue_clocks") == 1
        assert metric(small_office, 'open_clocks{regime="gdpr-33",state="overdue"}') == 1
        assert metric(small_office, "minutes_to_nearest_deadline") == -60

    def test_a_drill_counts_nowhere_but_as_a_drill(self, office: Office) -> None:
        with office.uow() as uow:
            drills.start(uow, office.firm_id, DrillForm("laptop", "30"))
        office.clock.advance(hours=1)
        assert metric(office, "drills_running") == 1
        assert metric(office, "overdue_clocks") == 0
        assert metric(office, "minutes_to_nearest_deadline") is None
        assert "open_clocks{" not in metrics(office)

    def test_a_mail_server_that_takes_nothing_is_measured(self, small_office: Office) -> None:
        assert metric(small_office, "mail_server_down_seconds") == 0
        with small_office.uow() as uow:
            channels.note_outage(uow, "no route")
        small_office.clock.advance(minutes=20)
        assert metric(small_office, "mail_server_down_seconds") == 20 * 60

    def test_without_a_database_they_say_just_that(self, fake_clock: FakeClock) -> None:
        engine = create_engine_for("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        assert health.vitals_if_reachable(engine, fake_clock) is None
        engine.dispose()
        text = exposed(fake_clock.now(), None).decode()
        assert "incidens72_database_up 0.0" in text
        assert "incidens72_build_info" in text
        assert "open_clocks" not in text


class TestWhoMayMeasure:
    def settings(self, tmp_path: Path, token: str = "") -> Settings:
        return load_settings({"INCIDENTS72_DATA": str(tmp_path), "METRICS_TOKEN": token})

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
    def test_without_a_token_this_machine(self, tmp_path: Path, host: str) -> None:
        assert refused(self.settings(tmp_path), host, "", forwarded=False) is None

    @pytest.mark.parametrize(("host", "forwarded"), [("10.0.0.7", False), ("127.0.0.1", True), ("testclient", False)])
    def test_without_a_token_nobody_else_nor_through_a_proxy(self, tmp_path: Path, host: str, forwarded: bool) -> None:
        answer = refused(self.settings(tmp_path), host, "", forwarded=forwarded)
        assert answer is not None
        assert answer.status_code == 403

    def test_with_a_token_whoever_brings_it_and_only_they(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path, "titok")
        assert refused(settings, "10.0.0.7", "Bearer titok", forwarded=True) is None
        for wrong in ("", "Bearer", "Bearer más", "titok"):
            answer = refused(settings, "127.0.0.1", wrong, forwarded=False)
            assert answer is not None
            assert answer.status_code == 401

    def test_the_page_itself_asks_for_it(self, small_office: Office) -> None:
        answer = small_office.browser.get("/metrics")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


class TestOnEveryPage:
    def test_when_the_sweep_stands_still(self, office: Office) -> None:
        office.sign_in("dpo")
        assert STANDS_STILL in office.get("/account")
        alive(office)
        text = text_of(office.get("/account"))
        assert STANDS_STILL not in text
        assert "Nincs beállítva levelezőkiszolgáló" in text
        office.clock.advance(minutes=3, seconds=1)
        assert STANDS_STILL in office.get("/account")

    def test_when_only_the_delivery_stands_still(self, small_office: Office) -> None:
        small_office.sign_in("dpo")
        alive(small_office)
        small_office.clock.advance(minutes=4)
        alive(small_office, "sweep")
        text = text_of(small_office.get("/account"))
        assert NOT_SENT in text
        assert STANDS_STILL not in text

    def test_when_the_mail_server_takes_nothing_for_a_quarter_of_an_hour(self, small_office: Office) -> None:
        small_office.sign_in("dpo")
        with small_office.uow() as uow:
            channels.note_outage(uow, "no route")
        small_office.clock.advance(minutes=14)
        assert "nem vesz át leveleket" not in small_office.get("/account")
        small_office.clock.advance(minutes=1)
        assert "nem vesz át leveleket" in small_office.get("/account")

    @pytest.mark.parametrize("state", ["dead", "bounced"])
    def test_when_a_mail_was_given_up_or_came_back(self, office: Office, state: str) -> None:
        office.sign_in("dpo")
        assert "nem sikerült kézbesíteni" not in office.get("/account")
        with office.uow() as uow:
            for mail in uow.session.scalars(select(OutboxMail)):
                mail.state = state
        assert "nem sikerült kézbesíteni" in office.get("/account")
        assert metric(office, f'outbox_messages{{channel="mail",state="{state}"}}') == len(office.users)

    def test_a_visitor_is_not_told_how_the_service_stands(self, small_office: Office) -> None:
        assert STANDS_STILL not in small_office.get("/login")
