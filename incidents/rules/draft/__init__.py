"""Drafts: what each document must contain, where each fact comes from, what is missing (GDPR Art. 33, 34)."""

from incidents.rules.draft.authority import authority_draft, authority_on, facts_to_follow
from incidents.rules.draft.case import Activity, CaseFile, ControllerProfile, DecisionView, Processor
from incidents.rules.draft.content import (
    AdviceBlock,
    Authority,
    AuthorityDraft,
    Contact,
    DraftItem,
    DraftSection,
    LetterContent,
    Status,
    missing,
)
from incidents.rules.draft.subjects import subjects_letter

__all__ = [
    "Activity",
    "AdviceBlock",
    "Authority",
    "AuthorityDraft",
    "CaseFile",
    "Contact",
    "ControllerProfile",
    "DecisionView",
    "DraftItem",
    "DraftSection",
    "LetterContent",
    "Processor",
    "Status",
    "authority_draft",
    "authority_on",
    "facts_to_follow",
    "missing",
    "subjects_letter",
]
