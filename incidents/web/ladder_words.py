"""A ladder in words: when a stage goes out as people say it, to whom, and how often."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from incidents.base.hungarian import hours_in_words, join_words
from incidents.base.i18n import Translator, msgid, translator
from incidents.rules.office import WEEKDAYS
from incidents.rules.policies import CHANNELS
from incidents.web.rendering import ROLE_NAMES

LADDERS = {
    "default": msgid("The 72 hours of Art. 33"),
    "duty": msgid("Every other duty"),
}
AUDIENCE = {
    "dpo": ROLE_NAMES["dpo"],
    "deputy": msgid("deputy"),
    "handler": ROLE_NAMES["handler"],
    "manager": ROLE_NAMES["manager"],
    "admin": ROLE_NAMES["admin"],
    "all": msgid("everybody responsible"),
}
WHEN = {
    "opened": msgid("after the case is opened"),
    "anchor": msgid("after awareness"),
    "before": msgid("before the deadline"),
    "after": msgid("after the deadline"),
    "office": msgid("before the office closes, when the deadline falls outside working hours"),
}
"""From what the hours of a stage are counted, as a form asks it."""
_AT = {
    "opened": (msgid("as soon as the case is opened"), msgid("{time} after the case is opened")),
    "anchor": (msgid("at awareness"), msgid("{time} after awareness")),
    "before": (msgid("at the deadline"), msgid("{time} before the deadline")),
    "after": (msgid("at the deadline"), msgid("{time} after the deadline")),
    "office": (
        msgid("when the office closes, if the deadline falls outside working hours"),
        msgid("{time} before the office closes, if the deadline falls outside working hours"),
    ),
}
DAYS = dict(
    zip(
        WEEKDAYS,
        (
            msgid("Monday"),
            msgid("Tuesday"),
            msgid("Wednesday"),
            msgid("Thursday"),
            msgid("Friday"),
            msgid("Saturday"),
            msgid("Sunday"),
        ),
        strict=True,
    )
)
REPEATED = msgid("repeated every {time}")
EVERYBODY = msgid("until everybody who was told has acknowledged it")
ANYBODY = msgid("until somebody has acknowledged it")
CAN_WAIT = msgid("waits for the end of the quiet hours")
MAIL_ONLY = msgid("by mail only, not by webhook")
CLOSED = msgid("closed")
HOURS = msgid("Working hours: {hours}")
QUIET = msgid("Quiet hours: {starts} – {ends}")
QUIET_DAYS = msgid("Quiet hours: {starts} – {ends}, and whole rest days")


def when_of(stage: Mapping[str, Any]) -> str:
    """The code of ``WHEN`` a stage counts by."""
    if stage["from"] == "deadline":
        return "before" if stage["after_hours"] < 0 else "after"
    return "office" if stage["from"] == "office_close" else str(stage["from"])


def time_of(stage: Mapping[str, Any], lang: str) -> str:
    """When a stage goes out: «6 órával a határidő előtt»."""
    at_once, later = _AT[when_of(stage)]
    hours = abs(stage["after_hours"])
    say = translator(lang)
    return say(later, time=_lead(hours, lang)) if hours else say(at_once)


def _lead(hours: float, lang: str) -> str:
    """A span as it stands before «after» and «before»: «6 órával», «1 óra 30 perccel»."""
    words = hours_in_words(timedelta(hours=hours), lang)
    if lang != "hu":
        return words
    return words.removesuffix("a") + "ával" if words.endswith("óra") else f"{words}cel"


def _each(hours: float, lang: str) -> str:
    """A span as it stands after «every»: «24 óránként»."""
    words = hours_in_words(timedelta(hours=hours), lang)
    if lang != "hu":
        return words.removeprefix("1 ") if words == "1 hour" else words
    return words.removesuffix("a") + "ánként" if words.endswith("óra") else f"{words}enként"


def audience_of(stage: Mapping[str, Any], lang: str) -> str:
    """Who is told, by role."""
    say = translator(lang)
    return join_words([say(words) for word, words in AUDIENCE.items() if word in stage["audience"]], lang)


def notes_of(stage: Mapping[str, Any], lang: str) -> list[str]:
    """What else is special about a stage."""
    say: Translator = translator(lang)
    notes = []
    if repeat := stage.get("repeat_hours"):
        until = EVERYBODY if stage.get("everybody_acknowledges") else ANYBODY
        notes.append(f"{say(REPEATED, time=_each(repeat, lang))}, {say(until)}")
    if stage.get("can_wait"):
        notes.append(say(CAN_WAIT))
    if "webhook" not in stage.get("channels", CHANNELS):
        notes.append(say(MAIL_ONLY))
    return notes


def line_of(stage: Mapping[str, Any], lang: str) -> str:
    """A stage in one line, for comparing versions."""
    parts = [time_of(stage, lang), audience_of(stage, lang), *notes_of(stage, lang)]
    return f"{stage['label'][lang].replace('{hours}', '…')} – {'; '.join(parts)}"


def lines_of(data: Mapping[str, Any], lang: str) -> list[str]:
    """A whole ladder, one line a stage, then its hours."""
    return [line_of(stage, lang) for stage in data["stages"]] + hours_of(data, lang)


def hours_of(data: Mapping[str, Any], lang: str) -> list[str]:
    """The hours of the office and those in which mails may wait."""
    say = translator(lang)
    lines = []
    if office := data.get("working_hours"):
        days = [f"{say(DAYS[day])} {'–'.join(office[day])}" for day in WEEKDAYS if day in office]
        lines.append(say(HOURS, hours=", ".join(days)))
    if quiet := data.get("quiet"):
        sentence = QUIET_DAYS if quiet.get("rest_days", True) else QUIET
        lines.append(say(sentence, starts=quiet["from"], ends=quiet["to"]))
    return lines


def difference(old: Mapping[str, Any], new: Mapping[str, Any], lang: str) -> tuple[list[str], list[str]]:
    """The lines that a version of a ladder adds and those it takes away."""
    before, after = lines_of(old, lang), lines_of(new, lang)
    return [line for line in after if line not in before], [line for line in before if line not in after]
