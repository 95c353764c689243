"""What the mails say that a change in a case calls for: the verdict moved, an approval is wanted, an exemption fell."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from incidents.base.dated import of_version
from incidents.base.hungarian import format_datetime
from incidents.rules.facts import label
from incidents.steps.cases import Case
from incidents.steps.duty_views import DutyView

NOTICES = frozenset(
    {"verdict_changed", "approval_wanted", "proposal_answered", "exemption_reopened", "handed_over", "duty_proposed"}
)


@cache
def _law() -> Mapping[str, Any]:
    return of_version("texts", "notices", "1")


def title(template: str, lang: str) -> str:
    """What the notice is about, in a few words."""
    return str(_law()["titles"][template][lang])


def second_person_reasons(codes: list[str], lang: str) -> list[str]:
    """Why one person is not enough for a decision, in sentences."""
    return [str(_law()["second_person"][code][lang]) for code in codes]


def words(case: Case, template: str, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The places of a notice's template."""
    read = {
        "verdict_changed": _verdict,
        "approval_wanted": _approval,
        "proposal_answered": _answer,
        "exemption_reopened": _exemption,
        "handed_over": _handed,
        "duty_proposed": _proposed,
    }
    return {"heading": title(template, lang), **read[template](case, payload, lang)}


def _verdict(case: Case, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    answers = _law()["answers"]
    before, after = ([answers[one][lang] for one in payload[when]] for when in ("before", "after"))
    return {
        "before": before,
        "after": after,
        "groups": list(payload["groups"]),
        "facts": _labels(payload["facts"], lang),
        "decided": case.decision is not None,
        "overtaken": case.overtaken,
    }


def _approval(case: Case, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    proposal = next(one for one in case.proposals if str(one.id) == payload["proposal"])
    return {
        "proposed_by": proposal.proposed_by,
        "waits": case.proposal is not None and case.proposal.id == proposal.id,
        "notify": _law()["decided"][proposal.notify][lang],
        "tell": _law()["decided"][proposal.tell][lang],
        "reasons": [
            text for text in (proposal.reasons_authority, proposal.reasons_subjects, proposal.evidence) if text
        ],
        "why": second_person_reasons(proposal.needs_second, lang),
    }


def _answer(case: Case, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    answer = next(one for one in case.answers if str(one.proposal_id) == payload["proposal"])
    return {
        "answered": str(_law()["answered"][answer.answer][lang]),
        "approved": answer.answer == "approved",
        "answered_by": answer.answered_by,
        "sentence": answer.sentence,
    }


def _handed(case: Case, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    del lang
    row = next(one for one in case.handovers if str(one.id) == payload["handover"])
    return {"handed_by": row.handed_by, "note": row.note}


def _exemption(_case: Case, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {"letter": payload["exemption"], "facts": _labels(payload["facts"], lang)}


def _proposed(case: Case, payload: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The duties that were proposed, each with the end of its first report were it confirmed."""
    found = [one for one in case.duties if str(one.row.id) in payload["duties"]]
    return {"proposed": [_duty(one, lang) for one in found]}


def _duty(view: DutyView, lang: str) -> str:
    label, nearest = view.law.label[lang], view.nearest
    if nearest is None or nearest.due_at is None:
        return label
    when = format_datetime(nearest.due_at, lang)
    return str(_law()["proposed"][lang]).format(duty=label, report=nearest.rule.label[lang], when=when)


def _labels(keys: list[str], lang: str) -> list[str]:
    return [label(key, lang) for key in keys]
