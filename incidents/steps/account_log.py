"""What happens with an account is kept for the person to see, and told by mail."""

from collections.abc import Mapping
from typing import Any

from incidents.base.ids import new_id
from incidents.rules.browsers import browser_words
from incidents.store import accounts, outbox
from incidents.store.tables import User
from incidents.store.uow import UnitOfWork

UNTOLD = frozenset({"sessions_ended", "unlocked"})
"""What the person has just done in a browser of their own, and what came by mail itself."""


def note(uow: UnitOfWork, user: User, kind: str, *, actor: str = "", address: str = "", user_agent: str = "") -> None:
    """Keep an event of an account (a word of ``law/vocabulary/account_events``) and write to the person about it."""
    accounts.add_event(uow, user.id, kind, actor or user.name, address[:64])
    if kind not in UNTOLD:
        said = {"what": kind, "address": address[:64], "browser": browser_words(user_agent), "at": uow.now.isoformat()}
        write(uow, user, "account_changed", said)


def write(uow: UnitOfWork, user: User, template: str, payload: Mapping[str, Any]) -> bool:
    """Queue a mail to a person about their account; False where there is no controller to keep it under yet."""
    home = accounts.home(uow, user.id)
    if home is None:
        return False
    mail = outbox.NewMail(
        key=f"{template}:{new_id(uow.now)}",
        template=template,
        recipient=user.email,
        name=user.name,
        language=user.language,
        payload=payload,
        controller_id=home,
        user_id=user.id,
    )
    outbox.add(uow, mail)
    return True
