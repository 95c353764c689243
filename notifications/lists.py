"""From an uploaded file to people: what is in it, what is wrong with it, and the import that goes on after a crash."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from typing import BinaryIO

from incidents.base.errors import IncidentError
from incidents.base.time import Clock
from incidents.rules.recipients import Findings, Judge, Judged
from incidents.steps import recipients, uploads
from incidents.store import recipients as stored
from incidents.store.engine import Database
from incidents.store.sealed_file import SealedFile
from incidents.store.tables import RecipientList
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work
from incidents.store.vault import Vault
from notifications import sheets
from notifications.sheets import buffered

log = logging.getLogger("notifications.lists")
OpenUow = Callable[[], AbstractContextManager[UnitOfWork]]


def open_file(open_uow: OpenUow, vault: Vault, row: RecipientList) -> BinaryIO:
    """The uploaded file of a list, read piece by piece from under its seal."""
    return buffered(SealedFile(uploads.piece_reader(open_uow, vault, row.id), row.size))


def judged(file: BinaryIO, row: RecipientList) -> Iterator[Judged]:
    """Every row of the file as its columns were chosen, empty ones passed over.

    Raises:
        InvalidInput: it cannot be read to its end.
    """
    reading = row.reading
    judge = Judge(reading["columns"], row.language)
    found = sheets.table(file, row.source, reading["encoding"], reading["separator"])
    for line, cells in islice(found, 1, None):
        if one := judge.judge(line, cells):
            yield one


def dry_run(file: BinaryIO, row: RecipientList) -> Findings:
    """What an import would do, without doing it.

    Raises:
        InvalidInput: the file cannot be read to its end.
    """
    return Findings.of(judged(file, row))


def import_waiting(engine: Database, clock: Clock, vault: Vault) -> int:
    """Import every list that was confirmed, from where it stands; returns how many people were put on lists."""
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        waiting = list(stored.in_state(uow, "importing"))
    return sum(_import(engine, clock, vault, row) for row in waiting)


def _import(engine: Database, clock: Clock, vault: Vault, row: RecipientList) -> int:
    def every() -> AbstractContextManager[UnitOfWork]:
        return unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER)

    before, people = row.people, row.people
    try:
        for batch in _batches(judged(open_file(every, vault, row), row), row.imported_line):
            with every() as uow:
                taken = recipients.take_in(uow, row.id, batch, vault, behind=row.imported_line, line=batch[-1].line)
            if taken is None:
                return people - before  # somebody else goes on with it
            row, people = taken, taken.people
    except IncidentError as error:
        log.warning("list %s cannot be imported: %s", row.id, error)
        with every() as uow:
            uploads.break_off(uow, row.id, str(error))
        return 0
    with every() as uow:
        recipients.finish_import(uow, row.id)
    return people - before


def _batches(rows: Iterator[Judged], behind: int) -> Iterator[list[Judged]]:
    """The rows some at a time; those taken in before a crash are read for duplicates only."""
    fresh = (row for row in rows if row.line > behind)
    while batch := list(islice(fresh, recipients.BATCH)):
        yield batch
