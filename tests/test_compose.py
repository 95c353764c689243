"""compose.yaml and Dockerfile: what an operator runs is valid, closed by default and the thing that was tested."""

import json
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from incidents.base.settings import load_settings
from tests.processes import BIN, ROOT, compose, compose_command

COMPOSE = compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = [name for name, service in SERVICES.items() if "build" in service]
SCHEMA = ROOT / "tests" / "vectors" / "compose-spec.json"

every_service = pytest.mark.parametrize("name", SERVICES)
own_services = pytest.mark.parametrize("name", OWN)


def test_the_file_keeps_the_compose_specification() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["$schema"].startswith("https://json-schema.org/draft-07/schema")
    faults = [f"{fault.json_path}: {fault.message}" for fault in Draft7Validator(schema).iter_errors(COMPOSE)]
    assert faults == []


def test_the_schema_is_the_one_whose_source_is_recorded() -> None:
    recorded = (SCHEMA.parent / "README.md").read_text(encoding="utf-8")
    assert sha256(SCHEMA.read_bytes()).hexdigest() in recorded


def test_every_part_of_the_grown_up_mode_is_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "beat", "mailpit"}


@every_service
def test_a_service_tells_whether_it_is_well_unless_it_runs_once(name: str) -> None:
    once = any(
        service.get("depends_on", {}).get(name, {}).get("condition") == "service_completed_successfully"
        for service in SERVICES.values()
    )
    assert once or SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@every_service
def test_a_service_runs_without_root_without_powers_and_cannot_change_its_image(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in ("root", "0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@every_service
def test_a_service_comes_back_after_a_crash_but_a_migration_that_worked_does_not(name: str) -> None:
    assert SERVICES[name]["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")


@every_service
def test_an_image_is_pinned_to_a_version(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")
    assert any(letter.isdigit() for letter in tag)


@every_service
def test_a_port_is_open_to_this_host_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@every_service
def test_a_service_waits_until_what_it_needs_is_well(name: str) -> None:
    conditions = {need["condition"] for need in SERVICES[name].get("depends_on", {}).values()}
    assert conditions <= {"service_healthy", "service_completed_successfully"}


def test_data_lives_in_named_volumes() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"]) == {"postgres-data", "redis-data"}


def test_the_volume_of_postgresql_lies_where_version_18_keeps_its_data() -> None:
    assert SERVICES["postgres"]["volumes"] == ["postgres-data:/var/lib/postgresql"]


def test_no_secret_stands_in_the_file() -> None:
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            secret = any(word in variable for word in ("PASSWORD", "SECRET", "KEY", "DATABASE_URL", "SMTP_URL"))
            assert not secret or (variable.endswith("_FILE") and value.startswith("/run/secrets/")), variable


@every_service
def test_every_secret_file_that_is_read_is_given(name: str) -> None:
    service = SERVICES[name]
    read = {
        Path(value).name for variable, value in service.get("environment", {}).items() if variable.endswith("_FILE")
    }
    assert read == set(service.get("secrets", []))
    assert read <= set(COMPOSE["secrets"])


def test_one_command_makes_every_secret_and_a_second_changes_none(tmp_path: Path) -> None:
    script = tmp_path / "scripts" / "secrets.sh"
    script.parent.mkdir()
    shutil.copy(ROOT / "scripts" / "secrets.sh", script)
    subprocess.run([script], check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert {f"./secrets/{name}" for name in made} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert made["postgres_password"] in made["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert subprocess.run([script], check=True, capture_output=True).stdout == b""
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == made


@own_services
def test_the_product_understands_the_settings_it_is_given(name: str, tmp_path: Path) -> None:
    said = SERVICES[name]["environment"]
    environment = {variable: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)) for variable, value in said.items()}
    for secret in SERVICES[name]["secrets"]:
        variable = f"{secret.upper()}_FILE"
        file = tmp_path / secret
        file.write_text("postgresql+psycopg://incidens72:x@postgres:5432/incidens72\n")
        assert environment[variable] == f"/run/secrets/{secret}"
        environment[variable] = str(file)
    settings = load_settings(environment)
    assert not settings.embedded
    assert not settings.sqlite
    assert (settings.web_host == "0.0.0.0") == (name == "web")  # noqa: S104


def test_the_broker_forgets_and_evicts_nothing() -> None:
    arguments = compose_command("redis")
    options = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"


def test_the_worker_gets_more_time_to_stop_than_it_takes_to_hand_back_its_work() -> None:
    assert SERVICES["worker"]["stop_grace_period"] == "40s"


@own_services
def test_the_command_of_a_service_is_installed(name: str) -> None:
    assert Path(compose_command(name)[0]).parent == BIN


def test_the_image_is_built_from_the_lock_file_and_runs_as_a_user_without_a_name() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes --requirement requirements.lock" in dockerfile
    assert dockerfile.index("USER 10001:10001") > dockerfile.rindex("FROM ")
    assert SERVICES["web"]["user"] == "10001:10001"


def test_the_package_that_goes_into_the_image_carries_law_templates_and_languages(tmp_path: Path) -> None:
    command = [str(BIN / "python"), "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    data = {
        str(file.relative_to(ROOT))
        for folder in ("incidents/law", "incidents/locale", "templates")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert data - packed == set()
