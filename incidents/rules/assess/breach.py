"""The whole breach: everybody concerned, and the groups of people for whom it is different (GDPR 34(1))."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from incidents.rules.assess import Jurisdiction, assess, assess_groups, explain, jurisdiction
from incidents.rules.assess.difference import WHOLE
from incidents.rules.assess.nearest import nearest
from incidents.rules.assess.situation import situation
from incidents.rules.assess.verdict import Verdict
from incidents.rules.facts import Facts


def overlaid(everybody: Facts, own: Facts) -> Facts:
    """The facts of a group: what was said of it, and for the rest what was said of everybody."""
    return Facts(everybody.version, {**everybody.by_key, **own.by_key})


def assess_breach(everybody: Facts, groups: Mapping[str, Facts], law: Jurisdiction | None = None) -> dict[str, Any]:
    """The verdict as it is kept: of everybody; with groups, the strictest answers and the verdict on each.

    ``groups`` hold what was said of each by itself. Under the empty name stands whoever is in no group: describing a
    group never takes away what is owed to the others.
    """
    law = law or jurisdiction()
    if not groups:
        return _explained(assess(everybody, law))
    combined = assess_groups(
        {WHOLE: everybody, **{name: overlaid(everybody, own) for name, own in groups.items()}}, law
    )
    return {
        "document": True,
        "notify_authority": combined.notify_authority.value,
        "tell_subjects": combined.tell_subjects.value,
        "rule_set": law.rule_set,
        "groups": {name: _explained(one) for name, one in combined.by_group.items()},
    }


def health_of_many(everybody: Facts, groups: Mapping[str, Facts], law: Jurisdiction | None = None) -> bool:
    """Whether health data of more people are concerned than one person may call no risk; unknown numbers are many.

    NAIH-2894-3/2021; the limit is a switch of the jurisdiction. Groups are counted together.
    """
    law = law or jurisdiction()
    everyone = [everybody, *(overlaid(everybody, own) for own in groups.values())]
    found = [situation(facts.values(), law) for facts in everyone]
    counts = [s.subjects for s in found if "health" in s.data or "health" in (s.special or ())]
    known = [count for count in counts if count is not None]
    return len(known) < len(counts) or sum(known) > law.limits["health_people"]


def _explained(verdict: Verdict) -> dict[str, Any]:
    near = nearest(verdict.situation.values)
    return {**explain(verdict), "nearest": _plain(asdict(near)) if near else None}


def _plain(value: Any) -> Any:
    """The same as JSON gives it back, so that what is shown before saving is what is kept."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
