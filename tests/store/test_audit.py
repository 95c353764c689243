"""The event log: any single entry or vouched row that is altered, removed, moved or slipped in is found."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Enum, create_engine, text
from sqlalchemy import delete as deleting
from sqlalchemy import insert as inserting
from sqlalchemy import select as selecting
from sqlalchemy import update as updating
from sqlalchemy.orm import Session

from incidents.rules.register import Break
from incidents.steps import clock, report
from incidents.store import audit, incidents
from incidents.store.audit import VOUCHED, NewEvent
from incidents.store.tables import ChainHead, Event
from incidents.store.types import Instant
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Scope, TenancyError, UnitOfWork
from tests.builders import CaseFile, Firm, Town, busy_case
from tests.fakes import FakeClock

EVENTS = Event.__table__
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
FOREIGN_KEYS = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
CHANGES: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1000,  # no version of the same case
    str: lambda value: ("b" if value[:1] != "b" else "c") + value[1:],
    bytes: lambda value: value + b"x",
    UUID: lambda _: uuid4(),
    datetime: lambda value: value + timedelta(microseconds=1),
    dict: lambda value: {**value, "x": 1},
    list: lambda value: [*value, "x"],
}
INSTEAD_OF_NOTHING = {
    UUID: uuid4(),
    str: "x",
    int: 7,
    bytes: b"x",
    datetime: datetime.fromisoformat("2026-11-20T17:50:00+01:00"),
}


def another(value: Any, column: Any) -> Any:
    """A value the column could hold as well, but not this one."""
    if value is None:
        return INSTEAD_OF_NOTHING[datetime if isinstance(column.type, Instant) else column.type.python_type]
    if isinstance(column.type, Enum):
        return next(code for code in column.type.enums if code != value)
    return CHANGES[type(value)](value)


class Attacker:
    """Somebody with full rights on the database, who has switched off triggers and foreign keys.

    Each attack is looked at and then rolled back, so that the next one finds everything as it was.
    """

    def __init__(self, town: Town, firm: Firm) -> None:
        self.town, self.firm = town, firm
        self.engine: Engine = create_engine(town.url)
        with self.engine.begin() as connection:
            if town.is_postgresql:
                for function in ("refuse_change", "refuse_other_controller", "refuse_move"):  # with its triggers
                    connection.execute(text(f"DROP FUNCTION {function} CASCADE"))
                for table, key in connection.execute(text(FOREIGN_KEYS)).all():
                    connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {key}"))
            else:  # a connection of one's own has no foreign keys on SQLite
                for name in connection.scalars(text(TRIGGERS)).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))

    @contextmanager
    def inside(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection
            connection.rollback()

    def breaks(self, connection: Connection) -> list[Break]:
        """What the verification says about the firm, seen from inside the attack."""
        with Session(connection, info={"scope": EVERY_CONTROLLER}) as session:
            return audit.verify(UnitOfWork(session, SYSTEM, EVERY_CONTROLLER, self.town.clock.now()), self.firm.id)

    def attack(self, *statements: Any) -> list[Break]:
        with self.inside() as connection:
            for statement in statements:
                done = connection.execute(statement)
                assert statement.is_insert or done.rowcount == 1
            return self.breaks(connection)

    def log(self) -> list[Any]:
        with self.engine.connect() as connection:
            mine = selecting(EVENTS).where(EVENTS.c.controller_id == self.firm.id).order_by(EVENTS.c.seq)
            return list(connection.execute(mine))

    def at(self, seq: int) -> Any:
        return (EVENTS.c.controller_id == self.firm.id) & (EVENTS.c.seq == seq)


@pytest.fixture(scope="module")
def attacker(shared_town: Town) -> Iterator[Attacker]:
    firm = shared_town.found()
    busy_case(firm)
    attacker = Attacker(shared_town, firm)
    yield attacker
    attacker.engine.dispose()


def test_a_log_nobody_touched_holds(attacker: Attacker) -> None:
    assert attacker.attack() == []
    assert len(attacker.log()) >= 15
    with attacker.town.uow(read_only=True) as uow:
        assert audit.verify(uow, attacker.firm.id) == []


@pytest.mark.parametrize("column", [column.key for column in EVENTS.columns])
def test_an_altered_entry_is_found_whatever_was_altered(attacker: Attacker, column: str) -> None:
    """Every entry once, each column in every ninth of them and in the first and the last."""
    place, (first, *_, last) = EVENTS.columns[column], attacker.log()
    turn = list(EVENTS.columns.keys()).index(column)
    for row in (first, *attacker.log()[turn :: len(EVENTS.columns)], last):
        value = another(getattr(row, column), place)
        if column == "seq":
            value += 1000  # the next number is taken
        found = attacker.attack(updating(EVENTS).where(attacker.at(row.seq)).values({column: value}))
        assert found, f"{column} of entry {row.seq}"


def test_a_removed_entry_is_found_at_the_start_in_the_middle_and_at_the_end(attacker: Attacker) -> None:
    log = attacker.log()
    for row in (log[0], log[len(log) // 2], log[-1]):
        assert attacker.attack(deleting(EVENTS).where(attacker.at(row.seq)))


def test_an_entry_removed_with_the_gap_closed_is_found(attacker: Attacker) -> None:
    """The later entries take lower numbers and the head is moved: the hashes still tell."""
    log = attacker.log()
    gone = log[2]
    closing = [updating(EVENTS).where(attacker.at(row.seq)).values(seq=row.seq - 1) for row in log[3:]]
    head = updating(ChainHead.__table__).where(ChainHead.controller_id == attacker.firm.id)
    assert attacker.attack(deleting(EVENTS).where(attacker.at(gone.seq)), *closing, head.values(seq=log[-1].seq - 1))


def test_a_cut_off_end_is_found_though_the_head_was_moved_back(attacker: Attacker) -> None:
    """Moving the head back hides the entries themselves, but the row one of them vouched for has lost its voucher."""
    log = attacker.log()
    cut = max(place for place, row in enumerate(log) if "record" in row.data)
    before, kept = log[cut - 1], log[cut].data["record"]
    head = updating(ChainHead.__table__).where(ChainHead.controller_id == attacker.firm.id)
    end = [deleting(EVENTS).where(attacker.at(row.seq)) for row in log[cut:]]
    found = attacker.attack(*end, head.values(seq=before.seq, hash=before.hash))
    assert [one.problem for one in found] == [f"{kept['table']} {kept['id']} was slipped in"]


@settings(
    max_examples=20,
    deadline=None,
)
@given(data=st.data())
def test_two_entries_that_changed_places_are_found(attacker: Attacker, data: st.DataObject) -> None:
    seqs = [row.seq for row in attacker.log()]
    one, other = data.draw(st.lists(st.sampled_from(seqs), min_size=2, max_size=2, unique=True))
    moves = [
        updating(EVENTS).where(attacker.at(here)).values(seq=there)
        for here, there in ((one, 10_000), (other, one), (10_000, other))
    ]
    assert attacker.attack(*moves)


@settings(
    max_examples=30,
    deadline=None,
)
@given(data=st.data())
def test_any_change_of_what_an_entry_says_is_found(attacker: Attacker, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(attacker.log()))
    words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
    said = data.draw(st.dictionaries(words, st.none() | st.booleans() | st.integers(-999, 999) | words, max_size=4))
    if said == row.data:
        return
    assert attacker.attack(updating(EVENTS).where(attacker.at(row.seq)).values(data=said))


def test_an_entry_rewritten_with_a_hash_that_fits_it_is_found_by_the_next_one(attacker: Attacker) -> None:
    log = attacker.log()
    row = log[1]
    forged = audit.Entry(
        str(row.controller_id), row.seq, str(row.incident_id or ""), row.at, "forger", row.kind, row.data, row.previous
    )
    change = updating(EVENTS).where(attacker.at(row.seq))
    found = attacker.attack(change.values(actor="forger", hash=audit.entry_hash(forged)))
    assert [one.seq for one in found] == [log[2].seq]


def one_of_each(attacker: Attacker) -> dict[str, Any]:
    """A row of every table the log vouches for, by the table's name."""
    rows = {}
    with attacker.engine.connect() as connection:
        for name, table in ((name, row.__table__) for name, row in sorted(VOUCHED.items())):
            mine = selecting(table).where(table.c.controller_id == attacker.firm.id)
            rows[name] = connection.execute(mine).mappings().first()
            assert rows[name] is not None, name
    return rows


