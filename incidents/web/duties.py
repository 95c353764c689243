"""Duties beside Art. 33 of a case: each with its law and its clocks; confirm, decline, move, report, add by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidents.base.dated import NoSuchLawError
from incidents.base.errors import IncidentError, NotFound
from incidents.base.hungarian import hours_in_words
from incidents.base.i18n import msgid
from incidents.base.time import ZonedInstant
from incidents.rules import duties as rules
from incidents.rules import regimes
from incidents.rules.duties import ReportForm
from incidents.rules.office import local
from incidents.steps import duties, profile
from incidents.steps.cases import Case
from incidents.steps.duty_views import DutyView
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import ClientContract, DutyReport
from incidents.store.uow import UnitOfWork
from incidents.web.casehead import case_page, load
from incidents.web.forms import Form
from incidents.web.reading import Reader
from incidents.web.rendering import language_of, see_other, words
from incidents.web.sessions import PageRequest, clock_of, page_uow

OBSTACLES = (
    msgid("A further duty waits for an answer: confirm it or decline it with a reason."),
    msgid("A further duty is running: record its reports, or decline it with a reason."),
)
"""Sentences of the lifecycle rules, named here for the catalogues: rules know no languages."""
CHANNEL_WORDS = {
    "online": msgid("Online form or portal"),
    "email": msgid("E-mail"),
    "phone": msgid("Telephone"),
    "krid": msgid("Official gateway (KRID)"),
    "epapir": msgid("e-Papír"),
    "post": msgid("Post or in person"),
    "other": msgid("Other"),
}
ACTS = ("confirm", "decline", "reconsider", "change", "report")
NUMBERS = ("contract_hours", "target_hours", "order_days")


@dataclass(frozen=True)
class LawWords:
    """The words of the law data in the language of a page."""

    lang: str

    def code(self, code: str) -> str:
        """Why a report is due when it is."""
        return regimes.code_words(code, self.lang)

    def anchor(self, name: str) -> str:
        """What a period is counted from."""
        return regimes.anchor_words(name, self.lang)

    def question(self, anchor: str) -> str:
        """An anchor as the label of a field."""
        text = self.anchor(anchor)
        return text[:1].upper() + text[1:]

    def setting(self, name: str) -> str:
        """A setting as the label of a field."""
        return regimes.setting_words(name, self.lang)

    def help(self, name: str) -> str:
        """The help of an anchor or a setting."""
        return regimes.setting_help(name, self.lang)

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """The answers a setting offers."""
        return regimes.choices_of(name, self.lang)

    def certainty(self, code: str) -> str:
        """How sure the data of a regime are."""
        return regimes.certainty_words(code, self.lang)

    def parts(self, names: Sequence[str]) -> str:
        """What of a regime nobody has verified yet."""
        return ", ".join(regimes.part_words(name, self.lang) for name in names)

    def lateness(self, sent: DutyReport) -> str:
        """How late a report was."""
        return hours_in_words(timedelta(seconds=sent.late_by_seconds), self.lang)


def _view(found: Case, duty_id: UUID) -> DutyView:
    view = next((one for one in found.duties if one.row.id == duty_id), None)
    if view is None:
        raise NotFound
    return view


def _contracts(request: PageRequest, found: Case) -> tuple[ClientContract, ...]:
    with page_uow(request, read_only=True) as uow:
        return tuple(profile.client_contracts(uow, found.controller.id))


def _page(
    request: PageRequest, template: str, found: Case, form: Form | None = None, /, **context: Any
) -> Response[str]:
    channels = [(code, words(request)(sentence)) for code, sentence in CHANNEL_WORDS.items()]
    law_words = LawWords(language_of(request))
    return case_page(request, template, found, form, w=law_words, channels=channels, numbers=NUMBERS, **context)


@get("/incidents/{incident_id:uuid}/duties", sync_to_thread=True)
def show_duties(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Every other duty of the case: what runs, what waits for an answer, what was declined and why."""
    return _page(request, "pages/duties.html", load(request, incident_id))


