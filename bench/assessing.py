"""How many risk tests one core makes a second: the verdict alone, and with all that explains it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from bench.figures import ROUNDS, Figure, Line, of, seconds
from incidents.rules.assess import assess, explain

CASES = Path(__file__).parents[1] / "tests" / "vectors" / "cases.yaml"
TARGET = 1000
REPEATS = 5


def assessments() -> Iterator[Line]:
    """The 80 published cases, over and over, input checking included."""
    facts = [case["fields"] for case in yaml.safe_load(CASES.read_text(encoding="utf-8"))["cases"]]
    verdicts = _per_second(lambda: [assess(one) for one in facts], len(facts))
    yield Line("assessments, one core", str(verdicts), f"≥ {TARGET}/s", verdicts.middle >= TARGET)
    explained = _per_second(lambda: [explain(assess(one)) for one in facts], len(facts))
    yield Line("the same with reasons and what hangs on each unknown", str(explained))


def _per_second(act: Callable[[], object], count: int) -> Figure:
    act()  # the law files are read once
    rounds = (seconds(lambda: [act() for _ in range(REPEATS)]) for _ in range(ROUNDS))
    return of((count * REPEATS / taken for taken in rounds), "/s")
