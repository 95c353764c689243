"""The certificate of a mailing: when, in what form, with what content by its hash, how many were reached."""

import hashlib
from functools import cache, partial
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from incidents.base import hungarian
from incidents.rules.mailing import Counts
from incidents.steps import posting
from incidents.steps.posting import Paper
from incidents.store import controllers, incidents, mailings, recipients
from incidents.store.tables import Certificate, Mailing
from incidents.store.uow import UnitOfWork
from notifications.documents import html, pdf
from notifications.documents.meta import TEMPLATES, DocumentMeta, printable

TITLES = {
    "hu": "Igazolás az érintettek tájékoztatásáról",
    "en": "Certificate of the communication to the data subjects",
}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "certificates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def certify(uow: UnitOfWork, mailing_id: UUID, lang: str) -> Certificate:
    """Make the certificate of a mailing as it stands, keep it, and record in the case who was reached.

    Raises:
        NotFound, Forbidden: not this actor's to send.
        Conflict: it has not begun, or its people were erased.
    """
    mailing, counts = posting.counts_now(uow, mailing_id)
    wording = _wording(uow, mailing, counts, lang)
    incident = incidents.load(uow, mailing.incident_id)
    controller = controllers.load(uow, mailing.controller_id)
    fingerprint = html.digest(wording)
    meta = DocumentMeta(
        title=TITLES[lang],
        lang=lang,
        reference=incident.reference,
        version=str(len(posting.certificates_of(uow, mailing_id)) + 1),
        sha256=fingerprint,
        created_at=uow.now,
        letterhead=controller.letterhead or controller.name,
        author=uow.actor.name,
    )
    made = pdf.write(wording, meta)
    paper = Paper(lang, wording, fingerprint, made, hashlib.sha256(made).hexdigest())
    return posting.keep_certificate(uow, mailing_id, paper, counts)


def _wording(uow: UnitOfWork, mailing: Mailing, counts: Counts, lang: str) -> str:
    first, last = mailings.span(uow, mailing.id)
    listed = recipients.load(uow, mailing.list_id)
    context: dict[str, Any] = {
        "reference": incidents.load(uow, mailing.incident_id).reference,
        "controller": controllers.load(uow, mailing.controller_id).name,
        "group": listed.people_group,
        "delete_on": listed.delete_on,
        "mailing": mailing,
        "counts": counts,
        "letters": [{"language": language, **letter} for language, letter in sorted(mailing.letters.items())],
        "runs": mailings.print_runs(uow, mailing.id),
        "first": first,
        "last": last,
        "now": uow.now,
        "made_by": uow.actor.name,
    }
    words = {
        "when": partial(hungarian.format_datetime, lang=lang),
        "day": partial(hungarian.format_date, lang=lang),
        "number": partial(hungarian.format_number, lang=lang),
        "Az": partial(hungarian.with_article, capital=True),
    }
    return _environment().get_template(f"{lang}.html").render(**context, **words)
