"""The timeline of a case: every entry of its event log in words, newest first, with the mails still on their way."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from incidents.base.hungarian import format_date, format_datetime, format_number, format_table_datetime, join_words
from incidents.base.i18n import Translator, msgid, translator
from incidents.rules.escalation import stage_label
from incidents.rules.facts import vocabulary
from incidents.rules.regimes import duty_of_version
from incidents.rules.register import event_label
from incidents.steps.cases import Case
from incidents.store.tables import ClockRow, Event, OutboxMail
from incidents.web import duty_lines
from incidents.web.facts import spoken_name

Moment: TypeAlias = tuple[datetime, str, str]
"""When (UTC), what, and the details with who did it."""

ANCHORS = {"first_signal": msgid("from the first signal"), "awareness": msgid("from awareness")}
WAITING = msgid("A mail to {recipient} is waiting to be sent")
TRIED = msgid("{count} attempts so far. Last answer: {error}")
CAUSES = {
    "decided_to_notify": msgid("It was decided to notify after all."),
    "verdict_changed": msgid("New facts have overtaken the decision not to notify: decide again."),
    "reopened": msgid("The case was opened again."),
}
"""Why a stopped clock runs again."""
NEW_DEADLINE = msgid("Deadline: {deadline}, counted {anchor}")
LATE_WARNING = msgid("It went out {minutes} minutes late.")
TO = msgid("To: {recipients}")
HELD = msgid("Held in quiet hours until {when}.")
STANDS_IN = msgid("{recipient} instead of {names}")
TAKEN_OVER = msgid("To {name}")
SENT = msgid("{recipient} (sent {when})")
ANSWERS = {"yes": msgid("yes"), "no": msgid("no"), "review": msgid("a person must weigh it")}
MOVED = msgid("Authority: {notify_before} → {notify}. People: {tell_before} → {tell}.")
APPROVED = msgid("Approved by {name}")
VERSION = msgid("version {version}")
ROWS = msgid("Rows: {rows}")
PEOPLE = msgid("{count} people or letters")
HASH = msgid("hash {hash}")


class _Teller:
    """Puts the data of an event into a sentence of one language."""

    def __init__(self, case: Case, lang: str) -> None:
        self.lang = lang
        self.say: Translator = translator(lang)
        self.ladders = {str(clock_id): ladder for clock_id, ladder in case.ladders.items()}
        self.duties = {str(clock.id): _duty_words(clock, lang) for clock in case.duty_clocks}
        self.sent = {
            (str(mail.payload.get("stage", "")), mail.recipient): mail.sent_at for mail in case.mails if mail.sent_at
        }

    def moment(self, event: Event) -> Moment:
        details = _DETAILS.get(event.kind.partition(".")[0], _nothing)(self, event.data)
        lines = [line for line in (details, spoken_name(event.actor, self.lang)) if line]
        return event.at, event_label(event.kind, self.lang), "\n".join(lines)

    def waiting(self, mail: OutboxMail) -> Moment:
        tried = self.say(TRIED, count=mail.attempts, error=mail.last_error) if mail.last_error else ""
        return mail.created_at, self.say(WAITING, recipient=mail.recipient), tried

    def stage(self, data: "Data") -> str:
        """The words of a warning, from the ladder of its clock."""
        name, clock = str(data.get("stage", "")), str(data.get("clock_id", ""))
        try:
            words = stage_label(self.ladders[clock], name, self.lang)
        except LookupError:
            words = name
        return f"{self.duties[clock]}: {words}" if clock in self.duties else words

    def recipient(self, stage: str, address: str) -> str:
        """Somebody who was warned, with the time once the mail has left."""
        sent_at = self.sent.get((stage, address))
        return self.say(SENT, recipient=address, when=format_table_datetime(sent_at, self.lang)) if sent_at else address

    def when(self, text: object) -> str:
        return format_datetime(datetime.fromisoformat(str(text)), self.lang)


def _duty_words(clock: ClockRow, lang: str) -> str:
    """Which report of which duty a clock beside Art. 33 counts."""
    law = duty_of_version(clock.regime, clock.regime_version)
    report = next((one.label[lang] for one in law.reports if one.name == clock.report), clock.report)
    return f"{law.label[lang]}, {report}"


def timeline(case: Case, lang: str) -> list[Moment]:
    """What happened in a case, newest first."""
    teller = _Teller(case, lang)
    told = [teller.moment(event) for event in _together(case.events) if not _told_with_its_stage(event)]
    told += [teller.waiting(mail) for mail in case.mails if mail.state == "queued"]
    told.reverse()  # the log is oldest first; entries of one instant must be newest first as well
    return sorted(told, key=lambda moment: moment[0], reverse=True)


def _together(events: Iterable[Event]) -> list[Event]:
    """Answers that somebody gave in the form at one moment are one entry."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if last and event.kind == last.kind == "form.answered" and (event.at, event.actor) == (last.at, last.actor):
            rows = [*_rows(last), *_rows(event)]
            found[-1] = Event(kind=last.kind, at=last.at, actor=last.actor, data={"rows": rows})
        else:
            found.append(event)
    return found


