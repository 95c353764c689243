"""The reasons in Hungarian and English: the sentence of the rule with the facts of the case in its places."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from incidents.rules.assess.jurisdiction import extra_texts
from incidents.rules.assess.verdict import Finding, Verdict, Warned
from incidents.rules.enisa import band_of, method
from incidents.rules.facts import JsonValue
from incidents.rules.vocabulary import code_label, label

NOT_KNOWN = {"hu": "nem ismert", "en": "not known"}
_OF_RULE = {"H2": "identity_keys", "H3": "ready_to_use"}


def reason(finding: Finding, lang: str, *, score: Decimal | None = None) -> str:
    """The reason for one finding in ``hu`` or ``en``; an undecided one says on what it hangs."""
    places = _Places(finding, lang, _score_places(score, lang) if score is not None else {})
    said = (finding.text.hu if lang == "hu" else finding.text.en).format_map(places)
    if finding.undecided and finding.text.rule != "A3":
        unresolved = str(extra_texts(finding.situation.law.rules_version, "unresolved")[lang])
        said = unresolved.format(reason=said, unknown=places["unknown"])
    return said


def facts_used(finding: Finding) -> dict[str, JsonValue]:
    """The facts the rule read, as they stand; None for what nobody knows."""
    return {key: finding.situation.values.get(key) for key in finding.text.facts}


def warning(verdict: Verdict, warned: Warned, lang: str) -> str:
    """The sentence of a warning."""
    text = extra_texts(verdict.jurisdiction.rules_version, "warnings")[warned.code][lang]
    name = label(warned.fact, lang) if warned.fact else ""
    return str(text).format(limit=verdict.jurisdiction.limits["health_people"], tag=warned.tag, field=name)


def warned_facts(verdict: Verdict, warned: Warned) -> list[str]:
    """The facts a warning is about."""
    listed = extra_texts(verdict.jurisdiction.rules_version, "warnings")[warned.code]["facts"]
    return [warned.fact] if warned.fact else list(listed)


class _Places(Mapping[str, str]):
    """The facts of the case for the places of a sentence; each is worded when a sentence asks for it."""

    def __init__(self, finding: Finding, lang: str, extra: Mapping[str, str]) -> None:
        self._finding, self._lang, self._extra = finding, lang, extra

    def __getitem__(self, place: str) -> str:
        return _WORDED[place](self._finding, self._lang) if place in _WORDED else self._extra[place]

    def __iter__(self) -> Iterator[str]:
        return iter((*_WORDED, *self._extra))

    def __len__(self) -> int:
        return len(_WORDED) + len(self._extra)


def _recipient(finding: Finding, lang: str) -> str:
    return code_label("recipient.kind", finding.situation.kind, lang)


def _assurance(finding: Finding, lang: str) -> str:
    return code_label("recipient.assurance", finding.situation.assurance, lang)


def _subjects(finding: Finding, lang: str) -> str:
    """The number of people in words; a band is told by its name, since it only says "at least"."""
    values = finding.situation.values
    if isinstance(values.get("subjects_count"), dict) and finding.situation.subjects is not None:
        return f"{finding.situation.subjects:,}".replace(",", "\u00a0" if lang == "hu" else ",")
    band = values.get("subjects_band")
    return code_label("subjects_band", band, lang) if isinstance(band, str) else NOT_KNOWN[lang]


def _hours(finding: Finding, lang: str) -> str:
    hours = finding.situation.restored
    return NOT_KNOWN[lang] if hours is None else f"{hours:g}".replace(".", "," if lang == "hu" else ".")


def _impact(finding: Finding, lang: str) -> str:
    impact = finding.situation.impact
    return NOT_KNOWN[lang] if impact is None else code_label("service_impact", impact, lang)


def _unknown(finding: Finding, lang: str) -> str:
    return _join(f"„{label(fact, lang)}”" if lang == "hu" else f"“{label(fact, lang)}”" for fact in finding.unknown)


def _score_places(score: Decimal, lang: str) -> Mapping[str, str]:
    words = next(band for band in method()["bands"] if band["code"] == band_of(score))
    return {"se": f"{score:f}".replace(".", "," if lang == "hu" else "."), "band": words[lang]}


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


_WORDED: Mapping[str, Callable[[Finding, str], str]] = {
    "data": _data,
    "recipient": _recipient,
    "assurance": _assurance,
    "subjects": _subjects,
    "hours": _hours,
    "impact": _impact,
    "unknown": _unknown,
}


def _join(words: Iterable[str]) -> str:
    return ", ".join(words)
