"""What makes the risk to people high: H1 to H10. The duty to tell them is off until one of these fires."""

from collections.abc import Mapping

from incidents.rules.assess.clearing import Condition, Ground
from incidents.rules.assess.situation import CONTAINED, Exposure, Situation
from incidents.rules.assess.truth import Truth, all_of, any_of, negate

# One known person is no mass: what makes a list dangerous is that nobody knows who reads it.
ONE_READER = frozenset({"ex_employee", "hostile_known"})


def _with_strangers(s: Situation) -> bool:
    return s.exposure >= Exposure.FEW


def _at_least(s: Situation, exposure: Exposure) -> Truth:
    """Bad intent would put the data in open hands; while nobody knows the intent, nobody knows whose hands they are."""
    if s.exposure >= exposure:
        return True
    return None if s.exposure >= Exposure.FEW and s.malicious is None else False


def _in_many_hands(s: Situation) -> Truth:
    return _at_least(s, Exposure.MANY)


def _inside(s: Situation) -> bool:
    return s.exposure is Exposure.INSIDE


def _protected_address(s: Situation) -> Truth:
    return _with_strangers(s) and "protected_address" in s.data


def _protected_person(s: Situation) -> Truth:
    return all_of(_with_strangers(s), s.any_data("whereabouts"), s.group("protected_groups"))


def _hostile(s: Situation) -> Truth:
    hostile = s.kind == "hostile_known" if s.recipient_known else None
    return all_of(_with_strangers(s), hostile, s.tier_at_least(1))


def _threat(s: Situation) -> Truth:
    return s.tag("safety_threat")


def _identity_key(s: Situation) -> Truth:
    return _with_strangers(s) and s.identified and s.any_data("identity_keys")


def _identity_key_inside(s: Situation) -> Truth:
    return _inside(s) and s.identified and s.any_data("identity_keys")


def _ready_to_use(s: Situation) -> Truth:
    broken_hash = "credentials_hashed_strong" in s.data and s.salt_safe is False
    return all_of(_in_many_hands(s), broken_hash or s.any_data("ready_to_use"))


def _handed_back(s: Situation) -> Truth:
    """Whether a single known, honest person has shown that the data are gone or back."""
    return all_of(s.exposure is Exposure.FEW, s.recipients == 1, s.assurance in CONTAINED, s.in_good_faith)


def _special(s: Situation) -> Truth:
    return all_of(_with_strangers(s), s.identified, s.special_data, negate(_handed_back(s)))


def _special_contained(s: Situation) -> Truth:
    return all_of(_with_strangers(s), s.identified, s.special_data, _handed_back(s))


def _special_inside(s: Situation) -> Truth:
    return all_of(_inside(s), s.identified, s.special_data)


def _intimate(s: Situation) -> Truth:
    return all_of(_in_many_hands(s), s.identified, s.tier_at_least(3))


def _continuing(s: Situation) -> Truth:
    return all_of(_with_strangers(s), s.identified, s.tier_at_least(3), s.tag("continuing"))


def _meant_harm(s: Situation) -> Truth:
    return all_of(_with_strangers(s), s.identified, s.malicious, s.tier_at_least(2))


def _malicious(s: Situation) -> Truth:
    return s.kind != "ex_employee" and _meant_harm(s)


def _former_staff(s: Situation) -> Truth:
    return s.kind == "ex_employee" and _meant_harm(s)


def _abuse(s: Situation) -> Truth:
    return any_of(s.tag("observed_fraud"), _misused(s))


def _misused(s: Situation) -> Truth:
    """Misuse weighs by the data; a former colleague who writes to old customers is the mild end (Case 08)."""
    return all_of(s.tag("observed_misuse"), s.tier_at_least(3 if s.kind == "ex_employee" else 2))


def _contacted(s: Situation) -> Truth:
    return all_of(s.tag("observed_misuse"), negate(_misused(s)))


def _care_or_safety(s: Situation) -> Truth:
    return s.impact == "health_or_safety"


def _serious(s: Situation) -> Truth:
    """What an outage or an error did to people is asked for by H10; here it stays open for a disclosure alone."""
    if s.impact is None:
        return False if _effect_unknown(s) else None
    return s.impact == "serious"


def _lost(s: Situation) -> Truth:
    return all_of(s.tag("permanent_loss"), any_of(s.grave, s.special_data))


def _relied_upon(s: Situation) -> Truth:
    return s.tag("integrity_relied_on")


def _stranger(s: Situation) -> Truth:
    return all_of(s.exposure is Exposure.FEW, s.tier_at_least(3))


def _open(s: Situation) -> Truth:
    return all_of(_in_many_hands(s), s.identified, s.tier_at_least(2))


def _identity_set(s: Situation) -> Truth:
    parts = sum(s.law.identity_parts.get(code, 0) for code in s.data)
    return all_of(_at_least(s, Exposure.OPEN), parts >= s.law.limits["identity_parts"])


def _unspecified(s: Situation) -> Truth:
    return s.exposure > Exposure.TRUSTED and s.unspecified


def _effect_unknown(s: Situation) -> Truth:
    return s.impact is None and not s.hits.isdisjoint({"availability", "integrity"})


def _vulnerable(s: Situation) -> Truth:
    return all_of(_in_many_hands(s), s.group("sensitive_groups"), s.tier_at_least(1))


def _mass_mail(s: Situation) -> Truth:
    return all_of(_in_many_hands(s), s.kind not in ONE_READER, s.subjects is None, s.tier_at_least(1))


def _salt(s: Situation) -> Truth:
    return all_of(_in_many_hands(s), s.perhaps_readable)


def _pseudonymous(s: Situation) -> Truth:
    worth = any_of(s.tier_at_least(3), all_of(s.malicious, s.tier_at_least(2)))
    return all_of(_with_strangers(s), not s.identified, worth)


HIGH_RISK: Mapping[Ground, Condition] = {
    ("H1", "protected_address"): _protected_address,
    ("H1", "protected_person"): _protected_person,
    ("H1", "hostile"): _hostile,
    ("H1", "threat"): _threat,
    ("H2", "identity_key"): _identity_key,
    ("H2", "colleague"): _identity_key_inside,
    ("H3", "ready_to_use"): _ready_to_use,
    ("H4", "special"): _special,
    ("H4", "contained"): _special_contained,
    ("H4", "colleague"): _special_inside,
    ("H5", "intimate"): _intimate,
    ("H5", "continuing"): _continuing,
    ("H6", "malicious"): _malicious,
    ("H6", "former_staff"): _former_staff,
    ("H7", "abuse"): _abuse,
    ("H7", "contacted"): _contacted,
    ("H8", "care_or_safety"): _care_or_safety,
    ("H8", "serious"): _serious,
    ("H9", "lost"): _lost,
    ("H9", "relied_upon"): _relied_upon,
    ("H10", "stranger"): _stranger,
    ("H10", "open"): _open,
    ("H10", "identity_set"): _identity_set,
    ("H10", "unspecified"): _unspecified,
    ("H10", "effect_unknown"): _effect_unknown,
    ("H10", "vulnerable"): _vulnerable,
    ("H10", "mass_mail"): _mass_mail,
    ("H10", "salt"): _salt,
    ("H10", "pseudonymous"): _pseudonymous,
}
