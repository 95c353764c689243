"""``make fuzz``: calls made from the description of the API against real server processes, and docs/fuzzing.md."""

import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.about import about
from tests.api.fuzz import Tally, run
from tests.processes import ROOT

REPORT = ROOT / "docs" / "fuzzing.md"
ROUNDS = 7
PARTS = 2
ABOUT = """# Calls nobody thought of, and what came of them

Made by `make fuzz`; do not edit. schemathesis makes calls from the description of the API, well-formed and malformed,
with keys of real objects and with any, as DPO, case handler, reporter, auditor, as a stranger from another controller
and without a key, against real `incidens72 web` processes. An answer of 5xx, one that the description does not name,
another media type or another shape is a fault. After each operation everything is put back.
"""
MENDED = ("`GET /drafts/{document_id}/{form}` answered PDF and DOCX; the description named JSON",)
"""What earlier runs found."""


def group_of(operation: str) -> str:
    """The part of the API an operation belongs to: what comes behind the case, or the first word."""
    words = [word for word in operation.split(" ")[1].removeprefix("/api/v1/").split("/") if word[:1] != "{"]
    return words[1] if words[0] == "incidents" and len(words) > 1 else words[0]


def grouped(found: Mapping[str, Tally]) -> dict[str, tuple[int, Tally]]:
    """The figures by part of the API, with the number of operations."""
    groups: defaultdict[str, list[Tally]] = defaultdict(list)
    for operation, one in found.items():
        groups[group_of(operation)].append(one)
    return {name: (len(ones), together(ones)) for name, ones in sorted(groups.items())}


def together(found: Iterable[Tally]) -> Tally:
    """All as one."""
    sum_ = Tally()
    for one in found:
        sum_.add(one)
    return sum_


def said(answers: Counter[str]) -> str:
    """What was answered how often."""
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(answers.items()))


def report(found: Mapping[str, Tally]) -> Iterator[str]:
    """The page."""
    cases, faults = sum(one.cases for one in found.values()), [one for each in found.values() for one in each.faults]
    yield ABOUT
    yield about() + "\n"
    yield f"**{cases:,} calls of {len(found)} operations, {len(faults)} faults.**\n"
    yield "| part of the API | operations | calls | answers | faults |\n| --- | --- | --- | --- | --- |"
    for name, (count, one) in grouped(found).items():
        yield f"| {name} | {count} | {one.cases:,} | {said(one.answers)} | {len(one.faults)} |"
    yield ""
    for one in faults:
        yield f"**Not as described:** {one}\n"
    yield "## Found by earlier runs and mended\n"
    yield from (f"* {what}." for what in MENDED)


def main() -> int:
    """Make the calls, write the page, say what is wrong."""
    rounds, parts = int(os.environ.get("FUZZ_ROUNDS", ROUNDS)), int(os.environ.get("FUZZ_PARTS", PARTS))
    with tempfile.TemporaryDirectory() as folder:
        return write(run(parts, rounds, Path(folder)))


def write(found: Mapping[str, Tally]) -> int:
    """Write the page and say what is wrong; 1 when anything is."""
    REPORT.write_text("\n".join(report(found)) + "\n", encoding="utf-8")
    faults = {fault: example for one in found.values() for fault, example in one.faults.items()}
    for fault, example in faults.items():
        print(f"{fault}\n    {example}")
    print(f"{sum(one.cases for one in found.values()):,} calls, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
