"""What differs from country to country and from year to year: tiers of data, identity keys, limits, texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from incidents.base.dated import in_force, of_version

_FAR_AHEAD = date(9000, 1, 1)


@dataclass(frozen=True)
class Text:
    """How a rule (or a ground of a rule) is told: effect, facts it reads, sources, words in both languages."""

    rule: str
    ground: str
    effect: str
    facts: tuple[str, ...]
    sources: tuple[str, ...]
    hu: str
    en: str


@dataclass(frozen=True)
class Jurisdiction:
    """The switches of the risk test in one country, as of one version of its file."""

    id: str
    version: str
    rules_version: str
    authority_threshold: str
    tiers: Mapping[str, int]
    sets: Mapping[str, frozenset[str]]
    identity_parts: Mapping[str, int]
    limits: Mapping[str, int]

    @property
    def rule_set(self) -> str:
        """The versions a verdict was made under, as kept beside it: ``hu-1/risk-1``."""
        return f"{self.id}-{self.version}/risk-{self.rules_version}"


def jurisdiction(law_id: str = "hu", on: date | None = None) -> Jurisdiction:
    """The switches in force on a day; without a day, those of the newest version known here.

    Raises:
        NoSuchLawError: none apply.
    """
    return _of(law_id, str(in_force("jurisdictions", law_id, on or _FAR_AHEAD)["version"]))


def jurisdiction_of(rule_set: str) -> Jurisdiction:
    """The switches named by a stored ``rule_set``, so that an old verdict can be repeated.

    Raises:
        NoSuchLawError: there is no such version.
    """
    law_id, _, version = rule_set.partition("/")[0].rpartition("-")
    return _of(law_id, version)


@cache
def _of(law_id: str, version: str) -> Jurisdiction:
    data = of_version("jurisdictions", law_id, version)
    return Jurisdiction(
        id=law_id,
        version=version,
        rules_version=data["rules"].rpartition("-")[2],
        authority_threshold=data["authority_threshold"],
        tiers={code: int(tier) for tier, codes in data["tiers"].items() for code in codes},
        sets={name: frozenset(codes) for name, codes in data["sets"].items()},
        identity_parts=data["identity_parts"],
        limits=data["limits"],
    )


@cache
def texts(rules_version: str) -> Mapping[tuple[str, str], Text]:
    """Every rule and ground in words.

    Raises:
        NoSuchLawError: there is no such version.
    """
    rules = of_version("methods", "risk", rules_version)["rules"]
    return {
        (rule, ground): _text(rule, ground, data) for rule, grounds in rules.items() for ground, data in grounds.items()
    }


def _text(rule: str, ground: str, data: Mapping[str, Any]) -> Text:
    facts, sources = tuple(data["facts"]), tuple(data["sources"])
    return Text(rule, ground, data["effect"], facts, sources, data["hu"], data["en"])


def extra_texts(rules_version: str, kind: str) -> Mapping[str, Any]:
    """The other sentences of the rule set: ``unresolved`` and ``warnings``."""
    found: Mapping[str, Any] = of_version("methods", "risk", rules_version)[kind]
    return found
