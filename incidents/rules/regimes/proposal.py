"""Which regimes a case may fall under: the profile of the controller and the facts propose, a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from incidents.rules.regimes.law import Catalogue, catalogue


@dataclass(frozen=True)
class Profile:
    """What a controller is subject to beside the GDPR; each field is a flag that a regime's data may name.

    ``kibertv_public``: Kiberbiztonsági tv. 1. § (1) a)-c), f); ``kibertv_entity``: d)-e). ``noon_rule_excluded``:
    an entity of 2025/301, Art. 5(5) or (6); None while nobody has said.
    """

    infotv_processing: bool = False
    kibertv_public: bool = False
    kibertv_entity: bool = False
    dora: bool = False
    trust_services: bool = False
    telecom: bool = False
    critical_entity: bool = False
    manufacturer: bool = False
    acts_as_processor: bool = False
    noon_rule_excluded: bool | None = None


@dataclass(frozen=True)
class Proposal:
    """A regime that may apply, in which version, why (``hu`` and ``en``), and whether a person has to confirm it."""

    regime_id: str
    version: str
    reason: Mapping[str, str]
    needs_confirmation: bool


def proposed(
    profile: Profile, facts: Mapping[str, object], on: date, law: Catalogue | None = None
) -> tuple[Proposal, ...]:
    """The regimes a case may fall under when awareness came on that day (in Hungary), in order of id.

    ``facts`` are the known values by key. A regime is left out only when the profile or known facts exclude it:
    what is not known proposes.
    """
    answers = (_proposal(duty.id, duty.version, duty.proposal, profile, facts) for duty in _law(law).all_in_force(on))
    return tuple(answer for answer in answers if answer)


def _law(law: Catalogue | None) -> Catalogue:
    return law or catalogue()


def _proposal(
    regime_id: str, version: str, data: Mapping[str, Any] | None, profile: Profile, facts: Mapping[str, object]
) -> Proposal | None:
    if data is None or not (data["flags"] == [] or _any_flag(profile, data["flags"])):
        return None
    if _excluded(data.get("facts_against", {}), facts):
        return None
    sure = "facts_for" not in data or _supported(data["facts_for"], facts)
    confirm = data["needs_confirmation"] or _any_flag(profile, data.get("confirm_if", []))
    return Proposal(regime_id, version, data["reason"] if sure else data["unclear"], confirm)


def _any_flag(profile: Profile, flags: list[str]) -> bool:
    return any(getattr(profile, flag) is True for flag in flags)


def _said(facts: Mapping[str, object], key: str) -> set[object]:
    """The codes a fact holds, as a set; empty when it is not known."""
    value = facts.get(key)
    if value is None:
        return set()
    return set(value) if isinstance(value, list | tuple | set | frozenset) else {value}


def _supported(wanted: Mapping[str, list[str]], facts: Mapping[str, object]) -> bool:
    return any(_said(facts, key) & set(codes) for key, codes in wanted.items())


def _excluded(against: Mapping[str, list[str]], facts: Mapping[str, object]) -> bool:
    """Whether every fact that counts is known and speaks against."""
    if not against:
        return False
    return all(_said(facts, key) and _said(facts, key) <= set(codes) for key, codes in against.items())
