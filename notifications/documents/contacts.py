"""The sheet for the day on which mail itself is down: A4, to hang beside the telephone; as texts and as a PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from incidents.base.dated import in_force, of_version
from incidents.base.hungarian import format_date
from incidents.base.time import BUDAPEST, zone
from incidents.rules import regimes
from incidents.rules.regimes import Duty, Kind, ReportRule
from incidents.steps.contacts import Sheet
from incidents.store.tables import EmergencyContact
from notifications.documents import pdf
from notifications.documents.meta import DocumentMeta

Row = tuple[str, ...]
VERSION = "1"
AUTHORITY = ("seat", "postal_address", "phone", "email", "website")


@dataclass(frozen=True)
class Content:
    """Everything on the sheet, in one language."""

    title: str
    subtitle: str
    headings: Mapping[str, str]
    steps: Sequence[str]
    people: Sequence[Row]
    """Number, name with role, telephone, private mail, note."""
    authority: str
    authority_lines: Sequence[Row]
    duties: Sequence[Row]
    """Duty, period of each report, to whom, by which way."""
    noticed: str
    printed: str


def content(sheet: Sheet, lang: str) -> Content:
    """The sheet in a language."""
    law = of_version("texts", "contacts", VERSION)
    words = {key: str(text[lang]) for key, text in law["words"].items()}
    today = sheet.now.astimezone(zone(BUDAPEST)).date()
    authority = in_force("authorities", "naih", today)
    return Content(
        title=words["title"],
        subtitle=words["subtitle"].format(controller=sheet.controller.name),
        headings=words,
        steps=law["steps"][lang],
        people=[_person(place, one) for place, one in enumerate(sheet.people, start=1)],
        authority=f"{authority['name'][lang]} ({authority['short_name']})",
        authority_lines=[(words[key], authority[key]) for key in AUTHORITY if authority[key]],
        duties=[_duty(law, duty, sheet.controller.tell_target_hours, today, lang) for duty in sheet.duties],
        noticed=words["noticed"],
        printed=words["printed"].format(day=format_date(today, lang).removesuffix(".")),
    )


def _person(place: int, row: EmergencyContact) -> Row:
    who = f"{row.name} ({row.role})" if row.role else row.name
    return str(place), who, row.phone, row.private_email, row.note


def _duty(law: Mapping[str, Any], duty: Duty, target_hours: int | None, today: date, lang: str) -> Row:
    periods = [_period(law, report, target_hours, lang) for report in duty.reports]
    if len(duty.reports) > 1:
        labels = [str(report.label[lang]) for report in duty.reports]
        periods = [f"{label}: {period}" for label, period in zip(labels, periods, strict=True)]
    return duty.label[lang], "; ".join(periods), _whom(law, duty, today, lang), duty.route[lang]


def _period(law: Mapping[str, Any], report: ReportRule, target_hours: int | None, lang: str) -> str:
    """``72 óra a tudomásszerzéstől``; without hours in the law, what stands in their place."""
    words = {key: str(text[lang]) for key, text in law["periods"].items()}
    if report.param == "target_hours":
        own = f", {words['target'].format(count=target_hours)}" if target_hours else ""
        return words["undue"] + own
    if report.amount is None:
        return words["contract"]
    said = f"{_counted(words, report.kind, report.amount)} {_from(law, report.anchor, lang)}"
    if report.not_after is None:
        return said
    hours = _counted(words, Kind.HOURS, report.not_after.after / timedelta(hours=1))
    limit = f"{hours} {_from(law, report.not_after.anchor, lang)}"
    return f"{said}, {words['at_most'].format(period=limit)}"


def _counted(words: Mapping[str, str], kind: Kind, amount: float) -> str:
    return words[kind.value.removesuffix("s") if round(amount) == 1 else kind.value].format(count=round(amount))


def _from(law: Mapping[str, Any], anchor: str, lang: str) -> str:
    return str(law["from"][anchor.partition(":")[0]][lang])


def _whom(law: Mapping[str, Any], duty: Duty, today: date, lang: str) -> str:
    """The authority with its number; where nobody could find one, a place to write it."""
    if not (duty.authority or duty.contact):
        return "–"
    contact = regimes.contact_of(duty, today)
    if not duty.authority:
        return str(contact.name[lang])  # owed to people, whom no directory lists
    ways = [one for one in (contact.phone, contact.email) if one] or [str(law["words"]["unknown"][lang])]
    return ", ".join((contact.name[lang], *ways))


def write(sheet: Sheet, lang: str) -> bytes:
    """The sheet as a PDF: A4, tagged (PDF/UA-1)."""
    made = content(sheet, lang)
    meta = DocumentMeta(
        title=made.title,
        lang=lang,
        reference=sheet.controller.short_code,
        version="",
        sha256="",
        created_at=sheet.now,
        author=sheet.controller.name,
    )
    return pdf.compile_document("contacts.typ", {"meta": pdf.frame(meta), **_showable(asdict(made))}, meta)


def _showable(value: Any) -> Any:
    match value:
        case str():
            return pdf.showable(value)
        case Mapping():
            return {key: _showable(one) for key, one in value.items()}
        case list() | tuple():
            return [_showable(one) for one in value]
        case _:
            return value
