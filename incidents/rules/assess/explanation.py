"""The verdict as JSON: for the command line, the API and the stored record."""

from typing import Any

from incidents.rules.assess.verdict import Cleared, Finding, GroupedVerdict, Verdict, Warned
from incidents.rules.assess.whatif import Unknown, unknowns
from incidents.rules.assess.words import facts_used, reason, warned_facts, warning
from incidents.rules.enisa import Score
from incidents.rules.vocabulary import label


def explain(verdict: Verdict) -> dict[str, Any]:
    """Answers, fired rules with reasons and sources, cleared dimensions, unknowns that matter, ENISA, versions."""
    return {
        "document": True,
        "notify_authority": verdict.notify_authority.value,
        "tell_subjects": verdict.tell_subjects.value,
        "rules": [_finding(one, verdict.enisa) for one in verdict.findings],
        "cleared": [_cleared(one) for one in verdict.cleared],
        "unknowns": [_unknown(one) for one in unknowns(verdict)],
        "enisa": _enisa(verdict.enisa),
        "warnings": [_warning(verdict, one) for one in verdict.warnings],
        "rule_set": verdict.rule_set,
    }


def explain_groups(verdict: GroupedVerdict) -> dict[str, Any]:
    """The strictest answers, and the whole explanation for each group of people."""
    return {
        "document": True,
        "notify_authority": verdict.notify_authority.value,
        "tell_subjects": verdict.tell_subjects.value,
        "groups": {name: explain(one) for name, one in verdict.by_group.items()},
    }


def _finding(finding: Finding, score: Score) -> dict[str, Any]:
    shown = score.se if finding.rule == "E1" else None
    return {
        "id": finding.rule,
        "ground": finding.text.ground,
        "effect": finding.effect,
        "reason": {lang: reason(finding, lang, score=shown) for lang in ("hu", "en")},
        "source": list(finding.text.sources),
        "facts": facts_used(finding),
        "unknown": list(finding.unknown),
    }


def _cleared(cleared: Cleared) -> dict[str, Any]:
    finding = cleared.finding
    return {
        "dimension": cleared.dimension,
        "rule": finding.rule,
        "ground": finding.text.ground,
        "reason": {lang: reason(finding, lang) for lang in ("hu", "en")},
        "source": list(finding.text.sources),
        "facts": facts_used(finding),
    }


def _unknown(unknown: Unknown) -> dict[str, Any]:
    return {
        "fact": unknown.fact,
        "label": {lang: label(unknown.fact, lang) for lang in ("hu", "en")},
        "changes": [
            {
                "value": change.value,
                "notify_authority": change.notify_authority.value,
                "tell_subjects": change.tell_subjects.value,
            }
            for change in unknown.changes
        ],
    }


def _enisa(score: Score) -> dict[str, Any]:
    numbers = ("ei", "cb", "se", "low", "high")
    return {
        "dpc": score.dpc,
        **{name: float(getattr(score, name)) for name in numbers},
        "band": score.band,
        "over_100": score.over_100,
        "unintelligible": score.unintelligible,
        "version": score.version,
    }


def _warning(verdict: Verdict, warned: Warned) -> dict[str, Any]:
    return {
        "code": warned.code,
        "facts": warned_facts(verdict, warned),
        "message": {lang: warning(verdict, warned, lang) for lang in ("hu", "en")},
    }
