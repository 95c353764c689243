"""Many rows at once: what is left open begins as the column says, and each row is looked at."""

import pytest
from markupsafe import Markup
from sqlalchemy import select

from incidents.base.errors import InvalidInput
from incidents.base.ids import new_id
from incidents.store.tables import OutboxMail
from incidents.store.uow import SYSTEM, TenancyError, UnitOfWork, unit_of_work
from tests.builders import Firm, Town
from tests.fakes import FakeClock


def mail(uow: UnitOfWork, firm: Firm, number: int, **other: object) -> dict[str, object]:
    """What every mail must say, and nothing else."""
    known = {"key": f"k{number}", "template": "stage", "recipient": "a@pelda.example", "language": "hu"}
    times = {"next_attempt_at": uow.now, "created_at": uow.now}
    row = {"id": new_id(uow.now), "controller_id": firm.id, "payload": {"n": [number, "ű"]}, "state": "queued"}
    return {**row, **known, **times, **other}


def test_what_the_rows_leave_open_begins_as_the_column_says(town: Town, firm: Firm) -> None:
    with town.uow() as uow:
        uow.add_many(OutboxMail, [mail(uow, firm, number) for number in range(3)])
    with town.uow(read_only=True) as uow:
        rows = uow.session.scalars(select(OutboxMail).where(OutboxMail.controller_id == firm.id)).all()
        found = [row for row in rows if row.key in {"k0", "k1", "k2"}]
        assert sorted(row.payload["n"][0] for row in found) == [0, 1, 2]
        assert {(row.channel, row.attempts, row.last_error, row.lease_until) for row in found} == {
            ("mail", 0, "", None)
        }
        assert {row.created_at for row in found} == {town.now.at}


def test_a_row_of_another_controller_and_a_broken_text_are_refused(town: Town, firm: Firm) -> None:
    other = town.found(staff=())
    with unit_of_work(town.database, town.clock, SYSTEM, frozenset({firm.id})) as uow:
        with pytest.raises(TenancyError):
            uow.add_many(OutboxMail, [mail(uow, firm, 1), mail(uow, other, 2)])
        with pytest.raises(InvalidInput):
            uow.add_many(OutboxMail, [mail(uow, firm, 3, recipient="a\0b")])


def test_a_row_that_is_there_already_is_written_as_it_was_changed(town: Town, firm: Firm) -> None:
    with town.uow() as uow:
        row = OutboxMail(**mail(uow, firm, 9))
        uow.add(row)
        row.name = "Minta Anna"
        uow.add(row)
    with town.uow(read_only=True) as uow:
        assert uow.session.scalars(select(OutboxMail.name).where(OutboxMail.key == "k9")).all() == ["Minta Anna"]


def test_what_no_text_can_spell_is_kept_all_the_same(sqlite_url: str, fake_clock: FakeClock) -> None:
    """A lone surrogate, as a browser may send it, and a word that is more than a plain text."""
    town = Town(sqlite_url, fake_clock)
    firm = town.found()
    said = {"alone": "\ud83d", "marked": Markup("<b>ű</b>"), "long": 2**70, "none": None}
    with town.uow() as uow:
        uow.add_many(OutboxMail, [mail(uow, firm, 21, payload=said)])
    with town.uow(read_only=True) as uow:
        row = uow.session.scalars(select(OutboxMail).where(OutboxMail.key == "k21")).one()
        assert row.payload == said
    town.close()
