"""The register as a file to hand over: XLSX with everything, CSV with everything, PDF with what fits a printed line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from incidents.steps.cases import Case
from notifications.documents import csv, pdf, registerbook, xlsx
from notifications.documents.meta import DocumentMeta

FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
"""Endings with their media types."""


def write(found: Sequence[Case], form: str, lang: str, now: datetime) -> bytes:
    """The entries in a form of ``FORMATS``; ``now`` is the aware instant printed on it.

    Raises:
        KeyError: there is no such form.
    """
    return _WRITERS[form](found, lang, now)


def _xlsx(found: Sequence[Case], lang: str, now: datetime) -> bytes:
    rows, columns = registerbook.book(found, lang), registerbook.columns(lang)
    return xlsx.write_register(rows, columns, lang, title=registerbook.title(lang), created_at=now)


def _csv(found: Sequence[Case], lang: str, _: datetime) -> bytes:
    return csv.write(registerbook.book(found, lang), registerbook.columns(lang), lang)


def _pdf(found: Sequence[Case], lang: str, now: datetime) -> bytes:
    names = sorted({one.controller.name for one in found})
    meta = DocumentMeta(
        title=registerbook.title(lang),
        lang=lang,
        reference="",
        version="",
        sha256="",
        created_at=now,
        letterhead=", ".join(names),
    )
    return pdf.write_register(registerbook.book(found, lang), registerbook.columns(lang, short=True), meta)


_WRITERS: Mapping[str, Callable[[Sequence[Case], str, datetime], bytes]] = {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}
