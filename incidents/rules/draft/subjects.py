"""The letter to the people concerned, from the case as it stands (GDPR Art. 34(2))."""

from collections.abc import Mapping
from typing import Any, cast

from incidents.base.dated import in_force
from incidents.base.hungarian import format_date
from incidents.rules.draft.answers import contact_of
from incidents.rules.draft.authority import authority_on
from incidents.rules.draft.case import CaseFile
from incidents.rules.draft.content import AdviceBlock, Contact, LetterContent
from incidents.rules.draft.words import Texts, in_words, moment, paragraphs, stored_moment
from incidents.rules.facts import code_label


def subjects_letter(case: CaseFile, lang: str) -> LetterContent:
    """Everything Art. 34(2) asks for in plain words, with advice by kind of data and the remedies (Art. 77, 79, 82).

    Numbers are not part of it: Art. 34(2) leaves out point (a) of Art. 33(3). What is not known yet is empty here;
    the letter then says that it is being examined.
    """
    texts = Texts("letter", case.today, lang)
    contact, authority = contact_of(case), authority_on(case.today, lang)
    advice = in_force("texts", "advice", case.today)
    return LetterContent(
        lang=lang,
        public=case.decision is not None and case.decision.exemption == "c",
        controller=case.controller,
        authority=authority,
        contact=contact,
        reference=case.reference,
        date=format_date(case.today, lang),
        occurred=_occurred(case, lang),
        what_happened=_typed(case, "what_happened"),
        nature=_plain(case, "breach_types", "nature", texts),
        data=_data(case, lang),
        consequences=_plain(case, "likely_consequences", "consequences", texts),
        consequences_text=_typed(case, "consequences_text"),
        measures_taken=_typed(case, "measures_taken") or _mitigations(case, texts),
        measures_planned=_typed(case, "measures_planned"),
        advice=_advice(case, lang, advice["blocks"]),
        advice_extra=_typed(case, "advice_extra"),
        hotline=_typed(case, "hotline"),
        missing=_missing(case, contact),
        versions=(texts.version, f"advice {advice['version']}", f"naih {authority.version}"),
    )


def _codes(case: CaseFile, key: str) -> list[str]:
    return cast("list[str]", case.facts.value(key, []))


def _typed(case: CaseFile, key: str) -> tuple[str, ...]:
    return paragraphs(case.facts.value(key))


def _occurred(case: CaseFile, lang: str) -> str:
    """When it happened, as far as known."""
    start = case.facts.value("occurred_from")
    return moment(stored_moment(start), lang) if start else ""


def _plain(case: CaseFile, key: str, table: str, texts: Texts) -> tuple[str, ...]:
    """A sentence for each code; a tag of somebody's own stands as it was written."""
    sentences: Mapping[str, Mapping[str, str]] = texts.law[table]
    codes = [code for code in _codes(case, key) if code != "other"]
    return tuple(texts.pick(sentences[code]) if code in sentences else code for code in codes)


def _data(case: CaseFile, lang: str) -> tuple[str, ...]:
    codes = [code for code in _codes(case, "data_categories") if code != "unspecified"]
    return tuple(code_label("data_categories", code, lang) for code in codes)


def _mitigations(case: CaseFile, texts: Texts) -> tuple[str, ...]:
    return in_words("mitigations", case.facts.value("mitigations", []), texts)


def _advice(case: CaseFile, lang: str, blocks: list[Mapping[str, Any]]) -> tuple[AdviceBlock, ...]:
    """The blocks whose kind of data is concerned; those for everybody come last."""
    touched = set(_codes(case, "data_categories"))
    return tuple(
        AdviceBlock(block["id"], block["title"][lang], tuple(block[lang]))
        for block in blocks
        if not block["data"] or touched & set(block["data"])
    )


def _missing(case: CaseFile, contact: Contact) -> tuple[str, ...]:
    """What Art. 34(2) asks for and the case does not tell: nature, data, contact, consequences, measures."""
    asked = {
        "nature": _typed(case, "what_happened"),
        "data": _data(case, "en"),
        "contact": contact.name and (contact.email or contact.phone),
        "consequences": _codes(case, "likely_consequences") or _typed(case, "consequences_text"),
        "measures": _typed(case, "measures_taken") or _codes(case, "mitigations"),
    }
    return tuple(f"letter.{part}" for part, found in asked.items() if not found)
