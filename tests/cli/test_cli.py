"""The command line as an operator and a script use it: real processes, real exit codes.

The calculation that needs nothing is called as it was installed; the other calls are forked from the nursery, where
the same script runs. tests/test_docs_commands.py calls every other command as it was installed.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Protocol

import pytest
from jsonschema import Draft202012Validator

from tests.processes import BIN, Processes


class Command(Protocol):
    def __call__(self, *arguments: str, stdin: str = "", **env: str) -> "subprocess.CompletedProcess[str]":
        """One call of the command, to its end."""
        ...


@pytest.fixture
def incidens72(processes: Processes) -> Command:
    """`incidens72 …` with these settings and no other."""

    def call(*arguments: str, stdin: str = "", **env: str) -> "subprocess.CompletedProcess[str]":
        kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        return processes.run([str(BIN / "incidens72"), *arguments], kept | env, stdin)

    return call


@pytest.mark.installed
def test_the_clock_needs_no_database_and_gives_the_deadline_with_offsets(incidens72: Command, tmp_path: Path) -> None:
    """Friday 23 October 2026 16:20: the clocks go back on Sunday, so 72 hours end at 15:20."""
    done = incidens72("clock", "2026-10-23T16:20", "--json", INCIDENTS72_DATA=str(tmp_path / "nothing"))
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["anchor"] == "2026-10-23T16:20:00+02:00"
    assert answer["deadline"] == "2026-10-26T15:20:00+01:00"
    assert answer["strict_1182_71"] == "2026-10-26T16:00:00+01:00"
    assert set(answer["disputed_3_5"]) >= {"touch", "forty_eight_hours", "full"}
    assert [stage["name"] for stage in answer["stages"]][-2:] == ["deadline", "overdue-1"]
    assert not (tmp_path / "nothing").exists()


def test_the_clock_reads_another_zone(incidens72: Command) -> None:
    """Awareness in London an hour behind Budapest ends an hour later on the Budapest wall."""
    done = incidens72("clock", "2026-11-24T10:20", "--zone", "Europe/London", "--json")
    assert json.loads(done.stdout)["deadline"] == "2026-11-27T10:20:00+00:00"


@pytest.mark.parametrize("wrong", ["tegnap", "2026-03-29T02:30", "2026-11-24"])
def test_the_clock_says_what_is_wrong_with_a_time(incidens72: Command, wrong: str) -> None:
    """No time, a time skipped in spring, a day without an hour: exit 2 and a sentence, no traceback."""
    done = incidens72("clock", wrong)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert "Traceback" not in done.stderr


def test_assess_reads_yaml_from_standard_input_and_explains_itself(incidens72: Command) -> None:
    """Encrypted, key safe, backup at hand: neither duty, for the reason the guidelines give (EDPB 01/2021, case 10)."""
    facts = """
    breach_types: [confidentiality, availability]
    cause: stolen_device
    data_categories: [contact_basic, date_of_birth, education_record]
    special_categories: []
    vulnerable: [children]
    unintelligible: {state: "yes", key_safe: true}
    backup: available
    restored_within_hours: 24
    recipient: {kind: unknown, assurance: none}
    exfiltrated: unknown
    malicious: true
    identifiability: direct
    service_impact: none
    context: []
    """
    done = incidens72("assess", "-", "--json", stdin=facts)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert (answer["notify_authority"], answer["tell_subjects"]) == ("no", "no")
    assert {one["rule"] for one in answer["cleared"]} == {"N1", "N5"}
    assert set(answer["enisa"]) >= {"dpc", "ei", "cb", "se", "band", "low", "high"}
    assert answer["rule_set"]


def test_assess_names_the_field_it_cannot_read(incidens72: Command, tmp_path: Path) -> None:
    """Exit 2 and the path of the field, from a file as well."""
    source = tmp_path / "facts.json"
    source.write_text('{"recipient": {"kind": "friend"}}', encoding="utf-8")
    done = incidens72("assess", str(source), "--json")
    assert done.returncode == 2
    assert "recipient.kind" in done.stderr


@pytest.mark.parametrize("document", ["- a\n- b", "a: [", ""])
def test_assess_refuses_what_is_no_mapping(incidens72: Command, document: str) -> None:
    """A list, broken YAML, nothing at all: exit 2 and the way out."""
    done = incidens72("assess", "-", stdin=document)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_assess_publishes_its_schema(incidens72: Command) -> None:
    """The schema is a valid JSON Schema and knows the facts."""
    schema = json.loads(incidens72("assess", "--schema").stdout)
    Draft202012Validator.check_schema(schema)
    assert {"breach_types", "cause", "recipient"} <= schema["properties"].keys()


def test_an_empty_database_gives_one_setup_link_and_is_migrated(
    incidens72: Command, database_url: str, tmp_path: Path
) -> None:
    """`migrate` may run again and again; while nobody has an account it names a fresh set-up address."""
    env = {"DATABASE_URL": database_url, "INCIDENTS72_DATA": str(tmp_path)}
    first, second = (incidens72("migrate", **env) for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert "/setup/" in first.stdout
    assert "/setup/" in second.stdout
    assert first.stdout != second.stdout


def test_redis_with_sqlite_is_refused_with_the_way_out(incidens72: Command, tmp_path: Path) -> None:
    """Two processes on one SQLite file behind a broker: an unsafe mix is refused at start."""
    done = incidens72("up", REDIS_URL="redis://127.0.0.1:1", INCIDENTS72_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "PostgreSQL" in done.stderr


def test_doctor_names_the_mode_and_what_is_wrong(incidens72: Command, tmp_path: Path) -> None:
    """Without a mail server and without a worker the installation is not well: it says so, and the way out."""
    incidens72("migrate", INCIDENTS72_DATA=str(tmp_path))
    done = incidens72("doctor", INCIDENTS72_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "one process" in done.stdout
    assert "SMTP_URL is not set" in done.stdout
    assert "sweep: it never ran here" in done.stdout
    assert "→ Start the worker and beat" in done.stdout


def test_doctor_makes_no_database_and_speaks_hungarian(incidens72: Command, tmp_path: Path) -> None:
    """Looking changes nothing."""
    done = incidens72("doctor", "--language", "hu", INCIDENTS72_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "adatbázis: még nincs" in done.stdout
    assert not list(tmp_path.glob("*.db"))


def test_a_backup_can_be_laid_back(incidens72: Command, tmp_path: Path) -> None:
    """Backup, damage, restore: the database is the one of the backup, the damaged one stays beside it."""
    env = {"INCIDENTS72_DATA": str(tmp_path)}
    assert incidens72("migrate", **env).returncode == 0
    assert incidens72("backup", str(tmp_path / "copy.db"), **env).returncode == 0
    assert incidens72("backup", str(tmp_path / "copy.db"), **env).returncode == 2
    (tmp_path / "incidents72.db").write_bytes(b"not a database")
    assert incidens72("restore", str(tmp_path / "copy.db"), **env).returncode == 0
    assert (tmp_path / "incidents72.db.before-restore").read_bytes() == b"not a database"
    assert incidens72("migrate", **env).returncode == 0


def test_an_unknown_register_cannot_be_exported(incidens72: Command, tmp_path: Path) -> None:
    """The short code must be one of the controllers'."""
    done = incidens72("export", "NINCS", str(tmp_path / "x.csv"), INCIDENTS72_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "no such controller" in done.stderr
