"""Law as data: dated files under incidents/law, picked by the day they apply to.

Every file has ``id``, ``version``, ``applies_from`` and, once replaced, ``applies_to`` (exclusive), and ``sources``.
A change of law is a new file; an incident keeps the version it was judged under.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LAW = files("incidents") / "law"
"""Where the dated files lie, a folder a kind."""


class NoSuchLawError(LookupError):
    """No dated file of that kind and id applies on that day, or has that version."""


@cache
def _all(kind: str) -> tuple[Mapping[str, Any], ...]:
    folder = LAW / kind
    return tuple(
        MappingProxyType(tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in sorted(folder.iterdir(), key=lambda item: item.name)
        if entry.name.endswith(".toml")
    )


def every(kind: str) -> tuple[Mapping[str, Any], ...]:
    """Every dated file of a kind, whatever the day, in order of file name."""
    return _all(kind)


def in_force(kind: str, law_id: str, on: date) -> Mapping[str, Any]:
    """The file of that kind and id that applies on a day.

    Raises:
        NoSuchLawError: none applies.
    """
    for law in _all(kind):
        if law["id"] == law_id and law["applies_from"] <= on and not law.get("applies_to", date.max) <= on:
            return law
    raise NoSuchLawError(f"no {kind}/{law_id} applies on {on}")


def of_version(kind: str, law_id: str, version: str) -> Mapping[str, Any]:
    """The file of that kind, id and version, whatever the day: old incidents keep theirs.

    Raises:
        NoSuchLawError: there is none.
    """
    for law in _all(kind):
        if law["id"] == law_id and law["version"] == version:
            return law
    raise NoSuchLawError(f"there is no version {version} of {kind}/{law_id}")
