"""Casework: tasks from a playbook or by hand, files beside the case, comments. The log keeps every change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, zone
from incidents.rules.casework import Playbook, Step, TaskForm, playbooks, task_faults, text_faults
from incidents.rules.evidence import ANYTHING_KNOWN, NewFile
from incidents.steps import handover
from incidents.steps.evidence import take
from incidents.steps.guard import require
from incidents.store import audit, casework, incidents
from incidents.store.tables import CaseComment, CaseTask, CommentWithdrawal, Evidence, Incident
from incidents.store.uow import UnitOfWork

CLOSED = "The case is closed. Reopen it to go on working in it."
SETTLED = {"done": "task.done", "dropped": "task.dropped"}


@dataclass(frozen=True)
class Remark:
    """A comment, and its withdrawal when it was taken back."""

    row: CaseComment
    withdrawn: CommentWithdrawal | None


@dataclass(frozen=True)
class Work:
    """What is to do and what was remarked in a case: open tasks by their time, then the settled ones."""

    tasks: Sequence[CaseTask]
    remarks: Sequence[Remark]
    now: datetime

    @property
    def open(self) -> Sequence[CaseTask]:
        """What is left to do."""
        return [one for one in self.tasks if one.state == "open"]

    @property
    def overdue(self) -> Sequence[CaseTask]:
        """What should have been done by now."""
        return [one for one in self.open if one.due_at and one.due_at < self.now]


def work_of(uow: UnitOfWork, incident_id: UUID) -> Work:
    """The work in a case.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    tasks = sorted(casework.tasks(uow, incident_id), key=lambda one: (one.state != "open", _when(one)))
    return Work(tasks, [Remark(*one) for one in casework.comments(uow, incident_id)], uow.now)


def _when(task: CaseTask) -> tuple[bool, datetime]:
    """Tasks without a time come after those that have one."""
    return task.due_at is None, task.due_at or task.made_at


def offered(uow: UnitOfWork, kind: str, known: Collection[str] = ()) -> list[Playbook]:
    """The playbooks in force today: first those called for by a known fact, then those for the kind of incident."""
    today = uow.now.astimezone(zone(BUDAPEST)).date()
    return sorted(playbooks(today), key=lambda one: (not one.fits("", known), kind not in one.kinds))


def start_playbook(uow: UnitOfWork, incident_id: UUID, playbook_id: str, language: str) -> list[CaseTask]:
    """Take the steps of a playbook over as tasks; a step that is there already is left alone.

    Raises:
        InvalidInput: there is no such playbook.
        Conflict: the case is closed, or every step is there already.
    """
    incident = _open(uow, incident_id)
    found = next((one for one in offered(uow, "") if one.id == playbook_id), None)
    if found is None:
        raise InvalidInput([FieldError("playbook", "unknown", "Choose one of the playbooks.")])
    name = f"{found.id}/{found.version}"
    there = {one.step for one in casework.tasks(uow, incident_id) if one.playbook.partition("/")[0] == found.id}
    rows = [_from_step(uow, incident, name, step, language) for step in found.steps if step.code not in there]
    if not rows:
        raise Conflict("This playbook has been started already.")
    uow.add(*rows)
    audit.append(uow, audit.about(incident, "playbook.started", None, title=found.label[language], playbook=name))
    return rows


def _from_step(uow: UnitOfWork, incident: Incident, name: str, step: Step, language: str) -> CaseTask:
    row = _task(uow, incident, step.title[language], step.due(incident.opened_at))
    row.playbook, row.step, row.role, row.source = name, step.code, step.role, step.source
    return row


def _task(uow: UnitOfWork, incident: Incident, title: str, due_at: datetime | None) -> CaseTask:
    return CaseTask(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        title=title,
        playbook="",
        step="",
        role="",
        source="",
        due_at=due_at,
        person="",
        state="open",
        made_by=uow.actor.name,
        made_at=uow.now,
        done_by="",
        done_note="",
    )


def add_task(uow: UnitOfWork, incident_id: UUID, form: TaskForm) -> CaseTask:
    """Write down something to do.

    Raises:
        InvalidInput: every faulty field is named.
        Conflict: the case is closed.
    """
    incident = _open(uow, incident_id)
    able = _able(uow, incident)
    if errors := task_faults(form, frozenset(able)):
        raise InvalidInput(errors)
    row = _task(uow, incident, form.title.strip(), form.due_at)
    row.person_id, row.person = (UUID(form.person), able[form.person]) if form.person else (None, "")
    uow.add(row)
    audit.append(uow, audit.about(incident, "task.added", None, title=row.title, person=row.person))
    return row


