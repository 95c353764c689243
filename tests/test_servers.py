"""The ground the other tests stand on: real servers that start, behave, misbehave on request and leave nothing."""

import os
import signal
import smtplib
import ssl
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from redis import Redis
from sqlalchemy import inspect

from incidents.store.engine import create_engine_for
from tests.processes import ROOT, Processes, product_env, wait_until
from tests.servers import RedisServer, SmtpServer, flush

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_each_engine_gives_a_migrated_database_of_its_own(database_url: str) -> None:
    engine = create_engine_for(database_url)
    try:
        assert "alembic_version" in inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_postgresql_is_the_version_that_compose_runs(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT current_setting('server_version'), current_user").fetchone()
    assert row is not None
    assert row[0].startswith("18.")
    assert row[1] == "incidens72"


def test_what_the_broker_was_told_survives_its_being_killed(redis_server: RedisServer) -> None:
    with Redis.from_url(redis_server.url) as client:
        client.delete("told")
        client.rpush("told", "one", "two")
        client.execute_command("WAITAOF", 1, 0, 5000)
    redis_server.kill9()
    redis_server.start()
    with Redis.from_url(redis_server.url) as client:
        assert client.lrange("told", 0, -1) == [b"one", b"two"]
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    flush(redis_server.url)


def _letter() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "incidens72@példa.example".encode("idna").decode(), "dpo@futar.example"
    letter["Subject"] = "Értesítés: 24 óra van hátra"
    letter["Message-ID"] = "<stage-1@incidens72.example>"
    letter.set_content("Tisztelt Kolléga! Őrizze meg ezt a levelet.")
    return letter


def _send(server: SmtpServer, password: str = SmtpServer.password) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=2) as client:
        client.starttls(context=ssl.create_default_context())
        client.login(server.user, password)
        client.send_message(_letter())


def test_a_mail_sent_with_tls_and_login_is_kept_as_it_was_sent(smtp_server: SmtpServer) -> None:
    _send(smtp_server)
    [mail] = smtp_server.received()
    assert mail.tls
    assert mail.recipients == ("dpo@futar.example",)
    assert mail.subject == "Értesítés: 24 óra van hátra"
    assert mail.message_id == "<stage-1@incidens72.example>"
    assert mail.text() == "Tisztelt Kolléga! Őrizze meg ezt a levelet.\n"


def test_the_mail_server_takes_nothing_in_the_clear_and_knows_its_user(smtp_server: SmtpServer) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_server.port, timeout=2) as client:
        assert client.mail("incidens72@example.hu")[0] == 530
    with pytest.raises(smtplib.SMTPAuthenticationError):
        _send(smtp_server, password="wrong")
    assert smtp_server.received() == []


@pytest.mark.parametrize(
    ("mode", "error", "kept"),
    [
        ("refuse", smtplib.SMTPRecipientsRefused, 0),
        ("busy", smtplib.SMTPRecipientsRefused, 0),
        ("refuse_login", smtplib.SMTPAuthenticationError, 0),
        ("hang", smtplib.SMTPServerDisconnected, 0),
        ("drop", smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_the_mail_server_misbehaves_once_and_then_is_well_again(
    smtp_server: SmtpServer, mode: str, error: type[Exception], kept: int
) -> None:
    smtp_server.behave(mode)
    with pytest.raises(error):
        _send(smtp_server)
    assert len(smtp_server.received()) == kept
    _send(smtp_server)
    assert len(smtp_server.received()) == kept + 1


def test_a_mail_server_that_is_gone_refuses_connections_until_it_is_back(smtp_server: SmtpServer) -> None:
    smtp_server.stop()
    with pytest.raises(ConnectionRefusedError):
        _send(smtp_server)
    smtp_server.start()
    _send(smtp_server)
    assert len(smtp_server.received()) == 1


STARTS_SERVERS = """
import sys, time
from pathlib import Path
from tests.processes import Guardian, Processes
from tests.servers import running_postgres
processes = Processes(Guardian(), Path(sys.argv[1]))
with running_postgres(processes):
    child = processes.start([sys.executable, "-c", "import time; time.sleep(600)"])
    pids = [process.pid for process in processes._started if process.running]
    print(*pids, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_test_run_leaves_no_server_behind(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTS_SERVERS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=product_env(), text=True) as run:
        assert run.stdout is not None
        servers = [psutil.Process(int(pid)) for pid in run.stdout.readline().split()]
        servers += [child for server in servers for child in server.children(recursive=True)]
        assert len(servers) > 2
        os.kill(run.pid, how)
    wait_until(lambda: not any(server.is_running() for server in servers), "the servers to end", timeout=20)


def test_a_process_can_be_stopped_and_its_output_read(processes: Processes) -> None:
    process = processes.start([sys.executable, "-uc", "print('Fut.'); import time; time.sleep(60)"])
    process.wait_until(lambda: "Fut." in process.output(), "the first line")
    assert process.stop() == -signal.SIGTERM


def test_the_browser_is_real_and_speaks_hungarian(browser: "Browser") -> None:
    context = browser.new_context(locale="hu-HU")
    page = context.new_page()
    page.set_content("<title>Nyilvántartás</title>")
    assert page.title() == "Nyilvántartás"
    assert page.evaluate("new Date(0).toLocaleDateString(undefined, {timeZone: 'UTC'})") == "1970. 01. 01."
    context.close()


def test_a_mail_server_started_again_overwrites_no_mail_it_has_kept(smtp_server: SmtpServer) -> None:
    _send(smtp_server)
    smtp_server.clear()
    for _ in range(2):
        _send(smtp_server)
    smtp_server.stop()
    smtp_server.start()
    _send(smtp_server)
    assert len(smtp_server.received()) == 3
