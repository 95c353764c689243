"""The facts of a case: shown in words, and amended group by group; nothing is edited in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.i18n import msgid, translator
from incidents.rules.draft.words import Texts, counted, in_words
from incidents.rules.facts import Fact, Facts, FactState
from incidents.rules.vocabulary import vocabulary
from incidents.steps import report
from incidents.steps.cases import Case
from incidents.store.incidents import fold_facts
from incidents.store.tables import FactAmendment
from incidents.store.uow import SYSTEM
from incidents.web.answers import changed_answers
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.questions import groups, keys, shown
from incidents.web.rendering import see_other
from incidents.web.sessions import VISITOR, PageRequest, page_uow

NOT_KNOWN = {FactState.UNKNOWN: msgid("not known"), FactState.TO_BE_DETERMINED: msgid("still being found out")}
EMPTY_LIST = msgid("none of them")
COUNTED = {"subjects_count": "people", "records_count": "records"}
REPORTER = msgid("the person who reported it")
CLOCKWORK = msgid("the service itself")


@dataclass(frozen=True)
class Said:
    """One fact as a page shows it, with who said it and when."""

    key: str
    label: str
    text: str
    known: bool
    said_by: str
    said_at: datetime
    version: int
    reason: str


def known(facts: Facts, lang: str) -> list[Said]:
    """Every fact somebody has spoken about, in words: the story first, then what only the risk test asks."""
    recorded = (facts.get(key) for key in dict.fromkeys([*keys("facts"), *keys("assess"), *vocabulary()]))
    return [_said(fact, lang) for fact in recorded if fact is not None]


def spoken_name(actor: str, lang: str) -> str:
    """Who said or did something: a person's own name, or words for whoever has none."""
    nameless = {VISITOR.name: REPORTER, SYSTEM.name: CLOCKWORK}
    return translator(lang)(nameless[actor]) if actor in nameless else actor


def missing_labels(missing: Iterable[str], lang: str) -> list[str]:
    """The names of facts that nobody knows yet."""
    return [vocabulary()[key].label.in_language(lang) for key in missing if key in vocabulary()]


def _said(fact: Fact, lang: str) -> Said:
    return Said(
        key=fact.key,
        label=vocabulary()[fact.key].label.in_language(lang),
        text=_in_words(fact, lang),
        known=fact.state is FactState.KNOWN,
        said_by=spoken_name(fact.said_by, lang),
        said_at=fact.said_at,
        version=fact.version,
        reason=fact.reason,
    )


def _in_words(fact: Fact, lang: str) -> str:
    """A fact as people read it, a line an item; what is not known says so."""
    if fact.state is not FactState.KNOWN:
        return translator(lang)(NOT_KNOWN[fact.state])
    texts = Texts("authority", fact.said_at.date(), lang)
    if fact.key in COUNTED:
        return counted(fact.value, COUNTED[fact.key], texts)
    return "\n".join(in_words(fact.key, fact.value, texts)) or translator(lang)(EMPTY_LIST)


@dataclass(frozen=True)
class Version:
    """One amendment: what was said then, by whom and why."""

    number: int
    said_by: str
    said_at: datetime
    reason: str
    facts: tuple[tuple[str, str], ...]


def versions(case: Case, lang: str) -> list[Version]:
    """Every version of the facts, newest first, each with what it changed."""
    return [_version(row, lang) for row in reversed(case.amendments)]


def _version(row: FactAmendment, lang: str) -> Version:
    said = known(fold_facts([row]), lang)
    return Version(
        row.version,
        spoken_name(row.said_by, lang),
        row.said_at,
        row.reason,
        tuple((one.label, one.text) for one in said),
    )


def amending_page(
    request: PageRequest, found: Case, which: str, form: Form | None = None, group: str = "", **context: Any
) -> Response[str]:
    """The questionnaire ``facts`` or ``assess``, filled with what is recorded or with what was refused.

    With a group of people, only what may differ for it is asked, filled with what holds for it.
    """
    showing = form or Form(shown(found.facts_of(group), wanted(which, group)))
    asked = groups(which, by_group=bool(group))
    answered = sum(one.answered(showing.data) for one in asked)
    page = {"groups": asked, "answered": answered, "group": group, **context}
    return case_page(request, f"pages/{which}.html", found, showing, **page)


def wanted(which: str, group: str) -> tuple[str, ...]:
    """The facts a questionnaire asks for, of everybody or of a group of people."""
    return keys(which, by_group=bool(group))


def amend(request: PageRequest, incident_id: UUID, which: str, form: Form, group: str = "") -> bool:
    """Record the answers that differ from what is recorded; whether there were any.

    Raises:
        InvalidInput: some answers cannot be used; then none is recorded.
    """
    found = load(request, incident_id)
    changed, faults = changed_answers(form.data, found.facts_of(group), wanted(which, group))
    if faults:
        raise InvalidInput(faults)
    if changed:
        with page_uow(request) as uow:
            report.amend_facts(uow, incident_id, changed, form.text("reason"), group)
    return bool(changed)


@get("/incidents/{incident_id:uuid}/facts", sync_to_thread=True)
def show_facts(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The story of the incident, for the drafts and the register."""
    return amending_page(request, load(request, incident_id), "facts")


@post("/incidents/{incident_id:uuid}/facts", sync_to_thread=True)
def amend_story(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Record what has become known: a new version of the facts."""
    try:
        amend(request, incident_id, "facts", form)
    except (InvalidInput, Conflict) as refused:
        return amending_page(request, load(request, incident_id), "facts", form.refused(refused))
    return see_other(f"/incidents/{incident_id}", done="saved")


handlers: list[Any] = [show_facts, amend_story]
