"""The machine, the day and the commit a figure belongs to."""

import platform
import subprocess
from pathlib import Path

from bench import starting
from incidents.base.time import SystemClock
from tests.processes import ROOT


def about() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    day = SystemClock().now().date().isoformat()
    return (
        f"{day}, commit {commit.stdout.strip()}; {processor}, {starting.quiet_machine()}; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}."
    )
