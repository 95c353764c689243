"""/api/v1/incidents/{id}/…: tasks and comments, as another system (a ticket desk, a chat) reads and writes them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from incidents.api.caller import Caller
from incidents.api.schemas import In, instant, shaped
from incidents.base.time import BUDAPEST
from incidents.rules.casework import TaskForm
from incidents.steps import casework, handover
from incidents.steps.casework import Remark

NOBODY_KNOWN = "?"
"""Stands for an address nobody here has: the task is refused as it would be for an unknown person."""


class TaskIn(In):
    """Something to do; by when (ISO 8601, local in ``zone``), and for whom by mail address."""

    title: str
    due_at: str = ""
    zone: str = BUDAPEST
    person: str = ""


class SettlementIn(In):
    """A task is done, or dropped with a reason."""

    state: Literal["done", "dropped"]
    note: str = ""


class CommentIn(In):
    """A remark on a case."""

    comment: str


class TaskOut(Struct, frozen=True):
    """A task; ``playbook`` and ``step`` name where it comes from, ``role`` whose hands it is meant for."""

    id: UUID
    title: str
    playbook: str
    step: str
    role: str
    source: str
    due_at: datetime | None
    person: str
    state: str
    made_by: str
    made_at: datetime
    done_by: str
    done_at: datetime | None
    done_note: str


class CommentOut(Struct, frozen=True):
    """A comment; one that was taken back stays, with who took it back, when and why."""

    id: UUID
    text: str
    said_by: str
    said_at: datetime
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_because: str = ""


@get("/incidents/{incident_id:uuid}/tasks", sync_to_thread=True, summary="What is to do in a case")
def list_tasks(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[TaskOut]:
    """Open tasks by their time, then the settled ones."""
    with caller.uow(read_only=True) as uow:
        return [shaped(TaskOut, row) for row in casework.work_of(uow, incident_id).tasks]


@post("/incidents/{incident_id:uuid}/tasks", sync_to_thread=True, summary="Write down something to do")
def add_task(incident_id: FromPath[UUID], data: JSONBody[TaskIn], caller: NamedDependency[Caller]) -> TaskOut:
    """A task by hand."""
    due_at = instant(data.due_at, data.zone, "due_at").at if data.due_at else None
    with caller.uow() as uow:
        known = handover.by_address(uow, incident_id, data.person) if data.person else None
        person = str(known or NOBODY_KNOWN) if data.person else ""
        return shaped(TaskOut, casework.add_task(uow, incident_id, TaskForm(data.title, due_at, person)))


@post(
    "/incidents/{incident_id:uuid}/tasks/{task_id:uuid}/settlement",
    sync_to_thread=True,
    status_code=200,
    summary="A task is done or dropped",
)
def settle_task(
    incident_id: FromPath[UUID], task_id: FromPath[UUID], data: JSONBody[SettlementIn], caller: NamedDependency[Caller]
) -> TaskOut:
    """Who settled it, when and how stands in the task and in the log."""
    with caller.uow() as uow:
        return shaped(TaskOut, casework.settle(uow, incident_id, task_id, data.state, data.note))


@post(
    "/incidents/{incident_id:uuid}/tasks/{task_id:uuid}/reopening",
    sync_to_thread=True,
    status_code=200,
    summary="A settled task is to do again",
)
def reopen_task(incident_id: FromPath[UUID], task_id: FromPath[UUID], caller: NamedDependency[Caller]) -> TaskOut:
    """The task is open again."""
    with caller.uow() as uow:
        return shaped(TaskOut, casework.reopen(uow, incident_id, task_id))


@get("/incidents/{incident_id:uuid}/comments", sync_to_thread=True, summary="What was remarked on a case")
def list_comments(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[CommentOut]:
    """Every comment in the order of the page, those taken back included."""
    with caller.uow(read_only=True) as uow:
        return [_comment(one) for one in casework.work_of(uow, incident_id).remarks]


@post("/incidents/{incident_id:uuid}/comments", sync_to_thread=True, summary="Remark something on a case")
def add_comment(incident_id: FromPath[UUID], data: JSONBody[CommentIn], caller: NamedDependency[Caller]) -> CommentOut:
    """It stays: nothing that was said is changed."""
    with caller.uow() as uow:
        return _comment(Remark(casework.comment(uow, incident_id, data.comment), None))


def _comment(one: Remark) -> CommentOut:
    row, back = one.row, one.withdrawn
    said = (row.id, row.text, row.said_by, row.said_at)
    return CommentOut(*said, back.withdrawn_by, back.withdrawn_at, back.reason) if back else CommentOut(*said)


handlers: list[Any] = [list_tasks, add_task, settle_task, reopen_task, list_comments, add_comment]
