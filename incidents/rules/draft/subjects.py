"""The letter to the people concerned, from the case as it stands (GDPR Art. 34(2))."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from incidents.base.dated import in_force
from incidents.base.hungarian import format_date
from incidents.rules.draft.answers import contact_of
from incidents.rules.draft.authority import authority_on
from incidents.rules.draft.case import CaseFile
from incidents.rules.draft.content import AdviceBlock, Contact, LetterContent
from incidents.rules.draft.words import Texts, at_the_moment, moment, paragraphs, stored_moment
from incidents.rules.facts import code_label, vocabulary

OWN_WORDS: Final = (
    "what_happened",
    "consequences_text",
    "measures_taken",
    "measures_planned",
    "advice_extra",
    "hotline",
)
"""The facts that stand in the letter as a person typed them, and may be worded for the people apart."""


def subjects_letter(case: CaseFile, lang: str, *, public: bool | None = None) -> LetterContent:
    """Everything Art. 34(2) asks for in plain words, with advice by kind of data and the remedies (Art. 77, 79, 82).

    Numbers are not part of it: Art. 34(2) leaves out point (a) of Art. 33(3). What is not known yet is empty here;
    the letter then says that it is being examined. ``public`` makes it the notice to everybody of Art. 34(3)(c) or the
    letter to each person; not given, the decision tells.
    """
    texts = Texts("letter", case.today, lang)
    contact, authority = contact_of(case), authority_on(case.today, lang)
    advice = in_force("texts", "advice", case.today)
    decided = case.decision
    exempt_c = decided is not None and decided.tell == "exempt" and decided.exemption == "c"
    return LetterContent(
        lang=lang,
        public=exempt_c if public is None else public,
        controller=case.controller,
        authority=authority,
        contact=contact,
        reference=case.reference,
        date=format_date(case.today, lang),
        salutation=_salutation(case, texts),
        for_a_child=texts.say("for_a_child") if "children" in _people(case) else "",
        people=_kinds_of_people(case, lang),
        moments=tuple(_moments(case, texts)),
        what_happened=worded(case, "what_happened", lang),
        nature=_plain(case, "breach_types", "nature", texts),
        data=_plain(case, "data_categories", "data", texts),
        consequences=_plain(case, "likely_consequences", "consequences", texts),
        consequences_text=worded(case, "consequences_text", lang),
        measures_taken=worded(case, "measures_taken", lang) or _plain(case, "mitigations", "measures", texts),
        measures_planned=worded(case, "measures_planned", lang),
        advice=_advice(case, lang, advice["blocks"]),
        advice_extra=worded(case, "advice_extra", lang),
        hotline=worded(case, "hotline", lang),
        missing=_missing(case, contact, texts),
        untranslated=untranslated(case, lang),
        versions=(texts.version, f"advice {advice['version']}", f"naih {authority.version}"),
    )


def worded(case: CaseFile, key: str, lang: str) -> tuple[str, ...]:
    """What somebody wrote about a fact for the letter in its language, else the fact as it was recorded."""
    return paragraphs(case.own_words.get(lang, {}).get(key)) or paragraphs(case.facts.value(key))


def untranslated(case: CaseFile, lang: str) -> tuple[str, ...]:
    """The facts a letter takes as they were recorded although the organisation writes in another language."""
    if lang == case.controller.language:
        return ()
    own = case.own_words.get(lang, {})
    return tuple(key for key in OWN_WORDS if paragraphs(case.facts.value(key)) and not paragraphs(own.get(key)))


def _codes(case: CaseFile, key: str) -> list[str]:
    return cast("list[str]", case.facts.value(key, []))


def _people(case: CaseFile) -> set[str]:
    """Who is concerned, as far as it is known: kinds of people and those whom it may hurt more."""
    return {*_codes(case, "subject_categories"), *_codes(case, "vulnerable")} - {"unspecified", "other"}


def _kinds_of_people(case: CaseFile, lang: str) -> tuple[str, ...]:
    codes = (code for code in _codes(case, "subject_categories") if code not in {"unspecified", "other"})
    return tuple(code_label("subject_categories", code, lang) for code in codes)


def _salutation(case: CaseFile, texts: Texts) -> str:
    known: Mapping[str, Mapping[str, str]] = texts.law["salutation"]
    kinds = [code for code in _codes(case, "subject_categories") if code != "unspecified"]
    code = "unknown" if not kinds else kinds[0] if len(kinds) == 1 and kinds[0] in known else "mixed"
    return texts.pick(known[code])


def _moments(case: CaseFile, texts: Texts) -> Iterator[str]:
    """When it happened and when the controller learned of it, as far as known."""
    facts, places = case.facts, dict[str, str]()
    for place, key in (("start", "occurred_from"), ("end", "occurred_to")):
        if facts.value(key):
            said = moment(stored_moment(facts.value(key)), texts.lang)
            places |= {place: said, f"{place}_at": at_the_moment(said)}
    if places:
        found = {"start": "from_only", "end": "to_only"}
        phrase = "from_to" if len(places) > 2 else found[next(iter(places))]
        phrase = "continuing" if phrase == "from_only" and "continuing" in _codes(case, "context") else phrase
        yield texts.pick(texts.law["moments"][phrase]).format(**places)
    if case.awareness:
        said = moment(case.awareness, texts.lang)
        yield texts.pick(texts.law["moments"]["aware"]).format(at=at_the_moment(said) if texts.lang == "hu" else said)


def _plain(case: CaseFile, key: str, table: str, texts: Texts) -> tuple[str, ...]:
    """The plain words of each code; a code without any is not told, a tag of somebody's own stands as written."""
    sentences: Mapping[str, Mapping[str, str]] = texts.law[table]
    known = vocabulary()[key].codes
    codes = [code for code in _codes(case, key) if code in sentences or code not in known]
    return tuple(texts.pick(sentences[code]) if code in sentences else code for code in codes)


def _advice(case: CaseFile, lang: str, blocks: list[Mapping[str, Any]]) -> tuple[AdviceBlock, ...]:
    """The blocks whose kind of data or of people is concerned; those for everybody come last."""
    touched = {*_codes(case, "data_categories"), *_people(case)}
    return tuple(
        AdviceBlock(block["id"], block["title"][lang], tuple(block[lang]))
        for block in blocks
        if not (asked := {*block["data"], *block.get("people", ())}) or touched & asked
    )


def _missing(case: CaseFile, contact: Contact, texts: Texts) -> tuple[str, ...]:
    """What Art. 34(2) asks for and the case does not tell: nature, data, contact, consequences, measures."""
    lang = texts.lang
    asked = {
        "nature": worded(case, "what_happened", lang),
        "data": _plain(case, "data_categories", "data", texts),
        "contact": contact.name and (contact.email or contact.phone),
        "consequences": _plain(case, "likely_consequences", "consequences", texts)
        or worded(case, "consequences_text", lang),
        "measures": worded(case, "measures_taken", lang) or _plain(case, "mitigations", "measures", texts),
    }
    return tuple(f"letter.{part}" for part, found in asked.items() if not found)