@get("/incidents/{incident_id:uuid}/duties/new", sync_to_thread=True)
def show_choice(request: PageRequest, incident_id: FromPath[UUID]) -> Response[str]:
    """Which duty to add by hand: an order, a promise, a client, or a regime the profile does not name."""
    found = load(request, incident_id)
    return _page(request, "pages/duty_choice.html", found, laws=_addable(found))


def _addable(found: Case) -> list[regimes.Duty]:
    """What may be added: those of which a case may have several, and the others it does not have yet."""
    has = {one.row.regime for one in found.duties if one.row.regime not in rules.ADDED_BY_HAND}
    in_force = regimes.catalogue().all_in_force(local(found.clock.anchor_at).date())
    offered = [law for law in in_force if law.id not in {GDPR_33, rules.TELLING, *has}]
    return sorted(offered, key=lambda law: law.id not in rules.ADDED_BY_HAND)


@get("/incidents/{incident_id:uuid}/duties/new/{regime:str}", sync_to_thread=True)
def show_adding(request: PageRequest, incident_id: FromPath[UUID], regime: FromPath[str]) -> Response[str]:
    """The form of one duty that somebody knows to apply."""
    found = load(request, incident_id)
    return _adding(request, found, _law(found, regime))


def _law(found: Case, regime: str) -> regimes.Duty:
    try:
        law = regimes.duty_for(regime, local(found.clock.anchor_at).date())
    except NoSuchLawError as gone:
        raise NotFound from gone
    if law.id in {GDPR_33, rules.TELLING}:
        raise NotFound
    return law


def _adding(request: PageRequest, found: Case, law: regimes.Duty, form: Form | None = None) -> Response[str]:
    context = {"law": law, "asked": rules.asked(law), "titled": law.id in rules.ADDED_BY_HAND}
    return _page(request, "pages/duty_new.html", found, form, **context)


@post("/incidents/{incident_id:uuid}/duties/new/{regime:str}", sync_to_thread=True)
def add_duty(
    request: PageRequest, incident_id: FromPath[UUID], regime: FromPath[str], form: NamedDependency[Form]
) -> Response[str]:
    """Add a duty: it is confirmed at once and its clocks run."""
    law = _law(load(request, incident_id), regime)
    typed = Reader(form, clock_of(request).now())
    anchors, params = _answers(typed, rules.asked(law))
    said = {"title": form.text("title"), "reason": form.text("reason")}
    try:
        with page_uow(request) as uow, typed.refusing():
            duties.add_duty(uow, incident_id, law.id, anchors=anchors, params=params, **said)
    except IncidentError as refused:
        return _adding(request, load(request, incident_id), law, _refused(form, refused))
    return see_other(f"/incidents/{incident_id}/duties", done="duty-confirmed")


def _refused(form: Form, refused: IncidentError) -> Form:
    if refused.status not in {409, 422}:
        raise refused
    return form.refused(refused)


def _answers(typed: Reader, asked: rules.Asked) -> tuple[dict[str, ZonedInstant], dict[str, Any]]:
    """The anchors and settings somebody filled in; empty fields say nothing."""
    anchors = {name: typed.moment(name) for name in asked.anchors if typed.form.local_time(name)}
    found = {name: _setting(typed, name) for name in asked.params}
    return anchors, {name: value for name, value in found.items() if value is not None}


def _setting(typed: Reader, name: str) -> object:
    text = typed.form.text(name)
    if name in NUMBERS:
        return typed.number(name)
    if name == "noon_rule_excluded":
        return {"yes": True, "no": False}.get(text)
    if name == "level":
        return int(text) if text.isascii() and text.isdecimal() else None
    return text or None


