"""The result of the risk assessment in a few sentences, for the notification to the authority and the register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.base.dated import of_version
from incidents.rules.assess.difference import Outcome, answers, by_group
from incidents.rules.assess.sources import source_label

VERSION = "1"
_SAID = frozenset({"authority_yes", "authority_review", "people_yes", "people_review", "people_no", "clears"})


@dataclass(frozen=True)
class Run:
    """A kept run of the test: what it said, its number, and the version of the facts it read."""

    outcome: Outcome
    number: int
    facts_version: int


def summary(run: Run, lang: str) -> str:
    """The answers, group by group where there are groups, each with its reasons and sources; a line a sentence."""
    return "\n".join(_lines(run, lang))


def short(outcome: Outcome, lang: str) -> str:
    """The two answers in one line."""
    return _say("short", lang, **_answers(outcome, lang))


def _lines(run: Run, lang: str) -> Iterator[str]:
    parts = by_group(run.outcome)
    yield _say("result", lang, **_answers(run.outcome, lang))
    for name, said in parts.items():
        if len(parts) > 1:
            yield _say("group", lang, group=name or _say("others", lang), **_answers(said, lang))
        for rule in said["rules"]:
            if rule["effect"] in _SAID:
                yield f"– {rule['reason'][lang]} ({'; '.join(source_label(one, lang) for one in rule['source'])})"
    rules = run.outcome["rule_set"]
    yield _say("version", lang, rules=rules, run=str(run.number), facts=str(run.facts_version))
    yield _say("aid", lang)


def _answers(outcome: Outcome, lang: str) -> dict[str, str]:
    notify, tell = (str(_law()["answers"][answer][lang]) for answer in answers(outcome))
    return {"notify": notify, "tell": tell}


def _say(phrase: str, lang: str, **places: str) -> str:
    return str(_law()["phrases"][phrase][lang]).format(**places)


def _law() -> Mapping[str, Any]:
    return of_version("texts", "assessment", VERSION)
