"""Many rows at once: what is left open begins as the column says, and each row is looked at."""

from datetime import timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from incidents.base.errors import InvalidInput
from incidents.base.ids import new_id
from incidents.store.engine import DatabaseTrouble
from incidents.store.tables import OutboxMail
from incidents.store.uow import SYSTEM, TenancyError, UnitOfWork, unit_of_work
from incidents.store.writing import A_STREAM
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


MANY = A_STREAM + 20
"""So many rows go to PostgreSQL as a stream."""


def test_a_stream_of_rows_is_written_like_any_other(town: Town, firm: Firm) -> None:
    later = town.now.at + timedelta(hours=1)
    with town.uow() as uow:
        rows = [mail(uow, firm, 1000 + number, name="\t\\N ű\n", lease_until=later) for number in range(MANY)]
        uow.add_many(OutboxMail, rows)
    with town.uow(read_only=True) as uow:
        found = uow.session.scalars(select(OutboxMail).where(OutboxMail.controller_id == firm.id)).all()
        written = {row.key: row for row in found if row.key.startswith("k1")}
    assert len(written) == MANY
    assert {(row.name, row.channel, row.attempts, row.sent_at) for row in written.values()} == {
        ("\t\\N ű\n", "mail", 0, None)
    }
    assert {row.lease_until for row in written.values()} == {later}
    assert written["k1007"].payload == {"n": [1007, "ű"]}


def test_a_stream_with_a_row_that_is_there_already_leaves_nothing(town: Town, firm: Firm) -> None:
    with pytest.raises(IntegrityError), town.uow() as uow:
        rows = [mail(uow, firm, 2000 + number) for number in range(MANY)]
        uow.add_many(OutboxMail, [*rows, mail(uow, firm, 2000)])
    with town.uow(read_only=True) as uow:
        keys = uow.session.scalars(select(OutboxMail.key).where(OutboxMail.controller_id == firm.id)).all()
    assert not [key for key in keys if key.startswith("k2")]


def test_a_stream_cannot_put_a_row_on_the_case_of_another_controller(town: Town, firm: Firm) -> None:
    foreign = town.found().report().id
    with pytest.raises(DatabaseTrouble, match="another controller"), town.uow() as uow:
        rows = [mail(uow, firm, 3000 + number, incident_id=foreign) for number in range(MANY)]
        uow.add_many(OutboxMail, rows)


def test_a_stream_broken_off_is_trouble_of_the_database_and_the_next_one_goes_through(
    postgresql_url: str, fake_clock: FakeClock
) -> None:
    town = Town(postgresql_url, fake_clock)
    firm = town.found()
    with pytest.raises(DatabaseTrouble), town.uow() as uow:
        mine = uow.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with town.uow() as other:
            other.session.connection().exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
        uow.add_many(OutboxMail, [mail(uow, firm, 4000 + number) for number in range(MANY)])
    with town.uow() as uow:
        uow.add_many(OutboxMail, [mail(uow, firm, 4000 + number) for number in range(MANY)])
    town.close()
