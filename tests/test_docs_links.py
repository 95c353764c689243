"""Every link and picture of the documents leads somewhere inside the repository, down to the heading."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.processes import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The address each heading gets where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        path, _, part = unquote(target).partition("#")
        goal = page.parent / path if path else page
        if "://" in target or target.startswith("mailto:"):
            continue
        if not goal.exists() or (part and part not in anchors(goal)):
            dead.append(target)
    assert dead == []


def test_the_readme_is_read_in_two_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 900


def test_every_page_is_found_from_another() -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in PAGES}
    lonely = [
        page.name
        for page in (ROOT / "docs").glob("*.md")
        if not any(page.name in text for other, text in texts.items() if other != page)
    ]
    assert lonely == []
