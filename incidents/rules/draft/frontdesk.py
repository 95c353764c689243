"""What the front desk says when people ask: how to begin, what never to say, ten questions answered from the case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from incidents.rules.draft.case import CaseFile, ControllerProfile
from incidents.rules.draft.content import Contact, LetterContent
from incidents.rules.draft.subjects import subjects_letter
from incidents.rules.draft.words import Texts

SECRETS: Final = frozenset({"credentials_plain", "credentials_hashed_strong", "customer_account", "payment_card"})
"""Kinds of data that let somebody else in, or pay: people ask for these first."""


@dataclass(frozen=True)
class Question:
    """A question people ask: what is said first, and what is listed after it."""

    id: str
    title: str
    said: tuple[str, ...]
    listed: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrontDesk:
    """The sheet for the front desk, ready for its template; ``hours`` says where and when people can call."""

    lang: str
    controller: ControllerProfile
    contact: Contact
    reference: str
    date: str
    hours: tuple[str, ...]
    hours_known: bool
    script: tuple[str, ...]
    do: tuple[str, ...]
    never: tuple[str, ...]
    questions: tuple[Question, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True)
class _Desk:
    """A case as the front desk tells it."""

    case: CaseFile
    letter: LetterContent
    texts: Texts

    def lines(self, *found: str) -> tuple[str, ...]:
        """What is known; nothing known: it is being examined."""
        return found or (self.texts.say("examining"),)


Answered = tuple[tuple[str, ...], tuple[str, ...]]


def front_desk(case: CaseFile, lang: str) -> FrontDesk:
    """The sheet in ``hu`` or ``en``, from the facts as they stand: nothing on it says more than the letter does.

    Raises:
        NoSuchLawError: no texts apply on that day.
    """
    texts = Texts("frontdesk", case.today, lang)
    letter = subjects_letter(case, lang)
    desk = _Desk(case, letter, texts)
    return FrontDesk(
        lang=lang,
        controller=case.controller,
        contact=letter.contact,
        reference=case.reference,
        date=letter.date,
        hours=letter.hotline or (texts.say("fill_in_hours"),),
        hours_known=bool(letter.hotline),
        script=tuple(line.format(controller=case.controller.name) for line in texts.law["script"][lang]),
        do=tuple(texts.law["do"][lang]),
        never=tuple(texts.law["never"][lang]),
        questions=tuple(
            Question(one["id"], texts.pick(one["title"]), *_ANSWERS[one["id"]](desk)) for one in texts.law["questions"]
        ),
        versions=(texts.version, *letter.versions),
    )


def _happened(desk: _Desk) -> Answered:
    return desk.lines(*desk.letter.what_happened, *desk.letter.moments), ()


def _me(desk: _Desk) -> Answered:
    people = ", ".join(desk.letter.people)
    who = (desk.texts.say("who", people=people),) if people else ()
    decision = desk.case.decision
    if decision is None:
        told = "not_decided"
    elif desk.letter.public:
        told = "told_publicly"
    else:
        told = "told_directly" if decision.tell == "yes" else "not_told"
    return (*who, desk.texts.say(told)), ()


def _data(desk: _Desk) -> Answered:
    return ((desk.texts.say("data"),), desk.letter.data) if desk.letter.data else (desk.lines(), ())


def _secrets(desk: _Desk) -> Answered:
    if not desk.letter.data:
        return desk.lines(), ()
    codes = desk.case.facts.value("data_categories")
    touched = isinstance(codes, list) and not SECRETS.isdisjoint(map(str, codes))
    return (desk.texts.say("secrets_yes" if touched else "secrets_no"),), ()


def _consequences(desk: _Desk) -> Answered:
    return desk.lines(*desk.letter.consequences, *desk.letter.consequences_text), ()


def _advice(desk: _Desk) -> Answered:
    """The most urgent act of each kind of data; the rest stands in the letter."""
    first = [block.lines[0] for block in desk.letter.advice]
    return ((), (*first, *desk.letter.advice_extra)) if first else ((desk.texts.say("nothing_known"),), ())


def _why_now(desk: _Desk) -> Answered:
    aware = desk.letter.moments[-1:] if desk.case.awareness else ()
    return (*aware, desk.texts.say("why_now")) if aware else (desk.texts.say("examining"),), ()


def _complaint(desk: _Desk) -> Answered:
    naih = desk.letter.authority
    places = {"authority": f"{naih.name} ({naih.short_name})", "address": naih.postal_address, "website": naih.website}
    return (desk.texts.say("complaint", **places),), ()


_ANSWERS: dict[str, Callable[[_Desk], Answered]] = {
    "happened": _happened,
    "me": _me,
    "data": _data,
    "secrets": _secrets,
    "consequences": _consequences,
    "advice": _advice,
    "why_now": _why_now,
    "source": lambda desk: ((desk.texts.say("source"),), ()),
    "compensation": lambda desk: ((desk.texts.say("compensation"),), ()),
    "complaint": _complaint,
}
