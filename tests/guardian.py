"""Ends what a test run started, whatever becomes of the run itself.

Reads lines from standard input: ``+PID`` puts a process group under guard, ``-PID`` releases it, ``/FOLDER`` names one
to remove. When the input ends (the test run finished, was terminated or was killed) every group still guarded is
interrupted and then killed, and every folder named is removed.
Ordinary clean-up handlers do not run on SIGTERM and SIGKILL; a closed pipe cannot be missed.
"""

import os
import shutil
import signal
import sys
import time

GRACE_SECONDS = 5.0


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _end(groups: set[int]) -> None:
    alive = {group for group in groups if _signal(group, signal.SIGINT)}
    until = time.monotonic() + GRACE_SECONDS
    while alive and time.monotonic() < until:
        time.sleep(0.05)
        alive = {group for group in alive if _signal(group, 0)}
    for group in alive:
        _signal(group, signal.SIGKILL)


def main() -> None:
    groups: set[int] = set()
    folders: list[str] = []
    for line in sys.stdin:
        if line.startswith("/"):
            folders.append(line.rstrip("\n"))
        else:
            change = groups.add if line.startswith("+") else groups.discard
            change(int(line[1:]))
    _end(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
