"""The clock ticks in real processes: stages fire and mails leave, whatever the broker forgets or says twice."""

import ast
import signal
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis

from incidents.base.settings import SettingsError, load_settings
from incidents.base.time import ZonedInstant
from incidents.rules.facts import validate
from incidents.steps import report
from incidents.store.uow import EVERY_CONTROLLER, Actor, unit_of_work
from tests.company import DPO, Company
from tests.fakes import FakeClock
from tests.processes import ROOT, Processes, compose_command, product_env, wait_until
from tests.servers import RedisServer, SmtpServer, flush
from tests.workers.installation import QUICK, Installation
from workers.factory import make_app
from workers.tasks import alone

grown_up = pytest.mark.parametrize("installation", ["compose"], indirect=True)
embedded = pytest.mark.parametrize("installation", ["embedded"], indirect=True)


def _case(company: Company, signal_ago: timedelta = timedelta(0), opened_ago: timedelta = timedelta(0)) -> UUID:
    """A case whose first signal and report lie back."""
    said, _ = validate({"what_happened": "Elveszett egy csomag."})
    then = FakeClock(company.clock.now() - opened_ago)
    with unit_of_work(company.engine, then, Actor("test", is_process=True), EVERY_CONTROLLER) as uow:
        at = ZonedInstant(uow.now - signal_ago)
        return report.open_incident(uow, company.id, facts=said, first_signal=at, via="link", reporter="").incident_id


def _stages(company: Company, case: UUID) -> dict[str, str]:
    return {stage.name: stage.state for stage in company.case(case).stages}


def _sent(company: Company, case: UUID, count: int) -> bool:
    return len(company.mails(case, "sent")) >= count


def _told(company: Company, case: UUID, stage: str) -> int:
    """How many mails about a stage have left."""
    return sum(mail.payload["stage"] == stage for mail in company.mails(case, "sent"))


def _fired_once(company: Company, case: UUID) -> bool:
    """Whether every fired stage of a case stands in the log once."""
    found = company.case(case)
    fired = sorted(stage.name for stage in found.stages if stage.state == "fired")
    return fired == sorted(str(event.data["stage"]) for event in found.events if event.kind == "stage.fired")


def test_stages_fire_and_mails_leave_by_themselves(
    installation: Installation, company: Company, smtp_server: SmtpServer
) -> None:
    installation.start()
    wait_until(installation.ready, "the first sweep", 60)
    case = _case(company, timedelta(hours=24) - timedelta(seconds=2))
    wait_until(lambda: _told(company, case, "t24") == 2, "the second warning to two people", 60)
    assert _fired_once(company, case)
    assert list(_stages(company, case).values()).count("fired") == 2
    # On a slow machine the first warning still waits when the second falls due, and is told in it.
    said = [mail.payload for mail in company.mails(case, "sent") if mail.recipient == DPO.email]
    assert [stage for one in said for stage in (*one["folded"], one["stage"])] == ["opened", "t24"]
    mails = [mail for mail in smtp_server.received() if mail.recipients == (DPO.email,)]
    assert mails[-1].subject.split(" – ")[1] == "24 óra eltelt, még nincs döntés"
    assert installation.ready()


def test_a_stage_fires_within_two_ticks_of_its_time(
    installation: Installation, company: Company, smtp_server: SmtpServer
) -> None:
    installation.start()
    wait_until(installation.ready, "the first sweep", 60)
    case = _case(company, timedelta(hours=48) - timedelta(seconds=3))
    wait_until(lambda: _stages(company, case)["t48"] == "fired", "the 48th hour", 60)
    [stage] = [stage for stage in company.case(case).stages if stage.name == "t48"]
    assert stage.settled_at is not None
    assert stage.settled_at >= stage.due_at, "never before its time"
    assert stage.settled_at - stage.due_at < timedelta(seconds=2 * QUICK + 10)  # generous: the machine is shared


def test_what_fell_due_while_nothing_ran_is_caught_up_at_the_start(
    installation: Installation, company: Company, smtp_server: SmtpServer
) -> None:
    case = _case(company, opened_ago=timedelta(hours=80))
    installation.start()
    wait_until(lambda: _stages(company, case)["deadline"] == "fired", "the deadline to fire", 60)
    wait_until(lambda: _sent(company, case, 4), "a mail to each of the four", 60)
    mails = [mail for mail in smtp_server.received() if mail.recipients == (DPO.email,)]
    assert len(mails) == 1, "one mail, the rest folded into it"
    assert mails[0].subject.startswith("8 ÓRÁJA LEJÁRT – ")
    assert "külön levél nélkül" in mails[0].text()


@pytest.mark.installed
def test_asked_to_stop_every_process_ends_in_order(installation: Installation, company: Company) -> None:
    """And each kind of process, `up`, web, worker and beat, is here the program that was installed."""
    installation.start()
    wait_until(installation.ready, "the first sweep", 60)
    assert set(installation.stop().values()) <= {0, -signal.SIGTERM}


def test_a_hanging_mail_server_does_not_keep_the_clock_from_ticking(
    installation: Installation, company: Company, smtp_server: SmtpServer
) -> None:
    smtp_server.behave("hang", 1000)
    first = _case(company)
    installation.start()
    wait_until(lambda: company.mails(first), "the first warning to be queued", 60)
    wait_until(lambda: any(mail.attempts for mail in company.mails(first)), "the delivery to hang", 60)
    for _ in range(3):
        later = _case(company)
        wait_until(lambda case=later: _stages(company, case)["opened"] == "fired", "a later case to be swept", 15)


