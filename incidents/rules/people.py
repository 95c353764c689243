"""What an account or a contact must give: an address mail can reach, a name, a password that holds."""

from collections.abc import Iterable

from incidents.base.errors import FieldError
from incidents.rules.passwords import guessable

LONGEST_ADDRESS = 254
"""RFC 5321: a path holds no more."""
LONGEST_NAME = 200
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000
LANGUAGES = ("hu", "en")


def is_mail_address(text: str) -> bool:
    """Whether a text can stand in the To line of a mail: one plain address, nothing around it."""
    local, at, domain = text.strip().rpartition("@")
    unusable = any(char.isspace() or not char.isprintable() or char in '<>,;:()[]"\\' for char in text.strip())
    return bool(local and at and "." in domain.strip(".")) and "@" not in local and not unusable and _fits(text)


def _fits(address: str) -> bool:
    return len(address.strip()) <= LONGEST_ADDRESS


def person_faults(email: str, name: str) -> list[FieldError]:
    """What is wrong with the address and the name of a person; empty when nothing is."""
    errors = []
    if not is_mail_address(email):
        errors.append(FieldError("email", "not-an-address", "Give a full e-mail address, such as nev@ceg.hu."))
    if not name.strip() or len(name) > LONGEST_NAME or not name.strip().isprintable():
        errors.append(FieldError("name", "required", "Give the name as it should appear in mails and letters."))
    return errors


def password_faults(password: str, about: Iterable[str] = ()) -> list[FieldError]:
    """What is wrong with a new password: too short, too long, or what everybody tries first.

    ``about``: the person's address, name and organisation, which make no password.
    """
    if len(password) < SHORTEST_PASSWORD:
        return [
            FieldError(
                "password",
                "too-short",
                "The password must have at least {count} characters. Several words in a row are easy to remember.",
                {"count": str(SHORTEST_PASSWORD)},
            )
        ]
    if len(password) > LONGEST_PASSWORD:
        limit = {"limit": str(LONGEST_PASSWORD)}
        return [FieldError("password", "too-long", "This is too long: at most {limit} characters.", limit)]
    return guessable(password, about)
