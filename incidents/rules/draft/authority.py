"""The notification to the supervisory authority, from the case as it stands (GDPR Art. 33(3), 33(4))."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from incidents.base.dated import in_force
from incidents.base.hungarian import format_date
from incidents.rules.draft.answers import NOT_HERE, READERS, WHEN, Answer, View
from incidents.rules.draft.case import CaseFile
from incidents.rules.draft.content import Authority, AuthorityDraft, DraftItem, DraftSection, Status
from incidents.rules.draft.words import Texts
from incidents.rules.facts import vocabulary

Spec = Mapping[str, Any]


def authority_on(on: date, lang: str) -> Authority:
    """The Hungarian supervisory authority with the addresses that apply on a day.

    Raises:
        NoSuchLawError: no record applies (before 2012).
    """
    record = in_force("authorities", "naih", on)
    keys = ("short_name", "seat", "postal_address", "phone", "email", "website", "krid", "version")
    return Authority(name=record["name"][lang], **{key: record[key] for key in keys})


def authority_draft(case: CaseFile, lang: str) -> AuthorityDraft:
    """Everything Art. 33(3) asks for, item by item, in ``hu`` or ``en``; what is unknown says so and is never blank.

    New notifications made after the deadline carry the reasons for the delay (Art. 33(1)), visibly unfilled until
    somebody writes them; incomplete ones list what will follow (Art. 33(4)).
    """
    texts = Texts("authority", case.today, lang)
    sections = _sections(View(case, texts))
    owed = any(item.to_follow and not item.unfilled for section in sections for item in section.items)
    authority = authority_on(case.today, lang)
    return AuthorityDraft(
        lang=lang,
        kind=case.filing_kind,
        late=case.late,
        phased=owed and not case.complete and case.filing_kind != "withdrawal",
        controller=case.controller,
        authority=authority,
        reference=case.reference,
        authority_reference=case.authority_reference,
        date=format_date(case.today, lang),
        sections=sections,
        versions=(texts.version, f"naih {authority.version}"),
    )


def _sections(view: View) -> tuple[DraftSection, ...]:
    """The sections that have a place in this filing; only those with something to show are numbered."""
    made: list[DraftSection] = []
    number = 0
    for spec in _asked(view):
        section = _section(view, spec, str(number + 1))
        number += bool(section.shown)
        made.append(section)
    return tuple(made)


def _asked(view: View) -> list[Spec]:
    withdrawal = view.case.filing_kind == "withdrawal"
    return [spec for spec in view.texts.law["sections"] if spec.get("in_withdrawal") or not withdrawal]


def _section(view: View, spec: Spec, number: str) -> DraftSection:
    source = view.texts.pick(spec["source"])
    items: list[DraftItem] = []
    shown = 0
    for item in spec["items"]:
        answer = _answer(view, item)
        here = answer.status is not Status.NOT_APPLICABLE
        shown += here
        items.append(
            DraftItem(
                id=f"{spec['id']}.{item['id']}",
                number=f"{number}.{shown}" if here else "",
                label=view.texts.pick(item["label"]),
                lines=answer.lines,
                status=answer.status,
                listed=answer.listed,
                unfilled=answer.unfilled,
                fact_key=item.get("fact", ""),
                source=source,
            )
        )
    return DraftSection(spec["id"], number if shown else "", view.texts.pick(spec["title"]), source, tuple(items))


def _answer(view: View, spec: Spec) -> Answer:
    if "when" in spec and not WHEN[spec["when"]](view):
        return NOT_HERE
    if spec.get("optional") and _nothing_said(view, spec):
        return NOT_HERE
    if "profile" in spec:
        return view.said(getattr(view.case.controller, spec["profile"]))
    if "read" in spec:
        return READERS[spec["read"]](view)
    return view.fact(spec["fact"], none_counts=spec.get("none_counts", False))


def _nothing_said(view: View, spec: Spec) -> bool:
    """Whether nobody has said anything about something that need not be mentioned."""
    if "profile" in spec:
        return not getattr(view.case.controller, spec["profile"])
    return "fact" in spec and view.case.facts.get(spec["fact"]) is None


def facts_to_follow(case: CaseFile) -> tuple[str, ...]:
    """The facts the notification asks for and nobody has given yet, as keys of the vocabulary, in its order.

    What its draft marks as to follow, without the words of the draft: every answer about a case asks this.
    """
    view = View(case, Texts("authority", case.today, "hu"))
    items = (item for spec in _asked(view) for item in spec["items"] if item.get("fact") in vocabulary())
    owed = (item["fact"] for item in items if _answer(view, item).status is Status.TO_FOLLOW)
    return tuple(dict.fromkeys(owed))
