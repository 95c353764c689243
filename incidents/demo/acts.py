"""What people do in a case of the demo: each act is one call of a real step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from incidents.base.time import ZonedInstant
from incidents.demo.script import Act, Story
from incidents.demo.stage import Stage
from incidents.demo.thread_acts import THREAD_ACTS, newest_draft
from incidents.rules.decide import DecisionForm
from incidents.rules.duties import ReportForm
from incidents.rules.report import parse_staff_report
from incidents.rules.send import CommunicationForm
from incidents.rules.vocabulary import vocabulary
from incidents.steps import assess, cases, clock, controllers, decide, duties, register, report, send
from incidents.store.uow import Actor, UnitOfWork
from incidents.web.sessions import VISITOR
from notifications.documents import drafts

OPERATOR = "gabor"


@dataclass(frozen=True)
class Scene:
    """A case once it is open: an hour of its story is counted from here."""

    incident_id: UUID
    opened_at: datetime

    def at(self, hours: float) -> datetime:
        """The instant so many hours after the report (negative: before it)."""
        return self.opened_at + timedelta(hours=hours)


def open_case(stage: Stage, story: Story) -> Scene:
    """Report an incident the way its story says: by link, signed in, or through the API."""
    opener = _by_api if story.via == "api" else _by_form
    return Scene(opener(stage, story), stage.clock.now())


def _by_form(stage: Stage, story: Story) -> UUID:
    """By the four questions: behind the report link as a visitor, or signed in."""
    form = {key: str(getattr(story, key)) for key in ("what_happened", "kind", "contact")}
    said = parse_staff_report(form, stage.clock.now())
    controller_id = stage.controllers[story.controller]
    behind_link = replace(VISITOR, by_link={controller_id: frozenset({"report"})})
    one = frozenset({controller_id})
    with stage.acting(story.reporter) if story.reporter else stage.acting_as(behind_link, one) as uow:
        return report.open_from_staff(uow, controller_id, said, story.via).incident_id


def _by_api(stage: Stage, story: Story) -> UUID:
    """By another system with a key of its own."""
    controller_id = stage.controllers[story.controller]
    scene = Scene(controller_id, stage.clock.now())  # the times among the facts need the instant alone
    said = report.ApiReport(ZonedInstant(stage.clock.now()), _facts(scene, story.facts), story.contact)
    with stage.acting_as(_key(stage, controller_id, story.contact), frozenset({controller_id})) as uow:
        incident, _ = report.open_by_api(uow, controller_id, said, "bemutato-0001", repr(said).encode())
        return incident.id


def _key(stage: Stage, controller_id: UUID, name: str) -> Actor:
    """A new API key, as whoever uses it."""
    with stage.acting(OPERATOR) as uow:
        secret = controllers.make_api_key(uow, controller_id, name, "reporter")
    with stage.system(read_only=True) as uow:
        known = controllers.key_actor(uow, secret)
    if known is None:
        raise LookupError("the key just made is not known")
    return known[0]


def _facts(scene: Scene, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a story, with hours turned into instants."""
    return {
        key: scene.at(value).isoformat() if vocabulary()[key].type == "instant" else value
        for key, value in facts.items()
    }


def play(stage: Stage, scene: Scene, act: Act) -> None:
    """Let a player do one act now.

    Raises:
        IncidentError: the step refuses; then the story is wrong.
    """
    with stage.acting(act.who) as uow:
        _ACTS[act.do](uow, scene, act.said)


def _acknowledge(uow: UnitOfWork, scene: Scene, _said: Mapping[str, Any]) -> None:
    clock.acknowledge(uow, scene.incident_id, via="mail", stage="opened")


def _awareness(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    clock.set_awareness(uow, scene.incident_id, ZonedInstant(scene.at(said["at"])), said["reason"].strip())


def _amend(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    report.amend_facts(uow, scene.incident_id, _facts(scene, said["facts"]), said["reason"])


def _assess(uow: UnitOfWork, scene: Scene, _said: Mapping[str, Any]) -> None:
    assess.run(uow, scene.incident_id)


def _decide(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    decide.record_decision(uow, scene.incident_id, DecisionForm(**said))


def _approve(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    """Say yes, as the second person, to the decision that waits."""
    waiting = cases.case(uow, scene.incident_id).proposal
    if waiting is None:
        raise LookupError("nothing waits for approval here")
    decide.answer_proposal(uow, waiting.id, "approved", said["sentence"].strip())


def _freeze(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    drafts.freeze(uow, scene.incident_id, said["kind"], said.get("language", "hu"), said.get("delay_reasons", ""))


def _tell(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    form = CommunicationForm(**said, sent_at=ZonedInstant(uow.now), document_id=newest_draft(uow, scene, "subjects"))
    send.record_communication(uow, scene.incident_id, form)


def _close(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    register.close_incident(uow, scene.incident_id, said["note"])


def _duty(uow: UnitOfWork, scene: Scene, regime: str) -> UUID:
    """The duty of a regime in the case."""
    return next(one.row.id for one in cases.case(uow, scene.incident_id).duties if one.row.regime == regime)


def _confirm_duty(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    duties.confirm(uow, _duty(uow, scene, said["regime"]), reason=said["reason"].strip())


def _decline_duty(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    duties.decline(uow, _duty(uow, scene, said["regime"]), said["reason"].strip())


def _report_duty(uow: UnitOfWork, scene: Scene, said: Mapping[str, Any]) -> None:
    form = ReportForm(ZonedInstant(uow.now), said["channel"], said.get("identifier", ""))
    duties.record_report(uow, _duty(uow, scene, said["regime"]), said["report"], form)


_ACTS: Mapping[str, Callable[[UnitOfWork, Scene, Mapping[str, Any]], None]] = {
    "acknowledge": _acknowledge,
    "awareness": _awareness,
    "facts": _amend,
    "assess": _assess,
    "decide": _decide,
    "approve": _approve,
    "freeze": _freeze,
    "tell": _tell,
    **THREAD_ACTS,
    "confirm_duty": _confirm_duty,
    "decline_duty": _decline_duty,
    "report_duty": _report_duty,
    "close": _close,
}


def report_address(stage: Stage, short_code: str) -> str:
    """Where staff of a controller report without an account."""
    with stage.system(read_only=True) as uow:
        token = controllers.report_link(uow, stage.controllers[short_code]).token
    return f"{stage.settings.public_url}/r/{token}"
