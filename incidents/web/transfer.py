"""The transfer sheet: what to carry over to the authority's entry, field by field, and which way it may go there."""

from typing import Any, Literal, cast
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from incidents.api.pace import makes_document
from incidents.rules.channels import ChannelAdvice, kinds_of_controller
from incidents.rules.form import EntryMapping, mark
from incidents.steps import authority
from incidents.steps import form as steps
from incidents.steps.cases import Case
from incidents.steps.draft import controller_profile
from incidents.web.casehead import case_page, load
from incidents.web.draft import attachment
from incidents.web.form import form_id_of
from incidents.web.rendering import language_of
from incidents.web.sessions import PageRequest, actor_of, page_uow
from notifications.documents import sheets
from notifications.documents.transfer import answer_lines

ORDERS = ("form", "entry")


def _asked(request: PageRequest, which: str, kind: str, complete: str) -> steps.Asked:
    kinds = {"new", "follow_up", "withdrawal"}
    return steps.Asked(kind if kind in kinds else "", complete == "yes", form_id_of(request, which))


def _tongue(language: str) -> Literal["hu", "en"]:
    """The language of a sheet: Hungarian, for that is what the authority reads, unless somebody asks otherwise."""
    return cast("Literal['hu', 'en']", language if language in {"hu", "en"} else "hu")


@get("/incidents/{incident_id:uuid}/transfer", sync_to_thread=True)
def show_sheet(
    request: PageRequest,
    incident_id: FromPath[UUID],
    which: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    complete: FromQuery[str] = "",
    language: FromQuery[str] = "",
    order: FromQuery[str] = "",
    controller: FromQuery[str] = "",
) -> Response[str]:
    """Every field in order with its answer to copy, beside the advice on the channel."""
    case, tongue = load(request, incident_id), _tongue(language)
    with page_uow(request, read_only=True) as uow:
        filing = steps.read(uow, incident_id, _asked(request, which, kind, complete))
        suggested = authority.kind_of(case.controller, controller_profile(uow, case.controller))
        today = authority.today(uow)
        known = kinds_of_controller(today)
        advice = authority.advice(uow, controller if controller in known else suggested)
    chosen = order if order in ORDERS else "form"
    return case_page(
        request,
        "pages/transfer.html",
        case,
        filing=filing,
        tongue=tongue,
        order=chosen,
        groups=_groups(filing, chosen, tongue),
        lines_of=lambda field: answer_lines(field, tongue),
        mark=lambda name, group: mark(name, group).in_language(language_of(request)),
        advice=advice,
        proper=_proper(advice),
        kinds=known.items(),
        complete=complete == "yes",
        mapping=filing.mapping,
        may_complete=actor_of(request).is_operator,
    )


def _groups(filing: steps.CaseForm, order: str, lang: str) -> list[tuple[str, str, bool, Any]]:
    """Titles with what stands under them, whether that place is known on the authority's entry, and the fields."""
    if order == "form":
        return [(section.title.in_language(lang), "", True, fields) for section, fields in filing.filled.sections]
    return [
        (
            entry.title.in_language(lang),
            f"{entry.article.in_language(lang)} · {entry.shown.in_language(lang)}",
            entry.known,
            fields,
        )
        for entry, fields in filing.mapping.carried(filing.filled)
    ]


def _proper(advice: ChannelAdvice) -> list[Any]:
    """The channels, what may be used first."""
    ranks = ("proper", "allowed", "emergency", "never")
    return sorted(advice.channels, key=lambda one: ranks.index(one.verdict))


@get("/incidents/{incident_id:uuid}/transfer/pdf", guards=[makes_document], sync_to_thread=True)
def download_sheet(
    request: PageRequest,
    incident_id: FromPath[UUID],
    which: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    complete: FromQuery[str] = "",
    language: FromQuery[str] = "",
    order: FromQuery[str] = "",
) -> Response[bytes]:
    """The sheet as a PDF, to be attached or printed; the same content gives the same file."""
    case, tongue = load(request, incident_id), _tongue(language)
    with page_uow(request, read_only=True) as uow:
        filing = steps.read(uow, incident_id, _asked(request, which, kind, complete))
    mapping: EntryMapping | None = filing.mapping if order == "entry" else None
    number = next_number(case)
    content = sheets.sheet(filing, case.controller, number, tongue, mapping)
    return attachment(content, "application/pdf", f"{case.incident.reference}-atviteli-lap-{tongue}-v{number}.pdf")


def next_number(case: Case) -> int:
    """The number the next filing gets."""
    return len(case.filings) + 1


handlers: list[Any] = [show_sheet, download_sheet]
