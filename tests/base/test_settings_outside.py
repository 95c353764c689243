"""Settings of what is seen from outside: who may measure, whom to ping, how to log."""

from pathlib import Path

import pytest

from incidents.base.settings import SettingsError, load_settings


def test_by_default_nothing_is_pinged_and_only_this_machine_measures(tmp_path: Path) -> None:
    settings = load_settings({"INCIDENTS72_DATA": str(tmp_path)})
    assert (settings.deadman_url, settings.metrics_token, settings.log_format) == ("", "", "")


def test_the_token_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("titok\n")
    given = {"INCIDENTS72_DATA": str(tmp_path), "METRICS_TOKEN_FILE": str(tmp_path / "token")}
    assert load_settings(given).metrics_token == "titok"


def test_a_log_has_one_of_two_forms(tmp_path: Path) -> None:
    assert load_settings({"INCIDENTS72_DATA": str(tmp_path), "LOG_FORMAT": "json"}).log_format == "json"
    with pytest.raises(SettingsError, match="LOG_FORMAT must be json or console"):
        load_settings({"INCIDENTS72_DATA": str(tmp_path), "LOG_FORMAT": "xml"})
