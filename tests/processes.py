"""Real processes for tests: started in their own group, watched by a guardian, ended for certain."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from tests import nursery
from tests.nursery import Nursery, Nursling, StandardFiles

Popen: TypeAlias = "subprocess.Popen[bytes] | Nursling"

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

PRODUCT_VARIABLES = [
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SMTP_URL",
    "MAIL_FROM",
    "PUBLIC_URL",
    "WEB_HOST",
    "WEB_PORT",
    "INCIDENTS72_DATA",
    "INCIDENTS72_DEMO",
    "SWEEP_SECONDS",
    "DELIVER_SECONDS",
]


def compose() -> dict[str, Any]:
    """What compose.yaml says, with anchors resolved."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content


def compose_command(service: str) -> list[str]:
    """The command of a service of compose.yaml; the product's own programs are those beside this Python."""
    program, *arguments = compose()["services"][service]["command"]
    own = BIN / program
    return [str(own) if own.exists() else program, *arguments]


def product_env(**settings: object) -> dict[str, str]:
    """The environment for a process of the product: this machine's, no product setting but those named here.

    What one process has compiled the next one finds, whatever this machine says of bytecode: hundreds are started.
    """
    unwanted = {*PRODUCT_VARIABLES, "PYTHONDONTWRITEBYTECODE"}
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in unwanted}
    return inherited | {name: str(value) for name, value in settings.items()}


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(condition: Callable[[], object], what: str, timeout: float = 30.0, pause: float = 0.05) -> None:
    """Return when the condition holds; fail with a sentence that names what was waited for."""
    until = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"waited {timeout:g} s in vain for {what}")
        time.sleep(pause)


def listens(port: int) -> bool:
    """Whether somebody accepts connections on that port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Guardian:
    """The one process that outlives a killed test run for as long as it takes to end the rest."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, ROOT / "tests" / "guardian.py"],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def remove(self, folder: Path) -> None:
        """Have a folder removed in the end."""
        self._tell(f"{folder.resolve()}\n")

    def dismiss(self) -> None:
        """End everything still guarded, and the guardian."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


class Process:
    """A running program: its own process group, its output in a file."""

    def __init__(self, guardian: Guardian, popen: Popen, log: Path) -> None:
        self._guardian = guardian
        self.popen = popen
        self.log = log

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def running(self) -> bool:
        return self.popen.poll() is None

    def output(self) -> str:
        """All it printed so far, both streams."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def send(self, number: int) -> None:
        """Send a signal to the whole group; nothing happens when it is gone."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def kill9(self) -> None:
        """End the whole group at once, as a power cut would."""
        self.send(signal.SIGKILL)
        self.ended(10)

    def stop(self, number: int = signal.SIGTERM, timeout: float = 40.0) -> int:
        """Ask it to end and wait; the exit code. One that will not end is killed and fails the test."""
        self.popen.send_signal(number)
        try:
            return self.ended(timeout)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{self.popen.args!r} did not stop in {timeout:g} s:\n{self.output()}") from error
        finally:
            self.kill9()

    def ended(self, timeout: float | None = None) -> int:
        """Wait for its end; the exit code."""
        code = self.popen.wait(timeout)
        self._guardian.release(self.pid)
        return code

    def wait_until(self, condition: Callable[[], object], what: str, timeout: float = 30.0) -> None:
        """Wait for a condition while the process lives; its output is in the failure."""

        def met() -> bool:
            if not self.running:
                raise AssertionError(f"{self.popen.args!r} ended early ({self.popen.returncode}):\n{self.output()}")
            return bool(condition())

        try:
            wait_until(met, what, timeout)
        except AssertionError as error:
            error.add_note(self.output())
            raise


class Processes:
    """Starts programs and remembers them, so that one call ends them all.

    With a nursery the programs of the product are forked from it; without one every program is really started.
    """

    def __init__(self, guardian: Guardian, folder: Path, nursery: Nursery | None = None) -> None:
        self._guardian = guardian
        self._folder = folder
        self._nursery = nursery
        self._started: list[Process] = []

    def start(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, user: str | None = None, cwd: Path = ROOT
    ) -> Process:
        """Start a program in a process group of its own."""
        log = self._file(command, "log")
        with log.open("wb") as output, Path(os.devnull).open("rb") as nothing:
            popen = self._popen(command, env, user, cwd, (nothing, output, output))
        return self._remembered(popen, log)

    def run(
        self, command: Sequence[str], env: Mapping[str, str], stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end; what it wrote stands apart for each stream."""
        said, out, err = (self._file(command, ending) for ending in ("in", "out", "err"))
        said.write_text(stdin, encoding="utf-8")
        with said.open("rb") as given, out.open("wb") as output, err.open("wb") as errors:
            process = self._remembered(self._popen(command, env, None, ROOT, (given, output, errors)), err)
        code = process.ended()
        return subprocess.CompletedProcess(
            list(command), code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )

    def _file(self, command: Sequence[str], ending: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{len(self._started):02}-{Path(command[0]).name}.{ending}"

    def _popen(
        self, command: Sequence[str], env: Mapping[str, str] | None, user: str | None, cwd: Path, files: StandardFiles
    ) -> Popen:
        env = product_env() if env is None else env
        if self._nursery is not None and user is None and nursery.fit(command):
            return self._nursery.start(command, env, cwd, files)
        return subprocess.Popen(
            list(command),
            env=dict(env),
            stdin=files[0],
            stdout=files[1],
            stderr=files[2],
            start_new_session=True,
            cwd=cwd,
            user=user,
            extra_groups=[] if user else None,
        )

    def _remembered(self, popen: Popen, log: Path) -> Process:
        self._guardian.watch(popen.pid)
        process = Process(self._guardian, popen, log)
        self._started.append(process)
        return process

    def service(self, name: str, **settings: object) -> Process:
        """Start a service exactly as compose.yaml does, with the settings given."""
        return self.start(compose_command(name), product_env(**settings))

    def folder(self, name: str, owner: str | None = None) -> Path:
        """A private folder directly under the temporary one, where another user can reach it; removed in the end."""
        folder = Path(tempfile.mkdtemp(prefix=f"incidens72-{name}-"))
        self._guardian.remove(folder)
        if owner:
            shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
        return folder

    def kill_all(self) -> None:
        """End whatever is left."""
        for process in reversed(self._started):
            process.kill9()
        self._started.clear()
