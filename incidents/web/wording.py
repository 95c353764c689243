"""The words of the letter: own words in each language, for each group of people, with hints on what is hard to read."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from incidents.base.errors import InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.draft import CaseFile, subjects_letter
from incidents.rules.draft.subjects import OWN_WORDS
from incidents.rules.draft.wording import WordingForm, text_hints
from incidents.rules.draft.words import paragraphs
from incidents.steps import draft, wording
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.rendering import language_of, see_other, words
from incidents.web.sessions import PageRequest, page_uow

LACKING = {
    "letter.nature": (msgid("what happened"), "facts#f-facts.what_happened"),
    "letter.data": (msgid("which data are concerned"), "assess#f-facts.data_categories"),
    "letter.consequences": (msgid("what may follow for the people"), "facts#f-facts.likely_consequences"),
    "letter.measures": (msgid("what you have done"), "facts#f-facts.measures_taken"),
    "letter.contact": (msgid("whom the people can ask"), ""),
}
"""What Art. 34(2) asks for and the case does not tell yet: words, and the page of the case where it is answered."""


PART_NAMES = {
    "what_happened": msgid("What happened?"),
    "consequences_text": msgid("What may it mean for the people?"),
    "measures_taken": msgid("What have you done so far?"),
    "measures_planned": msgid("What else will you do?"),
    "advice_extra": msgid("What else can the people do?"),
    "hotline": msgid("Where and when can the people ask?"),
}
"""The parts as the letter speaks of them."""


@dataclass(frozen=True)
class Part:
    """One part of the letter that can be worded apart: its name, its recorded fact."""

    key: str
    label: str
    recorded: tuple[str, ...]


@dataclass(frozen=True)
class Hint:
    """What makes a text hard to read: in which part, at which place, and what to do."""

    part: str
    where: str
    text: str


def letter_side(request: PageRequest, file: CaseFile, lang: str, group: str) -> dict[str, Any]:
    """What a page shows beside the letter: what it lacks, what stands in another language, what is hard to read."""
    say, shown = words(request), language_of(request)
    letter = subjects_letter(file, lang)
    return {
        "group": group,
        "asked": asked(lang, group),
        "lacking": [(say(LACKING[one][0]), LACKING[one][1]) for one in letter.missing],
        "untranslated": [say(PART_NAMES[key]) for key in letter.untranslated],
        "hints": [
            Hint(say(PART_NAMES[one.key]), one.hint.where, one.hint.text.in_language(shown))
            for one in text_hints(file, lang)
        ],
    }


@get("/incidents/{incident_id:uuid}/letter", sync_to_thread=True)
def show_wording(
    request: PageRequest, incident_id: FromPath[UUID], language: FromQuery[str] = "", group: FromQuery[str] = ""
) -> Response[str]:
    """The parts of the letter with the recorded facts, and own words in their place."""
    return _wording_page(request, incident_id, _tongue(language, request), group)


@post("/incidents/{incident_id:uuid}/letter", sync_to_thread=True)
def save_wording(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Keep the own words; the letter takes them from now on."""
    tongue, group = _tongue(form.text("language"), request), form.text("group")
    said = WordingForm(tongue, group, {key: form.text(f"words.{key}") for key in OWN_WORDS})
    try:
        with page_uow(request) as uow:
            wording.word_letter(uow, incident_id, said)
    except InvalidInput as refused:
        return _wording_page(request, incident_id, tongue, group, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/draft?kind=subjects&{asked(tongue, group)}", done="saved")


def asked(lang: str, group: str) -> str:
    """The part of an address that names a language and, where there is one, a group of people."""
    return urlencode({"language": lang} | ({"group": group} if group else {}))


def _tongue(text: str, request: PageRequest) -> str:
    return text if text in {"hu", "en"} else language_of(request)


def _wording_page(
    request: PageRequest, incident_id: UUID, tongue: str, group: str, form: Form | None = None
) -> Response[str]:
    with page_uow(request, read_only=True) as uow:
        file = draft.case_file(uow, incident_id, group=group)
        own = wording.words_for(uow, incident_id, group, tongue)
    filled = Form({f"words.{key}": [text] for key, text in own.items()})
    say = words(request)
    return case_page(
        request,
        "pages/letter.html",
        load(request, incident_id),
        form or filled,
        tongue=tongue,
        parts=[Part(key, say(PART_NAMES[key]), paragraphs(file.facts.value(key))) for key in OWN_WORDS],
        **letter_side(request, file, tongue, group),
    )


handlers: list[Any] = [show_wording, save_wording]
