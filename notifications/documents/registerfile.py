"""The register as a file to hand over: XLSX with everything, CSV with everything, PDF with what fits a printed line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.steps.cases import Case
from incidents.steps.register import SignedHead
from notifications.documents import csv, pdf, registerbook, xlsx
from notifications.documents.meta import DocumentMeta
from notifications.documents.register import Notes, Rows

FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
"""Endings with their media types."""


@dataclass(frozen=True)
class Edition:
    """What goes into a file: the entries, the language, the aware instant printed on it, the proof of each log."""

    found: Sequence[Case]
    lang: str
    now: datetime
    heads: Sequence[SignedHead] = ()

    @property
    def rows(self) -> Rows:
        """The entries as lines of the register."""
        return registerbook.book(self.found, self.lang)

    @property
    def notes(self) -> Notes:
        """The signed newest link of each controller's log: with it the log can be checked years later, offline."""
        return [note for head in self.heads for note in registerbook.proof(head, self.lang)]


def write(edition: Edition, form: str) -> bytes:
    """The register in a form of ``FORMATS``.

    Raises:
        KeyError: there is no such form.
    """
    return _WRITERS[form](edition)


def _xlsx(edition: Edition) -> bytes:
    return xlsx.write_register(
        edition.rows,
        registerbook.columns(edition.lang),
        edition.lang,
        title=registerbook.title(edition.lang),
        created_at=edition.now,
        notes=edition.notes,
    )


def _csv(edition: Edition) -> bytes:
    """Lines and nothing else, for other programs: its hash stands in the log as an export."""
    return csv.write(edition.rows, registerbook.columns(edition.lang), edition.lang)


def _pdf(edition: Edition) -> bytes:
    names = sorted({one.controller.name for one in edition.found})
    meta = DocumentMeta(
        title=registerbook.title(edition.lang),
        lang=edition.lang,
        reference="",
        version="",
        sha256="",
        created_at=edition.now,
        letterhead=", ".join(names),
    )
    return pdf.write_register(edition.rows, registerbook.columns(edition.lang, short=True), meta, edition.notes)


_WRITERS: Mapping[str, Callable[[Edition], bytes]] = {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}
