"""The environment is read once; what cannot work is refused with the name of the variable."""

import stat
from pathlib import Path

import pytest

from incidents.base.settings import Settings, SettingsError, load_settings

POSTGRES = "postgresql+psycopg://incidens72@db/incidens72"


def load(tmp_path: Path, **env: str) -> Settings:
    return load_settings({"INCIDENTS72_DATA": str(tmp_path), **env})


def test_without_any_setting_it_is_embedded_on_sqlite(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.embedded
    assert settings.sqlite
    assert settings.public_url == "http://127.0.0.1:8072"
    assert not settings.secure_cookies
    assert not settings.demo


def test_two_addresses_make_it_grown_up(tmp_path: Path) -> None:
    settings = load(tmp_path, DATABASE_URL=POSTGRES, REDIS_URL="redis://redis/0", PUBLIC_URL="https://x.example/")
    assert not settings.embedded
    assert not settings.sqlite
    assert settings.secure_cookies
    assert settings.public_url == "https://x.example"


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text(POSTGRES + "\n", encoding="utf-8")
    assert load(tmp_path, DATABASE_URL_FILE=str(secret)).database_url == POSTGRES


def test_the_key_made_at_first_use_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = load(tmp_path).secret_key
    assert load(tmp_path).secret_key == first
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"DATABASE_URL": "mysql://db/x"}, "DATABASE_URL"),
        ({"DATABASE_URL_FILE": "/nowhere/secret"}, "DATABASE_URL_FILE"),
        ({"REDIS_URL": "redis://redis/0"}, "DATABASE_URL"),
        ({"SWEEP_SECONDS": "often"}, "SWEEP_SECONDS"),
        ({"DELIVER_SECONDS": "3600"}, "DELIVER_SECONDS"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load(tmp_path, **env)
