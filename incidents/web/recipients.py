"""Lists of the people to be told: upload, columns, dry run, import, and the day they are erased."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from anyio import to_thread
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from incidents.base.errors import Conflict, FieldError, IncidentError, InvalidInput, NotFound
from incidents.base.i18n import msgid
from incidents.rules.recipients import FIELDS, guess
from incidents.rules.recipients.reading import ENCODINGS, SEPARATORS, Row
from incidents.steps import mailing, recipients, uploads
from incidents.steps.uploads import ListForm, Reading
from incidents.store.tables import RecipientList
from incidents.store.vault import Vault
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.intake import LARGEST_BODY, receive
from incidents.web.rendering import see_other, words
from incidents.web.sessions import PageRequest, page_uow, settings_of
from incidents.web.sudo import sudo
from notifications import lists, mailing_house, sheets
from notifications.letters import vault_of

FIELD_WORDS = {
    "name": msgid("Name"),
    "family_name": msgid("Family name"),
    "given_name": msgid("Given name"),
    "email": msgid("E-mail address"),
    "postcode": msgid("Postcode"),
    "town": msgid("Town"),
    "street": msgid("Street and number"),
    "country": msgid("Country"),
    "language": msgid("Language"),
    "salutation": msgid("Salutation"),
    "channel": msgid("E-mail or post"),
}
FINDING_WORDS = {
    "duplicate": msgid("the same person twice: left out"),
    "nobody": msgid("neither name nor address: left out"),
    "too-long": msgid("a cell is too long: left out"),
    "bad-email": msgid("the e-mail address cannot be right"),
    "no-address": msgid("we have no address"),
    "incomplete-address": msgid("the postal address is incomplete"),
    "shared-email": msgid("several people share this e-mail address"),
    "line-break": msgid("line break in a cell: it becomes a space"),
    "formula": msgid("looks like a formula: kept as text"),
    "unknown-language": msgid("a language we have no letter in"),
}
WORDS_OF_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1250": "Windows-1250",
    "iso8859-2": "ISO-8859-2 (Latin-2)",
}
SEPARATOR_WORDS = {"semicolon": msgid("semicolon (;)"), "comma": msgid("comma (,)"), "tab": msgid("tabulator")}
NOT_A_DAY = msgid("Give the day as year, month and day.")
LETTERS = "/incidents/{incident_id:uuid}/letters"
LIST = "/incidents/{incident_id:uuid}/lists/{list_id:uuid}"


def vault(request: PageRequest) -> Vault:
    """What opens people and files under the keys of this installation."""
    return vault_of(settings_of(request))


def _reading_uow(request: PageRequest) -> Any:
    return page_uow(request, read_only=True)


def list_of(request: PageRequest, incident_id: UUID, list_id: UUID, act: str = "read") -> RecipientList:
    """A list of this case, for showing.

    Raises:
        NotFound, Forbidden: not this person's, or of another case.
    """
    with page_uow(request, read_only=True) as uow:
        row = uploads.look(uow, list_id, act)
    if row.incident_id != incident_id:
        raise NotFound
    return row


def _overview(request: PageRequest, incident_id: UUID, form: Form | None = None) -> Response[str]:
    found = load(request, incident_id)
    with page_uow(request, read_only=True) as uow:
        known = [row for row in uploads.lists_of(uow, incident_id) if row.state != "uploading"]
        mailings = mailing.of_case(uow, incident_id)
        usual_end = uploads.usual_end(uow)
    blank = Form.of(delete_on=usual_end.isoformat(), language="hu", purpose=words(request)(PURPOSE))
    return case_page(
        request,
        "pages/letters.html",
        found,
        form,
        upload=form or blank,
        lists=known,
        mailings={row.id: [one for one in mailings if one.mailing.list_id == row.id] for row in known},
        group_choices=[(name, name) for name in found.groups],
    )


PURPOSE = msgid("Telling the data subjects about the breach (GDPR Art. 34)")


@get(LETTERS, sync_to_thread=True)
def show_letters(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """The lists and mailings of a case, and the form for a new list."""
    return _overview(request, incident_id)


@post(LETTERS, opt={"exclude_from_csrf": True}, request_max_body_size=LARGEST_BODY)
async def upload_list(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Take a list in while it comes; the form token is looked at there."""
    arrived = await receive(request, incident_id, _list_form)
    if arrived.list_id is None:
        return await to_thread.run_sync(partial(_overview, request, incident_id, arrived.form))
    await to_thread.run_sync(partial(_read_as_guessed, request, incident_id, arrived.list_id))
    return see_other(f"/incidents/{incident_id}/lists/{arrived.list_id}", done="saved")


