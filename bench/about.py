"""The machine, the day and the commit a figure belongs to."""

import platform
import subprocess
from pathlib import Path
from typing import Any

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


def stolen(begun: Any, ended: Any) -> str:
    """How much of the time in which a processor was wanted the host of this virtual machine gave to others."""
    took = {name: getattr(ended, name) - getattr(begun, name) for name in ("user", "system", "steal")}
    return (
        f"Of the processor time asked for meanwhile the host gave {took['steal'] / sum(took.values()):.0%} to others."
    )
