"""The page about security promises tests: they exist, and no line of the standard is left out or said twice."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| (met|n/a|\*\*not met\*\*) \| ([^|]+) \|$", PAGE, re.M)
BY_CHAPTER = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
"""How many requirements of level 1 and 2 ASVS 5.0.0 has, chapter by chapter."""


def test_every_line_of_level_two_is_answered_once() -> None:
    ids = [one for one, _, _ in LINES]
    assert max(Counter(ids).values()) == 1
    counted = Counter(int(one.partition(".")[0]) for one in ids)
    assert [counted[chapter] for chapter in range(1, 18)] == BY_CHAPTER
    assert len(re.findall(r"^\| \d+\.\d+\.\d+ ", PAGE, re.M)) == len(LINES) == 253


def test_the_figures_are_those_of_the_list() -> None:
    counted = Counter(status for _, status, _ in LINES)
    said = (
        f"Of 253 lines {counted['met']} are met, {counted['n/a']} do not apply, {counted['**not met**']} are not met."
    )
    assert said in PAGE


def test_every_file_named_exists() -> None:
    named = set(re.findall(r"`((?:tests|docs|incidents)/[\w/.-]+\.\w+)`", PAGE))
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []
    assert len(named) > 50
