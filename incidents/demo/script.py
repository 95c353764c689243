"""The play as data: who is in it and what happens when, read from the two files beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from typing import Any

from incidents.rules.profile import RegimesForm
from incidents.steps.controllers import ActivityForm, ControllerForm, ProcessorForm


@dataclass(frozen=True)
class Role:
    """A role of a person at a controller, by its short code."""

    at: str
    role: str
    deputy: bool = False


@dataclass(frozen=True)
class Player:
    """Somebody with an account; the first player runs the installation."""

    key: str
    name: str
    email: str
    about: str
    language: str = "hu"
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class House:
    """A controller with what binds it beside the GDPR, its processors and processing activities."""

    profile: ControllerForm
    regimes: RegimesForm
    processors: tuple[ProcessorForm, ...]
    activities: tuple[ActivityForm, ...]


@dataclass(frozen=True)
class Act:
    """Something one person does, so long after the report."""

    after: timedelta
    who: str
    do: str
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """An incident: reported so long before the demo starts, and what was done about it since."""

    controller: str
    ago: timedelta
    via: str
    contact: str
    kind: str = ""
    what_happened: str = ""
    reporter: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()

    @property
    def title(self) -> str:
        """The first line of what happened."""
        return (self.what_happened or str(self.facts["what_happened"])).splitlines()[0]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("incidents.demo") / name).read_text(encoding="utf-8"))


def houses() -> tuple[House, ...]:
    """The fictional controllers."""
    return tuple(_house(dict(raw)) for raw in _read("cast.toml")["controllers"])


def _house(raw: dict[str, Any]) -> House:
    processors = tuple(ProcessorForm(**one) for one in raw.pop("processors"))
    activities = tuple(
        ActivityForm(one["name"], one["purpose"], tuple(one["data_categories"]), tuple(one["subject_categories"]))
        for one in raw.pop("activities")
    )
    regimes = RegimesForm(raw.pop("subject_to", {}), raw.pop("tell_target_hours", None))
    return House(ControllerForm(**raw), regimes, processors, activities)


def players() -> tuple[Player, ...]:
    """The fictional people, the operator first."""
    return tuple(
        Player(**{**raw, "roles": tuple(Role(**one) for one in raw.get("roles", ()))})
        for raw in _read("cast.toml")["people"]
    )


def stories() -> tuple[Story, ...]:
    """The incidents, in the order of the file."""
    return tuple(_story(dict(raw)) for raw in _read("cases.toml")["cases"])


def _story(raw: dict[str, Any]) -> Story:
    ago = timedelta(hours=raw.pop("hours_ago"))
    return Story(**{**raw, "ago": ago, "acts": tuple(_act(dict(one)) for one in raw.get("acts", ()))})


def _act(raw: dict[str, Any]) -> Act:
    return Act(timedelta(hours=raw.pop("after")), raw.pop("who"), raw.pop("do"), raw)
