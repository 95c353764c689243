"""The verdict: the result of the risk test for reading and printing, its history, and what if one fact changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from incidents.base.errors import NotFound
from incidents.base.i18n import msgid, translator
from incidents.rules.assess.flips import Flip, flip_named, flipped, flips
from incidents.rules.facts import Facts, FactState, ParsedFact, amend
from incidents.rules.vocabulary import label
from incidents.steps import assess
from incidents.steps.cases import Case
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.opinion import Step, difference, flip_words, opinion, what_moved
from incidents.web.rendering import language_of
from incidents.web.sessions import PageRequest, clock_of

ALSO = msgid("also: {value}")
WITHOUT = msgid("without: {value}")
ACTS = {"add": ALSO, "drop": WITHOUT}


@dataclass(frozen=True)
class Choices:
    """The answers of one fact among which somebody may choose for a what-if."""

    label: str
    flips: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WhatIf:
    """One fact turned over: which, to what, and what the test would say."""

    label: str
    words: str
    group: str
    step: Step


def questions_of(incident_id: UUID, group: str) -> str:
    """The address of the questions about a group of people."""
    return f"/incidents/{incident_id}/assess?group={quote(group)}"


@get("/incidents/{incident_id:uuid}/assess/result", sync_to_thread=True)
def show_result(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The newest run of the test, an older one (``run``), or what one other fact would make of it (``flip``)."""
    return result_page(request, load(request, incident_id))


def result_page(request: PageRequest, found: Case, form: Form | None = None) -> Response[str]:
    """The result with its history; a refused form about groups of people stands below it."""
    lang = language_of(request)
    asked = request.query_params.get("run", "")
    shown = opinion(found, lang, int(asked) if asked.isdecimal() else None)
    if shown is None and asked:
        raise NotFound
    group = request.query_params.get("group", "")
    if group and group not in found.groups:
        raise NotFound
    newest = shown is not None and shown.version == found.assessments[-1].version
    return case_page(
        request,
        "pages/result.html",
        found,
        form,
        opinion=shown,
        newest=newest,
        moved=what_moved(found, shown.version, lang) if shown else None,
        runs=[one for one in (opinion(found, lang, run.version) for run in reversed(found.assessments)) if one],
        choices=choices(found.facts_of(group), lang, request) if newest else (),
        what_if=_what_if(request, found, group, lang) if newest else None,
        flip=request.query_params.get("flip", ""),
        group=group,
    )


def choices(facts: Facts, lang: str, request: PageRequest) -> Sequence[Choices]:
    """Every fact the test reads, with the answers it might have instead."""
    on = clock_of(request).now()
    grouped = groupby(flips(facts.values()), key=lambda one: one.fact)
    return [
        Choices(fact_label(fact, lang), tuple((one.name, _acted(one, flip_words(one, lang, on), lang)) for one in mine))
        for fact, mine in grouped
    ]


def fact_label(fact: str, lang: str) -> str:
    """The name of a fact; of a part, under the name of its record."""
    key, _, part = fact.partition(".")
    return f"{label(key, lang)} – {label(fact, lang)}" if part else label(fact, lang)


def _acted(flip: Flip, words: str, lang: str) -> str:
    return translator(lang)(ACTS[flip.act], value=words) if flip.act in ACTS else words


def _what_if(request: PageRequest, found: Case, group: str, lang: str) -> WhatIf | None:
    """The verdict with one fact turned over, beside the verdict on the facts as they stand."""
    name = request.query_params.get("flip", "")
    if not name:
        return None
    values = found.facts_of(group).values()
    try:
        flip = flip_named(name, values)
    except LookupError as error:
        raise NotFound from error
    now = clock_of(request).now()
    as_it_is, then = assess.verdict_on(found.facts, found.groups, now), _with(found, group, flip, now)
    step = difference(as_it_is, then, [flip.fact.partition(".")[0]], lang, now)
    return WhatIf(fact_label(flip.fact, lang), _acted(flip, flip_words(flip, lang, now), lang), group, step)


def _with(found: Case, group: str, flip: Flip, now: datetime) -> dict[str, Any]:
    key = flip.fact.partition(".")[0]
    said = {key: ParsedFact(FactState.KNOWN, flipped(found.facts_of(group).values(), flip)[key])}
    if not group:
        return assess.verdict_on(amend(found.facts, said, by="", at=now), found.groups, now)
    own = amend(found.groups[group], said, by="", at=now)
    return assess.verdict_on(found.facts, {**found.groups, group: own}, now)


handlers: list[Any] = [show_result]
