"""Sending letters: plan, preview, test, second approval, start; then how it goes, live."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from incidents.base.i18n import msgid
from incidents.rules.mailing import expected_end
from incidents.rules.recipients import Person
from incidents.steps import mailing as steps
from incidents.steps import posting, second
from incidents.steps.mailing import Plan, Standing
from incidents.store.tables import Document, Recipient, RecipientList
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.mailbox import FRAMED
from incidents.web.recipients import list_of, vault
from incidents.web.rendering import page, see_other
from incidents.web.sessions import PageRequest, may_at, page_uow, settings_of
from notifications.letters import letter_of

MAILING = "/incidents/{incident_id:uuid}/mailings/{mailing_id:uuid}"
NOT_WAVES = msgid("Give the size of each wave as a number, separated by commas; leave it empty for a single one.")
ACTS = {
    "test": steps.ask_for_test,
    "approve": steps.approve,
    "start": steps.start,
    "pause": steps.pause,
    "resume": steps.resume,
    "stop": steps.stop,
    "print": posting.print_letters,
}


@dataclass(frozen=True)
class Sample:
    """One person whose letter can be looked at before anything leaves."""

    row: Recipient
    person: Person


def standing_of(request: PageRequest, incident_id: UUID, mailing_id: UUID) -> Standing:
    """A mailing of this case as it stands.

    Raises:
        NotFound, Forbidden: not this person's, or of another case.
    """
    with page_uow(request, read_only=True) as uow:
        standing = steps.look(uow, mailing_id)
    if standing.mailing.incident_id != incident_id:
        raise NotFound
    return standing


@get("/incidents/{incident_id:uuid}/lists/{list_id:uuid}/mailing", sync_to_thread=True)
def show_plan(request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID]) -> Response[str]:
    """Plan the sending to a list: which frozen letter for which language, in which waves, how fast."""
    row = list_of(request, incident_id, list_id, "draft")
    return _plan_page(request, incident_id, row)


def _plan_page(request: PageRequest, incident_id: UUID, row: RecipientList, form: Form | None = None) -> Response[str]:
    found = load(request, incident_id)
    with page_uow(request, read_only=True) as uow:
        kinds = steps.kinds_of(uow, row.id)
    languages = sorted({language for language, _ in kinds})
    letters = {one: _letters(found.documents, one, row.people_group) for one in languages}
    chosen = {f"letter.{one}": str(documents[0].id) for one, documents in letters.items() if documents}
    waves = "500" if row.people > 1000 else ""
    plan = form or Form.of(**chosen, waves=waves, rate="0")
    return case_page(request, "pages/plan.html", found, form, row=row, kinds=kinds, letters=letters, plan=plan)


def _letters(documents: Any, language: str, group: str) -> list[Document]:
    """The frozen letters in a language, those for this group of people first, the newest first."""
    letters = [one for one in documents if one.kind == "subjects" and one.language == language]
    fitting = [one for one in letters if steps.fits(one.people_group, group)]
    return sorted(fitting, key=lambda one: (one.people_group == group, one.version), reverse=True)


@post("/incidents/{incident_id:uuid}/lists/{list_id:uuid}/mailing", sync_to_thread=True)
def prepare(
    request: PageRequest, incident_id: FromPath[UUID], list_id: FromPath[UUID], form: NamedDependency[Form]
) -> Response[str]:
    """Record the plan; nothing leaves before a test letter, a second person and a start."""
    row = list_of(request, incident_id, list_id, "draft")
    try:
        with page_uow(request) as uow:
            made = steps.prepare(uow, list_id, _plan(form))
    except (InvalidInput, Conflict) as refused:
        return _plan_page(request, incident_id, row, form.refused(refused))
    return see_other(f"/incidents/{incident_id}/mailings/{made.id}", done="saved")


def _plan(form: Form) -> Plan:
    """The plan as it was typed.

    Raises:
        InvalidInput: the waves or the rate are no numbers.
    """
    waves = [part.strip() for part in form.text("waves").replace(";", ",").split(",") if part.strip()]
    rate = "".join(form.text("rate").split()) or "0"
    errors = []
    if not all(part.isascii() and part.isdecimal() and len(part) < 8 for part in waves):
        errors.append(FieldError("waves", "wrong", NOT_WAVES))
    if not (rate.isascii() and rate.isdecimal() and len(rate) < 8):
        errors.append(FieldError("rate", "wrong", "Give a number of mails a minute, or 0 for no limit."))
    if errors:
        raise InvalidInput(errors)
    letters = {language: _key(form.text(f"letter.{language}")) for language in ("hu", "en")}
    return Plan({language: key for language, key in letters.items() if key}, [int(part) for part in waves], int(rate))


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def mailing_page(
    request: PageRequest, incident_id: UUID, mailing_id: UUID, form: Form | None = None, **context: Any
) -> Response[str]:
    """The page of a mailing; a refused form brings its errors."""
    standing = standing_of(request, incident_id, mailing_id)
    with page_uow(request, read_only=True) as uow:
        seal, before = vault(request), standing.mailing.started_at is None and standing.people.state != "deleted"
        prepares = may_at(request, standing.mailing.controller_id, "draft")
        rows = steps.samples(uow, mailing_id) if before and prepares else []
        known = {
            "approves": second.may_answer(uow, standing.mailing.controller_id, standing.mailing.prepared_by_id),
            "samples": [Sample(row, seal.open(row.sealed)) for row in rows],
            "events": steps.events_of(uow, mailing_id),
            "runs": posting.print_runs_of(uow, mailing_id),
            "unprinted": posting.unprinted(uow, mailing_id),
            "certificates": posting.certificates_of(uow, mailing_id),
        }
    shown = {"persons": [], "unknown": (), "taken": 0, "left": None, **live(request, standing), **known, **context}
    return case_page(request, "pages/mailing.html", load(request, incident_id), form, **shown)


def live(request: PageRequest, standing: Standing) -> dict[str, Any]:
    """What the live bar shows."""
    row, counts = standing.mailing, standing.counts
    clock = request.app.state.clock
    started = row.started_at if row.state == "running" else None
    done = counts.people - counts.waiting
    end = expected_end(started, clock.now(), counts.of("sent"), counts.waiting, row.rate) if started else None
    return {
        "standing": standing,
        "mailing": row,
        "people": standing.people,
        "counts": counts,
        "done": done if row.started_at else 0,
        "end": end,
        "smtp": bool(settings_of(request).smtp_url),
    }


@get(MAILING, sync_to_thread=True)
def show_mailing(request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID]) -> Response[str]:
    """One mailing: what comes next, and how it goes."""
    return mailing_page(request, incident_id, mailing_id)


@get(f"{MAILING}/live", sync_to_thread=True)
def show_live(request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID]) -> Response[str]:
    """The live bar alone, for the page that asks again."""
    standing = standing_of(request, incident_id, mailing_id)
    return page(request, "parts/mailing_live.html", banners=(), **live(request, standing))


@post(f"{MAILING}/{{act:str}}", sync_to_thread=True)
def do_act(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], act: FromPath[str]
) -> Response[str]:
    """Test, approve, start, pause, go on, stop, print: one act, by one person."""
    if act not in ACTS:
        raise NotFound
    standing_of(request, incident_id, mailing_id)
    try:
        with page_uow(request) as uow:
            ACTS[act](uow, mailing_id)
    except (Conflict, Forbidden) as refused:
        return mailing_page(request, incident_id, mailing_id, Form().refused(refused))
    return see_other(f"/incidents/{incident_id}/mailings/{mailing_id}", done=f"mailing-{act}")


def _sample(request: PageRequest, incident_id: UUID, mailing_id: UUID, recipient_id: UUID) -> tuple[Standing, Sample]:
    """One of the people whose letters may be looked at.

    Raises:
        NotFound: not one of them.
    """
    standing = standing_of(request, incident_id, mailing_id)
    with page_uow(request, read_only=True) as uow:
        row = next((one for one in steps.samples(uow, mailing_id) if one.id == recipient_id), None)
    if row is None:
        raise NotFound
    return standing, Sample(row, vault(request).open(row.sealed))


@get(f"{MAILING}/preview/{{recipient_id:uuid}}", sync_to_thread=True)
def show_preview(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], recipient_id: FromPath[UUID]
) -> Response[str]:
    """The letter of one person as the mail they get: text, and HTML in a frame."""
    standing, sample = _sample(request, incident_id, mailing_id, recipient_id)
    with page_uow(request, read_only=True) as uow:
        letter = letter_of(uow, standing.mailing, sample.row.language, settings_of(request))
    return case_page(
        request,
        "pages/letter_preview.html",
        load(request, incident_id),
        mailing=standing.mailing,
        sample=sample,
        subject=letter.subject,
        text=letter.text_for(sample.person),
    )


@get(f"{MAILING}/preview/{{recipient_id:uuid}}/html", sync_to_thread=True)
def show_preview_html(
    request: PageRequest, incident_id: FromPath[UUID], mailing_id: FromPath[UUID], recipient_id: FromPath[UUID]
) -> Response[str]:
    """The HTML part of that mail, for the frame in its page."""
    standing, sample = _sample(request, incident_id, mailing_id, recipient_id)
    with page_uow(request, read_only=True) as uow:
        letter = letter_of(uow, standing.mailing, sample.row.language, settings_of(request))
    html = letter.html_for(sample.person)
    return Response(html, media_type=MediaType.HTML, headers=FRAMED)


handlers: list[Any] = [show_plan, prepare, show_mailing, show_live, do_act, show_preview, show_preview_html]
