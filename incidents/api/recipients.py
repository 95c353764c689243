"""/api/v1/…/recipient-lists: the people to be told, page by page or as CSV; and how a mailing stands.

What needs a person stays with persons: nothing is approved or started by a program.
"""

import io
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, RawBody
from msgspec import Meta, Struct, field

from incidents.api.caller import Caller
from incidents.api.schemas import In
from incidents.base.errors import FieldError, InvalidInput
from incidents.rules.recipients import FIELDS, Judge, Judged, column_faults, guess
from incidents.steps import mailing, recipients, uploads
from incidents.steps.uploads import ListForm
from incidents.store.tables import RecipientList
from notifications import sheets
from notifications.letters import vault_of

MOST_IN_A_PAGE = 1000
MOST_CSV_BYTES = 8 * 1024 * 1024
NO_HEADINGS = "The first row must name the columns."


class RecipientListIn(In):
    """A list of people to be told: for which group of people, why it is held, until when."""

    purpose: str
    group: str = ""
    language: Literal["hu", "en"] = "hu"
    delete_on: date | None = None


class RecipientIn(In):
    """One person; without any address they still count as somebody to be told."""

    name: str = ""
    email: str = ""
    postcode: str = ""
    town: str = ""
    street: str = ""
    country: str = ""
    language: str = ""
    salutation: str = ""
    channel: Literal["", "email", "post"] = ""


class RecipientsIn(In):
    """People for a list, at most a thousand at once.

    ``first`` is the place of the first of them in the caller's own list: people of one name without any address are
    told apart by their place.
    """

    recipients: Annotated[list[RecipientIn], Meta(max_length=MOST_IN_A_PAGE)]
    first: Annotated[int, Meta(ge=1, le=100_000_000)] = 1


class RecipientListOut(Struct, kw_only=True):
    """A list in numbers; nobody's data comes back out."""

    id: UUID
    incident_id: UUID
    group: str
    purpose: str
    source: str
    state: str
    people: int
    found: dict[str, Any]
    delete_on: date
    deleted_at: datetime | None


class Finding(Struct):
    """What was found about one person: its place in what was sent, from 1 on (for CSV the line)."""

    line: int
    added: bool
    findings: list[str]


class AddedOut(Struct):
    """What became of the people that were sent."""

    added: int
    left_out: int
    findings: list[Finding] = field(default_factory=list)


class MailingOut(Struct, kw_only=True):
    """How a mailing stands."""

    id: UUID
    incident_id: UUID
    list_id: UUID
    state: str
    counts: dict[str, int]
    people: int
    reached: int
    prepared_by: str
    approved_by: str
    started_at: datetime | None
    finished_at: datetime | None


def _list_out(row: RecipientList) -> RecipientListOut:
    return RecipientListOut(
        id=row.id,
        incident_id=row.incident_id,
        group=row.people_group,
        purpose=row.purpose,
        source=row.source,
        state=row.state,
        people=row.people,
        found=row.found,
        delete_on=row.delete_on,
        deleted_at=row.deleted_at,
    )


@post("/incidents/{incident_id:uuid}/recipient-lists", sync_to_thread=True, summary="Begin a list of recipients")
def begin_list(
    incident_id: FromPath[UUID], data: JSONBody[RecipientListIn], caller: NamedDependency[Caller]
) -> RecipientListOut:
    """A list that people are added to; it is erased on its day (90 days on, unless said otherwise)."""
    form = ListForm(data.group, data.purpose, data.language, data.delete_on, "api")
    with caller.uow() as uow:
        return _list_out(uploads.begin(uow, incident_id, form))


