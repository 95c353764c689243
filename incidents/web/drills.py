"""Drills: choose a story and a pace, see who will get how many mails, start, watch, stop, keep the report."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from incidents.api.pace import makes_document
from incidents.base.errors import IncidentError, NotFound
from incidents.base.hungarian import hours_in_words
from incidents.base.i18n import msgid
from incidents.rules.drills import LADDER_MINUTES, OWN, SPEEDS, DrillForm, period_of, scenario, scenarios
from incidents.rules.rehearsal import in_words, verdict
from incidents.steps import drills, rehearsals
from incidents.steps.drills import Plan
from incidents.store.tables import Controller
from incidents.web.controllers import visible
from incidents.web.draft import attachment
from incidents.web.forms import Form
from incidents.web.rendering import language_of, page, see_other, words
from incidents.web.sessions import PageRequest, clock_of, may_at, page_uow
from notifications.documents import drillreport
from notifications.documents.drillreport import Report

Page = Response[Any]
PACES = {
    30: msgid("half an hour: everybody sits at the table"),
    120: msgid("two hours: during the work of the day"),
    480: msgid("eight hours: within one working day"),
    LADDER_MINUTES: msgid("72 hours: as in earnest"),
}
OWN_PACE = msgid("another pace")


def asked(form: Form) -> DrillForm:
    """The drill a form asks for."""
    return DrillForm(*(form.text(name) for name in ("scenario", "speed", "minutes", "note")))


@get("/controllers/{controller_id:uuid}/drills", sync_to_thread=True)
def show_drills(request: PageRequest, controller_id: FromPath[UUID]) -> Page:
    """The drills so far, and the form for the next one."""
    return _overview(request, controller_id, Form.of(scenario=scenarios()[0].id, speed=str(SPEEDS[1])))


def _overview(request: PageRequest, controller_id: UUID, form: Form) -> Page:
    lang = language_of(request)
    with page_uow(request, read_only=True) as uow:
        found = visible(request, uow, controller_id)
        kept = [rehearsals.rehearsal(uow, one.id, lang) for one, _ in drills.drills_of(uow, controller_id)]
    say = words(request)
    return _show(
        request,
        "pages/drills.html",
        found,
        form,
        kept=[(drill, case.incident, verdict(seen)) for drill, case, seen in kept],
        stories=[(one.id, one.title[lang], one.about[lang]) for one in scenarios()],
        paces=[*((str(minutes), say(PACES[minutes])) for minutes in SPEEDS), (OWN, say(OWN_PACE))],
        titles={one.id: one.title[lang] for one in scenarios()},
    )


def _show(request: PageRequest, template: str, controller: Controller, form: Form, **context: Any) -> Page:
    may_drill = may_at(request, controller.id, "drill")
    status = form.problem.status if form.problem else 200
    lang = language_of(request)
    return page(
        request,
        template,
        form=form,
        status=status,
        controller=controller,
        may_drill=may_drill,
        period=lambda speed: hours_in_words(period_of(speed), lang),
        **context,
    )


@post("/controllers/{controller_id:uuid}/drills", sync_to_thread=True, status_code=200)
def plan_or_start(request: PageRequest, controller_id: FromPath[UUID], form: NamedDependency[Form]) -> Page:
    """Say exactly who would get what; started is only what was confirmed on that page."""
    try:
        if form.has("confirmed"):
            return _start(request, controller_id, asked(form))
        with page_uow(request) as uow:
            found = visible(request, uow, controller_id)
            planned = drills.plan(uow, controller_id, asked(form), language_of(request))
    except IncidentError as refused:
        if refused.status not in {409, 422}:
            raise
        return _overview(request, controller_id, form.refused(refused))
    return _confirm(request, found, form, planned)


def _start(request: PageRequest, controller_id: UUID, wanted: DrillForm) -> Page:
    with page_uow(request) as uow:
        started = drills.start(uow, controller_id, wanted)
    return see_other(f"/controllers/{controller_id}/drills/{started.id}", done="drilling")


def _confirm(request: PageRequest, controller: Controller, form: Form, planned: Plan) -> Page:
    lang, wanted = language_of(request), asked(form)
    return _show(
        request,
        "pages/drill_confirm.html",
        controller,
        form,
        story=scenario(wanted.scenario).title[lang],
        speed=wanted.factor,
        plan=planned,
        after=lambda at: in_words(at - planned.starts_at, lang),
        total=sum(count for _, count in planned.mails),
    )


@get("/controllers/{controller_id:uuid}/drills/{drill_id:uuid}", sync_to_thread=True)
def show_drill(request: PageRequest, controller_id: FromPath[UUID], drill_id: FromPath[UUID]) -> Page:
    """The report of a drill, as it stands while it runs and as it stays."""
    report = _report(request, controller_id, drill_id)
    return _show(
        request,
        "pages/drill.html",
        report.case.controller,
        Form(),
        drill=report.drill,
        incident=report.case.incident,
        title=scenario(report.drill.scenario).title[report.lang],
        running=report.seen.running,
        report=Markup(drillreport.html(report)),  # noqa: S704  the template escapes what people typed
    )


def _report(request: PageRequest, controller_id: UUID, drill_id: UUID) -> Report:
    lang = language_of(request)
    with page_uow(request, read_only=True) as uow:
        drill, case, seen = rehearsals.rehearsal(uow, drill_id, lang)
    if drill.controller_id != controller_id:
        raise NotFound
    return Report(drill, case, seen, lang)


@get(
    "/controllers/{controller_id:uuid}/drills/{drill_id:uuid}/report.pdf", guards=[makes_document], sync_to_thread=True
)
def download_report(request: PageRequest, controller_id: FromPath[UUID], drill_id: FromPath[UUID]) -> Page:
    """The report as a PDF."""
    report = _report(request, controller_id, drill_id)
    content = drillreport.write(report, clock_of(request).now())
    return attachment(content, "application/pdf", f"{report.case.incident.reference}-{report.lang}.pdf")


@post("/controllers/{controller_id:uuid}/drills/{drill_id:uuid}/stop", sync_to_thread=True, status_code=200)
def stop_drill(request: PageRequest, controller_id: FromPath[UUID], drill_id: FromPath[UUID]) -> Page:
    """End a drill early."""
    with page_uow(request) as uow:
        drills.stop(uow, drill_id)
    return see_other(f"/controllers/{controller_id}/drills/{drill_id}", done="drilled")


@get("/incidents/{incident_id:uuid}/drill", sync_to_thread=True)
def show_drill_of_case(request: PageRequest, incident_id: FromPath[UUID]) -> Page:
    """From the case of a drill to the drill."""
    with page_uow(request, read_only=True) as uow:
        found = drills.of_incident(uow, incident_id)
    return see_other(f"/controllers/{found.controller_id}/drills/{found.id}")


handlers: list[Any] = [show_drills, plan_or_start, show_drill, download_report, stop_drill, show_drill_of_case]
