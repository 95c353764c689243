"""One piece of the letters' bench in a process of its own, so that its memory is its own: prints count and seconds."""

import json
import smtplib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import typst

from incidents.base.settings import load_settings
from incidents.base.time import SystemClock
from incidents.rules.recipients import Person, guess
from incidents.steps import mailing, uploads
from incidents.steps.mailing import Plan
from incidents.steps.uploads import ListForm, Reading
from incidents.store import mailings, recipients
from incidents.store.engine import create_engine_for
from incidents.store.sealed_file import PIECE
from incidents.store.tables import RecipientList
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work
from notifications import letters, lists, paper, print_run, sheets
from notifications.documents import drafts, text
from notifications.letter_mail import LetterMail, Sender
from notifications.print_run import Addressed

SETTINGS = load_settings()
ENGINE = create_engine_for(SETTINGS.database_url)
CLOCK = SystemClock()
VAULT = letters.vault_of(SETTINGS)
BARE_LETTERS, BARE_MAILS = 100, 1000
BARE = """#set page(paper: "a4", margin: 2.5cm)
#set text(font: "Libertinus Serif", size: 11pt, lang: "hu")
#let input = json(bytes(sys.inputs.document))
#for one in input.letters {
  for line in one { par(line) }
  for it in input.paragraphs { par(it) }
  pagebreak(weak: true)
}
"""


def every(*, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(ENGINE, CLOCK, SYSTEM, EVERY_CONTROLLER, read_only=read_only)


def _timed(act: Callable[[], int]) -> None:
    begun = time.perf_counter()
    count = act()
    print(json.dumps({"count": count, "seconds": time.perf_counter() - begun}), flush=True)


def take_in(incident_id: UUID, file: Path) -> int:
    """Upload, dry run and import of a list, as page and worker do it."""
    digest, size = sha256(), 0
    with every() as uow:
        row = uploads.begin(uow, incident_id, ListForm(purpose="Art. 34"))
    with file.open("rb") as content:
        for number, piece in enumerate(iter(lambda: content.read(PIECE), b"")):
            digest.update(piece)
            size += len(piece)
            with every() as uow:
                uploads.keep_piece(uow, row.id, number, VAULT.close_piece(piece))
    with every() as uow:
        row = uploads.finish_upload(uow, row.id, source="csv", size=size, sha256=digest.hexdigest())
    encoding, separator = sheets.guessed(_file(row))
    ((_, headings),) = sheets.first_rows(_file(row), "csv", encoding, separator, 1)
    with every() as uow:
        row = uploads.read_as(uow, row.id, Reading(guess(headings), encoding, separator, "hu", len(headings)))
    found = lists.dry_run(_file(row), row)
    with every() as uow:
        uploads.keep_findings(uow, row.id, found, VAULT)
        uploads.confirm(uow, row.id)
    return lists.import_waiting(ENGINE, CLOCK, VAULT)


def _file(row: RecipientList) -> BinaryIO:
    return lists.open_file(lambda: every(read_only=True), VAULT, row)


def prepare(incident_id: UUID) -> int:
    """A started mailing to that list."""
    with every() as uow:
        document = drafts.freeze(uow, incident_id, "subjects", "hu")
        (row,) = recipients.of_case(uow, incident_id)
        made = mailing.prepare(uow, row.id, Plan({"hu": document.id}, (), 0))
        made.state = "approved"
    with every() as uow:
        return mailing.start(uow, made.id).people


def send(_: UUID) -> int:
    """Every letter of it, as the worker sends them."""
    return letters.run(ENGINE, CLOCK, SETTINGS, length=timedelta(days=1))


def print_all(incident_id: UUID) -> int:
    """Everybody on the list on paper, as a ZIP of PDFs that nobody keeps."""
    with every() as uow:
        (made,) = mailings.of_case(uow, incident_id)
        made_ready = paper.sheets(uow, made.id)
    files = print_run.pdfs(made_ready, _batches(made.list_id), CLOCK.now())
    printed = sum(1 for _ in print_run.zipped("bench", files, CLOCK.now()))
    return printed and _people(made.list_id)


def _batches(list_id: UUID) -> Iterator[Sequence[Addressed]]:
    seq = 0
    while True:
        with every(read_only=True) as uow:
            rows = recipients.after(uow, list_id, seq, print_run.CHUNK)
        if not rows:
            return
        yield [Addressed(VAULT.open(row.sealed), row.letter_code) for row in rows]
        seq = rows[-1].seq


def _people(list_id: UUID) -> int:
    with every(read_only=True) as uow:
        return recipients.load(uow, list_id).people


def _wording(incident_id: UUID) -> str:
    with every(read_only=True) as uow:
        (made,) = mailings.of_case(uow, incident_id)
        return paper.wording(uow, made.id, "hu")


def bare_pdf(incident_id: UUID) -> int:
    """The engine alone: the same text and an address, a hundred letters in one compilation, no tags, no frame."""
    paragraphs = text.write(_wording(incident_id)).split("\n\n")
    people = [[f"Minta {n}. Anna", "Budapest", f"Minta utca {n}.", "1111"] for n in range(BARE_LETTERS)]
    data = {"document": json.dumps({"letters": people, "paragraphs": paragraphs})}
    typst.compile(BARE.encode(), sys_inputs=data, ignore_system_fonts=True, pdf_tags=False)
    return BARE_LETTERS


def bare_mail(incident_id: UUID) -> int:
    """The library alone: the same finished mail over one connection."""
    letter = LetterMail(_wording(incident_id), "hu", "FUT-2026/0001", "a" * 64, Sender("Futár", SETTINGS.mail_from))
    address = SETTINGS.smtp_url.partition("//")[2].partition("?")[0]
    host, _, port = address.rpartition(":")
    mail = letter.content(Person("Minta Anna", "anna@pelda.example"), incident_id, 1, CLOCK.now())
    with smtplib.SMTP(host, int(port)) as connection:
        for _ in range(BARE_MAILS):
            connection.sendmail("incidens@futar.example", ["anna@pelda.example"], mail)
    return BARE_MAILS


WORK = {"prepare": prepare, "send": send, "print": print_all, "bare-pdf": bare_pdf, "bare-mail": bare_mail}

if __name__ == "__main__":
    key = UUID(sys.argv[2])
    if sys.argv[1] == "import":
        _timed(lambda: take_in(key, Path(sys.argv[3])))
    else:
        _timed(lambda: WORK[sys.argv[1]](key))
