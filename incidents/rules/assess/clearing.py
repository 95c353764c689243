"""What takes a dimension off the table: N1 to N6. The duty stays until one holds for everything that was hit."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from incidents.rules.assess.situation import Exposure, Situation
from incidents.rules.assess.truth import Truth, all_of, any_of, at_most, negate

Ground: TypeAlias = tuple[str, str]
Condition: TypeAlias = Callable[[Situation], Truth]

INTERESTED = frozenset({"attacker", "ex_employee", "hostile_known"})
COMPLETE = frozenset({"available", "na"})


def _encrypted(s: Situation) -> Truth:
    return all_of(s.encrypted, negate(s.adverse))


def _unopened(s: Situation) -> Truth:
    return all_of(s.unopened, negate(s.adverse))


def _excluded(s: Situation) -> Truth:
    return all_of(s.excluded, negate(s.adverse))


def _colleague(s: Situation) -> Truth:
    return all_of(s.exposure is Exposure.TRUSTED, s.kind == "internal", negate(s.adverse))


def _partner(s: Situation) -> Truth:
    return all_of(
        s.exposure is Exposure.TRUSTED,
        s.kind == "trusted_partner",
        not s.unspecified,
        negate(s.tier_at_least(3)),
        negate(s.adverse),
    )


def _few(s: Situation) -> Truth:
    """Everyday data about few people with few known, honest recipients."""
    return all_of(
        Exposure.TRUSTED <= s.exposure <= Exposure.MANY,
        not s.unspecified,
        negate(s.tier_at_least(2)),
        s.few_people,
        any_of(s.kind == "internal", s.few_recipients),
        s.in_good_faith,
        negate(s.group("sensitive_groups")),
        negate(s.tag("prof_secrecy")),
        negate(s.adverse),
    )


def _harmless(s: Situation) -> Truth:
    """Names that identify nobody and passwords that nobody can read."""
    return all_of(
        s.data <= s.law.sets["harmless"],
        "credentials_hashed_strong" not in s.data or s.salt_safe is True,
        s.values.get("identifiability") == "pseudonymous",
        negate(s.tier_at_least(1)),
        negate(s.adverse),
    )


def _business(s: Situation) -> Truth:
    """Business contact details, with nobody who wants to use them against anybody."""
    return all_of(
        "business_contact" in s.data,
        s.data.isdisjoint(s.law.sets["harmless"]),
        not s.unspecified,
        s.kind not in INTERESTED,
        negate(s.tier_at_least(1)),
        s.in_good_faith,
        negate(s.group("sensitive_groups")),
        negate(s.adverse),
    )


def _kept(s: Situation) -> Truth:
    """Whether a complete copy existed and nothing is gone for good."""
    return all_of(s.backup in COMPLETE, negate(s.tag("permanent_loss")), negate(s.adverse))


def _within(s: Situation, limit: str) -> Truth:
    """Whether the data were back in time; with a complete backup at hand a time not stated leaves it open."""
    if s.restored is None and s.backup != "available":
        return False
    return at_most(s.restored, s.law.limits[limit])


def _restored(s: Situation) -> Truth:
    return all_of(s.impact == "none", _within(s, "restored_hours"), _kept(s))


def _short_outage(s: Situation) -> Truth:
    return all_of(s.impact == "minor_delay", _within(s, "short_outage_hours"), _kept(s))


def slow(s: Situation) -> Truth:
    """Whether the data came back, but so late (or with a small delay for people) that a person must judge it."""
    late = all_of(s.impact == "none", _within(s, "slow_hours"))
    delayed = all_of(s.impact == "minor_delay", _within(s, "restored_hours"))
    return all_of(any_of(late, delayed), _kept(s))


def _corrected(s: Situation) -> Truth:
    return all_of(
        s.tag("integrity_corrected"), negate(s.tag("integrity_relied_on")), s.impact == "none", negate(s.adverse)
    )


def _put_back(s: Situation) -> Truth:
    return all_of(_restored(s), negate(s.tag("integrity_relied_on")))


CLEARING: Mapping[str, Mapping[Ground, Condition]] = {
    "confidentiality": {
        ("N1", "encrypted"): _encrypted,
        ("N1", "unopened"): _unopened,
        ("N1", "excluded"): _excluded,
        ("N2", "colleague"): _colleague,
        ("N2", "partner"): _partner,
        ("N3", "few"): _few,
        ("N4", "harmless"): _harmless,
        ("N4", "business"): _business,
    },
    "integrity": {("N6", "corrected"): _corrected, ("N6", "restored"): _put_back},
    "availability": {("N5", "restored"): _restored, ("N5", "short_outage"): _short_outage},
}
EXTENT = frozenset({"N3", "N4"})
