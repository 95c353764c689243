"""What a report from staff must contain: four questions, no account, no legal words (Art. 33(1))."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.i18n import msgid
from incidents.base.time import BUDAPEST, LocalTimeError, ZonedInstant, parse_local
from incidents.rules.facts import FactState, ParsedFact, vocabulary

LONGEST_TEXT = 20_000
LONGEST_CONTACT = 300
LONGEST_TITLE = 120
CLOCK_TOLERANCE = timedelta(minutes=5)
OLDEST_SIGNAL = timedelta(days=5 * 366)

NO_STORY = msgid("Please write in a sentence or two what happened.")
NO_CONTACT = msgid("Please tell us how to reach you: name, phone or e-mail.")


@dataclass(frozen=True)
class StaffReport:
    """What a member of staff told us: enough to start the clock and to call back."""

    what_happened: str
    kind: str
    noticed: ZonedInstant
    contact: str


def first_signal_faults(at: ZonedInstant, now: datetime, path: str = "noticed_at") -> list[FieldError]:
    """Why a first signal (T0) cannot stand: in the future, or so old that the year must be a slip."""
    if at.at > now + CLOCK_TOLERANCE:
        return [FieldError(path, "future", "This time lies in the future. Please check the date and the hour.")]
    if at.at < now - OLDEST_SIGNAL:
        return [FieldError(path, "too-old", "This is more than five years ago. Please check the year.")]
    return []


def _text(form: Mapping[str, str], key: str, limit: int, missing: str, errors: list[FieldError]) -> str:
    value = form.get(key, "").strip()
    if not value:
        errors.append(FieldError(key, "required", missing))
    elif len(value) > limit:
        errors.append(
            FieldError(key, "too-long", "This is too long: at most {limit} characters.", {"limit": str(limit)})
        )
    return value


def _noticed(form: Mapping[str, str], now: datetime, errors: list[FieldError]) -> ZonedInstant:
    if form.get("noticed_when", "now") == "now":
        return ZonedInstant(now, BUDAPEST)
    try:
        noticed = parse_local(form.get("noticed_at", ""), BUDAPEST)
    except LocalTimeError:
        errors.append(
            FieldError("noticed_at", "not-a-time", "Give the day and the hour when it was noticed, as well as you can.")
        )
        return ZonedInstant(now, BUDAPEST)
    errors.extend(first_signal_faults(noticed, now))
    return noticed


def parse_staff_report(form: Mapping[str, str], now: datetime) -> StaffReport:
    """Read the four answers of the staff form; ``now`` is an aware UTC instant.

    Raises:
        InvalidInput: some answers cannot be used; every one of them is named.
    """
    errors: list[FieldError] = []
    what = _text(form, "what_happened", LONGEST_TEXT, NO_STORY, errors)
    noticed = _noticed(form, now, errors)
    kind = form.get("kind", "")
    if kind not in vocabulary()["kind"].codes:
        errors.append(FieldError("kind", "required", "Please choose what kind of thing happened."))
    contact = _text(form, "contact", LONGEST_CONTACT, NO_CONTACT, errors)
    if form.get("website", ""):  # people never see this field, form-filling robots do
        errors.append(
            FieldError("website", "robot", "This report looks automatic. Please leave the hidden field empty.")
        )
    if errors:
        raise InvalidInput(errors)
    return StaffReport(what, kind, noticed, contact)


def title_of(what_happened: str) -> str:
    """A working title until somebody gives a better one: the first line without its full stop, cut at a word."""
    lines = what_happened.strip().splitlines()
    line = lines[0].strip() if lines else ""
    if line.endswith(".") and not line.endswith(".."):
        line = line[:-1]
    if len(line) <= LONGEST_TITLE:
        return line
    return line[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


def facts_of(report: StaffReport) -> dict[str, ParsedFact]:
    """The facts a staff report establishes; everything else stays unknown."""
    return {
        "title": ParsedFact(FactState.KNOWN, title_of(report.what_happened)),
        "what_happened": ParsedFact(FactState.KNOWN, report.what_happened),
        "kind": ParsedFact(FactState.KNOWN, report.kind),
    }
