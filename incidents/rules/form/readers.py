"""The answers that are not simply one fact: worked out from the case, one reader each, named by the form's ``read``."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from incidents.base.hungarian import format_datetime
from incidents.rules.draft.words import in_words
from incidents.rules.form import found
from incidents.rules.form.found import NOTHING, SILENT, Found
from incidents.rules.form.model import LANGUAGES, FormField, form_words
from incidents.rules.form.parties import PARTY_READERS
from incidents.rules.form.reading import Reading
from incidents.rules.form.tellings import TELLING_READERS

Reader: TypeAlias = Callable[[Reading, FormField], Found]


def _type(reading: Reading, spec: FormField) -> Found:
    return found.chosen(spec, "new" if reading.case.filing_kind == "new" else "follow_up")


def _subtype(reading: Reading, spec: FormField) -> Found:
    if reading.case.filing_kind == "withdrawal":
        return found.chosen(spec, "withdraw")
    return found.chosen(spec, "complete" if reading.case.complete else "incomplete")


def _occurrence(reading: Reading, spec: FormField) -> Found:
    facts = reading.facts
    if not facts.is_known("occurred_from"):
        return reading.unknown("occurred_from", spec)
    if facts.is_known("occurred_to"):
        return found.chosen(spec, "period")
    return found.chosen(spec, "ongoing" if "continuing" in reading.codes("context") else "specific_day")


def _awareness(reading: Reading, _: FormField) -> Found:
    return found.instant(reading.case.awareness) if reading.case.awareness else NOTHING


def _discovery(reading: Reading, spec: FormField) -> Found:
    return found.chosen(spec, "processor") if reading.facts.is_known("processor_notified_at") else NOTHING


def _told_by_other_on(reading: Reading, spec: FormField) -> Found:
    said = reading.fact("processor_notified_at", spec)
    return found.day(found.moment_of(said.value).local.date()) if said.state is found.State.FILLED else said


def _timeline_comments(reading: Reading, _: FormField) -> Found:
    """Why awareness came later than the first signal (Guidelines 9/2022, sections 31 and 34)."""
    case = reading.case
    if case.awareness is None or case.awareness.at <= case.first_signal.at:
        return NOTHING
    signal = {lang: format_datetime(case.first_signal.at, lang, case.first_signal.zone) for lang in LANGUAGES}
    phrase = form_words()["phrases"]["first_signal"]
    parts: list[Mapping[str, str]] = [{lang: phrase[lang].format(at=signal[lang].rstrip(".")) for lang in LANGUAGES}]
    if case.awareness_reason.strip():
        parts.append(found.phrased("awareness_reason", reason=case.awareness_reason.strip()))
    return found.joined(parts)


def _unintelligible(reading: Reading, spec: FormField) -> Found:
    """Whole only when the key is known to be safe; a key nobody can vouch for may be in other hands."""
    if not reading.facts.is_known("unintelligible"):
        return reading.unknown("unintelligible", spec)
    record = cast("Mapping[str, Any]", reading.facts.value("unintelligible"))
    match record.get("state"):
        case "yes":
            return found.chosen(spec, "intact" if record.get("key_safe") else "subvertible")
        case "partial":
            return found.chosen(spec, "subvertible")
        case "no" | "na":
            return found.chosen(spec, "no")
    return found.chosen(spec, spec.unknown if reading.case.complete else spec.tbd_option)


def _availability_type(reading: Reading, spec: FormField) -> Found:
    if "permanent_loss" in reading.codes("context"):
        return found.chosen(spec, "permanent")
    back = reading.facts.is_known("restored_within_hours") or reading.codes("backup") == ["available"]
    return found.chosen(spec, "temporary") if back else NOTHING


def _in_words(reading: Reading, spec: FormField) -> Found:
    """Facts in words, finer than the options of the form."""
    if not reading.facts.is_known(spec.fact):
        return reading.unknown(spec.fact, spec)
    codes = [code for key in spec.words_of for code in reading.codes(key)]
    lines = {
        lang: tuple(dict.fromkeys(line for key in spec.words_of for line in _words(reading, key, lang)))
        for lang in LANGUAGES
    }
    return found.said(list(dict.fromkeys(codes)), lines)


def _words(reading: Reading, key: str, lang: str) -> tuple[str, ...]:
    return in_words(key, reading.facts.value(key), reading.texts[lang]) if reading.codes(key) else ()


def _count_known(reading: Reading, spec: FormField) -> Found:
    number, precision = _stored_count(reading, spec)
    return found.chosen(spec, precision) if number is not None else reading.unknown(spec.fact, spec)


def _count(reading: Reading, spec: FormField) -> Found:
    """The number; where there is none, the order of magnitude of the people as the present estimate."""
    number, _ = _stored_count(reading, spec)
    if number is not None:
        return found.number(number)
    if spec.fact == "subjects_count" and (bands := reading.codes("subjects_band")):
        words = {lang: in_words("subjects_band", bands[0], reading.texts[lang])[0] for lang in LANGUAGES}
        phrase = form_words()["phrases"]["band"]
        return found.said(bands[0], {lang: (phrase[lang].format(band=words[lang]),) for lang in LANGUAGES})
    return NOTHING


def _stored_count(reading: Reading, spec: FormField) -> tuple[int | None, str]:
    stored = cast("Mapping[str, Any]", reading.facts.value(spec.fact) or {})
    return stored.get("number"), stored.get("precision", "")


def _risk_outcome(reading: Reading, spec: FormField) -> Found:
    """As decided: telling or being exempt rests on high risk, not notifying on no risk (Art. 33(1), 34(1))."""
    decision = reading.case.decision
    if decision is None:
        return found.chosen(spec, spec.tbd_option)
    if decision.tell in {"yes", "exempt"}:
        return found.chosen(spec, "high")
    return found.chosen(spec, "risk" if decision.notify == "yes" else "unlikely")


def _risk_description(reading: Reading, _: FormField) -> Found:
    case, decision = reading.case, reading.case.decision
    parts: list[Mapping[str, str]] = [case.assessment] if case.assessment else []
    if decision:
        for name in ("reasons_authority", "reasons_subjects"):
            reason = getattr(decision, name).strip()
            parts += [found.phrased(name, reason=reason)] if reason else []
    return found.joined(parts)


def _measures_taken(reading: Reading, spec: FormField) -> Found:
    """What was typed, then the measures that were ticked."""
    typed = reading.fact("measures_taken", spec)
    ticked = reading.codes("mitigations")
    if typed.state is not found.State.FILLED and not ticked:
        return typed
    words = {lang: (*typed.lines[lang], *_words(reading, "mitigations", lang)) for lang in LANGUAGES}
    return found.said([*reading.codes("measures_taken"), *ticked], words)


def _cross_border(reading: Reading, spec: FormField) -> Found:
    """Only Hungary means no; other countries of the EEA mean yes, until somebody says otherwise in the form."""
    if not reading.facts.is_known("countries"):
        return reading.unknown("countries", spec)
    listed = _eea(reading)
    return found.chosen(spec, "yes" if set(listed) - {"HU"} else "no") if listed else SILENT


def _eea(reading: Reading) -> list[str]:
    return [code for code in reading.codes("countries") if code in form_words()["eea"]]


def _eea_countries(reading: Reading, spec: FormField) -> Found:
    if not reading.facts.is_known("countries"):
        return reading.unknown("countries", spec)
    return found.countries(_eea(reading), reading.texts)


READERS: Mapping[str, Reader] = {
    "notification_type": _type,
    "notification_subtype": _subtype,
    "withdrawal_reasons": lambda reading, _: found.text(reading.case.withdrawal_reasons),
    "earlier_identifier": lambda reading, _: found.text(reading.case.authority_reference),
    "reference": lambda reading, _: found.text(reading.case.reference),
    "occurrence": _occurrence,
    "awareness": _awareness,
    "delay_reasons": lambda reading, _: found.text(reading.case.delay_reasons),
    "discovery": _discovery,
    "told_by_other_on": _told_by_other_on,
    "timeline_comments": _timeline_comments,
    "unintelligible": _unintelligible,
    "availability_type": _availability_type,
    "in_words": _in_words,
    "count_known": _count_known,
    "count": _count,
    "risk_outcome": _risk_outcome,
    "risk_description": _risk_description,
    "measures_taken": _measures_taken,
    "cross_border": _cross_border,
    "eea_countries": _eea_countries,
    **PARTY_READERS,
    **TELLING_READERS,
}
