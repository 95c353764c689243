"""Law is data: the file of the day, the file of the version, and no file without its source."""

import tomllib
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest

from incidents.base.dated import NoSuchLawError, in_force, of_version

LAWS = [
    (kind.name, tomllib.loads(law.read_text(encoding="utf-8")))
    for kind in (files("incidents") / "law").iterdir()
    if kind.is_dir()
    for law in kind.iterdir()
    if law.name.endswith(".toml")
]


def test_the_law_of_the_day_is_found_and_an_old_case_finds_its_version_again() -> None:
    law = in_force("regimes", "gdpr-33", date(2026, 11, 24))
    assert law["period_hours"] == 72
    assert of_version("regimes", "gdpr-33", law["version"]) == law


def test_a_law_not_yet_in_force_or_unknown_is_an_error_that_names_it() -> None:
    with pytest.raises(NoSuchLawError, match="gdpr-33"):
        in_force("regimes", "gdpr-33", date(2018, 5, 24))
    with pytest.raises(NoSuchLawError, match="gdpr-99"):
        of_version("regimes", "gdpr-99", "1")


@pytest.mark.parametrize(("kind", "law"), LAWS, ids=[f"{kind}/{law.get('id')}" for kind, law in LAWS])
def test_every_dated_file_says_what_it_is_since_when_and_from_where(kind: str, law: dict) -> None:
    assert {"id", "version", "applies_from", "sources"} <= law.keys()
    assert isinstance(law["applies_from"], date)
    assert law["sources"]


def test_no_two_files_of_one_law_apply_on_the_same_day() -> None:
    spans: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for kind, law in LAWS:
        span = (law["applies_from"], law.get("applies_to", date.max))
        spans.setdefault((kind, law["id"]), []).append(span)
    for periods in spans.values():
        ordered = sorted(periods)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))
