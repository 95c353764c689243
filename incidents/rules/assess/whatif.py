"""What is not known yet, and how the verdict would move if it were: the questions worth asking next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from incidents.rules.assess.decision import decide
from incidents.rules.assess.reading import Values
from incidents.rules.assess.situation import UNSPECIFIED, Situation, situation
from incidents.rules.assess.verdict import Answer, Verdict
from incidents.rules.facts import JsonValue
from incidents.rules.vocabulary import vocabulary

# One answer for each way in which the rules may turn; more of the same kind would say nothing new.
POSSIBLE: Mapping[str, Sequence[JsonValue]] = {
    "breach_types": (["confidentiality"], ["integrity"], ["availability"]),
    "cause": ("misconfiguration", "web_vulnerability", "stolen_device", "hacking"),
    "data_categories": (
        ["pseudonym_username"],
        ["contact_basic"],
        ["contact_basic", "date_of_birth"],
        ["contact_basic", "bank_account"],
        ["contact_basic", "national_id"],
        ["contact_basic", "health"],
    ),
    "special_categories": ([], ["health"]),
    "subjects_count": ({"number": 1, "precision": "exact"}, {"number": 1000, "precision": "approximate"}),
    "vulnerable": ([], ["children"], ["protected_identity"]),
    "unintelligible": ({"state": "yes", "key_safe": True}, {"state": "no"}),
    "unintelligible.state": ("yes", "no"),
    "unintelligible.key_safe": (True, False),
    "unintelligible.salt_safe": (True, False),
    "backup": ("available", "partial", "no"),
    "restored_within_hours": (1, 48, 96),
    "recipient": (
        {"kind": "internal", "count": 1, "assurance": "deletion_confirmed"},
        {"kind": "trusted_partner", "count": 1, "assurance": "deletion_confirmed"},
        {"kind": "known_wrong", "count": 1, "assurance": "unopened_deleted"},
        {"kind": "known_wrong", "count": 1, "assurance": "none"},
        {"kind": "attacker", "count": None, "assurance": "none"},
    ),
    "recipient.count": (1, 1000),
    "recipient.assurance": ("none", "deletion_confirmed", "unopened_deleted"),
    "exfiltrated": ("no_proven", "contained", "yes"),
    "malicious": (False, True),
    "identifiability": ("direct", "pseudonymous"),
    "service_impact": ("none", "minor_delay", "serious"),
    "context": ([], ["observed_fraud"], ["safety_threat"], ["integrity_corrected"], ["permanent_loss"]),
}

# Asked only where data were lost or altered.
_OF_LOSS = frozenset({"backup", "restored_within_hours"})


@dataclass(frozen=True)
class Change:
    """An answer that would move the verdict, and where to."""

    value: JsonValue
    notify_authority: Answer
    tell_subjects: Answer


@dataclass(frozen=True)
class Unknown:
    """A fact nobody knows yet, and the answers to it that would move the verdict by themselves."""

    fact: str
    changes: tuple[Change, ...]


def unknown_facts(s: Situation) -> tuple[str, ...]:
    """What the rules would read and nobody knows, in the order of the vocabulary (``recipient.count`` for a part)."""
    return tuple(_unknown(s))


def _unknown(s: Situation) -> Iterator[str]:
    for key, field in vocabulary().items():
        value = s.values.get(key)
        if key not in POSSIBLE or (key in _OF_LOSS and s.hits <= {"confidentiality"}):
            continue
        if key == "subjects_count":
            missing = s.subjects is None
        elif key == "data_categories":
            missing = s.unspecified
        else:
            missing = value is None
        if missing:
            yield key
        elif field.parts and isinstance(value, dict):
            yield from _unknown_parts(s, key, value)


def _unknown_parts(s: Situation, key: str, value: Mapping[str, JsonValue]) -> Iterator[str]:
    if key == "recipient":
        if value.get("kind") in {None, "unknown"}:
            yield key
            return
        parts = ("count", "assurance") if value.get("kind") not in {"none", "public"} else ()
    else:
        hidden = value.get("state") in {"yes", "unknown", None}
        hashed = "credentials_hashed_strong" in s.data
        parts = (*(("state",) if value.get("state") in {"unknown", None} else ()), *(("key_safe",) if hidden else ()))
        parts = (*parts, *(("salt_safe",) if hashed else ()))
    yield from (f"{key}.{part}" for part in parts if value.get(part) in {None, "unknown"})


def unknowns(verdict: Verdict) -> tuple[Unknown, ...]:
    """The unknown facts that matter: each answer that would move the verdict, or on which a rule hangs.

    Every possible answer is tried, one fact at a time.
    """
    hanging = {fact for finding in verdict.findings for fact in finding.unknown}
    found = (Unknown(fact, _changes(verdict, fact)) for fact in unknown_facts(verdict.situation))
    return tuple(one for one in found if one.changes or one.fact in hanging)


def _changes(verdict: Verdict, fact: str) -> tuple[Change, ...]:
    now = (verdict.notify_authority, verdict.tell_subjects)
    tried = []
    for value in POSSIBLE[fact]:
        then = decide(situation(answered(verdict.situation.values, fact, value), verdict.jurisdiction))
        if (then.notify_authority, then.tell_subjects) != now:
            tried.append(Change(value, then.notify_authority, then.tell_subjects))
    return tuple(tried)


def answered(values: Values, fact: str, value: JsonValue) -> dict[str, JsonValue]:
    """The same facts with one (``recipient.count`` for a part) answered; what was known of a list with gaps stays."""
    key, _, part = fact.partition(".")
    known = values.get(key)
    if part:
        return {**values, key: {**(known if isinstance(known, dict) else {}), part: value}}
    if key == "data_categories" and isinstance(known, list) and isinstance(value, list):
        value = [*(one for one in known if one != UNSPECIFIED), *value]
    return {**values, key: value}
