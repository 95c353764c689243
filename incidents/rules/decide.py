"""What a decision must contain, and when one person is not enough for it (Art. 33(1), 34(1), 34(3))."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from incidents.base.errors import FieldError
from incidents.rules.assess.difference import WHOLE
from incidents.rules.facts import Facts

SUBSTANCE_WORDS = 6
"""A reason of substance says more than «no risk»: at least this many different words of three letters or more."""

EXEMPTION_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "a": ("unintelligible",),
    "b": ("unintelligible", "recipient", "exfiltrated", "malicious", "mitigations", "context"),
    "c": ("subjects_count", "subjects_band", "context"),
}
"""The facts an exemption of Art. 34(3) stands or falls with."""

NO_SUCH_GROUP = "There is no such group of people in this case: {group}."
SAY_WHY = "Say in a full sentence why: it stands in the register beside your name."
TELL_RANKS = {"no": 0, "exempt": 1, "yes": 2}


@dataclass(frozen=True)
class DecisionForm:
    """The decision as a person gives it; the reasons are kept in the register (Guidelines 9/2022, Art. 33(5))."""

    notify: str
    tell: str
    reasons_authority: str
    reasons_subjects: str
    exemption: str = ""
    evidence: str = ""
    """For Art. 34(3)(b): what shows that the high risk is gone."""
    tell_by_group: Mapping[str, str] = field(default_factory=dict)
    """Whom to tell, group by group; under the empty name whoever is in no group. Empty: the same for everybody."""

    def tells(self, group: str) -> str:
        """What is decided for a group of people."""
        return self.tell_by_group.get(group, self.tell)


@dataclass(frozen=True)
class Asked:
    """What the risk test asks for: ``yes``, ``no`` or ``review``; on telling people group by group."""

    notify: str
    tell_by_group: Mapping[str, str]
    health_of_many: bool = False
    """Whether health data of more people are concerned than one person may call no risk (NAIH-2894-3/2021)."""


def has_substance(reason: str) -> bool:
    """Whether a text can pass as a reason: different words, not a dash, a repeated word or «nem kell»."""
    words = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", reason)}
    return len(words) >= SUBSTANCE_WORDS


def strictest_tell(answers: Collection[str]) -> str:
    """The strictest of what is decided for groups of people: telling before an exemption before not telling."""
    return max(answers, key=lambda one: TELL_RANKS.get(one, -1), default="")


def _choices(form: DecisionForm) -> Iterator[FieldError]:
    if form.notify not in {"yes", "no"}:
        yield FieldError("notify", "required", "Choose whether the authority is notified.")
    if form.tell not in TELL_RANKS:
        yield FieldError("tell", "required", "Choose whether the people concerned are told.")
    if form.tell in {"yes", "exempt"} and form.notify == "no":
        yield FieldError(
            "notify",
            "contradiction",
            "High risk to people always means risk: the authority must be notified as well (Art. 33(1)).",
        )


def _groups(form: DecisionForm, groups: Collection[str]) -> Iterator[FieldError]:
    """Every group has its answer, and the answer for all is the strictest of them."""
    if not form.tell_by_group:
        return
    for name in form.tell_by_group.keys() - {WHOLE, *groups}:
        yield FieldError("groups", "unknown", NO_SUCH_GROUP, {"group": name})
    for name in (WHOLE, *groups):
        if form.tell_by_group.get(name) not in TELL_RANKS:
            yield FieldError(f"groups.{name}", "required", "Choose for every group whether these people are told.")
    if form.tell in TELL_RANKS and form.tell != strictest_tell(tuple(form.tell_by_group.values())):
        yield FieldError(
            "tell", "contradiction", "The decision for everybody must be the strictest of those for the groups."
        )


def _reasons(form: DecisionForm) -> Iterator[FieldError]:
    if form.notify == "no" and not has_substance(form.reasons_authority):
        yield FieldError(
            "reasons_authority",
            "substance",
            "Say in a full sentence why a risk is unlikely: NAIH will ask for this reason. "
            "Name the fact it rests on, for example encryption with the key safe, or confirmed deletion.",
        )
    elif not form.reasons_authority.strip():
        yield FieldError("reasons_authority", "required", "Give the reason for the decision on the authority.")
    answers = {form.tell, *form.tell_by_group.values()}
    if not answers.isdisjoint({"no", "exempt"}) and not has_substance(form.reasons_subjects):
        yield FieldError(
            "reasons_subjects",
            "substance",
            "Say in a full sentence why the people concerned are not told directly, and name the fact it rests on.",
        )


def _exemption(form: DecisionForm, facts: Mapping[str, Facts]) -> Iterator[FieldError]:
    """Art. 34(3): (a) only where the facts show it, (b) only with evidence."""
    exempt = [name for name in facts if form.tells(name) == "exempt"]
    if form.notify == "no" or (form.tell != "exempt" and not exempt):
        return
    if form.exemption not in EXEMPTION_RESTS_ON:
        yield FieldError(
            "exemption", "required", "Choose which point of Art. 34(3) the exemption rests on: (a), (b) or (c)."
        )
    if form.exemption == "a" and not all(unreadable(facts[name]) for name in exempt):
        yield FieldError(
            "exemption",
            "not-shown",
            "Point (a) needs facts that are not recorded here: data that nobody can read, and a key that is safe. "
            "Record them among the questions about the risk, if that is how it is.",
        )
    if form.exemption == "b" and not has_substance(form.evidence):
        yield FieldError(
            "evidence",
            "substance",
            "Point (b) needs evidence. Say in a full sentence what shows that the high risk is gone, "
            "and where the proof is kept.",
        )


def unreadable(facts: Facts) -> bool:
    """Whether the data were made unintelligible and the key is known to be safe (Art. 34(3)(a))."""
    secret = facts.value("unintelligible")
    return isinstance(secret, dict) and secret.get("state") == "yes" and secret.get("key_safe") is True


def faults(form: DecisionForm, facts: Mapping[str, Facts] | None = None) -> list[FieldError]:
    """Every field of a decision that cannot stand, with the way out; empty when it can be recorded.

    ``facts`` are those of every group of people, whoever is in none under the empty name.
    """
    facts = {WHOLE: Facts(0)} if facts is None else facts
    groups = [name for name in facts if name != WHOLE]
    return [*_choices(form), *_groups(form, groups), *_exemption(form, facts), *_reasons(form)]


def second_person_for(form: DecisionForm, asked: Asked) -> tuple[str, ...]:
    """Why one person is not enough: codes of the reasons, none when one is.

    ``notify``, ``tell``: less than the test asks for. ``health``: no notification for health data of many
    (NAIH-2894-3/2021). ``evidence``: an exemption under Art. 34(3)(b).
    """
    lowered = any(answer == "yes" and form.tells(name) != "yes" for name, answer in asked.tell_by_group.items())
    needed = (
        ("notify", form.notify == "no" and asked.notify == "yes"),
        ("tell", lowered),
        ("health", form.notify == "no" and asked.health_of_many),
        ("evidence", form.exemption == "b" and "exempt" in {form.tell, *form.tell_by_group.values()}),
    )
    return tuple(code for code, true in needed if true)


def moved_basis(letter: str, then: Facts, now: Facts) -> tuple[str, ...]:
    """The facts an exemption rests on that read differently now; none while (a) still holds.

    A fact that has become known, unknown or another one re-opens the exemption (Guidelines 9/2022: assess again).
    """
    if letter == "a" and unreadable(now):
        return ()
    return tuple(
        key
        for key in EXEMPTION_RESTS_ON.get(letter, ())
        if (then.state(key), then.value(key)) != (now.state(key), now.value(key))
    )


def answer_faults(answer: str, sentence: str) -> list[FieldError]:
    """What is wrong with the second person's answer to a proposal; only a refusal must say why."""
    errors = []
    if answer not in {"approved", "refused"}:
        errors.append(FieldError("answer", "required", "Choose whether you approve or refuse."))
    if answer != "approved" and not has_substance(sentence):
        errors.append(FieldError("sentence", "substance", SAY_WHY))
    return errors
