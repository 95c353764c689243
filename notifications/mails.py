"""From an outbox row to a mail: text and HTML, in the person's language, from the rows as they are now."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cache
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from incidents.base import hungarian
from incidents.base.links import AckLink, sign_ack
from incidents.base.settings import Settings
from incidents.rules import escalation
from incidents.rules.facts import label
from incidents.steps.cases import Case, read_case, warned_of
from incidents.store import deadlines, incidents
from incidents.store.tables import OutboxMail
from incidents.store.uow import UnitOfWork
from notifications import account_mails, clockwords, drillmark, notices, sign_offs
from notifications.documents.meta import TEMPLATES

ACK_LINK_LENGTH = timedelta(hours=96)
"""The acknowledgement link outlives the 72 hours, not the case."""
LATE_AFTER = timedelta(minutes=5)
UNWRITABLE = (ValueError, LookupError, TypeError, AttributeError, MessageError, TemplateError)
"""What :func:`compose` raises for a row that cannot become a mail; the mail library refuses an address in many ways."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["with_article"] = hungarian.with_article
    return environment


def message_id(key: str, mail_from: str) -> str:
    """The Message-ID of a key: a mail sent twice after a crash is the same mail to every mailbox."""
    domain = parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def compose(uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> EmailMessage:
    """The mail of an outbox row, said as things stand at ``uow.now``."""
    mark = drillmark.of_mail(uow, mail)
    context = {**_CONTEXTS[mail.template](uow, mail, settings), "drill": mark}
    subject = _render(f"{mail.language}/{mail.template}.subject.txt", context)
    message = EmailMessage()
    message["Subject"] = " ".join([*mark.subject.split(), *subject.split()])
    message["From"] = settings.mail_from
    message["To"] = _address(mail)
    message["Date"] = uow.now
    message["Message-ID"] = message_id(mail.key, settings.mail_from)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mark.text + _render(f"{mail.language}/{mail.template}.txt", context))
    message.add_alternative(_render(f"{mail.language}/{mail.template}.html", context), subtype="html")
    message["Content-Language"] = mail.language  # earlier, it would move into the first part
    return message


def _address(mail: OutboxMail) -> Address | str:
    """The recipient with the name, unless the address is of a form the mail library cannot carry a name with."""
    name = " ".join(mail.name.split())
    try:
        return Address(name, addr_spec=mail.recipient)
    except (ValueError, IndexError, MessageError):
        return mail.recipient


def _render(template: str, context: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(context)


def _stage_context(uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> dict[str, Any]:
    case = warned_of(uow, incidents.load(uow, _incident_of(mail)))
    clock, policy = clockwords.clock_of(case, mail), case.ladders[UUID(str(mail.payload["clock_id"]))]
    lang, stage = mail.language, str(mail.payload["stage"])
    late_by = timedelta(seconds=int(mail.payload["late_by_seconds"]))
    main = clock is None or clock.regime == deadlines.GDPR_33
    return {
        **_case_context(uow, mail, settings, case),
        **clockwords.duty_words(uow, clock, lang),
        "stage": stage,
        "stage_label": escalation.stage_label(policy, stage, lang),
        "folded": [clockwords.stage_words(policy, name, lang) for name in mail.payload.get("folded", [])],
        "late_by": hungarian.hours_in_words(late_by, lang) if late_by > LATE_AFTER else "",
        "undecided": main and case.decision is None,
        "overtaken": main and case.overtaken,
        "missing": [label(key, lang) for key in case.missing] if main else [],
        "repeats": escalation.rule_named(policy, stage).repeat_every is not None,
        "why": mail.payload.get("why", "audience"),
        "instead_of": hungarian.join_words(list(mail.payload.get("for", ())), lang),
    }


def _case_of(uow: UnitOfWork, mail: OutboxMail) -> Case:
    return read_case(uow, incidents.load(uow, _incident_of(mail)))


def _case_context(uow: UnitOfWork, mail: OutboxMail, settings: Settings, case: Case) -> dict[str, Any]:
    """What every mail about a case may say: how much time there is, who has it, where to take it.

    The time is that of the clock the mail was written for.
    """
    clock = clockwords.clock_of(case, mail) or case.clock
    # The moment itself counts as passed: a mail written at it must not speak of time left.
    left = case.pace.ladder_time(clock.deadline_at - uow.now) or -timedelta.resolution
    return {
        **_case_words(case, settings),
        "deadline": hungarian.format_datetime(clock.deadline_at, mail.language),
        "provisional": case.provisional and clock.regime == deadlines.GDPR_33,
        "name": mail.name,
        "running": clock.state == "running",
        "overdue": left < timedelta(0),
        "left": hungarian.hours_in_words(left, mail.language),
        "acknowledged_by": next((ack.name for ack in case.acknowledgements), ""),
        "ack_url": _ack_url(uow, mail, str(mail.payload.get("stage", "")), settings),
    }


def _incident_of(mail: OutboxMail) -> UUID:
    if mail.incident_id is None:
        raise ValueError(f"a {mail.template} mail belongs to an incident")
    return mail.incident_id


def _case_words(case: Case, settings: Settings) -> dict[str, Any]:
    return {
        "reference": case.incident.reference,
        "title": case.incident.title,
        "controller": case.controller.name,
        "case_url": f"{settings.public_url}/incidents/{case.incident.id}",
    }


def _ack_url(uow: UnitOfWork, mail: OutboxMail, stage: str, settings: Settings) -> str:
    key = mail.payload.get("clock_id") if stage else None
    until = uow.now + ACK_LINK_LENGTH
    link = AckLink(_incident_of(mail), mail.user_id, mail.recipient, stage, until, UUID(str(key)) if key else None)
    return f"{settings.public_url}/ack/{sign_ack(settings.secret_key, link)}"


def _notice_context(uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> dict[str, Any]:
    case = _case_of(uow, mail)
    said = notices.words(case, mail.template, mail.payload, mail.language)
    context = _case_context(uow, mail, settings, case)
    return {**context, **said, "decide_url": f"{context['case_url']}/decide"}


def _sign_off_context(uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> dict[str, Any]:
    context = _case_context(uow, mail, settings, _case_of(uow, mail))
    said = sign_offs.words(uow, str(mail.payload["request"]), mail.language)
    address = f"{context['case_url']}/sign-off/{mail.payload['request']}"
    return {**context, **said, "heading": notices.title(mail.template, mail.language), "sign_url": address}


def _undeliverable_context(uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> dict[str, Any]:
    if "stage" in mail.payload:
        context = _stage_context(uow, mail, settings)
        if context["duty"]:
            context["stage_label"] = f"{context['duty']}, {context['report']}: {context['stage_label']}"
    else:
        context = _case_context(uow, mail, settings, _case_of(uow, mail))
        context["stage_label"] = notices.title(str(mail.payload["about"]), mail.language)
    return {**context, "failed_recipient": mail.payload["failed_recipient"], "failure": mail.payload["failure"]}


def _invite_context(_uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> dict[str, Any]:
    return {
        "name": mail.name,
        "controller": mail.payload["controller"],
        "hours": mail.payload["hours"],
        "invite_url": f"{settings.public_url}/invite/{mail.payload['token']}",
    }


_CONTEXTS = {
    "stage": _stage_context,
    "undeliverable": _undeliverable_context,
    "invite": _invite_context,
    "sign_off_wanted": _sign_off_context,
    **account_mails.CONTEXTS,
    **dict.fromkeys(notices.NOTICES, _notice_context),
}
