"""Handing the register out: a period, the day as of which it is shown, whole or redacted; proved, and logged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from incidents.base.errors import Conflict
from incidents.rules.register import Break
from incidents.rules.register_asof import Period
from incidents.steps.cases import Case, read_cases
from incidents.steps.guard import require
from incidents.steps.register import SignedHead, signed_head
from incidents.steps.register_asof import as_of, recorded_later
from incidents.store import audit, controllers, documents, incidents, people, thread
from incidents.store.incidents import RegisterQuery
from incidents.store.tables import Controller
from incidents.store.uow import SYSTEM, UnitOfWork

MOST_BYTES = 400 * 1024 * 1024
"""What the files of one package may weigh together."""
NO_PEOPLE = ("API:", "visitor", SYSTEM.name)
"""How the names of those begin in the log who are nobody by name."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: whose register, which days, as of when, and whether personal data are blacked out."""

    controllers: Sequence[UUID]
    period: Period
    redacted: bool = True


@dataclass(frozen=True)
class KeptFile:
    """A file of a case, with the hash that was recorded when it was kept; ``content`` None: it is left out."""

    reference: str
    kind: str
    """``evidence``, ``document`` or ``sheet``."""
    name: str
    size: int
    sha256: str
    content: bytes | None


@dataclass(frozen=True)
class Checked:
    """What checking the event log of one controller has found, with its newest link, signed."""

    controller: str
    breaks: Sequence[Break]
    head: SignedHead


@dataclass(frozen=True)
class Handout:
    """The register as of an instant, with all that belongs to it."""

    wanted: Wanted
    at: datetime
    made_at: datetime
    made_by: str
    cases: Sequence[Case]
    later: int
    """Records that came later and are not shown."""
    files: Sequence[KeptFile]
    checked: Sequence[Checked]
    names: frozenset[str]
    """Of everybody the service knows there: what redaction blacks out."""


def gather(uow: UnitOfWork, wanted: Wanted, secret: str) -> Handout:
    """Everything of a handout, as of one moment: open the unit of work read-only.

    Raises:
        NotFound, Forbidden: the actor may not export or not read the register of one of the controllers.
        Conflict: the files weigh too much for one package.
    """
    for controller_id in wanted.controllers:
        require(uow, controller_id, "export")
        require(uow, controller_id, "register" if wanted.redacted else "read")
    at, period = wanted.period.instant(uow.now), wanted.period
    query = RegisterQuery(wanted.controllers, "", period.since, period.before)
    found = read_cases(uow, [one for one in incidents.for_register(uow, query) if one.opened_at <= at])
    shown = [as_of(one, at) for one in found]
    kept = controllers.by_ids(uow, wanted.controllers)
    return Handout(
        wanted=wanted,
        at=at,
        made_at=uow.now,
        made_by=uow.actor.name,
        cases=shown,
        later=sum(recorded_later(one, at) for one in found),
        files=_files(uow, shown, whole=not wanted.redacted),
        checked=[
            Checked(kept[key].name, audit.verify(uow, key), signed_head(uow, key, secret)) for key in wanted.controllers
        ],
        names=frozenset(
            name
            for name in _names(uow, wanted.controllers, list(kept.values()), found)
            if not name.startswith(NO_PEOPLE)
        ),
    )


def record(uow: UnitOfWork, handout: Handout, content: bytes) -> None:
    """Write into the log of each controller that its register was handed out: which days, as of when, with what hash.

    Raises:
        NotFound, Forbidden: the actor may not export the register of one of the controllers.
    """
    period = handout.wanted.period
    said = {
        "form": "zip",
        "sha256": sha256(content).hexdigest(),
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "as_of": handout.at.isoformat(),
        "redacted": handout.wanted.redacted,
    }
    for controller_id in handout.wanted.controllers:
        require(uow, controller_id, "export")
        audit.append(uow, audit.NewEvent(controller_id, None, "register.exported", said))


def _files(uow: UnitOfWork, cases: Sequence[Case], *, whole: bool) -> list[KeptFile]:
    if whole and sum(one.size for case in cases for one in case.files) > MOST_BYTES:
        raise Conflict("The files of this period are too large for one package. Choose a shorter period.")
    return [file for case in cases for file in _files_of(uow, case, whole=whole)]


def _files_of(uow: UnitOfWork, case: Case, *, whole: bool) -> Iterator[KeptFile]:
    reference = case.incident.reference
    for one in case.files:
        content = thread.evidence(uow, one.id).content if whole else None
        yield KeptFile(reference, "evidence", one.name, one.size, one.sha256, content)
    for draft in case.documents:
        pdf = documents.with_files(uow, draft.id).pdf
        name = f"{draft.kind}-{draft.language}-{draft.version}.pdf"
        yield KeptFile(reference, "document", name, len(pdf), draft.pdf_sha256, pdf if whole else None)
    for sent in case.contents:
        if sheet := thread.sheet(uow, sent.filing_id).sheet:
            name = f"filing-{sent.version}.pdf"
            yield KeptFile(reference, "sheet", name, len(sheet), sent.sheet_sha256, sheet if whole else None)


def _names(uow: UnitOfWork, keys: Sequence[UUID], kept: Sequence[Controller], cases: Sequence[Case]) -> Iterator[str]:
    """Everybody with a role, the contacts of the profile, whoever did something in a case, and its reporter."""
    for members in people.people_of(uow, keys).values():
        yield from (one.name for one in members)
    for one in kept:
        yield from (one.dpo_name, one.responsible_manager_name, one.representative)
    for case in cases:
        yield case.incident.reporter.partition(",")[0]
        yield from (event.actor for event in case.events)
        yield from (row.said_by for row in case.amendments)
        yield from (row.name for row in case.acknowledgements)
        yield from (row.name for row in case.handovers)
