"""Files that prove something: which kinds are taken, told by their content and never by their name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from incidents.base.errors import FieldError

MOST_BYTES = 10 * 1024 * 1024
PURPOSES = ("receipt", "order", "answer", "other")
KINDS: Mapping[str, tuple[str, str]] = {
    "pdf": ("application/pdf", ".pdf"),
    "png": ("image/png", ".png"),
    "jpg": ("image/jpeg", ".jpg"),
    "eml": ("message/rfc822", ".eml"),
}
"""Media type and ending of each kind."""
_STARTS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_MAIL_HEADERS = {"from", "date", "received", "message-id", "mime-version", "subject", "to", "return-path"}
_LONGEST_NAME = 120


@dataclass(frozen=True)
class NewFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes: pdf, png, jpg, eml, or empty for anything else."""
    for start, kind in _STARTS.items():
        if content.startswith(start):
            return kind
    return "eml" if _is_mail(content) else ""


def _is_mail(content: bytes) -> bool:
    """Whether it starts with the headers of a mail: at least three of those every mail server writes."""
    head = content[:65536]
    if b"\0" in head or not re.match(rb"[!-9;-~]+:", head):
        return False
    names = {name.casefold() for name in BytesHeaderParser().parsebytes(head).keys()}  # noqa: SIM118  headers repeat
    return len(names & _MAIL_HEADERS) >= 3


def file_faults(file: NewFile, path: str = "file") -> list[FieldError]:
    """Why a file cannot be taken; empty when it can."""
    if not file.content:
        return [FieldError(path, "empty", "This file is empty. Choose another one.")]
    if len(file.content) > MOST_BYTES:
        return [FieldError(path, "too-large", "This file is too large: at most 10 MB.")]
    if not kind_of(file.content):
        return [FieldError(path, "type", "Only PDF, PNG, JPG and e-mail files (.eml) are taken.")]
    return []


def safe_name(file: NewFile) -> str:
    """The name to keep: no path, no control characters, with the ending that the content calls for."""
    plain = re.split(r"[/\\]", file.name)[-1]
    plain = "".join(sign for sign in plain if sign.isprintable()).strip(" .")
    _, ending = KINDS[kind_of(file.content)]
    stem = re.sub(r"\.(pdf|png|jpe?g|eml)$", "", plain, flags=re.IGNORECASE)[: _LONGEST_NAME - len(ending)].strip(" .")
    return f"{stem or 'file'}{ending}"
