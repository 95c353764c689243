"""The facts as the rules see them: what was hit, who has the data, how sensitive they are."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from incidents.rules.assess.jurisdiction import Jurisdiction
from incidents.rules.assess.reading import Values, code_set, number, part, text, truth, whole
from incidents.rules.assess.truth import Truth, all_of, any_of, at_most, has_any

OPEN_HANDS = frozenset({"attacker", "public", "unknown", "hostile_known", "ex_employee"})
UNOPENED = frozenset({"unopened_deleted", "unopened_returned"})
CONTAINED = UNOPENED | {"deletion_confirmed", "returned"}
PASSED_ON = frozenset({"transit_exposure", "onward_disclosure", "continuing"})
SIGNS_OF_HARM = frozenset({"observed_fraud", "observed_misuse", "safety_threat"})
GRAVE = frozenset({"serious", "health_or_safety"})
DIMENSIONS = ("confidentiality", "integrity", "availability")
UNSPECIFIED = "unspecified"
# What a band of people means at least: enough to compare with the limits.
BANDS = {"dozens": 24, "hundreds": 101, "thousands": 1001, "tens_of_thousands": 10_001, "100k_plus": 100_000}


class Exposure(IntEnum):
    """In whose hands the data are, from nobody's to anybody's."""

    NONE = 0
    TRUSTED = 1
    INSIDE = 2
    FEW = 3
    MANY = 4
    OPEN = 5


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts, read once. None stands for "nobody knows yet" wherever that makes a difference."""

    law: Jurisdiction
    values: Values
    data: frozenset[str]
    special: frozenset[str] | None
    vulnerable: frozenset[str] | None
    tags: frozenset[str] | None
    kind: str
    recipient_known: bool
    recipients: int | None
    assurance: str
    subjects: int | None
    malicious: Truth
    encrypted: bool
    salt_safe: Truth
    excluded: bool
    unopened: bool
    hits: frozenset[str]
    exposure: Exposure
    impact: str | None
    restored: float | None
    backup: str
    identified: bool
    top_tier: int
    adverse: Truth
    """Whether something has shown already that the breach hurts: nothing clears it then."""

    def tag(self, *names: str) -> Truth:
        """Whether any of these circumstances applies."""
        return has_any(self.tags, names)

    def beyond(self, exposure: Exposure) -> bool:
        """Whether the data are in worse hands than these."""
        return self.exposure > exposure

    def tier_at_least(self, tier: int) -> Truth:
        """Whether some of the data are of this tier or higher; unspecified data may be of any."""
        if self.top_tier >= tier:
            return True
        readable = self.perhaps_readable and tier <= self.law.tiers["credentials_plain"]
        return None if self.unspecified or self.special is None or self.tags is None or readable else False

    @property
    def perhaps_readable(self) -> bool:
        """Whether hashed passwords may turn out to be readable."""
        return "credentials_hashed_strong" in self.data and self.salt_safe is None

    @property
    def unspecified(self) -> bool:
        """Whether it is not known which data are concerned."""
        return UNSPECIFIED in self.data

    @property
    def special_data(self) -> Truth:
        """Whether data of the highest tier are concerned."""
        return self.tier_at_least(4)

    def any_data(self, name: str) -> bool:
        """Whether data of a set of the jurisdiction (identity keys, …) are concerned."""
        return not self.data.isdisjoint(self.law.sets[name])

    def group(self, name: str) -> Truth:
        """Whether people of a set of the jurisdiction are concerned."""
        return has_any(self.vulnerable, self.law.sets[name])

    @property
    def grave(self) -> Truth:
        """Whether people have suffered a serious disadvantage or worse."""
        return None if self.impact is None else self.impact in GRAVE

    @property
    def few_people(self) -> Truth:
        """Whether few people are concerned."""
        return at_most(self.subjects, self.law.limits["few_people"])

    @property
    def few_recipients(self) -> Truth:
        """Whether few people received the data."""
        return at_most(self.recipients, self.law.limits["few_recipients"])

    @property
    def in_good_faith(self) -> Truth:
        """Whether whoever has the data means no harm and has not passed them on."""
        return all_of(
            None if self.malicious is None else not self.malicious,
            None if self.tags is None else self.tags.isdisjoint(PASSED_ON),
        )


class _Recipient(NamedTuple):
    """Who has the data, as answered, and whether they mean well (None: nobody knows)."""

    kind: str
    heads: int | None
    assurance: str
    malicious: Truth
    passes_on: Truth

    @property
    def honest(self) -> bool:
        """Whether good faith is known: no bad intent, nothing passed on."""
        return self.malicious is False and self.passes_on is False

    @property
    def unopened(self) -> bool:
        """Whether a known, honest recipient gave back or deleted what was never opened."""
        return self.honest and self.kind not in OPEN_HANDS and self.assurance in UNOPENED


