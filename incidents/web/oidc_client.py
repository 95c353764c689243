"""The sign-in service of the organisation (OpenID Connect Core 1.0): where to send people, and whom it says came back.

Authorization code with PKCE (RFC 7636), state and nonce; the identity token is read by its signature only. Every answer
is asked for anew: keys are replaced without notice, and people sign in seldom.
"""

import base64
import hashlib
import http.client
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from incidents.base.errors import IncidentError
from incidents.base.settings import Settings

LONGEST_ANSWER = 1_000_000
PATIENCE = 10.0
"""Seconds for one question."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a public key; one made with the shared secret, or none at all, proves nothing."""
PROVED_TWICE = frozenset({"mfa", "otp", "hwk", "sc"})
"""Ways of signing in (RFC 8176) that make a second step here superfluous."""
LEEWAY = 60
"""Seconds by which the clocks of two houses may differ."""


class OutsideFailed(IncidentError):
    """The sign-in service did not answer, or answered what cannot be trusted."""

    status = 502
    code = "outside-failed"
    message = "The sign-in service of your organisation did not answer as it should. Try again, or use your password."


@dataclass(frozen=True)
class Journey:
    """One way there and back: what the browser keeps sealed meanwhile."""

    state: str
    nonce: str
    verifier: str
    target: str

    @classmethod
    def begin(cls, target: str) -> "Journey":
        """New secrets for one sign-in; ``target`` is where the person wanted to go."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, target)


@dataclass(frozen=True)
class Outsider:
    """Whom the service says it has before it."""

    issuer: str
    subject: str
    email: str
    verified: bool
    twice: bool


def way_there(settings: Settings, journey: Journey, redirect: str, *, again: bool) -> str:
    """The address to send the person to; ``again``: they must prove themselves there although they are signed in.

    Raises:
        OutsideFailed: the service does not say how.
    """
    challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": redirect,
        "scope": "openid email",
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | ({"prompt": "login", "max_age": "0"} if again else {})
    address = _described(settings)["authorization_endpoint"]
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def who_came_back(settings: Settings, journey: Journey, code: str, redirect: str, now: datetime) -> Outsider:
    """Hand the code in, and read who it stands for.

    Raises:
        OutsideFailed: the code is not taken, or the answer is not signed for this service and this journey.
    """
    described = _described(settings)
    answer = _ask(settings, described["token_endpoint"], _code_form(settings, described, journey, code, redirect))
    claims = _claims(settings, answer.get("id_token"), _ask(settings, described["jwks_uri"]), journey.nonce, now)
    return Outsider(
        settings.oidc_issuer,
        claims["sub"],
        str(claims.get("email") or ""),
        claims.get("email_verified") is True,
        bool(PROVED_TWICE & set(claims.get("amr") or ())),
    )


def _described(settings: Settings) -> dict[str, Any]:
    """What the service says of itself (OpenID Connect Discovery 1.0); it must be the issuer it was asked for."""
    described = _ask(settings, f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if described.get("issuer") != settings.oidc_issuer or not all(
        _ours(settings, described.get(key)) for key in wanted
    ):
        raise OutsideFailed
    return described


def _ours(settings: Settings, address: object) -> bool:
    """Whether an address may be called: over TLS, or on this machine where the issuer itself is."""
    if not isinstance(address, str):
        return False
    parts, issuer = urlsplit(address), urlsplit(settings.oidc_issuer)
    return bool(parts.hostname) and (parts.scheme == "https" or parts.scheme == issuer.scheme == "http")


def _code_form(
    settings: Settings, described: Mapping[str, Any], journey: Journey, code: str, redirect: str
) -> tuple[dict[str, str], dict[str, str]]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": journey.verifier,
    }
    methods = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" not in methods:
        return form | {"client_id": settings.oidc_client_id, "client_secret": settings.oidc_client_secret}, {}
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    pair = f"{quote(settings.oidc_client_id, safe='')}:{quote(settings.oidc_client_secret, safe='')}"
    return form, {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _claims(settings: Settings, token: object, keys: Any, nonce: str, now: datetime) -> dict[str, Any]:
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims: dict[str, Any] = jwt.decode(str(token), KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise OutsideFailed from error
    many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (many or "azp" in claims) and claims.get("azp") != settings.oidc_client_id:
        raise OutsideFailed
    return claims


def _ask(settings: Settings, address: str, form: tuple[dict[str, str], dict[str, str]] | None = None) -> dict[str, Any]:
    """The JSON behind an address; no redirect is followed.

    Raises:
        OutsideFailed: nobody answers, not with JSON, or not with 200.
    """
    parts = urlsplit(address)
    if not _ours(settings, address):
        raise OutsideFailed
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    extra: Any = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    line = kind(parts.hostname or "", parts.port, timeout=PATIENCE, **extra)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        if form is None:
            line.request("GET", path, headers={"accept": "application/json"})
        else:
            said = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"} | form[1]
            line.request("POST", path, urlencode(form[0]), said)
        answer = line.getresponse()
        body = answer.read(LONGEST_ANSWER)
        found = json.loads(body)
        if answer.status != http.client.OK or not isinstance(found, dict):
            raise OutsideFailed
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutsideFailed from error
    finally:
        line.close()
    return found
