"""Rows about the communication to the people: what the decision and the sent letters say (Art. 34)."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from incidents.rules.facts import Facts
from incidents.rules.form import found
from incidents.rules.form.found import NOTHING, Found
from incidents.rules.form.model import FormField
from incidents.rules.form.reading import Reading

Reader: TypeAlias = Callable[[Reading, FormField], Found]

_MEANS = {
    "email": "individual",
    "post": "individual",
    "sms": "individual",
    "in_person": "individual",
    "public": "public",
}


def _told(reading: Reading, spec: FormField) -> Found:
    """Told, not needed or exempt as decided; what is owed and not done is still open."""
    if reading.beside.told:
        return found.chosen(spec, "yes")
    decision = reading.case.decision
    if decision is None:
        return found.chosen(spec, "investigating")
    return found.chosen(spec, {"no": "no_high_risk", "exempt": "exempt", "yes": "later"}[decision.tell])


def _told_on(reading: Reading, _: FormField) -> Found:
    """The first day somebody was told."""
    days = [one.at for one in reading.beside.told]
    return found.day(min(days, key=lambda at: at.at).local.date()) if days else NOTHING


def _exemption(reading: Reading, spec: FormField) -> Found:
    return found.chosen(spec, reading.case.decision.exemption) if reading.case.decision else NOTHING


def _not_told_reasons(reading: Reading, _: FormField) -> Found:
    return found.text(reading.case.decision.reasons_subjects) if reading.case.decision else NOTHING


def _number_of_people(facts: Facts) -> int | None:
    """The exact number of people concerned, when there is one."""
    stored = facts.value("subjects_count")
    if isinstance(stored, dict) and stored["precision"] == "exact" and isinstance(stored["number"], int):
        return stored["number"]
    return None


def _told_extent(reading: Reading, spec: FormField) -> Found:
    """All or not all, where both numbers are known; waves are added up."""
    people = _number_of_people(reading.facts)
    reached = [one.reached for one in reading.beside.told if one.reached is not None]
    if people is None or not reached or len(reached) < len(reading.beside.told):
        return NOTHING
    return found.chosen(spec, "all" if sum(reached) >= people else "not_all")


def _told_by(reading: Reading, spec: FormField) -> Found:
    """Individual communication counts before a public one, and both before any other way."""
    means = {_MEANS.get(one.form, "other") for one in reading.beside.told}
    first = next((one for one in spec.options if one in means), "")
    return found.chosen(spec, first)


def _told_content(reading: Reading, _: FormField) -> Found:
    wordings = dict.fromkeys(one.content.strip() for one in reading.beside.told if one.content.strip())
    return found.text("\n".join(wordings))


TELLING_READERS: Mapping[str, Reader] = {
    "told": _told,
    "told_on": _told_on,
    "exemption": _exemption,
    "not_told_reasons": _not_told_reasons,
    "told_extent": _told_extent,
    "told_by": _told_by,
    "told_content": _told_content,
}
