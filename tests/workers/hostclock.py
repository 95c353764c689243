"""The clock of a host that can be set wrong and right again, as an operator or a time server sets it.

The product has no setting for this. Run as a script, ``hostclock.py FILE PROGRAM ARGUMENTS…``, this file runs a Python
program on such a host: FILE holds by how many nanoseconds its clock is ahead. Only the time of day moves; what
measures spans (``time.monotonic``) goes on evenly, as on a real machine. The file is shared memory, so every process
of the installation, forked ones included, sees a jump at once.
"""

import mmap
import runpy
import struct
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

AHEAD = struct.Struct("<q")


class HostClock:
    """The clock as the test sees and sets it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._set(0)

    @property
    def ahead(self) -> timedelta:
        return timedelta(microseconds=AHEAD.unpack(self._file.read_bytes())[0] // 1000)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def jump(self, by: timedelta) -> None:
        """Set it forward, or back."""
        self._set(int((self.ahead + by) / timedelta(microseconds=1)) * 1000)

    def wrapped(self, command: list[str]) -> list[str]:
        """The command of a Python program, on this host."""
        return [sys.executable, __file__, str(self._file), *command]

    def _set(self, nanoseconds: int) -> None:
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:
            file.write(AHEAD.pack(nanoseconds))


def _follow(file: Path) -> None:
    """Let every reading of the time of day in this process be that of the file."""
    sys.modules["pytest"] = None  # type: ignore[assignment]  # the product must not find it here either
    import time_machine
    from _time_machine import original_time_ns

    with file.open("rb") as handle:
        ahead = mmap.mmap(handle.fileno(), AHEAD.size, prot=mmap.PROT_READ)

    def time_ns(_traveller: object) -> int:
        return int(original_time_ns()) + int(AHEAD.unpack_from(ahead)[0])

    time_machine.Traveller.time_ns = time_ns  # type: ignore[method-assign]
    time_machine.travel(0).start()
    del sys.modules["pytest"]


def main() -> None:
    _, file, program, *arguments = sys.argv
    _follow(Path(file))
    sys.argv = [program, *arguments]
    sys.path[0] = str(Path(program).parent)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