def _list_form(form: Form) -> ListForm:
    """What is said of a list.

    Raises:
        InvalidInput: the day cannot be read.
    """
    typed = form.text("delete_on")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InvalidInput([FieldError("delete_on", "not-a-day", NOT_A_DAY)]) from error
    return ListForm(form.text("group"), form.text("purpose"), form.text("language"), day, "csv", form.text("file_name"))


def _list_page(request: PageRequest, incident_id: UUID, row: RecipientList, form: Form | None = None) -> Response[str]:
    """The page of a list, whatever its state; the refused form keeps what was chosen."""
    context: dict[str, Any] = {"row": row, "fields": [], "preview": [], "shown": [], "choices": {}, "unreadable": ()}
    if row.state in {"uploaded", "broken"}:
        context |= _columns(request, row, form)
    return case_page(
        request, "pages/list.html", load(request, incident_id), form, finding_words=_said(request), **context
    )


def _said(request: PageRequest) -> dict[str, str]:
    return {code: words(request)(sentence) for code, sentence in FINDING_WORDS.items()}


def _columns(request: PageRequest, row: RecipientList, form: Form | None) -> dict[str, Any]:
    """The first rows of the file and what each column seems to mean."""
    say, seal = words(request), vault(request)
    encoding, separator = _chosen(request, row, form)
    unreadable: tuple[FieldError, ...] = ()
    try:
        head = sheets.first_rows(_file(request, row), row.source, encoding, separator)
    except InvalidInput as refused:
        unreadable, head = refused.errors, []
    headings = head[0][1] if head else []
    with page_uow(request, read_only=True) as uow:
        shown = uploads.findings_shown(uow, row, seal) if row.found else []
    return {
        "columns": form if form and form.data else _filled(row, headings, encoding, separator),
        "fields": [(name, say(FIELD_WORDS[name])) for name in FIELDS],
        "choices": {
            "columns": [(str(place), f"{place + 1}. {heading}") for place, heading in enumerate(headings)],
            "encodings": list(WORDS_OF_ENCODINGS.items()),
            "separators": [(code, say(sentence)) for code, sentence in SEPARATOR_WORDS.items()],
        },
        "preview": head,
        "shown": shown,
        "unreadable": unreadable,
    }


def _chosen(request: PageRequest, row: RecipientList, form: Form | None) -> tuple[str, str]:
    """Encoding and separator: as typed, as recorded, as guessed."""
    if row.source != "csv":
        return "", ""
    if form and form.text("encoding") in ENCODINGS:
        return form.text("encoding"), SEPARATORS.get(form.text("separator"), ";")
    if row.reading:
        return row.reading["encoding"], row.reading["separator"]
    return sheets.guessed(_file(request, row))


def _filled(row: RecipientList, headings: list[str], encoding: str, separator: str) -> Form:
    columns = row.reading["columns"] if row.reading else guess(headings)
    named = next((code for code, sign in SEPARATORS.items() if sign == separator), "semicolon")
    chosen = {f"column.{name}": str(place) for name, place in columns.items()}
    known = "utf-16" if encoding.startswith("utf-16") else encoding
    return Form.of(**chosen, encoding=known, separator=named, language=row.language)


def _file(request: PageRequest, row: RecipientList) -> Any:
    return lists.open_file(partial(_reading_uow, request), vault(request), row)


@get(LIST, sync_to_thread=True)
def show_list(request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID]) -> Response[str]:
    """One list: its columns, what the dry run found, how far the import is, or its people in numbers."""
    return _list_page(request, incident_id, list_of(request, incident_id, list_id))


