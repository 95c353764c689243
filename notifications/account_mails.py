"""Mails to a person about their own account: links that work once, and what has changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from incidents.base import hungarian
from incidents.base.settings import Settings
from incidents.rules.sign_in import event_words
from incidents.store.tables import OutboxMail
from incidents.store.uow import UnitOfWork

PATHS = {"password_link": "password", "unlock_link": "unlock"}


def context(_uow: UnitOfWork, mail: OutboxMail, settings: Settings) -> dict[str, Any]:
    """What such a mail says: when and from where it was asked for or done, and the way to act on it."""
    said: Mapping[str, Any] = mail.payload
    path = f"{PATHS[mail.template]}/{said['token']}" if mail.template in PATHS else "login/password"
    return {
        "name": mail.name,
        "at": hungarian.format_datetime(datetime.fromisoformat(said["at"]), mail.language),
        "address": said["address"],
        "browser": said["browser"],
        "minutes": said.get("minutes", 0),
        "what": event_words(said["what"], mail.language) if "what" in said else "",
        "url": f"{settings.public_url}/{path}",
    }


CONTEXTS = dict.fromkeys((*PATHS, "account_changed"), context)
