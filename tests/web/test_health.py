from pathlib import Path

from litestar.testing import TestClient

from incidents.base.settings import load_settings
from incidents.store import heartbeat
from incidents.store.engine import create_engine_for
from incidents.store.tables import OutboxMail
from incidents.web.app import create_app
from tests.fakes import FakeClock
from tests.web.office import Office, text_of

STANDS_STILL = "A háttérfolyamatok állnak"


def sweep(office: Office) -> None:
    with office.uow() as uow:
        heartbeat.beat(uow, "sweep")


def metric(office: Office, name: str) -> float | None:
    """The value of a gauge; None when it is left out."""
    lines = office.browser.get("/metrics").text.splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), None)


def test_the_process_says_that_it_lives(small_office: Office) -> None:
    assert small_office.browser.get("/health/live").json() == {"status": "alive"}


def test_it_is_ready_while_a_sweep_was_seen_within_three_minutes(office: Office) -> None:
    assert office.browser.get("/health/ready").status_code == 503
    sweep(office)
    office.clock.advance(minutes=3)
    assert office.browser.get("/health/ready").json() == {"status": "ready", "reasons": []}
    office.clock.advance(seconds=1)
    answer = office.browser.get("/health/ready")
    assert answer.status_code == 503
    assert "no sweep for three minutes" in answer.json()["reasons"][0]


def test_it_is_not_ready_on_a_database_without_its_tables(fake_clock: FakeClock, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ures.db'}"
    engine = create_engine_for(url)
    settings = load_settings({"DATABASE_URL": url, "INCIDENTS72_DATA": str(tmp_path)})
    with TestClient(create_app(settings, engine, fake_clock)) as browser:
        answer = browser.get("/health/ready")
    engine.dispose()
    assert answer.status_code == 503
    assert "incidens72 migrate" in answer.json()["reasons"][0]


def test_the_metrics_tell_clocks_deadline_sweep_and_outbox_but_no_name(office: Office) -> None:
    assert metric(office, "incidens72_running_clocks") == 0
    assert metric(office, "incidens72_minutes_to_nearest_deadline") is None
    assert metric(office, "incidens72_sweep_age_seconds") is None
    office.open_case()
    sweep(office)
    office.clock.advance(hours=2)
    assert metric(office, "incidens72_running_clocks") == 1
    assert metric(office, "incidens72_minutes_to_nearest_deadline") == 70 * 60
    assert metric(office, "incidens72_sweep_age_seconds") == 2 * 3600
    assert metric(office, "incidens72_outbox_dead") == 0
    assert "laptop" not in office.browser.get("/metrics").text


def test_every_page_says_when_warnings_do_not_leave(office: Office) -> None:
    office.sign_in("dpo")
    assert STANDS_STILL in office.get("/account")
    sweep(office)
    text = text_of(office.get("/account"))
    assert STANDS_STILL not in text
    assert "Nincs beállítva levelezőkiszolgáló" in text


def test_every_page_says_when_a_mail_was_given_up(office: Office) -> None:
    office.sign_in("dpo")
    assert "nem sikerült kézbesíteni" not in office.get("/account")
    with office.uow() as uow:
        from sqlalchemy import select

        for mail in uow.session.scalars(select(OutboxMail)):
            mail.state = "dead"
    assert "nem sikerült kézbesíteni" in office.get("/account")
    assert metric(office, "incidens72_outbox_dead") == len(office.users)


def test_a_visitor_is_not_told_how_the_service_stands(small_office: Office) -> None:
    assert STANDS_STILL not in small_office.get("/login")