def test_an_altered_row_the_log_vouches_for_is_found_in_every_column(attacker: Attacker) -> None:
    """A column of every table at a time, the first of each, then the second: each of these rows is named."""
    rows = one_of_each(attacker)
    for columns in zip_longest(*(VOUCHED[name].__table__.columns for name in rows)):
        altered = {name: column for name, column in zip(rows, columns, strict=True) if column is not None}
        found = attacker.attack(
            *(
                updating(column.table)
                .where(column.table.c.id == rows[name]["id"])
                .values({column.key: another(rows[name][column.key], column)})
                for name, column in altered.items()
            )
        )
        named = {one.problem.split()[0] for one in found}
        assert not [str(column) for name, column in altered.items() if name not in named]


def test_a_removed_row_the_log_vouches_for_is_found(attacker: Attacker) -> None:
    rows = one_of_each(attacker)
    tables = {name: VOUCHED[name].__table__ for name in rows}
    found = attacker.attack(*(deleting(table).where(table.c.id == rows[name]["id"]) for name, table in tables.items()))
    assert {one.problem for one in found} == {f"{name} {row['id']} was removed" for name, row in rows.items()}


def test_a_row_slipped_in_past_the_log_is_found(attacker: Attacker) -> None:
    forged = {}
    for name, row in one_of_each(attacker).items():
        # Where the database allows one row a proposal or one a version, the forger names another one.
        forged[name] = {**row, "id": uuid4()} | ({"version": 99} if "version" in row else {})
        forged[name] |= {
            column.key: another(row[column.key], column) for column in VOUCHED[name].__table__.columns if column.unique
        }
    found = attacker.attack(*(inserting(VOUCHED[name].__table__).values(row) for name, row in forged.items()))
    assert {one.problem for one in found} == {f"{name} {row['id']} was slipped in" for name, row in forged.items()}


