"""Files that prove something: which kinds are taken where, told by their content and never by their name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from incidents.base.errors import FieldError

PURPOSES = ("receipt", "order", "answer", "proof", "case", "other")
KINDS: Mapping[str, tuple[str, str]] = {
    "pdf": ("application/pdf", ".pdf"),
    "png": ("image/png", ".png"),
    "jpg": ("image/jpeg", ".jpg"),
    "gif": ("image/gif", ".gif"),
    "webp": ("image/webp", ".webp"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "zip": ("application/zip", ".zip"),
    "html": ("text/html", ".html"),
    "eml": ("message/rfc822", ".eml"),
    "txt": ("text/plain", ".txt"),
}
"""Media type and ending of each kind."""


@dataclass(frozen=True)
class Accepts:
    """What a place takes: kinds, size, and what it says to anything else."""

    kinds: frozenset[str]
    megabytes: int
    refusal: str

    @property
    def bytes(self) -> int:
        """The size in bytes."""
        return self.megabytes * 1024 * 1024


PAPERS = Accepts(frozenset({"pdf", "png", "jpg", "eml"}), 10, "Only PDF, PNG, JPG and e-mail files (.eml) are taken.")
"""What goes to the authority and comes back from it."""
SHOWN = Accepts(
    frozenset({"png", "jpg", "pdf", "html"}),
    10,
    "This kind of file proves nothing here: give PNG, JPEG, PDF or HTML.",
)
"""What shows that a notice stood somewhere."""
ANYTHING_KNOWN = Accepts(
    frozenset(KINDS),
    25,
    "This kind of file is not taken: give PDF, a picture, an e-mail (.eml), text, Word, Excel, a web page or a ZIP.",
)
"""What is kept beside a case: logs, screenshots, letters."""

_STARTS = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}
_HTML = re.compile(
    rb"\s*+(?:(?:<\?xml[^>]*+>|<!--(?:(?!-->).)*+-->)\s*+)*+<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL
)
"""The beginning of a page, after remarks; nothing is read twice, however the file is made."""
_MAIL_HEADERS = {"from", "date", "received", "message-id", "mime-version", "subject", "to", "return-path"}
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class NewFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


def kind_of(content: bytes) -> str:
    """What a file is by what stands in it: one of ``KINDS``, or empty for anything else."""
    for start, kind in _STARTS.items():
        if content.startswith(start):
            return kind
    return next((kind for kind, fits in _LOOKS.items() if fits(content)), "")


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_zip(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _is_word(content: bytes) -> bool:
    return _is_zip(content) and b"[Content_Types].xml" in content and b"word/document.xml" in content


def _is_excel(content: bytes) -> bool:
    return _is_zip(content) and b"[Content_Types].xml" in content and b"xl/workbook.xml" in content


def _is_page(content: bytes) -> bool:
    return _HTML.match(content[:2_000].removeprefix(b"\xef\xbb\xbf")) is not None


def _is_mail(content: bytes) -> bool:
    """Whether it starts with the headers of a mail: at least three of those every mail server writes."""
    head = content[:65536]
    if b"\0" in head or not re.match(rb"[!-9;-~]+:", head):
        return False
    names = {name.casefold() for name in BytesHeaderParser().parsebytes(head).keys()}  # noqa: SIM118  headers repeat
    return len(names & _MAIL_HEADERS) >= 3


def _is_text(content: bytes) -> bool:
    """Whether it reads as text in an encoding of today or of an older Windows; programs carry control signs."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(content.strip()) and not content.startswith(b"MZ") and not _CONTROLS.search(content[:65536])


_LOOKS: Mapping[str, Callable[[bytes], bool]] = {
    "webp": _is_webp,
    "docx": _is_word,
    "xlsx": _is_excel,
    "zip": _is_zip,
    "html": _is_page,
    "eml": _is_mail,
    "txt": _is_text,
}
"""In the order in which they are tried: the narrower first."""


def file_faults(file: NewFile, path: str = "file", accepts: Accepts = PAPERS) -> list[FieldError]:
    """Why a file cannot be taken; empty when it can."""
    if not file.content:
        return [FieldError(path, "empty", "This file is empty. Choose another one.")]
    if len(file.content) > accepts.bytes:
        limit = {"limit": str(accepts.megabytes)}
        return [FieldError(path, "too-large", "The file is too large: at most {limit} MB.", limit)]
    if kind_of(file.content) not in accepts.kinds:
        return [FieldError(path, "type", accepts.refusal)]
    return []


def safe_name(file: NewFile) -> str:
    """The name to keep: no path, no control characters, with the ending that the content calls for."""
    plain = re.split(r"[/\\]", file.name)[-1]
    plain = "".join(sign for sign in plain if sign.isprintable() and sign != '"').strip(" .")
    _, ending = KINDS[kind_of(file.content)]
    stem = re.sub(rf"\.({'|'.join(KINDS)}|jpeg|htm)$", "", plain, flags=re.IGNORECASE)
    return f"{stem[: _LONGEST_NAME - len(ending)].strip(' .') or 'file'}{ending}"
