"""Addresses: what can be written to, and the one spelling by which two are the same."""

import re

LONGEST_EMAIL = 254
"""RFC 5321 4.5.3.1.3, without the angle brackets."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_HUNGARIAN_POSTCODE = re.compile(r"[1-9]\d{3}")
_HOME = {"", "hu", "hun", "h", "magyarorszag", "hungary", "ungarn"}


def email_address(text: str) -> str:
    """The address as mail servers take it, international domains spelled out; empty when it cannot be one.

    Nothing is repaired but spaces around it: a wrong guess would tell a stranger about the breach.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
        return ""
    spelled = domain.lower() if domain.isascii() else _spelled(domain)
    labels = spelled.split(".")
    # A number at the end is that of a machine, not a name.
    named = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    address = f"{local}@{spelled}"
    return address if named and len(address) <= LONGEST_EMAIL else ""


def _spelled(domain: str) -> str:
    """An international domain as the network writes it; empty when it cannot be one."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def abroad(country: str, bare_country: str) -> str:
    """The country as it must stand on the letter; empty at home."""
    return "" if bare_country in _HOME else country


def is_home_postcode(postcode: str) -> bool:
    """Whether it is a postcode of Hungary."""
    return _HUNGARIAN_POSTCODE.fullmatch(postcode) is not None


def same_email(address: str) -> str:
    """The spelling by which two e-mail addresses are the same for nearly every mail server."""
    return address.casefold()