def test_a_row_filled_with_what_the_product_never_writes_is_reported_and_stops_nothing(attacker: Attacker) -> None:
    with attacker.inside() as connection:
        connection.execute(text("UPDATE decision SET notify = 'perhaps'"))
        assert [one.problem.split()[0] for one in attacker.breaks(connection)] == ["decision"]
    if not attacker.town.is_postgresql:  # PostgreSQL knows the type of its columns
        for broken in ("UPDATE event SET data = '{' WHERE seq = 3", "UPDATE event SET at = 'never' WHERE seq = 3"):
            with attacker.inside() as connection:
                connection.execute(text(broken))
                assert "cannot be read" in attacker.breaks(connection)[0].problem
    for said in ({"record": {"table": "user_account", "id": "1"}}, {"record": 5}, [], None, "text"):
        with attacker.inside() as connection:
            change = f"UPDATE event SET data = '{json.dumps(said)}' WHERE seq = 3"
            connection.exec_driver_sql(change)
            assert attacker.breaks(connection)


def test_a_lost_head_is_found(attacker: Attacker) -> None:
    heads = ChainHead.__table__
    assert attacker.attack(deleting(heads).where(heads.c.controller_id == attacker.firm.id))


def test_the_log_of_a_neighbour_does_not_disturb(attacker: Attacker) -> None:
    neighbour = attacker.town.found(staff=())
    of_neighbour = EVENTS.c.controller_id == neighbour.id
    assert attacker.attack(updating(EVENTS).where(of_neighbour & (EVENTS.c.seq == 1)).values(actor="x")) == []


def test_every_column_of_a_vouched_row_goes_into_its_digest(town: Town, firm: Firm) -> None:
    """A new column would otherwise be left unguarded."""
    case = busy_case(firm)
    with town.uow() as uow:
        row = incidents.amendments(uow, case.id)[0]
        whole = audit.row_digest(row)
        for column in type(row).__table__.columns:
            kept = getattr(row, column.key)
            setattr(row, column.key, another(kept, column))
            assert audit.row_digest(row) != whole
            setattr(row, column.key, kept)
        uow.session.expunge_all()


