"""The lines of the timeline about further duties: which duty, which report, from when, how late, and why."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from incidents.base.hungarian import format_datetime, hours_in_words
from incidents.base.i18n import msgid, translator
from incidents.rules.regimes import anchor_words, clock_words, duty_of_version
from incidents.store.deadlines import GDPR_33

Data = Mapping[str, Any]

COUNTED = msgid("Deadline: {deadline}. Counted from: {anchor}, {at}.")
STOPPED = {
    "filed": msgid("The report was sent."),
    "declined": msgid("The duty does not apply."),
    "not_applicable": msgid("This report is not owed after all."),
}
SENT_AT = msgid("Sent: {when}")
IN_TIME = msgid("in time")
LATE_BY = msgid("late by {time}")
ANCHORED = msgid("{anchor}: {when}")


def is_of_a_duty(data: Data) -> bool:
    """Whether an event of a clock is about another duty than Art. 33."""
    return str(data.get("regime", GDPR_33)) != GDPR_33


def clock_lines(data: Data, lang: str) -> list[str]:
    """A clock that started, moved, stopped or runs again."""
    say = translator(lang)
    first = clock_words(data["regime"], data["rule_version"], data["report"], lang)
    if stopped := STOPPED.get(str(data.get("stop_reason", ""))):
        return [first, say(stopped)]
    counted = say(
        COUNTED,
        deadline=_when(data["deadline_at"], lang),
        anchor=anchor_words(data["anchor_kind"], lang),
        at=_when(data["anchor_at"], lang),
    )
    return [first, counted, str(data.get("reason", ""))]


def duty_lines(data: Data, lang: str) -> list[str]:
    """A duty that was proposed, confirmed, declined, moved, reported or fulfilled."""
    law = duty_of_version(data["regime"], data["rule_version"])
    label = next((one.label[lang] for one in law.reports if one.name == data.get("report")), "")
    title = ": ".join(text for text in (law.label[lang], str(data.get("title", ""))) if text)
    return [title, label, _sent(data, lang), _anchored(data, lang), str(data.get("reason", ""))]


def _sent(data: Data, lang: str) -> str:
    if "sent_at" not in data:
        return ""
    say, late = translator(lang), int(data["late_by_seconds"])
    time = hours_in_words(timedelta(seconds=late), lang)
    told = say(LATE_BY, time=time) if late else say(IN_TIME)
    return f"{say(SENT_AT, when=_when(data['sent_at'], lang))} ({told})"


def _anchored(data: Data, lang: str) -> str:
    """The anchors that were set or moved with it."""
    found = [(anchor_words(name, lang), _when(one["at"], lang)) for name, one in data.get("anchors", {}).items()]
    return "\n".join(translator(lang)(ANCHORED, anchor=name[:1].upper() + name[1:], when=at) for name, at in found)


def _when(text: object, lang: str) -> str:
    return format_datetime(datetime.fromisoformat(str(text)), lang)
