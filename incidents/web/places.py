"""Where an answer of the form is given or changed: an address and a name for every place the form rules speak of."""

from dataclasses import dataclass

from incidents.base.i18n import Translator, msgid
from incidents.rules.vocabulary import vocabulary
from incidents.steps.cases import Case
from incidents.web.questions import keys

CASE = msgid("the case")
CLOCK = msgid("when awareness was")
CONTROLLER = msgid("the controller's profile")
DECISION = msgid("the decision")
FORM = msgid("this form")
SENDING = msgid("what is sent")
TELLING = msgid("what the people were told")
FACT = msgid("the fact “{name}”")


@dataclass(frozen=True)
class Place:
    """An address, its name, and the fact it is about (empty: none)."""

    href: str
    name: str
    fact: str = ""


def place_of(place: str, case: Case, lang: str, say: Translator) -> Place:
    """Where to go for a place such as ``facts:cause``, ``controller:seat``, ``clock:awareness``, ``form:<field>``."""
    kind, _, name = place.partition(":")
    home = f"/incidents/{case.incident.id}"
    if kind == "facts":
        label = vocabulary()[name].label.in_language(lang)
        return Place(f"{home}/{_page_of(name)}#f-facts.{name}", say(FACT, name=label), name)
    if kind == "controller":
        return Place(f"/controllers/{case.controller.id}#f-{name}", say(CONTROLLER))
    fixed = {
        "clock": (f"{home}/clock", CLOCK),
        "decision": (f"{home}/decide", DECISION),
        "case": (home, CASE),
        "form": (f"{home}/form#q-{name}", FORM),
    }
    telling = (f"{home}/send#tell", TELLING) if name == "communication" else (f"{home}/send#file", SENDING)
    href, words = fixed.get(kind, telling)
    return Place(href, say(words))


def _page_of(fact: str) -> str:
    """The questionnaire that asks for a fact: the story of the case before the risk test."""
    return "facts" if fact in keys("facts") or fact not in keys("assess") else "assess"
