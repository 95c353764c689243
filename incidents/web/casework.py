"""The work in a case: tasks with their playbooks, files, comments; and the whole case for printing."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.i18n import msgid
from incidents.rules.casework import TaskForm
from incidents.rules.evidence import NewFile
from incidents.rules.facts import FactState
from incidents.steps import casework, handover
from incidents.steps.cases import Case
from incidents.web.casehead import case_page, load
from incidents.web.clock import readings
from incidents.web.facts import known, missing_labels, versions
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import language_of, see_other, words
from incidents.web.sessions import PageRequest, clock_of, page_uow
from incidents.web.timeline import timeline
from incidents.web.uploads import LARGEST_CASE_BODY, WITH_FILE

WHO_WORDS = {
    "it": msgid("IT"),
    "handler": msgid("case handler"),
    "dpo": msgid("data protection officer"),
    "manager": msgid("manager"),
}


def work_words(request: PageRequest) -> dict[str, str]:
    """Whose hands a step is for, in words."""
    say = words(request)
    return {code: say(label) for code, label in WHO_WORDS.items()}


def work_of(request: PageRequest, incident_id: UUID) -> casework.Work:
    """The tasks and comments of a case, for showing."""
    with page_uow(request, read_only=True) as uow:
        return casework.work_of(uow, incident_id)


def _kind(case: Case) -> str:
    fact = case.facts.by_key.get("kind")
    return str(fact.value) if fact and fact.value else ""


def _known(found: Case) -> list[str]:
    return [key for key in found.facts.by_key if found.facts.state(key) is FactState.KNOWN]


def _page(request: PageRequest, incident_id: UUID, form: Form | None = None) -> Response[str]:
    found = load(request, incident_id)
    with page_uow(request, read_only=True) as uow:
        work = casework.work_of(uow, incident_id)
        people = handover.candidates(uow, found.controller.id)
        books = casework.offered(uow, _kind(found), _known(found))
    started = {one.playbook.partition("/")[0] for one in work.tasks if one.playbook}
    return case_page(
        request,
        "pages/work.html",
        found,
        form,
        work=work,
        people=[(one.user_id, one.name) for one in people],
        books=[one for one in books if one.id not in started],
        fitting=[one.id for one in books if one.fits(_kind(found), _known(found))],
        roles=work_words(request),
        empty=Form(),
    )


@get("/incidents/{incident_id:uuid}/work", sync_to_thread=True)
def show_work(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """What is to do, what is kept, what was remarked."""
    return _page(request, incident_id)


def _back(incident_id: UUID, part: str) -> Response[str]:
    answer = see_other(f"/incidents/{incident_id}/work", done="saved")
    answer.headers["location"] += f"#{part}"
    return answer


@post("/incidents/{incident_id:uuid}/work/playbook", sync_to_thread=True)
def start_playbook(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Take the steps of a playbook over as tasks."""
    try:
        with page_uow(request) as uow:
            casework.start_playbook(uow, incident_id, form.text("playbook"), language_of(request))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return _back(incident_id, "tasks")


@post("/incidents/{incident_id:uuid}/work/tasks", sync_to_thread=True)
def add_task(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Write down something to do."""
    reader = Reader(form, clock_of(request).now())
    named = form.text("due_at.date") or form.text("due_at.time")
    due_at = reader.moment("due_at").at if named else None
    try:
        with page_uow(request) as uow, reader.refusing():
            casework.add_task(uow, incident_id, TaskForm(form.text("title"), due_at, form.text("person")))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return _back(incident_id, "tasks")


@post("/incidents/{incident_id:uuid}/work/tasks/{task_id:uuid}", sync_to_thread=True)
def change_task(
    request: PageRequest, incident_id: FromPath[UUID], task_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Give a task to somebody, settle it, or open it again."""
    act = form.text("act")
    try:
        with page_uow(request) as uow:
            if act == "assign":
                casework.assign(uow, incident_id, task_id, form.text("person"))
            elif act == "reopen":
                casework.reopen(uow, incident_id, task_id)
            else:
                casework.settle(uow, incident_id, task_id, act, form.text("note"))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return _back(incident_id, "tasks")


@post(
    "/incidents/{incident_id:uuid}/work/files",
    sync_to_thread=True,
    dependencies=WITH_FILE,
    request_max_body_size=LARGEST_CASE_BODY,
)
def add_file(
    request: PageRequest,
    incident_id: FromPath[UUID],
    form: NamedDependency[Form],
    file: NamedDependency[NewFile | None],
) -> Response[str]:
    """Keep a file beside the case."""
    try:
        with page_uow(request) as uow:
            casework.add_file(uow, incident_id, file, form.text("file_note"))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return _back(incident_id, "files")


@post("/incidents/{incident_id:uuid}/work/comments", sync_to_thread=True)
def add_comment(request: PageRequest, incident_id: FromPath[UUID], form: NamedDependency[Form]) -> Response[str]:
    """Remark something on the case."""
    try:
        with page_uow(request) as uow:
            casework.comment(uow, incident_id, form.text("comment"))
    except (InvalidInput, Conflict) as refused:
        return _page(request, incident_id, form.refused(refused))
    return _back(incident_id, "comments")


@post("/incidents/{incident_id:uuid}/work/comments/{comment_id:uuid}/withdraw", sync_to_thread=True)
def withdraw_comment(
    request: PageRequest, incident_id: FromPath[UUID], comment_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Take one's own comment back."""
    with page_uow(request) as uow:
        casework.withdraw(uow, incident_id, comment_id, form.text("reason"))
    return _back(incident_id, "comments")


@get("/incidents/{incident_id:uuid}/print", sync_to_thread=True)
def print_case(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The whole case on paper: everything that is folded elsewhere stands open here."""
    found, lang = load(request, incident_id), language_of(request)
    return case_page(
        request,
        "pages/case_print.html",
        found,
        work=work_of(request, incident_id),
        roles=work_words(request),
        readings=readings(found.clock),
        known=known(found.facts, lang),
        versions=versions(found, lang),
        missing=missing_labels(found.missing, lang),
        timeline=timeline(found, lang),
    )


handlers: list[Any] = [
    show_work,
    start_playbook,
    add_task,
    change_task,
    add_file,
    add_comment,
    withdraw_comment,
    print_case,
]
