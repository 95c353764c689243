"""The answers of the notification that are not simply one fact: worked out from the case, one reader each."""

from collections.abc import Callable
from dataclasses import dataclass

from incidents.base.hungarian import hours_in_words
from incidents.base.time import ZonedInstant
from incidents.rules.draft.case import CaseFile, Processor
from incidents.rules.draft.content import Contact, Status
from incidents.rules.draft.words import Texts, counted, in_words, is_list, moment, paragraphs, stored_moment
from incidents.rules.facts import FactState


@dataclass(frozen=True)
class Answer:
    """What an item says, and whether that is an answer."""

    lines: tuple[str, ...]
    status: Status = Status.FILLED
    listed: bool = False
    unfilled: bool = False


NOT_HERE = Answer((), Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class View:
    """A case read for one document."""

    case: CaseFile
    texts: Texts

    def owed(self, phrase: str) -> Answer:
        """An answer that is still due, with the words that say so."""
        return Answer((self.texts.say(phrase),), Status.TO_FOLLOW, unfilled=phrase == "fill_in")

    def said(self, text: str) -> Answer:
        """What a person typed; empty is marked to be filled in."""
        lines = paragraphs(text)
        return Answer(lines) if lines else self.owed("fill_in")

    def unknown(self, key: str) -> Answer:
        """What an unknown fact says: to follow, under examination, or (once complete) not to be determined.

        A complete notification may leave a fact undetermined only when somebody said that it is (Art. 33(4)).
        """
        if self.case.facts.state(key) is FactState.TO_BE_DETERMINED:
            return self.owed("to_be_determined")
        if not self.case.complete:
            return self.owed("to_follow")
        if self.case.facts.get(key) is None:
            return self.owed("fill_in")
        return Answer((self.texts.say("undetermined"),))

    def fact(self, key: str, *, none_counts: bool = False) -> Answer:
        """A fact in words, or what is said in its place."""
        if not self.case.facts.is_known(key):
            return self.unknown(key)
        lines = in_words(key, self.case.facts.value(key), self.texts)
        if lines:
            return Answer(lines, listed=is_list(key) and len(lines) > 1)
        return Answer((self.texts.say("none"),)) if none_counts else self.unknown(key)


def contact_of(case: CaseFile) -> Contact:
    """The data protection officer, or the named responsible manager where there is none (Art. 33(3)(b))."""
    who = case.controller
    if who.dpo_name:
        return Contact(True, who.dpo_name, "", who.dpo_email or who.email, who.dpo_phone or who.phone)
    return Contact(
        False,
        who.responsible_manager_name,
        who.responsible_manager_title,
        who.responsible_manager_email or who.email,
        who.responsible_manager_phone or who.phone,
    )


def _contact_role(view: View) -> Answer:
    contact = contact_of(view.case)
    role = view.texts.say("dpo" if contact.is_dpo else "contact")
    return Answer((role, contact.title) if contact.title else (role,))


def _occurred(view: View) -> Answer:
    facts = view.case.facts
    places = {
        place: moment(stored_moment(facts.value(key)), view.texts.lang)
        for place, key in (("start", "occurred_from"), ("end", "occurred_to"))
        if facts.is_known(key)
    }
    if not places:
        return view.unknown("occurred_from")
    phrase = "from_to" if len(places) == 2 else "from_only" if "start" in places else "to_only"
    context = facts.value("context")
    if phrase == "from_only" and isinstance(context, list) and "continuing" in context:
        phrase = "continuing"
    return Answer((view.texts.say(phrase, **places),))


def _awareness(view: View) -> Answer:
    if view.case.awareness is None:
        return view.owed("awareness_open")
    return Answer((moment(view.case.awareness, view.texts.lang),))


def _awareness_reason(view: View) -> Answer:
    """Due when awareness is later than the first signal (Guidelines 9/2022, sections 31 and 34)."""
    case = view.case
    if case.awareness_reason.strip():
        return view.said(case.awareness_reason)
    if case.awareness is None or case.awareness.at <= case.first_signal.at:
        return NOT_HERE
    return view.owed("fill_in")


def _deadline(view: View) -> Answer:
    return Answer((moment(ZonedInstant(view.case.deadline), view.texts.lang),))


def _lateness(view: View) -> Answer:
    duration = hours_in_words(view.case.now - view.case.deadline, view.texts.lang)
    return Answer((view.texts.say("late_by", duration=duration),))


def _subjects_count(view: View) -> Answer:
    facts, texts = view.case.facts, view.texts
    if facts.is_known("subjects_count") and (text := counted(facts.value("subjects_count"), "people", texts)):
        return Answer((text,))
    if facts.is_known("subjects_band"):
        band = in_words("subjects_band", facts.value("subjects_band"), texts)[0]
        return Answer((texts.say("people_band", band=band),))
    return view.unknown("subjects_count")


def _records_count(view: View) -> Answer:
    facts = view.case.facts
    if facts.is_known("records_count") and (text := counted(facts.value("records_count"), "records", view.texts)):
        return Answer((text,))
    return view.unknown("records_count")


def _consequences(view: View) -> Answer:
    coded = view.fact("likely_consequences")
    if coded.status is Status.FILLED or not view.case.facts.is_known("consequences_text"):
        return coded
    return view.fact("consequences_text")


def _tell(view: View) -> Answer:
    decision = view.case.decision
    return Answer((view.texts.say(f"tell_{decision.tell}"),)) if decision else view.owed("to_be_determined")


def _exemption(view: View) -> Answer:
    decision = view.case.decision
    if not decision or not decision.exemption:
        return view.owed("fill_in")
    return Answer((view.texts.say(f"exemption_{decision.exemption}"),))


def _reasons_subjects(view: View) -> Answer:
    return view.said(view.case.decision.reasons_subjects if view.case.decision else "")


def _assessment(view: View) -> Answer:
    said = view.case.assessment.get(view.texts.lang, "")
    return view.said(said) if said.strip() else NOT_HERE


def _processor_details(processor: Processor, texts: Texts) -> str:
    country = texts.country(processor.country)
    parts = (processor.name, processor.address, country, processor.task, processor.safeguard)
    return "; ".join(part for part in parts if part)


def _processor(view: View) -> Answer:
    """The processor as named in the case, with what the controller's profile knows about it."""
    named = view.fact("processor")
    if named.status is not Status.FILLED:
        return named
    text = " ".join(named.lines).casefold()
    known = [one for one in view.case.controller.processors if one.name and one.name.casefold() in text]
    details = tuple(_processor_details(one, view.texts) for one in known)
    return Answer(tuple(line for line in named.lines if line not in {one.name for one in known}) + details)


def _sector(view: View) -> Answer:
    return Answer((view.texts.say("public_body"),)) if view.case.controller.is_public_body else NOT_HERE


READERS: dict[str, Callable[[View], Answer]] = {
    "kind": lambda view: Answer((view.texts.say(view.case.filing_kind),)),
    "completeness": lambda view: Answer((view.texts.say("complete" if view.case.complete else "incomplete"),)),
    "reference": lambda view: view.said(view.case.reference),
    "authority_reference": lambda view: view.said(view.case.authority_reference),
    "withdrawal_reasons": lambda view: view.said(view.case.withdrawal_reasons),
    "sector": _sector,
    "contact_role": _contact_role,
    "contact_name": lambda view: view.said(contact_of(view.case).name),
    "contact_email": lambda view: view.said(contact_of(view.case).email),
    "contact_phone": lambda view: view.said(contact_of(view.case).phone),
    "occurred": _occurred,
    "first_signal": lambda view: Answer((moment(view.case.first_signal, view.texts.lang),)),
    "awareness": _awareness,
    "awareness_reason": _awareness_reason,
    "deadline": _deadline,
    "lateness": _lateness,
    "delay_reasons": lambda view: view.said(view.case.delay_reasons),
    "subjects_count": _subjects_count,
    "records_count": _records_count,
    "consequences": _consequences,
    "assessment": _assessment,
    "tell": _tell,
    "exemption": _exemption,
    "reasons_subjects": _reasons_subjects,
    "processor": _processor,
}


def _hit(view: View, dimension: str) -> bool:
    """Whether confidentiality or availability was hit, or nobody knows yet which dimension was."""
    types = view.case.facts.value("breach_types")
    return not isinstance(types, list) or not types or dimension in types


WHEN: dict[str, Callable[[View], bool]] = {
    "later_filing": lambda view: view.case.filing_kind != "new",
    "withdrawal": lambda view: view.case.filing_kind == "withdrawal",
    "late": lambda view: view.case.late,
    "confidentiality": lambda view: _hit(view, "confidentiality"),
    "availability": lambda view: _hit(view, "availability"),
    "consequences_coded": lambda view: bool(view.case.facts.value("likely_consequences")),
    "decided": lambda view: view.case.decision is not None,
    "exempt": lambda view: view.case.decision is not None and view.case.decision.tell == "exempt",
}