@get("/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/{act:str}", sync_to_thread=True)
def show_act(
    request: PageRequest, incident_id: FromPath[UUID], duty_id: FromPath[UUID], act: FromPath[str]
) -> Response[str]:
    """The form of one act on one duty."""
    found = load(request, incident_id)
    view = _view(found, duty_id)
    first = next((one.rule.name for one in view.reports if one.is_open), view.reports[0].rule.name)
    recorded = {"report": request.query_params.get("report", first)} if act == "report" else _recorded(view)
    return _act_page(request, found, view, act, Form.of(**recorded))


def _recorded(view: DutyView) -> dict[str, str]:
    """The settings and anchors as they stand, for a form that changes them."""
    texts: dict[str, str] = {}
    for name, value in view.row.params.items():
        texts[name] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    for name, at in rules.anchors_of(view.row.anchors).items():
        texts |= {f"{name}.date": at.local.date().isoformat(), f"{name}.time": at.local.strftime("%H:%M")}
    return texts


def _act_page(request: PageRequest, found: Case, view: DutyView, act: str, form: Form) -> Response[str]:
    if act not in ACTS:
        raise NotFound
    clients = _contracts(request, found) if _asks_for_clients(view, act) else ()
    return _page(request, "pages/duty_act.html", found, form, duty=view, act=act, asked=view.asked, clients=clients)


def _asks_for_clients(view: DutyView, act: str) -> bool:
    return act == "confirm" and view.row.regime == rules.CONTRACT and not view.row.subject


@post("/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/{act:str}", sync_to_thread=True)
def do_act(
    request: PageRequest,
    incident_id: FromPath[UUID],
    duty_id: FromPath[UUID],
    act: FromPath[str],
    form: NamedDependency[Form],
) -> Response[str]:
    """Confirm, decline, reconsider, change or report."""
    found = load(request, incident_id)
    view = _view(found, duty_id)
    if act not in ACTS:
        raise NotFound
    typed = Reader(form, clock_of(request).now())
    try:
        with page_uow(request) as uow, typed.refusing():
            _DO[act](uow, view, typed)
    except IncidentError as refused:
        return _act_page(request, found, view, act, _refused(form, refused))
    return see_other(f"/incidents/{incident_id}/duties", done=_DONE[act])


def _confirm(uow: UnitOfWork, view: DutyView, typed: Reader) -> None:
    reason = typed.form.text("reason")
    chosen = [UUID(text) for text in typed.form.values("contracts") if _is_key(text)]
    if chosen:
        duties.confirm_for_clients(uow, view.row.id, chosen, reason)
    else:
        duties.confirm(uow, view.row.id, *_answers(typed, view.asked), reason)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _decline(uow: UnitOfWork, view: DutyView, typed: Reader) -> None:
    duties.decline(uow, view.row.id, typed.form.text("reason"))


def _reconsider(uow: UnitOfWork, view: DutyView, typed: Reader) -> None:
    duties.reconsider(uow, view.row.id, typed.form.text("reason"))


def _change(uow: UnitOfWork, view: DutyView, typed: Reader) -> None:
    anchors, params = _answers(typed, view.asked)
    if not typed.faults:
        duties.change(uow, view.row.id, anchors, params, typed.form.text("reason"))


def _report(uow: UnitOfWork, view: DutyView, typed: Reader) -> None:
    text = typed.form.text
    form = ReportForm(typed.moment("sent_at"), text("channel"), text("identifier"), text("note"))
    duties.record_report(uow, view.row.id, text("report"), form)


_DO: Mapping[str, Callable[[UnitOfWork, DutyView, Reader], None]] = {
    "confirm": _confirm,
    "decline": _decline,
    "reconsider": _reconsider,
    "change": _change,
    "report": _report,
}
_DONE = {
    "confirm": "duty-confirmed",
    "decline": "duty-declined",
    "reconsider": "duty-reconsidered",
    "change": "duty-changed",
    "report": "duty-reported",
}

handlers: list[Any] = [show_duties, show_choice, show_adding, add_duty, show_act, do_act]
