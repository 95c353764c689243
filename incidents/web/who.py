"""Who would get this now? For any stage of a ladder or of a case, at any instant."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.i18n import msgid
from incidents.base.time import BUDAPEST, LocalTimeError, parse_local
from incidents.rules.escalation import Policy, stage_label
from incidents.rules.office import local
from incidents.rules.regimes import duty_of_version
from incidents.steps import who
from incidents.steps.policies import ladder_today, ladders_of
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import ClockRow
from incidents.web.casehead import case_page, load
from incidents.web.controllers import visible
from incidents.web.forms import Form
from incidents.web.members import key_of
from incidents.web.policies import known_ladder
from incidents.web.reading import NOT_A_MOMENT
from incidents.web.rendering import language_of, page, words
from incidents.web.sessions import PageRequest, clock_of, page_uow

Page = Response[Any]
WHY = {
    "audience": msgid("by role"),
    "stands_in": msgid("stands in for {names}"),
    "next_in_line": msgid("next in line: whoever comes first cannot be reached"),
    "also_absent": msgid("away, but there is nobody else"),
    "fallback": msgid("the mailbox of the organisation: nobody else can be reached"),
    "holder": msgid("has the case in hand"),
}
LEFT_OUT = {"absent": msgid("away"), "no_address": msgid("has no mail address")}
STOPPED = msgid("this clock has stopped")
MAIN = msgid("Notification under Art. 33 (72 hours)")


def _moment(request: PageRequest, form: Form) -> tuple[datetime, Form]:
    """The instant asked for (now, when none is), and the form with what is wrong with it."""
    now = clock_of(request).now()
    typed = form.local_time("at")
    if not typed:
        there = local(now)
        told = {"at.date": [there.date().isoformat()], "at.time": [f"{there:%H:%M}"]}
        return now, Form({**form.data, **told})
    try:
        return parse_local(typed, BUDAPEST).at, form
    except (LocalTimeError, OverflowError):
        return now, form.refused(InvalidInput([FieldError("at", "not-a-time", NOT_A_MOMENT)]))


def _asked(request: PageRequest) -> Form:
    query = request.query_params
    return Form({name: list(query.getall(name)) for name in query})


def _stages(ladder: Policy, lang: str) -> list[tuple[str, str]]:
    return [(rule.name, rule.label[lang].replace("{hours}", "…")) for rule in ladder.stages]


def _shown(request: PageRequest, found: who.Who) -> dict[str, Any]:
    """The answer in words."""
    lang, say, answer = language_of(request), words(request), found.answer
    moot = found.ladder.moot_reasons.get(found.moot, {}).get(lang) or (say(STOPPED) if found.moot else "")
    return {
        "answer": answer,
        "stage_name": stage_label(found.ladder, answer.stage, lang),
        "told": [(one.person, say(WHY[one.why], names=", ".join(one.instead_of))) for one in answer.told],
        "left_out": [(one.person, say(LEFT_OUT[one.why])) for one in answer.left_out],
        "moot": moot,
    }


@get("/controllers/{controller_id:uuid}/policy/{ladder:str}/who", sync_to_thread=True)
def who_at_controller(request: PageRequest, controller_id: FromPath[UUID], ladder: FromPath[str]) -> Page:
    """Who would get a stage of the present ladder."""
    at, form = _moment(request, _asked(request))
    lang = language_of(request)
    with page_uow(request, read_only=True) as uow:
        found = visible(request, uow, controller_id)
        policy = ladder_today(uow, controller_id, known_ladder(ladder))
        stage = form.text("stage") or policy.stages[0].name
        answer = who.at_controller(uow, controller_id, ladder, stage, at)
    return page(
        request,
        "pages/policy_who.html",
        form=Form({**form.data, "stage": [stage]}, form.errors, form.problem),
        status=form.problem.status if form.problem else 200,
        controller=found,
        ladder=ladder,
        stages=_stages(policy, lang),
        at=at,
        **_shown(request, answer),
    )


@get("/incidents/{incident_id:uuid}/who", sync_to_thread=True)
def who_in_case(request: PageRequest, incident_id: FromPath[UUID]) -> Page:
    """Who would get a stage of a clock of this case."""
    at, form = _moment(request, _asked(request))
    found, lang = load(request, incident_id), language_of(request)
    with page_uow(request, read_only=True) as uow:
        clocks = who.running(uow, incident_id) or [found.clock]
        chosen = _chosen(clocks, form)
        ladder = ladders_of(uow, [chosen])[chosen.id]
        stage = form.text("stage")
        stage = stage if stage in {rule.name for rule in ladder.stages} else ladder.stages[0].name
        answer = who.in_case(uow, chosen.id, stage, at)
    form = Form({**form.data, "stage": [stage], "clock": [str(chosen.id)]}, form.errors, form.problem)
    return case_page(
        request,
        "pages/who.html",
        found,
        form,
        clocks=[(str(one.id), _clock_words(one, lang, request)) for one in clocks],
        stages=_stages(ladder, lang),
        at=at,
        **_shown(request, answer),
    )


def _chosen(clocks: list[ClockRow], form: Form) -> ClockRow:
    key = key_of(form.text("clock")) if form.text("clock") else None
    return next((one for one in clocks if one.id == key), clocks[0])


def _clock_words(clock: ClockRow, lang: str, request: PageRequest) -> str:
    if clock.regime == GDPR_33:
        return words(request)(MAIN)
    law = duty_of_version(clock.regime, clock.regime_version)
    report = next((one.label[lang] for one in law.reports if one.name == clock.report), clock.report)
    return f"{law.label[lang]}: {report}"


handlers: list[Any] = [who_at_controller, who_in_case]