def _rows(event: Event) -> list[Any]:
    return list(event.data.get("rows") or [event.data.get("row", "")])


def _told_with_its_stage(event: Event) -> bool:
    """A warning that was sent stands beside the stage it was sent for, not as an entry of its own."""
    return event.kind in {"mail.sent", "webhook.sent"} and event.data.get("template") == "stage"


Data: TypeAlias = Mapping[str, Any]


def _nothing(_: _Teller, data: Data) -> str:
    return str(data.get("note", ""))


def _clock(teller: _Teller, data: Data) -> str:
    if duty_lines.is_of_a_duty(data):
        return "\n".join(line for line in duty_lines.clock_lines(data, teller.lang) if line)
    if "stop_reason" in data:
        return ""
    anchor = teller.say(ANCHORS.get(str(data.get("anchor_kind")), ANCHORS["first_signal"]))
    deadline = teller.say(NEW_DEADLINE, deadline=teller.when(data["deadline_at"]), anchor=anchor)
    cause = CAUSES.get(str(data.get("cause", "")))
    lines = (teller.say(cause) if cause else "", deadline, str(data.get("reason", "")))
    return "\n".join(line for line in lines if line)


def _further_duty(teller: _Teller, data: Data) -> str:
    return "\n".join(line for line in duty_lines.duty_lines(data, teller.lang) if line)


def _facts(teller: _Teller, data: Data) -> str:
    known = vocabulary()
    labels = [known[key].label.in_language(teller.lang) for key in data.get("facts", ()) if key in known]
    lines = [str(data.get("group", "")), join_words(labels, teller.lang), str(data.get("reason", ""))]
    return "\n".join(line for line in lines if line)


def _answers(teller: _Teller, data: Data) -> str:
    """What the risk test said before and says now, and the facts that moved it."""
    if "after" not in data:
        return ""
    before, after = ([teller.say(ANSWERS[one]) for one in data[when]] for when in ("before", "after"))
    places = {"notify_before": before[0], "notify": after[0], "tell_before": before[1], "tell": after[1]}
    return "\n".join(line for line in (teller.say(MOVED, **places), _facts(teller, {"facts": data["facts"]})) if line)


def _second_person(teller: _Teller, data: Data) -> str:
    """The sentence of whoever answered a proposal, or who approved a decision."""
    if name := data.get("approved_by"):
        return teller.say(APPROVED, name=name)
    return str(data.get("sentence", ""))


