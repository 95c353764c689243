"""The reasons in Hungarian and English: the sentence of the rule with the facts of the case in its places."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from incidents.rules.assess.jurisdiction import extra_texts
from incidents.rules.assess.verdict import Finding, Verdict
from incidents.rules.enisa import band_of, method
from incidents.rules.facts import JsonValue
from incidents.rules.vocabulary import code_label, label

NOT_KNOWN = {"hu": "nem ismert", "en": "not known"}
_OF_RULE = {"H2": "identity_keys", "H3": "ready_to_use"}


def reason(finding: Finding, lang: str, *, score: str = "") -> str:
    """The reason for one finding in ``hu`` or ``en``; an undecided one says on what it hangs."""
    places = _places(finding, lang, score)
    said = (finding.text.hu if lang == "hu" else finding.text.en).format_map(places)
    if finding.undecided and finding.text.rule != "A3":
        said = str(extra_texts(finding.situation.law.rules_version, "unresolved")[lang]).format(reason=said, **places)
    return said


def facts_used(finding: Finding) -> dict[str, JsonValue]:
    """The facts the rule read, as they stand; None for what nobody knows."""
    return {key: finding.situation.values.get(key) for key in finding.text.facts}


def warning(verdict: Verdict, code: str, lang: str) -> str:
    """The sentence of a warning."""
    text = extra_texts(verdict.jurisdiction.rules_version, "warnings")[code][lang]
    return str(text).format(limit=verdict.jurisdiction.limits["health_people"])


def _places(finding: Finding, lang: str, score: str) -> Mapping[str, str]:
    s = finding.situation
    places = {
        "data": _data(finding, lang),
        "recipient": code_label("recipient.kind", s.kind, lang),
        "assurance": code_label("recipient.assurance", s.assurance, lang),
        "subjects": NOT_KNOWN[lang]
        if s.subjects is None
        else f"{s.subjects:,}".replace(",", " " if lang == "hu" else ","),
        "hours": NOT_KNOWN[lang]
        if s.restored is None
        else f"{s.restored:g}".replace(".", "," if lang == "hu" else "."),
        "impact": NOT_KNOWN[lang] if s.impact is None else code_label("service_impact", s.impact, lang),
        "unknown": _join(label(fact, lang).rstrip("?") for fact in finding.unknown) or NOT_KNOWN[lang],
    }
    return places if not score else {**places, **_score_places(score)}


def _score_places(score: str) -> Mapping[str, str]:
    words = next(band for band in method()["bands"] if band["code"] == band_of(Decimal(score)))
    return {"se": score, "band_hu": words["hu"], "band_en": words["en"]}


def _data(finding: Finding, lang: str) -> str:
    """The data that made the rule fire: its own set, or the most sensitive ones, or what the context reveals."""
    s = finding.situation
    wanted = s.law.sets.get(_OF_RULE.get(finding.rule, ""), frozenset()) & s.data
    if not wanted and finding.text.effect != "clears":
        wanted = frozenset(code for code in s.data if s.law.tiers.get(code) == s.top_tier)
    if not wanted and s.top_tier == 4:
        special = sorted(s.special or ()) or ["reveals_special_by_context"]
        return _join(code_label("special_categories" if s.special else "context", code, lang) for code in special)
    ordered = sorted(wanted or s.data, key=lambda code: (-s.law.tiers.get(code, 0), code))
    return _join(code_label("data_categories", code, lang) for code in ordered)


def _join(words: Iterable[str]) -> str:
    return ", ".join(words)