@grown_up
def test_a_broker_that_forgets_everything_delays_nothing_beyond_the_next_tick(
    installation: Installation, company: Company, smtp_server: SmtpServer
) -> None:
    installation.start()
    cases = []
    for _ in range(5):
        cases.append(_case(company))
        flush(installation.redis_url)
        wait_until(lambda: _stages(company, cases[-1])["opened"] == "fired", "the case to be swept", 60)
    wait_until(lambda: all(_sent(company, case, 2) for case in cases), "every mail", 60)
    assert all(_fired_once(company, case) for case in cases)
    assert len(smtp_server.received()) == 10


@grown_up
def test_a_broker_killed_and_started_again_is_found_again(
    installation: Installation, company: Company, redis_server: RedisServer
) -> None:
    if str(redis_server.port) not in installation.redis_url:
        installation.redis_url = redis_server.url  # the one named from outside is not ours to kill
    installation.start()
    wait_until(installation.ready, "the first sweep", 60)
    redis_server.kill9()
    case = _case(company)
    redis_server.start()
    wait_until(lambda: _sent(company, case, 2), "the mails", 90)
    assert _fired_once(company, case)


@grown_up
def test_two_beats_and_two_workers_fire_each_stage_and_send_each_mail_once(
    installation: Installation, company: Company, processes: Processes, smtp_server: SmtpServer
) -> None:
    installation.start()
    second_worker = [*compose_command("worker"), "--hostname=second@%h"]
    processes.start(second_worker, installation.env | {"INCIDENTS72_DATA": str(installation.data / "second")})
    processes.start(compose_command("beat"), installation.env)
    wait_until(installation.ready, "the first sweep", 60)
    cases = [_case(company) for _ in range(40)]
    wait_until(lambda: all(_sent(company, case, 2) for case in cases), "every mail", 90)
    assert all(_fired_once(company, case) for case in cases)
    ids = [mail.message_id for mail in smtp_server.received()]
    assert len(ids) == len(set(ids)) == 80


@embedded
def test_the_embedded_default_prints_a_set_up_link_once_nobody_has_an_account(
    installation: Installation,
) -> None:
    installation.start()
    assert f"{installation.address}/setup/" in installation.running["up"].output()
    assert installation.answer("/login") == 200


def test_a_worker_of_its_own_needs_a_broker(processes: Processes, sqlite_url: str, tmp_path: Path) -> None:
    env = product_env(DATABASE_URL=sqlite_url, INCIDENTS72_DATA=tmp_path)
    worker = processes.start(compose_command("worker"), env)
    assert worker.popen.wait(60) != 0
    assert "REDIS_URL" in worker.output()


def test_sqlite_with_a_broker_is_refused_because_it_serves_one_process() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL needs a PostgreSQL"):
        load_settings({"DATABASE_URL": "sqlite:///a.db", "REDIS_URL": "redis://127.0.0.1", "SECRET_KEY": "k"})


def _conf(tmp_path: Path, **env: str) -> dict[str, object]:
    return dict(make_app(load_settings({"INCIDENTS72_DATA": str(tmp_path), "SECRET_KEY": "k", **env})).conf)


def test_the_celery_settings_are_those_that_lost_nothing_when_measured(tmp_path: Path) -> None:
    conf = _conf(tmp_path, DATABASE_URL="postgresql+psycopg://h/d", REDIS_URL="redis://127.0.0.1")
    wanted = {
        "timezone": "UTC",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_time_limit": 120,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 1000,
        "worker_soft_shutdown_timeout": 30,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "accept_content": ["json"],
        "task_serializer": "json",
        "beat_scheduler": "workers.beat:SteadyScheduler",
    }
    assert {name: conf[name] for name in wanted} == wanted
    assert conf["broker_transport_options"] == {
        "socket_timeout": 10,
        "socket_connect_timeout": 10,
        "health_check_interval": 25,
    }


def test_the_ticks_come_every_30_and_15_seconds_and_expire_after_two_of_them(tmp_path: Path) -> None:
    schedule = _conf(tmp_path)["beat_schedule"]
    assert isinstance(schedule, dict)
    ticks = {name: (tick["schedule"].total_seconds(), tick["options"]["expires"]) for name, tick in schedule.items()}
    assert ticks.pop("sweep") == (30, 60)
    assert ticks == dict.fromkeys(("deliver", "webhooks", "letters"), (15, 30))


def test_no_deadline_is_ever_given_to_the_broker() -> None:
    for folder in ("incidents", "notifications", "workers"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword):
                    assert node.arg not in {"eta", "countdown"}, file


@grown_up
def test_ticks_nobody_took_in_time_leave_no_backlog(
    installation: Installation, company: Company, smtp_server: SmtpServer
) -> None:
    installation.start("web", "beat")
    with Redis.from_url(installation.redis_url) as broker:
        wait_until(lambda: broker.llen("celery") >= 10, "ticks to pile up", 60)
        installation.start("worker")
        case = _case(company)
        wait_until(lambda: _sent(company, case, 2), "the mails", 60)
        wait_until(lambda: broker.llen("celery") <= 2, "the stale ticks to be gone", 60)
    assert len(smtp_server.received()) == 2


def test_only_one_delivery_runs_on_a_host_and_death_frees_the_place(tmp_path: Path, processes: Processes) -> None:
    lock = tmp_path / "data" / "deliver.lock"
    with alone(lock) as first, alone(lock) as second:
        assert (first, second) == (True, False)
    hold = f"import fcntl,time; f=open({str(lock)!r},'w'); fcntl.flock(f,2); print('held',flush=True); time.sleep(99)"
    holder = processes.start(["python3", "-c", hold])
    holder.wait_until(lambda: "held" in holder.output(), "another process to hold the place")
    with alone(lock) as mine:
        assert not mine
    holder.kill9()
    with alone(lock) as mine:
        assert mine
