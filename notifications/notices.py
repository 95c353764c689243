"""What the mails say that a change in a case calls for: the verdict moved, an approval is wanted, an exemption fell."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from incidents.base.dated import of_version
from incidents.rules.facts import label
from incidents.steps.cases import Case

NOTICES = frozenset({"verdict_changed", "approval_wanted", "proposal_answered", "exemption_reopened", "handed_over"})


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


def _labels(keys: list[str], lang: str) -> list[str]:
    return [label(key, lang) for key in keys]
