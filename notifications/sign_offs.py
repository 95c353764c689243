"""What the mail says that asks for a sign-off: of what, how far it is, what is open, and whether it still waits."""

from typing import Any
from uuid import UUID

from incidents.rules.form import mark
from incidents.rules.thread import open_fields
from incidents.steps import sign_off
from incidents.store.uow import UnitOfWork

MOST_NAMED = 12
"""More open fields than this are only counted."""


def words(uow: UnitOfWork, request_id: str, lang: str) -> dict[str, Any]:
    """The places of the mail, as things stand now.

    Raises:
        NotFound: there is no such request.
    """
    request, now = sign_off.look(uow, UUID(request_id))
    meter, unknown = now.filled.meter, open_fields(now.filled)
    kind = mark("withdrawn", "kinds") if request.filing_kind == "withdrawal" else mark(request.filing_kind, "kinds")
    completeness = mark("complete" if request.complete else "incomplete", "kinds")
    return {
        "requested_by": request.requested_by,
        "kind": kind.in_language(lang),
        "completeness": "" if request.filing_kind == "withdrawal" else completeness.in_language(lang),
        "meter": {"all": meter.mandatory, "filled": meter.filled, "open": meter.to_be_determined + meter.missing},
        "unknown": [now.form.fields[one].label.in_language(lang) for one in unknown[:MOST_NAMED]],
        "more": max(0, len(unknown) - MOST_NAMED),
        "waits": sign_off.answer_to(uow, request) is None and now.fingerprint == request.fingerprint,
    }