@post(f"{LIST}/columns", sync_to_thread=True)
def choose_columns(
    request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Which column means what; then the whole file is read once without importing anybody."""
    row = list_of(request, incident_id, list_id, "draft")
    encoding, separator = _chosen(request, row, form)
    try:
        head: list[Row] = sheets.first_rows(_file(request, row), row.source, encoding, separator, 1)
        reading = Reading(_typed(form), encoding, separator, form.text("language"), len(head[0][1]) if head else 0)
        _read_through(request, list_id, reading)
    except (InvalidInput, Conflict) as refused:
        return _list_page(request, incident_id, row, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/lists/{list_id}#found")


def _read_through(request: PageRequest, list_id: UUID, reading: Reading) -> None:
    """Read the whole file once with these columns, and keep what was found; nobody is imported."""
    with page_uow(request) as uow:
        row = uploads.read_as(uow, list_id, reading)
    found = lists.dry_run(_file(request, row), row)
    with page_uow(request) as uow:
        uploads.keep_findings(uow, list_id, found, vault(request))


def _read_as_guessed(request: PageRequest, incident_id: UUID, list_id: UUID) -> None:
    """Try the columns as their headings are understood: where that works, they only have to be confirmed."""
    row = list_of(request, incident_id, list_id, "draft")
    try:
        encoding, separator = _chosen(request, row, None)
        head = sheets.first_rows(_file(request, row), row.source, encoding, separator, 1)
        headings = head[0][1] if head else []
        _read_through(request, list_id, Reading(guess(headings), encoding, separator, row.language, len(headings)))
    except (InvalidInput, Conflict):
        return  # the page shows the columns and asks


def _typed(form: Form) -> dict[str, int]:
    """The columns chosen; a field without one is not imported."""
    chosen = {name: form.text(f"column.{name}") for name in FIELDS}
    return {name: int(place) for name, place in chosen.items() if place.isascii() and place.isdecimal()}


@post(f"{LIST}/import", sync_to_thread=True)
def import_list(
    request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Import what the dry run found; the people are put on the list within the next minute."""
    row = list_of(request, incident_id, list_id, "draft")
    try:
        with page_uow(request) as uow:
            uploads.confirm(uow, list_id, all_the_same=form.has("all_the_same"))
    except (InvalidInput, Conflict) as refused:
        return _list_page(request, incident_id, row, Form().refused(refused))
    return see_other(f"/incidents/{incident_id}/lists/{list_id}")


@get(f"{LIST}/findings.csv", sync_to_thread=True)
def download_findings(request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID]) -> Stream:
    """Every row that something was found about, with its line, as a list to correct."""
    row = list_of(request, incident_id, list_id, "draft")
    if row.state != "uploaded" or not row.reading:
        raise NotFound
    say = words(request)
    headings = [say(msgid("Line")), say(msgid("What was found")), *(say(FIELD_WORDS[name]) for name in FIELDS)]
    rows = lists.judged(_file(request, row), row)
    return download(mailing_house.findings(rows, headings, _said(request)), "text/csv", "findings.csv")


def download(content: Iterator[bytes], media_type: str, name: str) -> Stream:
    """A file handed on while it is being made; the name is plain ASCII."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Stream(content, media_type=media_type, headers=headers)


@post(f"{LIST}/erase", sync_to_thread=True)
@sudo
def erase_list(
    request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Erase the people of a list before its day; counts and proof stay."""
    del form
    row = list_of(request, incident_id, list_id, "draft")
    try:
        with page_uow(request) as uow:
            recipients.erase_now(uow, list_id)
    except IncidentError as refused:
        if refused.status != Conflict.status:
            raise
        return _list_page(request, incident_id, row, Form().refused(refused))
    return see_other(f"/incidents/{incident_id}/letters", done="erased")


handlers: list[Any] = [
    show_letters,
    upload_list,
    show_list,
    choose_columns,
    import_list,
    download_findings,
    erase_list,
]
