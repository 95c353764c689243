"""The user guide says what the product says, and every picture in it is taken by a test on its way."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.base.i18n import translator
from tests.processes import ROOT

GUIDE = ROOT / "docs" / "guide"
ENGLISH = GUIDE / "english.md"
PAGES = sorted(page for page in GUIDE.glob("*.md") if page != ENGLISH)
WALKS = ("tests/e2e/test_journey.py", "tests/e2e/other_roles.py", "tests/demo/test_demo.py")
"""Where the pictures are taken."""
MOST_BYTES, LARGEST = 3_000_000, 200_000
FILE_FORMATS = {"DOCX", "PDF", "XLSX", "CSV"}


def words(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def pictures() -> set[str]:
    return {name for page in PAGES for name in re.findall(r"\]\(kepek/([^)]+)\)", words(page))}


def hungarian(data: object) -> Iterator[str]:
    """Every Hungarian text in a file of law data."""
    if isinstance(data, dict):
        yield from (text for key, text in data.items() if key == "hu" and isinstance(text, str))
        for part in data.values():
            yield from hungarian(part)
    elif isinstance(data, list):
        for part in data:
            yield from hungarian(part)


def said_by_the_product() -> set[str]:
    catalogue = {form for forms in translator("hu").catalogue.values() for form in forms}
    vocabulary = tomllib.loads((ROOT / "incidents/law/vocabulary/facts-1.toml").read_text(encoding="utf-8"))
    return {re.sub(r"^\d\. ", "", text).lower() for text in [*catalogue, *hungarian(vocabulary)]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_guide_prints_bold_stands_on_a_page_of_the_product(page: Path) -> None:
    known = said_by_the_product()
    bold = {" ".join(text.split()) for text in re.findall(r"\*\*(.+?)\*\*", words(page), re.DOTALL)}
    sentences_of_our_own = {"Szóljon most, akkor is, ha nem biztos benne."}
    assert {text for text in bold - FILE_FORMATS - sentences_of_our_own if text.lower() not in known} == set()


def test_every_picture_of_the_guide_is_there_and_none_is_left_over() -> None:
    assert {file.name for file in (GUIDE / "kepek").iterdir()} == pictures()


def test_every_picture_is_described_for_those_who_cannot_see_it() -> None:
    assert [page.name for page in PAGES if "![](" in words(page)] == []


def test_the_pictures_stay_small_enough_to_keep() -> None:
    sizes = {file.name: file.stat().st_size for file in (GUIDE / "kepek").iterdir()}
    assert {name: size for name, size in sizes.items() if size >= LARGEST} == {}
    assert sum(sizes.values()) < MOST_BYTES


def test_the_walks_take_every_picture_of_the_guide() -> None:
    walks = "".join((ROOT / walk).read_text(encoding="utf-8") for walk in WALKS)
    assert {name for name in pictures() if f'"{name.removesuffix(".png")}"' not in walks} == set()


def test_there_is_a_page_for_everybody_and_english_says_it_in_short() -> None:
    everybody = {"bejelento", "tisztviselo", "vezeto", "auditor", "rendszergazda", "fiok"}
    for page in ("README.md", "english.md"):
        assert {name for name in everybody if f"({name}.md" not in words(GUIDE / page)} == set()
