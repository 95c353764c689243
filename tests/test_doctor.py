"""The doctor: looks, changes nothing, and says the way out of everything that is not well."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from incidents.base.i18n import translator
from incidents.base.settings import Settings, load_settings
from incidents.base.time import SystemClock
from incidents.doctor import duties, machine, report, services
from incidents.doctor.findings import Finding, exit_code, fail, note, ok, warn
from incidents.store import health, heartbeat
from incidents.store.engine import create_engine_for
from tests.builders import Town, controller_form
from tests.fakes import FakeClock
from tests.servers import RedisServer, SmtpServer
from tests.towns import empty_town

__all__ = ["empty_town"]


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str, smtp_server: SmtpServer) -> Settings:
    """Everything as it should be."""
    return load_settings(
        {
            "INCIDENTS72_DATA": str(tmp_path),
            "DATABASE_URL": sqlite_url,
            "PUBLIC_URL": "https://incidens.futar.example",
            "MAIL_FROM": "incidens@futar.example",
            "SMTP_URL": smtp_server.url,
        }
    )


@pytest.fixture
def lived(settings: Settings) -> Iterator[Town]:
    """An installation that sweeps, delivers and is backed up."""
    town = Town(settings.database_url, FakeClock())
    with town.uow() as uow:
        for work in ("sweep", "deliver", "backup"):
            heartbeat.beat(uow, work)
    yield town
    town.close()


def said(settings: Settings, town: Town, lang: str = "en") -> tuple[int, list[str]]:
    lines: list[str] = []
    code = report(settings, town.database, town.clock, lines.append, lang)
    return code, lines


def test_a_healthy_installation_ends_with_zero(settings: Settings, lived: Town) -> None:
    code, lines = said(settings, lived)
    assert [line for line in lines if line.startswith(("WARN", "FAIL"))] == []
    assert code == 0


def test_every_finding_that_is_not_well_has_a_way_out_in_both_languages(tmp_path: Path) -> None:
    bare = load_settings({"INCIDENTS72_DATA": str(tmp_path), "SECRET_KEY": "rövid"})
    town = Town(bare.database_url, FakeClock())
    for lang in ("hu", "en"):
        code, lines = said(bare, town, lang)
        assert code == 2
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if line.startswith(("WARN", "FAIL", "note")):
                assert following.startswith("      → "), line
    town.close()


def test_the_grades_become_the_exit_code() -> None:
    assert exit_code([ok("a"), note("b", "c")]) == 0
    assert exit_code([ok("a"), warn("b", "c")]) == 1
    assert exit_code([warn("b", "c"), fail("d", "e")]) == 2


def unattended(town: Town, settings: Settings) -> list[str]:
    """What is said of controllers without people."""
    say = translator("hu")
    found = duties.look(settings, town.database, town.clock)
    return [one.sentence(say) for one in found if one.sentence(say).startswith("címzettek")]


def grades(findings: Iterator[Finding]) -> dict[str, str]:
    """Grade by the first word of what was said."""
    return {one.sentence(translator("en")).partition(":")[0]: one.grade for one in findings}


class TestTheMachine:
    def test_an_address_of_this_machine_or_without_tls_is_a_warning(self, settings: Settings) -> None:
        for address in ("http://127.0.0.1:8072", "http://incidens.futar.example"):
            assert machine.address(replace(settings, public_url=address)).grade == "warn"

    def test_a_key_others_can_read_is_a_warning_and_a_short_one_a_failure(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        assert machine.key(settings).grade == "ok"
        (tmp_path / "secret_key").chmod(0o644)
        assert machine.key(settings).grade == "warn"
        assert machine.key(replace(settings, secret_key="k" * 31)).grade == "fail"

    def test_a_full_disk_is_seen_before_it_is_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for free, grade in ((10 * 1024**3, "ok"), (900 * 1024**2, "warn"), (100 * 1024**2, "fail")):
            usage = type("Usage", (), {"free": free})
            monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, usage=usage: usage)
            assert machine.disk(tmp_path / "not" / "there").grade == grade


class TestTheServices:
    def test_the_database_without_migrations_is_a_failure(self, settings: Settings, tmp_path: Path) -> None:
        file = tmp_path / "ures.db"
        file.touch()
        bare = replace(settings, database_url=f"sqlite:///{file}")
        engine = create_engine_for(bare.database_url)
        found = grades(services.database(bare, engine, SystemClock()))
        engine.dispose()
        assert found == {"database": "ok", "migrations": "fail"}

    def test_a_database_that_does_not_answer_is_a_failure(self, settings: Settings) -> None:
        away = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        engine = create_engine_for(away.database_url)
        assert grades(services.database(away, engine, SystemClock())) == {"database": "fail"}
        assert not services.usable(away, engine)
        engine.dispose()

    def test_the_clocks_of_host_and_database_are_compared(self, empty_town: Town) -> None:
        """The town lives in November 2026 by its own clock, its database by that of the machine."""
        assert abs(health.clock_skew(empty_town.database, SystemClock())) < timedelta(seconds=5)
        if empty_town.is_postgresql:
            assert abs(health.clock_skew(empty_town.database, empty_town.clock)) > timedelta(seconds=0)

    def test_a_mail_server_is_asked_for_everything_but_a_mail(
        self, settings: Settings, smtp_server: SmtpServer
    ) -> None:
        assert services.mail(settings).grade == "ok"
        assert smtp_server.received() == []
        smtp_server.behave("refuse_login")
        assert services.mail(settings).grade == "fail"
        assert services.mail(replace(settings, smtp_url="smtp://127.0.0.1:9")).grade == "fail"
        assert services.mail(replace(settings, smtp_url="")).grade == "fail"

    def test_redis_must_answer_and_forget_nothing(self, settings: Settings, redis_server: RedisServer) -> None:
        from redis import Redis

        apart = replace(settings, redis_url=redis_server.url)
        assert services.broker(apart).grade == "ok"
        with Redis.from_url(redis_server.url) as redis:
            redis.config_set("maxmemory-policy", "allkeys-lru")
            assert services.broker(apart).grade == "warn"
            redis.config_set("maxmemory-policy", "noeviction")
        assert services.broker(replace(settings, redis_url="redis://127.0.0.1:9/0")).grade == "fail"


class TestTheDuties:
    def test_each_kind_of_work_is_missed_by_name(self, empty_town: Town) -> None:
        with empty_town.uow() as uow:
            assert grades(duties.signs_of_life(uow)) == {"sweep": "fail", "deliver": "fail"}
            heartbeat.beat(uow, "sweep")
        empty_town.clock.advance(minutes=3)
        with empty_town.uow() as uow:
            heartbeat.beat(uow, "deliver")
            assert grades(duties.signs_of_life(uow)) == {"sweep": "ok", "deliver": "ok"}
        empty_town.clock.advance(minutes=2)
        with empty_town.uow() as uow:
            assert grades(duties.signs_of_life(uow)) == {"sweep": "fail", "deliver": "ok"}

    def test_a_controller_without_anybody_who_is_warned_is_a_warning(
        self, empty_town: Town, settings: Settings
    ) -> None:
        empty_town.found()
        empty = empty_town.found(controller_form(short_code="ELV"), staff=("auditor", "reporter"))
        assert [name for name in unattended(empty_town, settings) if "ELV" in name]
        empty.employ("dpo")
        assert unattended(empty_town, settings) == []

    def test_an_old_backup_is_a_warning(self, empty_town: Town, settings: Settings) -> None:
        with empty_town.uow() as uow:
            assert duties.backups(settings, uow).grade == "warn"
            heartbeat.beat(uow, "backup")
        empty_town.clock.advance(hours=26)
        with empty_town.uow() as uow:
            assert duties.backups(settings, uow).grade == "ok"
        empty_town.clock.advance(hours=1)
        with empty_town.uow() as uow:
            assert duties.backups(settings, uow).grade == "warn"
            apart = replace(settings, database_url="postgresql+psycopg://x@y/z")
            assert duties.backups(apart, uow).grade == "note"

    def test_calendars_are_asked_for_the_next_year_before_it_begins(self) -> None:
        known = date(2026, 12, 31)
        for day, grade in ((date(2026, 6, 1), "ok"), (date(2026, 11, 22), "note"), (known + timedelta(days=1), "warn")):
            assert next(duties.law(day)).grade == grade

    def test_what_the_law_data_leaves_empty_is_named_and_never_guessed(self) -> None:
        empty = duties.gaps(date(2026, 11, 22))
        assert empty["naih"] == ["epapir_topic", "krid"]
        assert empty["eidas"] == ["email", "phone", "website"]
        assert "gdpr-33" not in empty
