"""A device that keeps passkeys, in software: what a telephone or a security key would answer (WebAuthn, CTAP2)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


def written(said: bytes) -> str:
    return urlsafe_b64encode(said).decode().rstrip("=")


def read(said: str) -> bytes:
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Device:
    """One passkey; how it behaves can be changed between two answers."""

    origin: str
    host: str = "incidens.example"
    asks_who: bool = True
    counts: bool = True
    used: int = 0
    user: bytes = b""
    credential: bytes = field(default_factory=lambda: token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, question: str) -> str:
        """Make the passkey a site asks for."""
        asked = json.loads(question)
        self.user = read(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(public)
        made = {"fmt": "none", "attStmt": {}, "authData": self._about(NEW_KEY) + attested}
        return self._said(asked, "webauthn.create", attestationObject=cbor2.dumps(made))

    def show(self, question: str) -> str:
        """Prove to hold the passkey."""
        asked = json.loads(question)
        self.used += self.counts
        about, client = self._about(), self._client(asked, "webauthn.get")
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(asked, "webauthn.get", authenticatorData=about, signature=signature, userHandle=self.user)

    def _about(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.asks_who else 0)
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.used.to_bytes(4, "big")

    def _client(self, asked: dict[str, Any], kind: str) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _said(self, asked: dict[str, Any], kind: str, **parts: bytes) -> str:
        response = {name: written(value) for name, value in parts.items()}
        response["clientDataJSON"] = written(self._client(asked, kind))
        name = written(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
