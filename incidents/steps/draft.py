"""Draft: the case as the two documents need it, and their frozen versions."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from incidents.base.errors import NotFound
from incidents.base.ids import new_id
from incidents.base.time import ZonedInstant
from incidents.rules.assess.breach import overlaid
from incidents.rules.assess.summary import Run, summary
from incidents.rules.draft import Activity as ActivityView
from incidents.rules.draft import CaseFile, ControllerProfile, DecisionView
from incidents.rules.draft import Processor as ProcessorView
from incidents.rules.draft.everybody import told_together
from incidents.rules.facts import Facts, code_label
from incidents.steps.guard import require
from incidents.store import audit, controllers, deadlines, decisions, documents, filings, incidents, publicity
from incidents.store.tables import Controller, Decision, Document, Incident
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class RenderedDocument:
    """A finished draft: the wording, the files made from it, their SHA-256, and what is still to follow."""

    kind: str
    language: str
    html: str
    sha256: str
    docx: bytes
    docx_sha256: str
    pdf: bytes
    pdf_sha256: str
    missing: tuple[str, ...]
    group: str = ""
    """The group of people a letter is for; empty: everybody."""


def _labels(key: str, codes: list[Any], language: str) -> str:
    return ", ".join(code_label(key, str(code), language) for code in codes)


def controller_profile(uow: UnitOfWork, controller: Controller) -> ControllerProfile:
    """A controller as documents show it."""
    fields = ControllerProfile.__dataclass_fields__.keys() - {"processors", "activities"}
    return ControllerProfile(
        **{name: getattr(controller, name) for name in fields},
        processors=tuple(
            ProcessorView(p.name, p.address, p.task, p.country, p.safeguard)
            for p in controllers.processors(uow, controller.id)
        ),
        activities=tuple(
            ActivityView(
                a.name,
                a.purpose,
                _labels("data_categories", a.data_categories, controller.language),
                _labels("subject_categories", a.subject_categories, controller.language),
            )
            for a in controllers.activities(uow, controller.id)
        ),
    )


def _decision_view(decision: Decision | None, group: str) -> DecisionView | None:
    """The decision on everybody, or on one group of people."""
    if decision is None:
        return None
    fields = ("notify", "tell", "exemption", "reasons_authority", "reasons_subjects")
    view = DecisionView(**{name: getattr(decision, name) for name in fields})
    return replace(view, tell=decision.tell_by_group.get(group, view.tell)) if group else view


def _facts(uow: UnitOfWork, incident_id: UUID, group: str | None) -> Facts:
    """The facts of everybody, of one group of people, or (None) of all groups together.

    Raises:
        NotFound: there is no such group.
    """
    said = incidents.amendments(uow, incident_id)
    everybody, groups = incidents.fold_facts(said), incidents.fold_groups(said)
    if group is None:
        return told_together(everybody, groups.values())
    if group and group not in groups:
        raise NotFound
    return overlaid(everybody, groups[group]) if group else everybody


def case_file(uow: UnitOfWork, incident_id: UUID, delay_reasons: str = "", group: str | None = "") -> CaseFile:
    """Everything a document may say about a case, as it stands now.

    ``group``: for the people of that name what is true of them; None: for everybody what is true of any of them, as a
    public notice tells it.

    Raises:
        NotFound, Forbidden: not this actor's to read, or there is no such group.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    clock = deadlines.clocks_of(uow, incident_id)[-1]
    sent = filings.of_case(uow, incident_id)
    controller = controllers.load(uow, incident.controller_id)
    aware = clock.anchor_kind == "awareness"
    return CaseFile(
        controller=controller_profile(uow, controller),
        reference=incident.reference,
        facts=_facts(uow, incident_id, group),
        first_signal=ZonedInstant(incident.first_signal_at, incident.first_signal_zone),
        awareness=ZonedInstant(clock.anchor_at, clock.anchor_zone) if aware else None,
        awareness_reason=clock.reason if aware else "",
        deadline=clock.deadline_at,
        now=sent[0].filed_at if sent else uow.now,
        decision=_decision_view(decisions.newest(uow, incident_id), group or ""),
        delay_reasons=delay_reasons or next((f.delay_reasons for f in sent if f.delay_reasons), ""),
        filing_kind="follow_up" if sent else "new",
        authority_reference=next((f.authority_identifier for f in sent if f.authority_identifier), ""),
        assessment=_assessed(uow, incident_id),
        drill=incident.is_drill,
        own_words=publicity.own_words(uow, incident_id, group or ""),
    )


def _assessed(uow: UnitOfWork, incident_id: UUID) -> dict[str, str]:
    """The newest run of the risk test in words, in each language; nothing when there is none."""
    run = decisions.newest_assessment(uow, incident_id)
    if run is None:
        return {}
    said = Run(run.outcome, run.version, run.facts_version)
    return {lang: summary(said, lang) for lang in ("hu", "en")}


def freeze_document(uow: UnitOfWork, incident_id: UUID, rendered: RenderedDocument) -> Document:
    """Keep a draft as it is, with its hashes, as the next version of its kind and language."""
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "draft")
    row = Document(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        kind=rendered.kind,
        people_group=rendered.group,
        language=rendered.language,
        version=next_version(uow, incident, rendered.kind, rendered.language),
        facts_version=incident.facts_version,
        html=rendered.html,
        sha256=rendered.sha256,
        docx=rendered.docx,
        docx_sha256=rendered.docx_sha256,
        pdf=rendered.pdf,
        pdf_sha256=rendered.pdf_sha256,
        missing=list(rendered.missing),
        made_by=uow.actor.name,
        made_at=uow.now,
    )
    uow.add(row)
    said = {"kind": row.kind, "language": row.language, "version": row.version, "sha256": row.sha256}
    said |= {"group": row.people_group} if row.people_group else {}
    audit.append(uow, audit.about(incident, "document.frozen", row, **said))
    return row


def next_version(uow: UnitOfWork, incident: Incident, kind: str, language: str) -> int:
    """The number the next frozen draft of a kind and language gets."""
    return documents.next_version(uow, incident.id, kind, language)


def document(uow: UnitOfWork, document_id: UUID) -> Document:
    """A frozen draft with its files.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    row = documents.with_files(uow, document_id)
    require(uow, row.controller_id, "read")
    return row