def situation(values: Values, law: Jurisdiction) -> Situation:
    """Read the known values (keys of the vocabulary; an absent one is unknown)."""
    secret, tags = part(values, "unintelligible"), code_set(values, "context")
    recipient = _recipient(values, tags, law)
    data = code_set(values, "data_categories") or frozenset({UNSPECIFIED})
    special, salt_safe = code_set(values, "special_categories"), truth(secret.get("salt_safe"))
    encrypted = secret.get("state") == "yes" and secret.get("key_safe") is True
    excluded = values.get("exfiltrated") == "no_proven" and "logs_incomplete" not in (tags or ())
    hits = _hits(values, tags or frozenset(), law, excluded=excluded, nobody=recipient.kind == "none")
    closed = encrypted or excluded or recipient.unopened or "confidentiality" not in hits
    impact = text(values.get("service_impact"))
    return Situation(
        law=law,
        values=values,
        data=data,
        special=special,
        vulnerable=code_set(values, "vulnerable"),
        tags=tags,
        kind=recipient.kind,
        recipient_known="recipient" in values,
        recipients=recipient.heads,
        assurance=recipient.assurance,
        subjects=_subjects(values),
        malicious=recipient.malicious,
        encrypted=encrypted,
        salt_safe=salt_safe,
        excluded=excluded,
        unopened=recipient.unopened,
        hits=hits,
        exposure=Exposure.NONE if closed else _hands(recipient, law.limits["few_recipients"]),
        impact=impact,
        restored=number(values.get("restored_within_hours")),
        backup=text(values.get("backup")) or "unknown",
        identified=values.get("identifiability") != "pseudonymous",
        top_tier=_top_tier(data, special or frozenset(), tags or frozenset(), law, salt_safe),
        adverse=any_of(has_any(tags, SIGNS_OF_HARM), None if impact is None else impact in GRAVE),
    )


def _recipient(values: Values, tags: frozenset[str] | None, law: Jurisdiction) -> _Recipient:
    said = part(values, "recipient")
    kind = text(said.get("kind")) or "unknown"
    return _Recipient(
        kind=kind,
        heads=whole(said.get("count")),
        assurance=text(said.get("assurance")) or "unknown",
        malicious=_malicious(values, kind, law),
        passes_on=has_any(tags, PASSED_ON),
    )


def _subjects(values: Values) -> int | None:
    """How many people at least: the larger of the number and what the band says."""
    band = BANDS.get(text(values.get("subjects_band")) or "")
    said = [one for one in (whole(part(values, "subjects_count").get("number")), band) if one is not None]
    return max(said, default=None)


def _malicious(values: Values, kind: str, law: Jurisdiction) -> Truth:
    """Theft and attack are bad intent whatever was answered."""
    if kind == "attacker" or values.get("cause") in law.sets["malicious_causes"]:
        return True
    return truth(values.get("malicious"))


def _hits(values: Values, tags: frozenset[str], law: Jurisdiction, *, excluded: bool, nobody: bool) -> frozenset[str]:
    """What was hit: as answered, and what follows from the other facts. Nothing answered means everything."""
    said = (code_set(values, "breach_types") or frozenset(DIMENSIONS)) & frozenset(DIMENSIONS)
    hits = set(said)
    intruder = values.get("cause") is None or values.get("cause") in law.sets["intruder_causes"]
    left = values.get("exfiltrated") in {"yes", "likely", "contained"}
    not_ruled_out = values.get("exfiltrated") is None and not nobody
    if not excluded and (left or intruder or not_ruled_out):
        hits.add("confidentiality")
    if "permanent_loss" in tags:
        hits.add("availability")
    if "integrity_relied_on" in tags:
        hits.add("integrity")
    return frozenset(hits)


def _hands(recipient: _Recipient, few: int) -> Exposure:
    """The ladder of exposure for data that can be read; what is not known is taken at its worst."""
    kind, count = recipient.kind, recipient.heads
    if kind in OPEN_HANDS or kind == "none" or recipient.malicious:
        return Exposure.OPEN
    if recipient.honest and kind in {"internal", "trusted_partner"} and recipient.assurance in CONTAINED:
        return Exposure.TRUSTED
    if recipient.honest and kind == "internal":
        return Exposure.INSIDE
    alone = kind != "known_many" and count is None
    return Exposure.FEW if alone or (count is not None and count <= few) else Exposure.MANY


def _top_tier(
    data: frozenset[str], special: frozenset[str], tags: frozenset[str], law: Jurisdiction, salt_safe: Truth
) -> int:
    """The highest tier among the data, their context included; what is unspecified counts for nothing here."""
    counted = data - {"contact_email"} if _business_mail(data, tags) else data
    tiers = [law.tiers[code] for code in counted if code in law.tiers]
    if salt_safe is False and "credentials_hashed_strong" in data:
        tiers.append(law.tiers["credentials_plain"])
    if special - {"health_minor"} or "reveals_special_by_context" in tags:
        tiers.append(4)
    if "health_minor" in special:
        tiers.append(1)
    return max(tiers, default=0)


def _business_mail(data: frozenset[str], tags: frozenset[str]) -> bool:
    """Whether the e-mail addresses are essentially those of businesses."""
    return "mostly_business_contacts" in tags and "business_contact" in data
