"""Programs of the product, started fast: a nursery has imported all of the product once and forks each start from it.

Importing the product takes far longer than starting it, and a test run starts it some two hundred times. So one small
process (``python -P nursery.py``) imports everything, does nothing else and then waits; asked for a program, it forks.
The child gets what the program would find after a real start (session, environment, folder, open files, signals) and
runs the very script that is installed, ``.venv/bin/incidens72`` or ``.venv/bin/celery``, as the interpreter would.

What a fork cannot show is that the interpreter finds the product by itself; for that, tests marked ``installed`` and
tests/test_docs_commands.py start the real programs, and so does everything in bench/.

The two sides talk over a pair of sockets: one message asks for a program and brings its three open files, one answers
with its process id, one follows with its exit status. When the test run is gone, so is its end, and the nursery ends.
"""

import gc
import json
import locale
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from threading import RLock
from typing import IO, Any, Protocol, TypeAlias

StandardFiles: TypeAlias = tuple[IO[bytes], IO[bytes], IO[bytes]]

BIN = Path(sys.executable).parent
PROGRAMS = frozenset({str(BIN / "incidens72"), str(BIN / "celery")})
PACKAGES = ("incidents", "notifications", "workers")
LEFT_OUT = frozenset({"workers.app"})
"""What reads the environment when it is imported, so each process must do that for itself."""
LATE = (
    "alembic.command",
    "anyio.streams.tls",
    "asyncio",
    "celery.__main__",
    "celery.app.amqp",
    "celery.app.control",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "celery.events",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.strategy",
    "kombu.transport.memory",
    "kombu.transport.redis",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "uvicorn.lifespan.on",
    "uvicorn.logging",
    "uvicorn.loops.asyncio",
)
"""What the libraries import only when they are used."""
LONGEST = 1 << 18
"""Bytes of a message: an environment is some ten thousand."""


class Watcher(Protocol):
    """Whoever ends a process group when the test run is gone: tests.processes.Guardian."""

    def watch(self, group: int) -> None: ...

    def release(self, group: int) -> None: ...


