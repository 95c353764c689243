"""/api/v1/incidents/{id}/…: the words of the letter, where a notice was published, the sheet for the front desk."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct, field

from incidents.api.caller import Caller
from incidents.api.schemas import In, instant, shaped
from incidents.base.time import BUDAPEST
from incidents.rules.draft.frontdesk import front_desk
from incidents.rules.draft.wording import WordingForm
from incidents.rules.publicity import PublicationForm
from incidents.steps import publicity, wording
from incidents.steps.draft import case_file


class WordingIn(In):
    """Own words for the letter, by the key of the fact they take the place of; a missing one gives the fact back."""

    words: dict[str, str]
    language: Literal["hu", "en"] = "hu"
    group: str = ""


class WordingOut(Struct, frozen=True):
    """Own words for the letter as they count now."""

    people_group: str
    language: str
    words: dict[str, str]
    said_by: str
    said_at: datetime


class PublicationIn(In):
    """A notice was published."""

    place: Literal["website", "press", "noticeboard", "social", "other"]
    name: str
    published_at: str
    zone: str = BUDAPEST
    address: str = ""
    language: Literal["hu", "en"] = "hu"
    until: str = ""
    document_id: UUID | None = None
    note: str = ""


class PublicationOut(Struct, frozen=True):
    """Where a notice was published; it counts as telling the people in public form."""

    id: UUID
    place: str
    name: str
    address: str
    language: str
    published_at: datetime
    until_at: datetime | None
    document_id: UUID | None
    communication_id: UUID
    note: str
    recorded_by: str
    recorded_at: datetime


class AnswerOut(Struct, frozen=True):
    """A question people ask, what is said first, and what is listed after it."""

    id: str
    title: str
    said: list[str]
    listed: list[str] = field(default_factory=list)


class FrontDeskOut(Struct, frozen=True):
    """What the front desk says, for a telephone system or an intranet."""

    language: str
    hours: list[str]
    hours_known: bool
    script: list[str]
    do: list[str]
    never: list[str]
    questions: list[AnswerOut]


@put("/incidents/{incident_id:uuid}/letter", sync_to_thread=True, summary="Word the letter")
def word_letter(incident_id: FromPath[UUID], data: JSONBody[WordingIn], caller: NamedDependency[Caller]) -> WordingOut:
    """Keep own words for everybody or one group of people; earlier ones stay on record."""
    with caller.uow() as uow:
        return shaped(
            WordingOut, wording.word_letter(uow, incident_id, WordingForm(data.language, data.group, data.words))
        )


@post("/incidents/{incident_id:uuid}/publications", sync_to_thread=True, summary="Record a published notice")
def record_publication(
    incident_id: FromPath[UUID], data: JSONBody[PublicationIn], caller: NamedDependency[Caller]
) -> PublicationOut:
    """Record where the public notice stands; it counts as telling the people (Art. 34(3)(c))."""
    form = PublicationForm(
        place=data.place,
        name=data.name,
        published_at=instant(data.published_at, data.zone, "published_at"),
        address=data.address,
        language=data.language,
        until=instant(data.until, data.zone, "until") if data.until else None,
        document_id=data.document_id,
        note=data.note,
    )
    with caller.uow() as uow:
        return shaped(PublicationOut, publicity.publish(uow, incident_id, form))


@get("/incidents/{incident_id:uuid}/publications", sync_to_thread=True, summary="Every publication of a notice")
def list_publications(incident_id: FromPath[UUID], caller: NamedDependency[Caller]) -> list[PublicationOut]:
    """The publications, oldest first."""
    with caller.uow(read_only=True) as uow:
        return [shaped(PublicationOut, one.row) for one in publicity.published(uow, incident_id)]


@get("/incidents/{incident_id:uuid}/frontdesk", sync_to_thread=True, summary="What the front desk says")
def read_front_desk(
    incident_id: FromPath[UUID], caller: NamedDependency[Caller], language: FromQuery[Literal["hu", "en"]] = "hu"
) -> FrontDeskOut:
    """The sheet from the facts as they stand now."""
    with caller.uow(read_only=True) as uow:
        sheet = front_desk(case_file(uow, incident_id, group=None), language)
    answers = [AnswerOut(one.id, one.title, list(one.said), list(one.listed)) for one in sheet.questions]
    return FrontDeskOut(
        language=language,
        hours=list(sheet.hours),
        hours_known=sheet.hours_known,
        script=list(sheet.script),
        do=list(sheet.do),
        never=list(sheet.never),
        questions=answers,
    )


handlers: list[Any] = [word_letter, record_publication, list_publications, read_front_desk]
