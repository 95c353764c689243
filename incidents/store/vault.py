"""The vault: what is known of recipients, sealed; and keyed marks by which one is found again without opening all."""

import hmac
from hashlib import sha256

from incidents.rules.recipients import Person
from incidents.store.secrets import Seal

MARK_LENGTH = 32


class Vault:
    """Seals people and uploaded files under the secrets of the installation; the first one seals, all open."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        """``secrets``: the secret key and those it replaced, newest first."""
        self._people, self._files = Seal(secrets, "recipients"), Seal(secrets, "uploads")
        self._marks = [hmac.digest(secret.encode(), b"incidents72 marks of recipients", "sha256") for secret in secrets]

    def close(self, person: Person) -> bytes:
        """A person, sealed."""
        return self._people.close(person.packed())

    def open(self, sealed: bytes) -> Person:
        """The person again.

        Raises:
            SealBroken: the key was replaced, or the row was changed.
        """
        return Person.unpacked(self._people.open(sealed))

    def close_piece(self, plain: bytes) -> bytes:
        """A piece of an uploaded file, sealed."""
        return self._files.close(plain)

    def open_piece(self, sealed: bytes) -> bytes:
        """The piece again.

        Raises:
            SealBroken: the key was replaced, or the row was changed.
        """
        return self._files.open(sealed)

    def mark(self, text: str) -> str:
        """The keyed mark of an address or of a person: equal for equal texts, and no way back."""
        return self._marked(self._marks[0], text)

    def marks(self, text: str) -> list[str]:
        """The marks of a text under every secret, to find what was marked before a key was replaced."""
        return [self._marked(key, text) for key in self._marks]

    @staticmethod
    def _marked(key: bytes, text: str) -> str:
        return hmac.new(key, text.encode(), sha256).hexdigest()[:MARK_LENGTH]
