"""What the reports of a regime say when asked without any case: JSON values, times with the offsets of a zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from incidents.base.time import ZonedInstant, zone
from incidents.rules.escalation import Policy, plan_stages, stage_label
from incidents.rules.regimes.due import DueReport, Params, due
from incidents.rules.regimes.law import Duty
from incidents.rules.regimes.words import code_words

LANGUAGES = ("hu", "en")


def explain_reports(
    duty: Duty, awareness: ZonedInstant, anchors: Mapping[str, ZonedInstant], params: Params, policy: Policy
) -> dict[str, Any]:
    """Every report of a regime: when it is due, counted from what, what it waits for, why, and its warnings.

    The first signal is the awareness unless it is among the ``anchors``.
    """
    given = {"awareness": awareness, "first_signal": awareness, **anchors}
    reports = due(duty, {name: one.at for name, one in given.items()}, params)
    return {
        "anchor": _iso(awareness.at, awareness.zone),
        "zone": awareness.zone,
        "regime": duty.id,
        "rule_version": duty.version,
        "authority": duty.authority,
        "policy": f"{policy.id}-{policy.version}",
        "reports": [_report(one, given, policy, awareness.zone) for one in reports],
    }


def _report(report: DueReport, anchors: Mapping[str, ZonedInstant], policy: Policy, where: str) -> dict[str, Any]:
    return {
        "name": report.name,
        "label": dict(report.label),
        "deadline": _iso(report.due_at, where) if report.due_at else None,
        "counted_from": report.anchor,
        "waits_for": report.waits_for,
        "why": [{"code": code, **{lang: code_words(code, lang) for lang in LANGUAGES}} for code in report.why],
        "warnings": [
            {"code": code, **{lang: code_words(code, lang) for lang in LANGUAGES}} for code in report.warnings
        ],
        "stages": _stages(anchors[report.anchor].at, report.due_at, policy, where) if report.due_at else [],
    }


def _stages(anchor: datetime, deadline: datetime, policy: Policy, where: str) -> list[dict[str, Any]]:
    planned = plan_stages(policy, opened_at=anchor, anchor=anchor, deadline=deadline)
    return [
        {
            "name": stage.name,
            "due_at": _iso(stage.due_at, where),
            "label": {lang: stage_label(policy, stage.name, lang) for lang in LANGUAGES},
        }
        for stage in planned
    ]


def _iso(instant: datetime, where: str) -> str:
    return instant.astimezone(zone(where)).isoformat(timespec="seconds")