@get("/incidents/{incident_id:uuid}/recipient-lists", sync_to_thread=True, summary="Every list of recipients")
def list_lists(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[RecipientListOut]:
    """The lists of a case in numbers, newest first."""
    with caller.uow(read_only=True) as uow:
        return [_list_out(row) for row in uploads.lists_of(uow, incident_id)]


@get("/recipient-lists/{list_id:uuid}", sync_to_thread=True, summary="A list of recipients in numbers")
def read_list(list_id: FromPath[UUID], caller: NamedDependency[Caller]) -> RecipientListOut:
    """One list."""
    with caller.uow(read_only=True) as uow:
        return _list_out(uploads.look(uow, list_id, "read"))


@post(
    "/recipient-lists/{list_id:uuid}/recipients", sync_to_thread=True, status_code=200, summary="Add people to a list"
)
def add_recipients(
    list_id: FromPath[UUID],
    data: JSONBody[RecipientsIn],
    caller: NamedDependency[Caller],
    request: Request[Any, Any, Any],
) -> AddedOut:
    """Add people; who is on the list already is left out, so the same page can be sent again."""
    judge = Judge({name: place for place, name in enumerate(FIELDS)}, _language(caller, list_id))
    rows = [(line, [getattr(one, name, "") for name in FIELDS]) for line, one in enumerate(data.recipients, data.first)]
    return _add(request, caller, list_id, judge, rows)


@post(
    "/recipient-lists/{list_id:uuid}/recipients.csv",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=MOST_CSV_BYTES,
    summary="Add people to a list from CSV",
)
def add_csv(
    list_id: FromPath[UUID], body: RawBody, caller: NamedDependency[Caller], request: Request[Any, Any, Any]
) -> AddedOut:
    """The body is CSV with headings in Hungarian or English; encoding and separator are found out."""
    language = _language(caller, list_id)
    encoding, separator = sheets.guessed(io.BytesIO(body))
    rows = sheets.table(io.BytesIO(body), sheets.kind_of(body[:8]), encoding, separator)
    headings = next(rows, None)
    if headings is None:
        raise InvalidInput([FieldError("", "no-headings", NO_HEADINGS)])
    columns = guess(headings[1])
    if errors := column_faults(columns, len(headings[1])):
        raise InvalidInput(errors)
    return _add(request, caller, list_id, Judge(columns, language), list(rows))


def _language(caller: Caller, list_id: UUID) -> str:
    """The language of whoever the caller gives none for; asked first, for it says whether the caller may add at all."""
    with caller.uow(read_only=True) as uow:
        return uploads.look(uow, list_id).language


def _add(
    request: Request[Any, Any, Any],
    caller: Caller,
    list_id: UUID,
    judge: Judge,
    rows: list[tuple[int, list[str]]],
) -> AddedOut:
    judged = [one for line, cells in rows if (one := judge.judge(line, cells))]
    vault, found, waiting = vault_of(request.app.state.settings), [], iter(judged)
    while batch := list(islice(waiting, recipients.BATCH)):
        with caller.uow() as uow:
            found += recipients.add_people(uow, list_id, batch, vault)
    return _added(found)


def _added(judged: list[Judged]) -> AddedOut:
    added = sum(one.person is not None for one in judged)
    odd = [Finding(one.line, one.person is not None, list(one.findings)) for one in judged if one.findings]
    return AddedOut(added, len(judged) - added, odd)


@get("/mailings/{mailing_id:uuid}", sync_to_thread=True, summary="How a mailing stands")
def read_mailing(mailing_id: FromPath[UUID], caller: NamedDependency[Caller]) -> MailingOut:
    """State and counts; of an erased list the counts that were kept."""
    with caller.uow(read_only=True) as uow:
        standing = mailing.look(uow, mailing_id)
    row = standing.mailing
    return MailingOut(
        id=row.id,
        incident_id=row.incident_id,
        list_id=row.list_id,
        state=row.state,
        counts=standing.counts.kept(),
        people=standing.counts.people,
        reached=standing.counts.reached,
        prepared_by=row.prepared_by,
        approved_by=row.approved_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


handlers: list[Any] = [begin_list, list_lists, read_list, add_recipients, add_csv, read_mailing]
