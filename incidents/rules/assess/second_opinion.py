"""The ENISA score of the facts, step by step with reasons: a second opinion that never lowers a duty."""

from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from incidents.rules.assess.situation import Exposure, Situation
from incidents.rules.assess.truth import Truth
from incidents.rules.assess.verdict import Answer
from incidents.rules.enisa import Circumstances, DataContext, Identification, Score, Steps, lines, method, rate

NOTHING, SOME, MOST = Decimal(0), Decimal("0.25"), Decimal("0.5")
NEAR = Decimal("0.25")
_BAND_RANK = {"low": 0, "medium": 1, "high": 2, "very_high": 3}
_EXPECTED = {
    (Answer.NO, Answer.NO): {0},
    (Answer.REVIEW, Answer.NO): {0, 1},
    (Answer.YES, Answer.NO): {1},
    (Answer.REVIEW, Answer.REVIEW): {0, 1, 2, 3},
    (Answer.YES, Answer.REVIEW): {1, 2, 3},
    (Answer.YES, Answer.YES): {2, 3},
}


class _Range(NamedTuple):
    low: Decimal
    likely: Decimal
    high: Decimal


def enisa_score(s: Situation) -> Score:
    """The score that the facts give, with the range a careful assessor could defend. Headcount is a flag only."""
    return _score(
        s.data,
        (_confidentiality(s), _integrity(s), _availability(s)),
        s.malicious,
        str(s.values.get("identifiability") or "unknown"),
        sensitive=bool(s.group("sensitive_groups")),
        special=bool((s.special or frozenset()) - {"health_minor"} or s.tag("reveals_special_by_context")),
        many=s.subjects is not None and s.subjects > method()["flags"]["many_people"],
        unintelligible=s.encrypted,
    )


@lru_cache(maxsize=4096)
def _score(
    data: frozenset[str],
    losses: tuple[_Range, _Range, _Range],
    malicious: Truth,
    identifiability: str,
    *,
    sensitive: bool,
    special: bool,
    many: bool,
    unintelligible: bool,
) -> Score:
    low, likely, high = (
        Steps(
            _contexts(data, end, sensitive=sensitive, special=special),
            (_identification(identifiability, end),),
            _circumstances(losses, malicious, end),
        )
        for end in range(3)
    )
    return rate(likely, low=low, high=high, over_100=many, unintelligible=unintelligible)


def differs(score: Score, authority: Answer, people: Answer) -> bool:
    """Whether the band and the answers of the rules are a band or more apart."""
    return _BAND_RANK[score.band] not in _EXPECTED.get((authority, people), set())


def near_a_line(score: Score) -> bool:
    """Whether the score lies within a quarter of the line between two bands."""
    return any(abs(score.se - line) <= NEAR for line in lines())


def _contexts(data: frozenset[str], end: int, *, sensitive: bool, special: bool) -> tuple[DataContext, ...]:
    """The kinds of data in their categories; people who can be hurt more weigh more (factor: individuals)."""
    contexts = [_context(code, end, sensitive=sensitive) for code in sorted(data)]
    if special and not any(one.category == "sensitive" for one in contexts):
        contexts.append(DataContext("sensitive", 0 if end else -1, "nature", "the context reveals special data"))
    return tuple(contexts)


@cache
def _context(code: str, end: int, *, sensitive: bool) -> DataContext:
    category, adjustment, factor, low, high, reason = method()["data"].get(code) or method()["data"]["unspecified"]
    base = method()["base"][category]
    if end != 1:
        wanted = (low, None, high)[end]
        return DataContext(category, wanted - base, factor or "nature", reason)
    if sensitive and category == "simple" and adjustment == 0:
        return DataContext(category, 1, "individuals", f"{reason}; of people who can be hurt more easily")
    return DataContext(category, adjustment, factor, reason)


def _identification(told: str, end: int) -> Identification:
    low, high = method()["identification_range"][told]
    value = (low, method()["identification"][told], high)[end]
    return Identification("all data together", Decimal(value), told)


def _confidentiality(s: Situation) -> _Range:
    if s.exposure is Exposure.NONE:
        return _Range(NOTHING, NOTHING, NOTHING)
    if s.exposure <= Exposure.MANY:
        return _Range(NOTHING, SOME, MOST)
    evidence = s.values.get("exfiltrated") in {"yes", "likely"} or s.kind == "public"
    return _Range(SOME, MOST, MOST) if evidence else _Range(NOTHING, NOTHING, MOST)


def _integrity(s: Situation) -> _Range:
    if "integrity" not in s.hits or s.tag("integrity_corrected"):
        return _Range(NOTHING, NOTHING, NOTHING)
    return _Range(NOTHING, SOME, MOST) if s.tag("integrity_relied_on") else _Range(NOTHING, NOTHING, SOME)


def _availability(s: Situation) -> _Range:
    if "availability" not in s.hits:
        return _Range(NOTHING, NOTHING, NOTHING)
    if s.tag("permanent_loss") or (s.restored is None and s.backup == "no"):
        return _Range(SOME, MOST, MOST)
    if s.backup == "available" and (s.restored is None or s.restored <= s.law.limits["restored_hours"]):
        return _Range(NOTHING, NOTHING, SOME)
    return _Range(NOTHING, SOME, MOST)


def _circumstances(losses: tuple[_Range, _Range, _Range], malicious: Truth, end: int) -> Circumstances:
    confidentiality, integrity, availability = (loss[end] for loss in losses)
    return Circumstances(
        confidentiality, integrity, availability, _malice(malicious, end), "from the facts of the case"
    )


def _malice(malicious: Truth, end: int) -> bool:
    return malicious is not False if end == len(_Range._fields) - 1 else malicious is True
