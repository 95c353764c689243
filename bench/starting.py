"""How long until a page is served, and what the embedded default costs when nothing happens."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bench.figures import ROUNDS, Line, of
from tests.processes import BIN, ROOT, Process, Processes, free_port, product_env

COLD_LIMIT, WARM_LIMIT, RSS_LIMIT, CPU_LIMIT = 90, 6, 250, 2.0
IDLE_SECONDS = 20


def _served(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _until_served(process: Process, port: int, timeout: float) -> float:
    begun = time.perf_counter()
    process.wait_until(lambda: _served(port), "a served page", timeout)
    return time.perf_counter() - begun


def _without_caches(folder: Path) -> dict[str, str]:
    caches = {name: str(folder / "caches") for name in ("XDG_CACHE_HOME", "UV_CACHE_DIR", "PIP_CACHE_DIR")}
    port = free_port()
    return product_env(WEB_PORT=port, INCIDENTS72_DATA=folder / "data") | caches


def _path_without_uv(folder: Path) -> str:
    """A PATH on which the programs of a plain machine are found, and uv is not."""
    links = folder / "bin"
    links.mkdir()
    python = subprocess.run(["python3", "-c", "import sys; print(sys.executable)"], capture_output=True, check=True)
    (links / "python3").symlink_to(python.stdout.decode().strip())
    return f"{links}:/usr/bin:/bin"


def cold(processes: Processes, *, uv: bool) -> Line:
    """``make run`` in a fresh clone with empty caches, up to the first page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        env = _without_caches(folder)
        if not uv:
            env["PATH"] = _path_without_uv(folder)
        process = processes.start(["make", "run"], env, cwd=clone)
        took = _until_served(process, int(env["WEB_PORT"]), 600)
        process.kill9()
    how = "uv" if uv else "venv and pip"
    return Line(f"cold `make run` to a served page, {how}", f"{took:.0f} s", f"< {COLD_LIMIT} s", took < COLD_LIMIT)


@contextmanager
def _embedded(processes: Processes, data: Path) -> Iterator[tuple[Process, float]]:
    port = free_port()
    process = processes.start([str(BIN / "incidens72"), "up"], product_env(WEB_PORT=port, INCIDENTS72_DATA=data))
    try:
        yield process, _until_served(process, port, 120)
    finally:
        process.kill9()


def warm_and_idle(processes: Processes) -> Iterator[Line]:
    """``incidens72 up`` on a database that is there already; then twenty seconds of nothing."""
    with tempfile.TemporaryDirectory() as name:
        starts = []
        for _ in range(ROUNDS + 1):
            with _embedded(processes, Path(name)) as (_, took):
                starts.append(took)
        warm = of(starts[1:], "s")  # the first one made the database
        yield Line("warm start of `incidens72 up`", str(warm), f"< {WARM_LIMIT} s", warm.middle < WARM_LIMIT)
        with _embedded(processes, Path(name)) as (process, _):
            memory, cpu = _idle(process.pid)
    yield Line("idle memory of the embedded default", f"{memory:.0f} MB", f"< {RSS_LIMIT} MB", memory < RSS_LIMIT)
    yield Line(f"idle CPU over {IDLE_SECONDS} s", f"{cpu:.2f} %", f"< {CPU_LIMIT:g} %", cpu < CPU_LIMIT)


def _idle(pid: int) -> tuple[float, float]:
    """Resident memory in MB and processor time in percent of one core, of a process and its children."""
    time.sleep(5)
    tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    before = sum(sum(one.cpu_times()[:2]) for one in tree)
    time.sleep(IDLE_SECONDS)
    used = sum(sum(one.cpu_times()[:2]) for one in tree) - before
    return sum(one.memory_info().rss for one in tree) / 1e6, 100 * used / IDLE_SECONDS


def quiet_machine() -> str:
    """The load beside the number of cores: on a busy machine these figures mean little."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    busy = " (busy with other work: measure again before relying on it)" if load > cores / 2 else ""
    return f"load {load:.2f} on {cores} cores at the start{busy}"