def _stage(teller: _Teller, data: Data) -> str:
    lines = [teller.stage(data)]
    if recipients := data.get("to"):
        shown = [teller.recipient(str(data.get("stage", "")), one) for one in recipients]
        lines.append(teller.say(TO, recipients=join_words(shown, teller.lang)))
    lines += [
        teller.say(STANDS_IN, recipient=one["to"], names=join_words(one["for"], teller.lang))
        for one in data.get("why", ())
        if one["for"]
    ]
    if (minutes := int(data.get("late_by_seconds") or 0) // 60) >= 1:
        lines.append(teller.say(LATE_WARNING, minutes=format_number(minutes, teller.lang)))
    if held := data.get("held_until"):
        lines.append(teller.say(HELD, when=teller.when(held)))
    return "\n".join(lines)


def _case(teller: _Teller, data: Data) -> str:
    """To whom a case was handed over, or which warning of it was acknowledged."""
    if name := data.get("to"):
        return f"{teller.say(TAKEN_OVER, name=name)}\n{data.get('note', '')}"
    return teller.stage(data) if data.get("stage") and data.get("clock_id") else ""


def _mail(_: _Teller, data: Data) -> str:
    return str(data.get("recipient") or data.get("to") or data.get("name") or "")


def _document(teller: _Teller, data: Data) -> str:
    version = teller.say(VERSION, version=data.get("version", ""))
    frozen = f"{version}, {teller.say(HASH, hash=str(data.get('sha256', ''))[:12])}"
    return f"{data['group']}: {frozen}" if data.get("group") else frozen


def _letter(teller: _Teller, data: Data) -> str:
    known = vocabulary()
    parts = join_words(
        [known[key].label.in_language(teller.lang) for key in data["words"] if key in known], teller.lang
    )
    return "\n".join(line for line in (str(data.get("group", "")), parts) if line)


def _notice(_: _Teller, data: Data) -> str:
    keys = ("name", "address", "file", "note")
    return "\n".join(text for key in keys if (text := str(data.get(key, ""))))


def _form(teller: _Teller, data: Data) -> str:
    rows = data.get("rows") or [data.get("row", "")]
    return teller.say(ROWS, rows=", ".join(str(row) for row in rows))


def _sent(teller: _Teller, data: Data) -> str:
    """What a filing said by its hash, or what it promises."""
    if "promised_on" in data:
        return format_date(date.fromisoformat(str(data["promised_on"])), teller.lang)
    if "sha256" not in data:
        return ""
    lines = [_document(teller, data), str(data.get("signed_by", "")), str(data.get("unsigned_because", ""))]
    return "\n".join(line for line in lines if line)


def _signed(_: _Teller, data: Data) -> str:
    return str(data.get("sentence", "")) or ", ".join(data.get("asked", ()))


def _evidence(teller: _Teller, data: Data) -> str:
    return f"{data.get('name', '')}, {teller.say(HASH, hash=str(data.get('sha256', ''))[:12])}"


def _named(_: _Teller, data: Data) -> str:
    return str(data.get("title") or data.get("identifier") or data.get("file") or "")


def _people(teller: _Teller, data: Data) -> str:
    """To how many people, or how many letters, and the file they came in."""
    count = data.get("people", data.get("letters", data.get("reached")))
    shown = teller.say(PEOPLE, count=format_number(count, teller.lang)) if isinstance(count, int) else ""
    return ", ".join(part for part in (str(data.get("file", "")), shown) if part)


def _task(_: _Teller, data: Data) -> str:
    """A task or a playbook by its title, with who is to do it and what was said of it."""
    return "\n".join(str(data[key]) for key in ("title", "person", "note") if data.get(key))


def _comment(_: _Teller, data: Data) -> str:
    return "\n".join(str(data[key]) for key in ("text", "note") if data.get(key))


_DETAILS: dict[str, Callable[[_Teller, Data], str]] = {
    "clock": _clock,
    "duty": _further_duty,
    "facts": _facts,
    "assessment": _answers,
    "exemption": _facts,
    "decision": _second_person,
    "proposal": _second_person,
    "stage": _stage,
    "case": _case,
    "mail": _mail,
    "webhook": _mail,
    "document": _document,
    "mailing": _people,
    "recipients": _people,
    "form": _form,
    "filing": _sent,
    "sign_off": _signed,
    "evidence": _evidence,
    "task": _task,
    "playbook": _task,
    "comment": _comment,
    "receipt": _named,
    "order": _named,
    "letter": _letter,
    "notice": _notice,
}
