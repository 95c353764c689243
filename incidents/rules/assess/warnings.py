"""Contradictions between the facts, and what must be looked at twice. A warning never changes an answer."""

from collections.abc import Iterator

from incidents.rules.assess.decision import Decision
from incidents.rules.assess.reading import Values
from incidents.rules.assess.situation import UNOPENED, Situation
from incidents.rules.assess.verdict import Answer, Warned
from incidents.rules.vocabulary import vocabulary

_OPEN = ("vulnerable", "context", "mitigations")
_LEFT = frozenset({"yes", "likely", "contained"})


def warnings(s: Situation, decision: Decision) -> tuple[Warned, ...]:
    """What to show beside the answers; the sentences are in the rule set under ``warnings``."""
    codes = (*_secrets(s.values), *_people(s), *_hands(s), *_tags(s), *_approval(s, decision))
    return (*(Warned(code) for code in codes), *_unnamed(s.values))


def _unnamed(values: Values) -> Iterator[Warned]:
    """Tags of open lists that are kept but that no rule can read."""
    for key in _OPEN:
        said = values.get(key)
        known = vocabulary()[key].codes
        for tag in said if isinstance(said, list) else ():
            if tag not in known:
                yield Warned("unnamed_tag", key, str(tag))


def _secrets(values: Values) -> Iterator[str]:
    secret = values.get("unintelligible")
    if isinstance(secret, dict) and secret.get("state") == "yes" and secret.get("key_safe") is False:
        yield "key_lost"


def _people(s: Situation) -> Iterator[str]:
    count = s.values.get("subjects_count")
    if isinstance(count, dict) and count.get("number") != s.subjects:
        yield "count_under_band"


def _hands(s: Situation) -> Iterator[str]:
    left = s.values.get("exfiltrated")
    if left == "no_proven" and s.tag("logs_incomplete"):
        yield "logs_incomplete"
    if s.kind == "none" and "confidentiality" in s.hits and left != "no_proven":
        yield "nobody_but_out"
    if s.malicious and s.values.get("malicious") is False:
        yield "malice_denied"
    many = s.recipients is not None and s.recipients > s.law.limits["few_recipients"]
    if many and s.kind in {"known_wrong", "internal", "trusted_partner"}:
        yield "one_but_many"
    if s.assurance in UNOPENED and left in _LEFT - {"contained"}:
        yield "unopened_but_out"


def _tags(s: Situation) -> Iterator[str]:
    tags = s.tags or frozenset()
    if {"integrity_corrected", "integrity_relied_on"} <= tags:
        yield "corrected_and_relied"
    if {"logs_complete", "logs_incomplete"} <= tags:
        yield "logs_both"
    if "permanent_loss" in tags and s.backup == "available":
        yield "lost_but_backup"


def _approval(s: Situation, decision: Decision) -> Iterator[str]:
    """NAIH-2894-3/2021: "no risk" for the health data of many needs a second pair of eyes."""
    health = "health" in s.data or "health" in (s.special or ())
    many = s.subjects is None or s.subjects > s.law.limits["health_people"]
    if health and many and decision.notify_authority is Answer.NO:
        yield "second_approval"
