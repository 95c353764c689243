"""A sign-in service of an organisation, made of Authlib's server side: `python oidc_provider.py PORT CLIENT SECRET`.

Whoever comes to its sign-in page says who they are; it takes their word. It speaks OpenID Connect as others do.
"""

import sys
import time
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig", "alg": "RS256"})
app = Flask(__name__)
app.secret_key = "provider"
CODES: dict[str, "Code"] = {}
SETTINGS: dict[str, str] = {}


class Client(ClientMixin):
    def get_client_id(self) -> str:
        return SETTINGS["client"]

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/login/outside/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SETTINGS["secret"]

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    asked: dict[str, str]
    user: dict[str, Any]

    def get_redirect_uri(self) -> str:
        return self.asked["redirect_uri"]

    def get_scope(self) -> str:
        return self.asked["scope"]

    def get_nonce(self) -> str | None:
        return self.asked.get("nonce")

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return list(self.user["amr"])

    @property
    def code_challenge(self) -> str | None:
        return self.asked.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.asked.get("code_challenge_method")


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    def save_authorization_code(self, code: str, request: Any) -> None:
        CODES[code] = Code(dict(request.payload.data), request.user)

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        for key in [key for key, kept in CODES.items() if kept is authorization_code]:
            del CODES[key]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.user


class IdToken(OpenIDCode):  # type: ignore[misc]
    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def resolve_client_private_key(self, client: Any) -> RSAKey:
        return KEY

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        return {"iss": SETTINGS["issuer"], "aud": SETTINGS["client"], "exp": int(time.time()) + 300}

    def get_compatible_claims(self, request: Any) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": SETTINGS["issuer"], "aud": [SETTINGS["client"]], "iat": now, "exp": now + 300}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        said = {key: value for key, value in user.items() if key != "amr"}
        return UserInfo(**said)


server = AuthorizationServer(app, query_client=lambda _: Client(), save_token=lambda token, request: None)
server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])


@app.get("/.well-known/openid-configuration")
def describe() -> Response:
    issuer = SETTINGS["issuer"]
    said = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    return jsonify(said)


@app.get("/jwks")
def keys() -> Response:
    return jsonify({"keys": [KEY.as_dict(private=False)]})


@app.get("/authorize")
def ask() -> str:
    server.get_consent_grant(end_user={"sub": "nobody"})
    return "<form method=post><input name=sub><input name=email><input name=verified><input name=amr></form>"


@app.post("/authorize")
def answer() -> Any:
    said = request.form
    user: dict[str, Any] = {"sub": said["sub"], "email": said["email"], "email_verified": said.get("verified") == "yes"}
    return server.create_authorization_response(grant_user=user | {"amr": said.get("amr", "pwd").split()})


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


if __name__ == "__main__":
    port, SETTINGS["client"], SETTINGS["secret"] = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    SETTINGS["issuer"] = f"http://127.0.0.1:{port}"
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    app.run("127.0.0.1", port)
