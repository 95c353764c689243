"""A program forked from the nursery is, to its starter and to itself, one that was really started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import nursery as nurseries
from tests.nursery import Nursery
from tests.processes import BIN, ROOT, Processes, free_port, listens, product_env, wait_until

INCIDENS72 = str(BIN / "incidens72")
LOOKS_ROUND = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), os.environ["SAID"], os.getsid(0) == os.getpid(), sys.stdin.read()]))
print(sorted(int(one) for one in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{one}")))
sys.stderr.write("an error")
match sys.argv[1]:
    case "fails": raise LookupError("with a traceback")
    case "interrupts": raise KeyboardInterrupt
    case code: sys.exit(int(code))
"""


@pytest.fixture
def script(tmp_path: Path) -> list[str]:
    """A script run as hostclock.py is; a word of its command has to name a program of the product."""
    file = tmp_path / "looks_round.py"
    file.write_text(LOOKS_ROUND, encoding="utf-8")
    return [sys.executable, str(file)]


@pytest.mark.parametrize("ending", ["0", "3", "fails", "interrupts"])
def test_a_program_finds_the_same_and_ends_the_same_as_one_really_started(
    ending: str, script: list[str], processes: Processes
) -> None:
    command, env = [*script, ending, INCIDENS72], product_env(SAID="a value")
    forked = processes.run(command, env, "what was typed")
    real = subprocess.run(
        command,
        check=False,
        env=env,
        cwd=ROOT,
        input="what was typed",
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert (forked.returncode, forked.stdout) == (real.returncode, real.stdout)
    assert forked.stderr.splitlines()[-1] == real.stderr.splitlines()[-1]


def test_a_signal_that_ends_it_is_told_as_the_system_tells_it(processes: Processes, tmp_path: Path) -> None:
    port = free_port()
    env = product_env(INCIDENTS72_DATA=tmp_path, WEB_PORT=port)
    service = processes.start([INCIDENS72, "up"], env)
    service.wait_until(lambda: listens(port), "the service to listen", 60)
    with pytest.raises(subprocess.TimeoutExpired):
        service.popen.wait(0.01)
    assert service.running
    service.kill9()
    assert service.popen.poll() == service.popen.wait(1) == -signal.SIGKILL


def test_only_programs_of_the_product_are_forked(script: list[str]) -> None:
    assert nurseries.fit([INCIDENS72, "up"])
    assert nurseries.fit([*script, "0", INCIDENS72])
    assert not nurseries.fit([*script, "0"])
    assert not nurseries.fit([sys.executable, "-c", f"print({INCIDENS72!r})"])
    assert not nurseries.fit(["/bin/sh", "-c", INCIDENS72])


def test_this_system_has_a_nursery_and_it_is_used(nursery: Nursery | None, processes: Processes) -> None:
    assert (nursery is not None) == nurseries.possible()
    started = processes.start([INCIDENS72, "--version"])
    assert started.popen.wait(60) == 0
    assert isinstance(started.popen, subprocess.Popen) == (nursery is None)


STARTS_THE_PRODUCT = """
import os, sys, time
from pathlib import Path
from tests.nursery import Nursery
from tests.processes import BIN, Guardian, Processes, listens, product_env
guardian, port = Guardian(), sys.argv[2]
processes = Processes(guardian, Path(sys.argv[1]), Nursery(guardian))
service = processes.start([str(BIN / "incidens72"), "up"], product_env(INCIDENTS72_DATA=sys.argv[1], WEB_PORT=port))
service.wait_until(lambda: listens(int(port)), "the service to listen", 60)
print(service.pid, os.getpid(), flush=True)
time.sleep(600)
"""


def test_a_killed_test_run_leaves_neither_the_nursery_nor_its_children_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTS_THE_PRODUCT, str(tmp_path), str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=product_env(), text=True) as run:
        assert run.stdout is not None
        service, tests = (psutil.Process(int(pid)) for pid in run.stdout.readline().split())
        left = [service, *tests.children(recursive=True)]
        assert len(left) > 2, "the service, the nursery and the guardian"
        os.kill(run.pid, signal.SIGKILL)
    wait_until(lambda: not any(one.is_running() for one in left), "all of them to end", timeout=20)