def possible() -> bool:
    """Whether this system can tell a nursery of its children's ends."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def fit(command: Sequence[str]) -> bool:
    """Whether a command is a program of the product, plain or run by a script of the tests such as hostclock.py."""
    wrapped = command[0] == sys.executable and len(command) > 1 and command[1].endswith(".py")
    return command[0] in PROGRAMS or (wrapped and not PROGRAMS.isdisjoint(command))


class Nursling:
    """A program forked by the nursery: the part of ``subprocess.Popen`` that tests use."""

    def __init__(self, nursery: "Nursery", pid: int, args: Sequence[str]) -> None:
        self._nursery = nursery
        self.pid = pid
        self.args = args
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, the negative number of the signal that ended it, or nothing while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.code(self.pid, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, waited for.

        Raises:
            TimeoutExpired: it still runs.
        """
        if self.returncode is None:
            self.returncode = self._nursery.code(self.pid, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(list(self.args), timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """The nursery as a test run sees it; the process is started with the first program."""

    def __init__(self, guardian: Watcher) -> None:
        self._guardian = guardian
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._born: list[int] = []
        self._codes: dict[int, int] = {}
        self._lock = RLock()

    def start(self, command: Sequence[str], env: Mapping[str, str], cwd: Path, files: StandardFiles) -> Nursling:
        """Fork a program with these open files as its standard ones."""
        asked = json.dumps({"command": list(command), "env": dict(env), "cwd": str(cwd)}).encode()
        with self._lock:
            socket.send_fds(self._open(), [asked], [file.fileno() for file in files])
            while not self._born:
                self._hear(None)
            return Nursling(self, self._born.pop(), command)

    def code(self, pid: int, timeout: float | None) -> int | None:
        """The exit code of a program, once it has ended; nothing when it has not until the timeout."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            with self._lock:
                if pid not in self._codes:
                    self._hear(0)
                if pid in self._codes:
                    return self._codes.pop(pid)
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return None
            select.select([self._open()], [], [], left)

    def dismiss(self) -> None:
        """Let it end; its children are their starter's business."""
        if self._process is not None and self._line is not None:
            self._line.close()
            self._process.wait(30)
            self._guardian.release(self._process.pid)

    def _open(self) -> socket.socket:
        if self._line is None:
            self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                command = [sys.executable, "-P", __file__, str(theirs.fileno())]
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                    cwd=Path(__file__).parent.parent,
                    env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
                )
            self._guardian.watch(self._process.pid)
        return self._line

    def _hear(self, timeout: float | None) -> None:
        """Take one message, if one comes in time."""
        line = self._open()
        if not select.select([line], [], [], timeout)[0]:
            return
        message = line.recv(LONGEST)
        if not message:
            raise RuntimeError("the nursery has ended: what it printed stands above")
        said = json.loads(message)
        if "born" in said:
            self._born.append(said["born"])
        else:
            self._codes[said["ended"]] = os.waitstatus_to_exitcode(said["status"])


def load() -> None:
    """Import everything, and see to it that forking is safe: nothing may run beside the one thread."""
    gc.disable()
    for package in map(import_module, PACKAGES):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if found.name not in LEFT_OUT and ".migrations." not in found.name:
                import_module(found.name)
    for name in LATE:
        import_module(name)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "something imported has started a thread"
    gc.collect()
    gc.freeze()


class Nurse:
    """Forks what is asked for and tells what became of it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._poll = select.poll()
        self._poll.register(line, select.POLLIN)
        self._children: dict[int, int] = {}
        """Process ids by the descriptors that become readable at their end."""

    def attend(self) -> list[str] | None:
        """Until the test run is gone; in each child it returns at once with the command to run."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._children:
                    self._ended(descriptor)
                    continue
                message, files, *_ = socket.recv_fds(self._line, LONGEST, 3)
                if not message:
                    return None
                asked = json.loads(message)
                if self._forked(asked, files):
                    return list(asked["command"])

    def _forked(self, asked: dict[str, Any], files: list[int]) -> bool:
        """Whether this is the child; the parent goes on when the child has a process group of its own."""
        ready, begun = os.pipe()
        pid = os.fork()
        if pid == 0:
            become(asked, files)
            return True
        for descriptor in (begun, *files):
            os.close(descriptor)
        os.read(ready, 1)
        os.close(ready)
        descriptor = os.pidfd_open(pid)
        self._children[descriptor] = pid
        self._poll.register(descriptor, select.POLLIN)
        self._tell(born=pid)
        return False

    def _ended(self, descriptor: int) -> None:
        pid = self._children.pop(descriptor)
        self._poll.unregister(descriptor)
        os.close(descriptor)
        self._tell(ended=pid, status=os.waitpid(pid, 0)[1])

    def _tell(self, **said: int) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self._line.send(json.dumps(said).encode())


def become(asked: dict[str, Any], files: list[int]) -> None:
    """What a real start leaves: a session, an environment, a folder, three open files and nothing else of the nursery.

    Closing the rest tells the nursery that all this is done.
    """
    os.setsid()
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    with suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "")
    os.chdir(asked["cwd"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for standard, descriptor in enumerate(files):
        os.dup2(descriptor, standard)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    gc.enable()


def run(command: list[str]) -> None:
    """Run a script as the interpreter would: an exit code, an exception or an interruption ends this process."""
    script, *_ = sys.argv = command[1:] if command[0] == sys.executable else command
    sys.path.insert(0, str(Path(script).parent))
    runpy.run_path(script, run_name="__main__")


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    load()
    with socket.socket(fileno=int(sys.argv[1])) as line:
        command = Nurse(line).attend()
        if command is not None:
            line.detach()
    if command is not None:
        run(command)


if __name__ == "__main__":
    main()
