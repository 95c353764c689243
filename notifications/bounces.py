"""Mails that came back: read from a mailbox, believed only when their return address was made by us.

A delivery report (RFC 3464) says what became of a mail, its own recipient (VERP) says which one it was. Automatic
answers say nothing; what cannot be understood stays in the mailbox for a person.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.steps import sending
from incidents.store.engine import Database
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work
from notifications import delivery, verp
from notifications.verp import Returned

log = logging.getLogger("notifications.bounces")
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
"""Where the address that a bounce was sent to may stand; the mail server's own notes come first."""
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
BATCH = 500
LARGEST = 1_000_000
"""Bytes of a message that is looked at: reports are small."""


@dataclass(frozen=True)
class Report:
    """What a message says about a mail of ours."""

    about: Returned
    final: bool
    delayed: bool
    status: str
    diagnostic: str = ""


def read_message(content: bytes, secrets: tuple[str, ...]) -> Report | None:
    """What a message from the bounce mailbox says; None when it is no report on a mail of ours."""
    message = BytesParser(policy=policy.default).parsebytes(content[:LARGEST])
    assert isinstance(message, EmailMessage)  # noqa: S101  what this policy makes
    about = _about(message, secrets)
    if about is None or message.get_content_type() != "multipart/report":
        return None
    fields = _delivery_status(message)
    action, status = fields.get("action", "").lower(), STATUS.search(fields.get("status", ""))
    if not action and status is None:
        return None
    code = status.group() if status else ""
    final = action == "failed" or (not action and code.startswith("5"))
    return Report(about, final, action == "delayed", code, fields.get("diagnostic-code", "")[:500])


def _about(message: EmailMessage, secrets: tuple[str, ...]) -> Returned | None:
    """The mail a message is about, by the address it was sent to: only we can make one that counts."""
    written = [str(value) for name in ADDRESSED for value in message.get_all(name, [])]
    found = (verp.decode(secrets, address) for _, address in getaddresses(written))
    return next((one for one in found if one), None)


def _delivery_status(message: EmailMessage) -> dict[str, str]:
    """The fields about the recipient in the machine-readable part, the first recipient's only: we write to one."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups: Any = part.get_payload()
            fields = [dict(group.items()) for group in groups if not isinstance(group, str)]
            about = next((one for one in fields if {"action", "status"} & {key.lower() for key in one}), {})
            return {key.lower(): str(value).strip() for key, value in about.items()}
    return {}


def read(engine: Database, clock: Clock, settings: Settings) -> int:
    """Read what came back since; returns how many reports were understood."""
    if not settings.bounce_mailbox:
        return 0
    secrets = (settings.secret_key, *settings.old_secret_keys)
    understood = 0
    for content, done in messages(settings.bounce_mailbox):
        report = read_message(content, secrets)
        if report:
            with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
                _note(uow, report)
            understood += 1
        done(report is not None)
    return understood


def _note(uow: UnitOfWork, report: Report) -> None:
    if report.about.kind == "l":
        if report.final or report.delayed:
            sending.bounced(uow, report.about.row_id, report.status or "-", final=report.final)
    elif report.final:
        delivery.bounced(uow, report.about.row_id, report.diagnostic or report.status)


Done = Callable[[bool], None]


def messages(url: str) -> Iterator[tuple[bytes, Done]]:
    """New messages of a Maildir, each with what to call behind it: understood ones are deleted, others marked read."""
    folder = Path(url.removeprefix("maildir:"))
    if not (folder / "new").is_dir():
        log.error("there is no mailbox at %s: mails that came back are not noticed", folder)
        return
    for path in list(islice((folder / "new").iterdir(), BATCH)):
        yield path.read_bytes(), partial(_done, path)


def _done(path: Path, understood: bool) -> None:
    if understood:
        path.unlink(missing_ok=True)
        return
    seen = path.parent.parent / "cur"
    seen.mkdir(exist_ok=True)
    path.rename(seen / f"{path.name}:2,S")