class TestWritersAtOnce:
    """Many write at once: nobody's entry is lost, the chain holds, nobody waits for ever."""

    def test_on_one_controller(self, town: Town, firm: Firm) -> None:
        busy = [firm.report(f"Bejelentés {number}") for number in range(4)]
        before = self.length(town, firm)
        together([lambda case=case: case.acknowledge() for case in busy for _ in range(5)])
        assert self.length(town, firm) == before + 20
        self.assert_holds(town, firm)

    def test_across_two_controllers_in_opposite_orders(self, town: Town) -> None:
        a, b = town.found(staff=()), town.found(staff=())

        def write(*firms: Firm) -> None:
            with town.uow() as uow:
                audit.append(uow, *(NewEvent(firm.id, None, "controller.updated", {}) for firm in firms))
                audit.append(uow, NewEvent(firms[0].id, None, "controller.updated", {}))

        together([lambda order=order: write(*order) for order in [(a, b), (b, a)] * 10])
        for firm in (a, b):
            assert self.length(town, firm) == 1 + 20 + 10
            self.assert_holds(town, firm)

    def test_mails_are_delivered_while_people_work_in_the_case_and_new_reports_come_in(
        self, town: Town, firm: Firm
    ) -> None:
        case = firm.report()
        before = self.length(town, firm)

        def deliver() -> None:
            with town.uow() as uow:
                audit.append(uow, NewEvent(firm.id, case.id, "mail.sent", {}))

        def asked(number: int) -> None:
            with town.uow() as uow:
                asking = report.ApiReport(town.now, {"what_happened": f"Bejelentés {number}"})
                report.open_by_api(uow, firm.id, asking, f"kulcs-{number}", b"")

        work: list[Any] = [deliver] * 10
        work += [lambda number=number: case.amend(what_happened=f"Változat {number}") for number in range(10)]
        work += [lambda number=number: asked(number) for number in range(10)]
        together(work)
        assert self.length(town, firm) == before + 10 + 10 + 2 * 10  # a report is two entries: case and clock
        self.assert_holds(town, firm)

    @staticmethod
    def length(town: Town, firm: Firm) -> int:
        with town.uow(read_only=True) as uow:
            return audit.head(uow, firm.id).seq

    @staticmethod
    def assert_holds(town: Town, firm: Firm) -> None:
        with town.uow(read_only=True) as uow:
            assert audit.verify(uow, firm.id) == []


def together(work: list[Any]) -> None:
    with ThreadPoolExecutor(8) as pool:
        done, _ = wait([pool.submit(one) for one in work], timeout=120)
        assert len(done) == len(work)
        for one in done:
            one.result()


@pytest.fixture
def grown_up(postgresql_url: str, fake_clock: FakeClock) -> Iterator[CaseFile]:
    """A case on PostgreSQL, where transactions really run side by side."""
    town = Town(postgresql_url, fake_clock)
    yield town.found().report()
    town.close()


def test_the_log_is_written_for_a_case_somebody_has_locked(grown_up: CaseFile) -> None:
    """Delivery holds the log and refers to the case; whoever holds the case waits for the log. With locks that
    exclude each other the two would embrace, and the database would kill one of them."""
    town, firm = grown_up.town, grown_up.firm

    def deliver() -> None:
        with town.uow() as uow:
            audit.append(uow, NewEvent(firm.id, grown_up.id, "mail.sent", {}))

    with ThreadPoolExecutor(1) as pool, firm.as_("dpo") as uow:
        incidents.lock(uow, grown_up.id)
        pool.submit(deliver).result(timeout=10)
        clock.acknowledge(uow, grown_up.id, via="page")


def test_checking_the_log_while_others_write_finds_no_breaks_that_are_none(grown_up: CaseFile) -> None:
    town, firm = grown_up.town, grown_up.firm
    with ThreadPoolExecutor(1) as pool, town.uow(read_only=True) as uow:
        audit.head(uow, firm.id)
        pool.submit(grown_up.acknowledge).result(timeout=10)
        assert audit.verify(uow, firm.id) == []


def test_a_log_is_written_only_by_a_unit_of_work_open_for_its_controller(town: Town) -> None:
    a, b = town.found(staff=()), town.found(staff=())
    scope: Scope = frozenset({b.id})
    with pytest.raises(TenancyError), town.uow(SYSTEM, scope) as uow:
        audit.append(uow, NewEvent(a.id, None, "controller.updated", {}))
