"""Signed links for mails: who may acknowledge what, until when. Nothing secret inside, nothing that can be altered."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from incidents.base.errors import Forbidden, Unauthenticated

_SALT = "acknowledge"


class LinkInvalid(Unauthenticated):
    """The link was cut or altered on its way."""

    code = "link-invalid"
    message = "This link is not complete. Please open it from the mail again, or sign in."


class LinkExpired(Unauthenticated):
    """The link is too old."""

    code = "link-expired"
    message = "This link has expired. Please sign in to acknowledge the case."


class LinkNotYours(Forbidden):
    """Whoever got the mail serves the controller no more."""

    code = "link-not-yours"
    message = (
        "This mail is not yours any more: you no longer have a role at the organisation it came from. "
        "If that is a mistake, ask its administrator."
    )


@dataclass(frozen=True)
class AckLink:
    """What an acknowledgement link says: the case, the stage (and the clock) it was sent for, and to whom."""

    incident_id: UUID
    user_id: UUID | None
    recipient: str
    stage: str
    expires_at: datetime
    clock_id: UUID | None = None


def sign_ack(secret: str, link: AckLink) -> str:
    """The token for a mail; ``expires_at`` is an aware instant."""
    body = [
        link.incident_id.hex,
        link.user_id.hex if link.user_id else "",
        link.recipient,
        link.stage,
        int(link.expires_at.timestamp()),
        link.clock_id.hex if link.clock_id else "",
    ]
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(body))


def read_ack(secret: str, token: str, now: datetime) -> AckLink:
    """What a token says.

    Raises:
        LinkInvalid: it was not signed by us.
        LinkExpired: it is older than it may be at ``now`` (aware UTC).
    """
    try:
        incident, user, recipient, stage, expires, clock = URLSafeSerializer(secret, salt=_SALT).loads(token)
    except BadSignature as error:
        raise LinkInvalid from error
    expires_at = datetime.fromtimestamp(expires, UTC)
    if now >= expires_at:
        raise LinkExpired
    return AckLink(
        UUID(incident), UUID(user) if user else None, recipient, stage, expires_at, UUID(clock) if clock else None
    )
