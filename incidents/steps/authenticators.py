"""What is asked of a device that keeps passkeys, and what its answers are worth (WebAuthn): nothing here is stored.

The library takes a tenth of a second to load and most processes never ask: ``steps.passkeys`` brings it in when
somebody does.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from incidents.rules.passkeys import CHALLENGE_LENGTH, Site
from incidents.store.tables import Passkey, User

LONGEST_ANSWER = 20_000
"""Signs of an answer: a certificate of the maker, which nobody asked for, is most of it."""
PATIENCE = int(CHALLENGE_LENGTH.total_seconds() * 1000)
"""Milliseconds a browser lets its person think."""


@dataclass(frozen=True)
class Answer:
    """What a device says of itself, nothing of it proved yet: to which question, with which key, for whom."""

    challenge: str
    credential_id: str
    user_handle: bytes


@dataclass(frozen=True)
class NewKey:
    """A passkey just made by a device."""

    credential_id: str
    public_key: bytes
    sign_count: int


def to_make(site: Site, user: User, held: Sequence[Passkey], challenge: str) -> str:
    """The question of a new passkey, as JSON for the browser: one that asks who is there, and is found without a name.

    A device that holds one of these already makes no second.
    """
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="incidens72",
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=base64url_to_bytes(challenge),
        timeout=PATIENCE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(held),
    )
    return options_to_json(options)


def to_show(site: Site, challenge: str, held: Sequence[Passkey] = ()) -> str:
    """The question which passkey somebody has, as JSON for the browser; any of this site, or one of a person's."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=base64url_to_bytes(challenge),
        timeout=PATIENCE,
        allow_credentials=_described(held) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def _described(held: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in held]


def read(said: str) -> Answer | None:
    """What stands in an answer; None when it is none."""
    if len(said) > LONGEST_ANSWER:
        return None
    try:
        credential = json.loads(said)
        response = credential["response"]
        asked = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"])).challenge
        handle = base64url_to_bytes(response.get("userHandle") or "")
        return Answer(bytes_to_base64url(asked), str(credential["id"]), handle)
    except Exception:  # strangers write it, and the library stumbles in as many ways as there are to write it
        return None


def made(said: str, answer: Answer, site: Site) -> NewKey | None:
    """The new passkey in an answer; None unless it was made here, for this question, by somebody who proved themselves.

    Who made the device is not asked: no certificate is looked at.
    """
    try:
        new = verify_registration_response(
            credential=said,
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # as above
        return None
    return NewKey(bytes_to_base64url(new.credential_id), new.credential_public_key, new.sign_count)


def uses(said: str, answer: Answer, site: Site, public_key: bytes) -> int | None:
    """How often the device says the passkey was used; None unless the answer is signed, from here, and verified who.

    The count is compared by the caller: only what is signed tells of a copy.
    """
    try:
        seen = verify_authentication_response(
            credential=said,
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # as above
        return None
    return seen.new_sign_count
