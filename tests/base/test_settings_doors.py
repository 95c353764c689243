"""The settings of how people get in; what cannot work is refused with the name of the variable."""

from pathlib import Path

import pytest

from incidents.base.settings import SettingsError, load_settings

WHOLE = {"OIDC_ISSUER": "https://belepo.example", "OIDC_CLIENT_ID": "incidens72", "OIDC_CLIENT_SECRET": "titok"}


def test_a_sign_in_service_is_set_whole_or_not_at_all(tmp_path: Path) -> None:
    kept = {"INCIDENTS72_DATA": str(tmp_path)}
    assert load_settings(kept).oidc_issuer == ""
    assert load_settings(kept | WHOLE).oidc_client_secret == "titok"
    (tmp_path / "secret").write_text("fájlból\n", encoding="utf-8")
    by_file = {**WHOLE, "OIDC_CLIENT_SECRET": "", "OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    assert load_settings(kept | by_file).oidc_client_secret == "fájlból"


@pytest.mark.parametrize(
    ("env", "named"),
    [
        (WHOLE | {"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        (WHOLE | {"OIDC_ISSUER": "http://belepo.example"}, "OIDC_ISSUER"),
        ({"SESSION_HOURS": "soha"}, "SESSION_HOURS"),
        ({"SESSION_HOURS": "1000"}, "SESSION_HOURS"),
        ({"SESSION_IDLE_MINUTES": "0"}, "SESSION_IDLE_MINUTES"),
        ({"SECOND_STEP": "nobody"}, "SECOND_STEP"),
    ],
)
def test_a_setting_of_the_doors_that_cannot_work_is_named(tmp_path: Path, env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings({"INCIDENTS72_DATA": str(tmp_path)} | env)