def _able(uow: UnitOfWork, incident: Incident) -> dict[str, str]:
    return {one.user_id: one.name for one in handover.candidates(uow, incident.controller_id)}


def assign(uow: UnitOfWork, incident_id: UUID, task_id: UUID, person: str) -> CaseTask:
    """Give a task to somebody who may work on the case; to nobody when empty.

    Raises:
        InvalidInput: not somebody who may.
        Conflict: the case is closed.
    """
    incident = _open(uow, incident_id)
    row = casework.task(uow, incident_id, task_id)
    able = _able(uow, incident)
    if errors := task_faults(TaskForm(row.title, row.due_at, person), frozenset(able)):
        raise InvalidInput(errors)
    row.person_id, row.person = (UUID(person), able[person]) if person else (None, "")
    audit.append(uow, audit.about(incident, "task.assigned", None, title=row.title, person=row.person))
    return row


def settle(uow: UnitOfWork, incident_id: UUID, task_id: UUID, state: str, note: str) -> CaseTask:
    """A task is done, or dropped with a reason.

    Raises:
        InvalidInput: dropped without a reason, or the note is too long.
        Conflict: the case is closed, or the task is settled already.
    """
    incident = _open(uow, incident_id)
    row = casework.task(uow, incident_id, task_id)
    if row.state != "open" or state not in SETTLED:
        raise Conflict
    if errors := text_faults(note, "note", needed=state == "dropped"):
        raise InvalidInput(errors)
    row.state, row.done_by, row.done_at, row.done_note = state, uow.actor.name, uow.now, note.strip()
    audit.append(uow, audit.about(incident, SETTLED[state], None, title=row.title, note=row.done_note))
    return row


def reopen(uow: UnitOfWork, incident_id: UUID, task_id: UUID) -> CaseTask:
    """A settled task is to do again.

    Raises:
        Conflict: the case is closed, or the task is open.
    """
    incident = _open(uow, incident_id)
    row = casework.task(uow, incident_id, task_id)
    if row.state == "open":
        raise Conflict
    row.state, row.done_by, row.done_at, row.done_note = "open", "", None, ""
    audit.append(uow, audit.about(incident, "task.reopened", None, title=row.title))
    return row


def add_file(uow: UnitOfWork, incident_id: UUID, file: NewFile | None, note: str) -> Evidence:
    """Keep a file beside the case, with what it shows.

    Raises:
        InvalidInput: no file, or one that is not taken.
        Conflict: the case is closed.
    """
    incident = _open(uow, incident_id)
    errors = text_faults(note, "file_note", needed=False)
    if file is None:
        errors.append(FieldError("file", "required", "Choose a file."))
    if file is None or errors:
        raise InvalidInput(errors)
    return take(uow, incident, file, "case", accepts=ANYTHING_KNOWN, note=note)


def comment(uow: UnitOfWork, incident_id: UUID, text: str) -> CaseComment:
    """Remark something on a case; it stays.

    Raises:
        InvalidInput: empty or too long.
        Conflict: the case is closed.
    """
    incident = _open(uow, incident_id)
    if errors := text_faults(text, "comment", needed=True):
        raise InvalidInput(errors)
    row = CaseComment(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        text=text.strip(),
        said_by=uow.actor.name,
        said_by_id=uow.actor.user_id,
        said_at=uow.now,
    )
    uow.add(row)
    audit.append(uow, audit.about(incident, "comment.added", row, text=row.text))
    return row


def withdraw(uow: UnitOfWork, incident_id: UUID, comment_id: UUID, reason: str) -> CommentWithdrawal:
    """Take one's own comment back: it is struck out, and can still be read.

    Raises:
        Forbidden: it is somebody else's.
        Conflict: the case is closed, or it was taken back already.
    """
    incident = _open(uow, incident_id)
    said, before = casework.comment(uow, incident_id, comment_id)
    if said.said_by_id is None or said.said_by_id != uow.actor.user_id:
        raise Forbidden
    if before is not None:
        raise Conflict
    row = CommentWithdrawal(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        comment_id=said.id,
        reason=reason.strip()[:1000],
        withdrawn_by=uow.actor.name,
        withdrawn_at=uow.now,
    )
    uow.add(row)
    audit.append(uow, audit.about(incident, "comment.withdrawn", row, text=said.text, note=row.reason))
    return row


def _open(uow: UnitOfWork, incident_id: UUID) -> Incident:
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "amend")
    if incident.closed_at is not None:
        raise Conflict(CLOSED)
    return incident
