"""The risk test (GDPR Art. 33(1), 34(1)): must the authority be notified, must the people be told, and why.

The legal rules decide; ENISA's score stands beside them as a second opinion; a named person has the last word.
"""

from collections.abc import Mapping

from incidents.base.errors import InvalidInput
from incidents.rules.assess.clearing import Ground
from incidents.rules.assess.decision import Decision, decide
from incidents.rules.assess.explanation import explain, explain_groups
from incidents.rules.assess.jurisdiction import Jurisdiction, jurisdiction, jurisdiction_of, texts
from incidents.rules.assess.reading import Values
from incidents.rules.assess.schema import schema
from incidents.rules.assess.second_opinion import differs, enisa_score, near_a_line
from incidents.rules.assess.situation import Situation, situation
from incidents.rules.assess.verdict import Answer, Cleared, Finding, GroupedVerdict, Verdict, Warned, combine, strictest
from incidents.rules.assess.warnings import warnings
from incidents.rules.assess.whatif import Change, Unknown, unknown_facts, unknowns
from incidents.rules.assess.words import facts_used, reason, warning
from incidents.rules.facts import Facts, FactState, validate

__all__ = [
    "Answer",
    "Change",
    "Cleared",
    "Finding",
    "GroupedVerdict",
    "Jurisdiction",
    "Unknown",
    "Verdict",
    "Warned",
    "assess",
    "assess_groups",
    "combine",
    "explain",
    "explain_groups",
    "facts_used",
    "jurisdiction",
    "jurisdiction_of",
    "reason",
    "schema",
    "strictest",
    "unknowns",
    "warning",
]

_EXEMPTIONS = {
    "public_notice": frozenset({"subjects_unidentifiable", "subjects_partly_unreachable"}),
    "informed": frozenset({"subject_already_informed"}),
}


def assess(facts: Facts | Mapping[str, object], law: Jurisdiction | None = None) -> Verdict:
    """The verdict on facts as recorded, or on plain values keyed as in the vocabulary (a missing key is unknown).

    Authority: yes unless everything that was hit is cleared. People: no unless a rule for high risk fires. Review
    means that a person must decide; the findings name the fact.

    Raises:
        InvalidInput: a plain value does not fit the vocabulary; every faulty field is named.
    """
    law = law or jurisdiction()
    if isinstance(facts, Facts):
        return _verdict(facts.values(), law)
    parsed, errors = validate(facts, root="")
    if errors:
        raise InvalidInput(errors)
    return _verdict({key: one.value for key, one in parsed.items() if one.state is FactState.KNOWN}, law)


def assess_groups(
    groups: Mapping[str, Facts | Mapping[str, object]], law: Jurisdiction | None = None
) -> GroupedVerdict:
    """One verdict for each group of people (GDPR 34(1)): whom to tell is decided group by group.

    Raises:
        InvalidInput: a plain value of a group does not fit the vocabulary.
    """
    return combine({name: assess(facts, law) for name, facts in groups.items()})


def _verdict(values: Values, law: Jurisdiction) -> Verdict:
    s = situation(values, law)
    decision = decide(s)
    score = enisa_score(s)
    notes: list[Ground] = []
    if differs(score, decision.notify_authority, decision.tell_subjects):
        notes.append(("E1", "band"))
    if near_a_line(score):
        notes.append(("E1", "line"))
    return Verdict(
        notify_authority=decision.notify_authority,
        tell_subjects=decision.tell_subjects,
        findings=_findings(s, decision, (*_exemptions(s, decision), *notes)),
        cleared=tuple(
            Cleared(dimension, Finding(texts(law.rules_version)[ground], s))
            for dimension, ground in decision.cleared.items()
        ),
        warnings=warnings(s, decision),
        enisa=score,
        jurisdiction=law,
        situation=s,
    )


def _exemptions(s: Situation, decision: Decision) -> tuple[Ground, ...]:
    """Art. 34(3) is looked at only where people must be told; (a) is settled already, since such data clear N1."""
    if decision.tell_subjects is not Answer.YES:
        return ()
    tags = s.tags or frozenset()
    return (("X1", "check"), *(("X1", ground) for ground, wanted in _EXEMPTIONS.items() if not tags.isdisjoint(wanted)))


def _findings(s: Situation, decision: Decision, after: tuple[Ground, ...]) -> tuple[Finding, ...]:
    told = texts(s.law.rules_version)
    decided = (("D1", "always"), *dict.fromkeys(decision.cleared.values()), *decision.grounds)
    missing = unknown_facts(s) if decision.open_grounds else ()
    undecided = (
        Finding(told[ground], s, True, _hangs_on(told[ground].facts, missing)) for ground in decision.open_grounds
    )
    return (
        *(Finding(told[ground], s) for ground in decided),
        *undecided,
        *(Finding(told[ground], s) for ground in after),
    )


def _hangs_on(facts: tuple[str, ...], missing: tuple[str, ...]) -> tuple[str, ...]:
    """The unknown facts among those a rule reads; all of them when its own are known."""
    own = tuple(fact for fact in missing if fact.partition(".")[0] in facts)
    return own or missing
