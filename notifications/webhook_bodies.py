"""What a webhook says: which case, which duty, how long. No title, no name, no address of anybody.

Three shapes of the same message: our own JSON (docs/webhooks.md), an Adaptive Card for Teams, blocks for Slack.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from incidents.base.errors import NotFound
from incidents.base.hungarian import format_datetime, hours_in_words
from incidents.base.i18n import msgid, translator
from incidents.base.settings import Settings
from incidents.base.time import utc
from incidents.rules.escalation import stage_label
from incidents.steps.policies import ladder_of
from incidents.store import controllers, deadlines, incidents
from incidents.store.tables import ClockRow, Incident, OutboxMail
from incidents.store.uow import UnitOfWork
from notifications import notices
from notifications.owed import owed

LANGUAGES = ("hu", "en")
TYPES = {"stage": "incident.warning", "undeliverable": "incident.undelivered", "outage": "mail.outage", "ping": "ping"}
"""By template; every other template is a notice."""

WAITS = msgid("A decision waits for a second person.")
PING = msgid("Test message: warnings will arrive here.")
UNDELIVERED = msgid("A warning by e-mail did not reach somebody: {about}")
OUTAGE = msgid("No warning can leave by e-mail: the mail server has taken nothing since {since}.")
DRILL = msgid("DRILL")
CASE, DUTY, DEADLINE, LEFT, STATE = (
    msgid("Case"),
    msgid("Duty"),
    msgid("Deadline"),
    msgid("Time left"),
    msgid("State"),
)
STOPPED = msgid("clock stopped")
PROVISIONAL = msgid("provisional, from the first signal")
OPEN_CASE = msgid("Open the case")


@dataclass(frozen=True)
class About:
    """The case a message is about, and the clock it speaks of."""

    incident: Incident
    clock: ClockRow
    url: str


@dataclass(frozen=True)
class Message:
    """One message, before it takes a shape. ``headline`` is there in each language; ``at`` is an aware instant."""

    id: str
    type: str
    at: datetime
    lang: str
    controller: str
    code: str
    headline: Mapping[str, str]
    about: About | None

    @property
    def drill(self) -> bool:
        """Whether nothing has really happened."""
        return self.about is not None and self.about.incident.is_drill

    @property
    def left(self) -> timedelta:
        """How long until the deadline; the moment itself counts as passed."""
        return (self.about.clock.deadline_at - self.at) or -timedelta.resolution if self.about else timedelta(0)


def message_id(row: OutboxMail) -> str:
    """The identifier of a message: the same at every try, so that the receiver knows a repeated one."""
    return f"msg_{row.id.hex}"


def compose(uow: UnitOfWork, row: OutboxMail, settings: Settings) -> Message:
    """The message of an outbox row, said as things stand at ``uow.now``.

    Raises:
        NotFound, LookupError: what it speaks of is not there.
    """
    about = _about(uow, row, settings)
    controller = controllers.load(uow, row.controller_id)
    return Message(
        id=message_id(row),
        type=TYPES.get(row.template, "incident.notice"),
        at=uow.now,
        lang=controller.language,
        controller=controller.short_code,
        code=str(row.payload.get("stage", "")) if row.template == "stage" else row.template,
        headline={lang: _headline(uow, row, about, lang) for lang in LANGUAGES},
        about=about,
    )


def headline(uow: UnitOfWork, row: OutboxMail, settings: Settings, lang: str) -> str:
    """What a message said or will say, in one sentence; its bare kind when what it speaks of is not there."""
    try:
        return _headline(uow, row, _about(uow, row, settings), lang)
    except (NotFound, LookupError):
        return row.template


def _about(uow: UnitOfWork, row: OutboxMail, settings: Settings) -> About | None:
    if row.incident_id is None:
        return None
    clock_id = row.payload.get("clock_id")
    url = f"{settings.public_url}/incidents/{row.incident_id}"
    return About(incidents.load(uow, row.incident_id), _clock(uow, row.incident_id, clock_id), url)


def _clock(uow: UnitOfWork, incident_id: UUID, clock_id: str | None) -> ClockRow:
    """The newest version of the clock that is meant, else of the one every case has."""
    if clock_id:
        return deadlines.newest_like(uow, deadlines.load(uow, UUID(clock_id)))
    known = deadlines.clocks_of(uow, incident_id)
    if not known:
        raise NotFound
    return known[-1]


def _headline(uow: UnitOfWork, row: OutboxMail, about: About | None, lang: str) -> str:
    say = translator(lang)
    match row.template:
        case "ping":
            return say(PING)
        case "outage":
            return say(OUTAGE, since=format_datetime(datetime.fromisoformat(row.payload["since"]), lang))
        case "undeliverable":
            return say(UNDELIVERED, about=_lost(uow, row, about, lang))
        case "stage":
            return _stage(uow, row, about, lang)
        case "approval_wanted":
            return say(WAITS)
        case notice:
            return notices.title(notice, lang)


def _lost(uow: UnitOfWork, row: OutboxMail, about: About | None, lang: str) -> str:
    template = str(row.payload["about"])
    if template == "stage":
        return _stage(uow, row, about, lang)
    return notices.title(template, lang) if template in notices.NOTICES else template


def _stage(uow: UnitOfWork, row: OutboxMail, about: About | None, lang: str) -> str:
    if about is None:
        raise NotFound
    return stage_label(ladder_of(uow, about.clock), str(row.payload["stage"]), lang)


def body(message: Message, shape: str) -> bytes:
    """The bytes to be signed and sent, in a shape of ``rules.webhooks.SHAPES``."""
    shapes: Mapping[str, Callable[[Message], Mapping[str, Any]]] = {"json": _plain, "teams": _teams, "slack": _slack}
    return json.dumps(shapes[shape](message), ensure_ascii=False, separators=(",", ":")).encode()


def _plain(message: Message) -> Mapping[str, Any]:
    said: dict[str, Any] = {
        "type": message.type,
        "id": message.id,
        "at": _iso(message.at),
        "controller": message.controller,
        "drill": message.drill,
        "code": message.code,
        "headline": dict(message.headline),
    }
    if message.about:
        clock = message.about.clock
        said["incident"] = {"reference": message.about.incident.reference, "url": message.about.url}
        said["clock"] = {
            "regime": clock.regime,
            "report": clock.report,
            "duty": {lang: owed(clock, lang) for lang in LANGUAGES},
            "deadline_at": _iso(clock.deadline_at),
            "hours_left": round(message.left / timedelta(hours=1), 2),
            "state": clock.state,
            "provisional": clock.anchor_kind == "first_signal",
        }
    return said


def _iso(instant: datetime) -> str:
    return utc(instant).isoformat(timespec="seconds").replace("+00:00", "Z")


def _title(message: Message) -> str:
    drill = f"{translator(message.lang)(DRILL)} – " if message.drill else ""
    return f"{drill}{message.headline[message.lang]}"


def _facts(message: Message) -> list[tuple[str, str]]:
    """What the cards list: label and value in the language of the controller."""
    if message.about is None:
        return []
    clock, lang = message.about.clock, message.lang
    say = translator(lang)
    facts = [
        (say(CASE), message.about.incident.reference),
        (say(DUTY), owed(clock, lang)),
        (say(DEADLINE), format_datetime(clock.deadline_at, lang)),
    ]
    if clock.state != "running":
        return [*facts, (say(STATE), say(STOPPED))]
    facts.append((say(LEFT), hours_in_words(message.left, lang)))
    return [*facts, (say(STATE), say(PROVISIONAL))] if clock.anchor_kind == "first_signal" else facts


def _teams(message: Message) -> Mapping[str, Any]:
    words = {"type": "TextBlock", "text": _title(message), "weight": "Bolder", "size": "Medium", "wrap": True}
    content: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [words, {"type": "TextBlock", "text": message.controller, "isSubtle": True, "spacing": "None"}],
    }
    if message.about:
        facts = [{"title": label, "value": value} for label, value in _facts(message)]
        content["body"].append({"type": "FactSet", "facts": facts})
        title = translator(message.lang)(OPEN_CASE)
        content["actions"] = [{"type": "Action.OpenUrl", "title": title, "url": message.about.url}]
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [card]}


def _slack(message: Message) -> Mapping[str, Any]:
    title = f"{message.controller}: {_title(message)}"
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": f"*{_escaped(title)}*"}}]
    if message.about:
        fields = [f"*{_escaped(label)}*\n{_escaped(value)}" for label, value in _facts(message)]
        blocks.append({"type": "section", "fields": [{"type": "mrkdwn", "text": text} for text in fields]})
        words = {"type": "plain_text", "text": translator(message.lang)(OPEN_CASE)}
        blocks.append({"type": "actions", "elements": [{"type": "button", "text": words, "url": message.about.url}]})
    return {"text": _escaped(title), "blocks": blocks}


def _escaped(text: str) -> str:
    """Slack reads three signs as markup; nothing else needs care."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
