"""What a controller's own ladder must keep, so that editing it can never make a deadline silent."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from incidents.base.errors import FieldError
from incidents.rules.escalation import RESPONSIBLE
from incidents.rules.office import QuietHours, WorkingHours

AUDIENCE = frozenset({*RESPONSIBLE, "all"})
COUNTED_FROM = frozenset({"opened", "anchor", "deadline", "office_close"})
CHANNELS = frozenset({"mail", "webhook"})
SETTLED = frozenset({"closed", "filed", "decided_not_to_notify", "declined"})
"""What may silence the alarm at the deadline; that somebody knows about it may not."""

LONGEST_REACH_HOURS = 24 * 366
MOST_STAGES = 40
LONGEST_LABEL = 200

NAME = "Give each stage its own short name in small letters and digits, without hyphens."
KNOWN = "Choose from: {choices}."
HOURS = "Give hours as a number of at most one year, before (negative) or after."
REPEAT = "Repeat after a quarter of an hour at the earliest."
WORDS = "Give the words of the stage in Hungarian and in English."
TOO_MANY = "A ladder can have {limit} stages at most."
NOBODY = "Say who is warned at this stage."
NO_ALARM = "Keep a stage exactly at the deadline: without it nobody hears that it has passed."
NO_OPENING = "Keep a stage at the moment a case is opened: without it nobody hears of it."
MAIL = "A stage goes out by mail in any case; a webhook can only come beside it."
TIMES = "Give times of day such as 08:00, closing after opening."
NO_OFFICE = "Give the working hours: this stage counts from the closing time."


def policy_faults(data: Mapping[str, Any]) -> list[FieldError]:
    """Every field of a ladder that cannot stand; ``data`` has the shape of law/policies."""
    stages = [stage if isinstance(stage, Mapping) else {} for stage in data.get("stages", [])]
    reasons = frozenset(data.get("moot_reasons", ()))
    errors = [
        error for place, stage in enumerate(stages) for error in _stage_faults(stage, f"stages[{place}]", reasons)
    ]
    errors += _name_faults(stages)
    if not any(_fires_at(stage, "deadline") for stage in stages):
        errors.append(FieldError("stages", "no-alarm", NO_ALARM))
    if not any(_fires_at(stage, "opened") for stage in stages):
        errors.append(FieldError("stages", "no-opening", NO_OPENING))
    if len(stages) > MOST_STAGES:
        errors.append(FieldError("stages", "too-many", TOO_MANY, {"limit": str(MOST_STAGES)}))
    if "working_hours" not in data and any(stage.get("from") == "office_close" for stage in stages):
        errors.append(FieldError("working_hours", "required", NO_OFFICE))
    return [*errors, *_time_faults(data)]


def _fires_at(stage: Mapping[str, Any], start: str) -> bool:
    """Whether a stage fires exactly there and is neither held nor left out."""
    softened = stage.get("can_wait") or stage.get("only_ahead")
    plain = stage.get("from") == start and stage.get("after_hours") == 0
    return plain and not softened and set(_codes(stage.get("moot_when"))) <= SETTLED


def _codes(value: object) -> list[str]:
    """A list of codes as texts; anything else is one code that nobody knows."""
    return [str(one) for one in value] if isinstance(value, list | tuple) else [""]


def _name_faults(stages: list[Mapping[str, Any]]) -> Iterator[FieldError]:
    seen: set[object] = set()
    for place, stage in enumerate(stages):
        name = stage.get("name")
        if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,24}", name)) or name in seen:
            yield FieldError(f"stages[{place}].name", "name", NAME)
        seen.add(name if isinstance(name, str) else place)


def _stage_faults(stage: Mapping[str, Any], path: str, reasons: frozenset[str]) -> Iterator[FieldError]:
    if not stage.get("audience"):
        yield FieldError(f"{path}.audience", "required", NOBODY)
    for key, choices in (("audience", AUDIENCE), ("moot_when", reasons)):
        if not set(_codes(stage.get(key))) <= choices:
            yield FieldError(f"{path}.{key}", "unknown", KNOWN, {"choices": ", ".join(sorted(choices))})
    if stage.get("from") not in COUNTED_FROM:
        yield FieldError(f"{path}.from", "unknown", KNOWN, {"choices": ", ".join(sorted(COUNTED_FROM))})
    if not (_is_number(stage.get("after_hours")) and abs(stage["after_hours"]) <= LONGEST_REACH_HOURS):
        yield FieldError(f"{path}.after_hours", "number", HOURS)
    repeat = stage.get("repeat_hours")
    if repeat is not None and not (_is_number(repeat) and 0.25 <= repeat <= LONGEST_REACH_HOURS):
        yield FieldError(f"{path}.repeat_hours", "number", REPEAT)
    yield from _words_and_channels(stage, path)


def _words_and_channels(stage: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    channels = _codes(stage.get("channels", ["mail"]))
    if "mail" not in channels or not set(channels) <= CHANNELS:
        yield FieldError(f"{path}.channels", "no-mail", MAIL)
    label = stage.get("label")
    words = [str(label.get(lang, "")).strip() for lang in ("hu", "en")] if isinstance(label, Mapping) else [""]
    if not all(0 < len(text) <= LONGEST_LABEL for text in words):
        yield FieldError(f"{path}.label", "required", WORDS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124  not NaN


def _time_faults(data: Mapping[str, Any]) -> Iterator[FieldError]:
    readers: tuple[tuple[str, Callable[[Mapping[str, Any]], object]], ...] = (
        ("working_hours", WorkingHours.of),
        ("quiet", QuietHours.of),
    )
    for key, read in readers:
        try:
            _ = read(data[key]) if key in data else None
        except (ValueError, KeyError, TypeError, AttributeError):
            yield FieldError(key, "times", TIMES)
