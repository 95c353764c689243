"""Secrets at rest: what the database must not show to whoever reads the file or a backup."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from incidents.base.errors import SealBroken


class Seal:
    """Encrypts and authenticates values (Fernet) under keys derived from secrets; the first secret seals.

    The later ones only open, so that a key can be replaced without losing what it sealed.
    """

    def __init__(self, secrets: tuple[str, ...], purpose: str) -> None:
        """``purpose`` makes the keys of one use worthless for another."""
        self._keys = MultiFernet([Fernet(_derived(secret, purpose)) for secret in secrets])

    def close(self, plain: bytes) -> bytes:
        """The sealed form of a value."""
        return self._keys.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """The value again.

        Raises:
            SealBroken: sealed under another key, or changed since.
        """
        try:
            return self._keys.decrypt(sealed)
        except InvalidToken as error:
            raise SealBroken from error


def _derived(secret: str, purpose: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=b"incidents72", info=purpose.encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
