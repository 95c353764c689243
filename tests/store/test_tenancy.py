"""Tenancy: what belongs to one controller does not exist for another, whatever a query forgets to ask."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Select, Text, bindparam, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from incidents.base.errors import NotFound
from incidents.store.among import one_of
from incidents.store.tables import Controller, Incident, OfController, Processor, Table, User
from incidents.store.uow import SYSTEM, Scope, TenancyError, UnitOfWork
from tests.builders import Town, busy_case

TENANT_TABLES = sorted(
    (mapper.class_ for mapper in Table.registry.mappers if issubclass(mapper.class_, OfController)),
    key=lambda table: table.__tablename__,
)


def primary_key(row: Any) -> Any:
    return tuple(getattr(row, column.key) for column in type(row).__table__.primary_key)


class Neighbours:
    """Two firms: A, in which everything has happened, and B, whose unit of work must not see any of it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.a, self.b = town.found(), town.found()
        busy_case(self.a)

    def as_b(self) -> Any:
        return self.town.uow(SYSTEM, frozenset({self.b.id}))

    def as_nobody(self) -> Any:
        return self.town.uow(SYSTEM, None)

    def row_of_a(self, table: Any) -> Any:
        with self.town.uow(read_only=True) as uow:
            row = uow.session.scalars(select(table).where(table.controller_id == self.a.id)).first()
        assert row is not None, f"busy_case leaves no row in {table.__tablename__}: nothing would be proved for it"
        return row

    def how_many_of_a(self, table: Any) -> int:
        with self.town.uow(read_only=True) as uow:
            return len(uow.session.scalars(select(table).where(table.controller_id == self.a.id)).all())


@pytest.fixture(scope="module")
def neighbours(shared_town: Town) -> Neighbours:
    return Neighbours(shared_town)


def ways_to_ask(table: Any, other: Any) -> dict[str, Select[Any]]:
    """Every way of asking by which a row of another controller could be had: each must find nothing."""
    of_other = table.controller_id == other.controller_id
    alias = aliased(table)
    return {
        "entity": select(table).where(of_other),
        "column": select(table.controller_id).where(of_other),
        "alias": select(alias).where(alias.controller_id == other.controller_id),
        "join from a table of nobody": select(User.id).join(table, of_other),
        "join to a table of nobody": select(table.controller_id).join(User, User.id == User.id).where(of_other),
        "exists": select(User.id).where(exists().where(of_other)),
        "exists in a sub-select": select(User.id).where(select(table.controller_id).where(of_other).exists()),
        "count in a sub-select": select(User.id).where(
            select(func.count()).select_from(table).where(of_other).scalar_subquery() > 0
        ),
        "counts": select(func.count(table.controller_id)).where(of_other).having(func.count(table.controller_id) > 0),
    }


def leaks(uow: UnitOfWork, table: Any, other: Any) -> list[str]:
    found = [name for name, asked in ways_to_ask(table, other).items() if uow.session.execute(asked).all()]
    if any(row.controller_id == other.controller_id for row in uow.session.scalars(select(table))):
        found.append("all rows")
    if uow.session.get(table, primary_key(other)) is not None:
        found.append("key")
    with pytest.raises(TenancyError):  # no entity in sight to filter on: refused
        uow.session.scalar(select(func.count()).select_from(table))
    return found


def test_a_row_of_another_controller_cannot_be_read_in_any_way(neighbours: Neighbours) -> None:
    others = {table: neighbours.row_of_a(table) for table in TENANT_TABLES}
    with neighbours.as_b() as uow:
        found = {table.__tablename__: leaks(uow, table, other) for table, other in others.items()}
    assert {name: ways for name, ways in found.items() if ways} == {}
    assert len(found) == len(TENANT_TABLES) >= 20


def test_bulk_changes_do_not_reach_another_controller(neighbours: Neighbours) -> None:
    before = {table: neighbours.how_many_of_a(table) for table in TENANT_TABLES}
    for table in TENANT_TABLES:
        changed = next(column for column in table.__table__.columns if not column.primary_key)
        with neighbours.as_b() as uow:
            of_a = table.controller_id == neighbours.a.id
            assert uow.session.execute(update(table).where(of_a).values({changed.key: changed})).rowcount == 0
            assert uow.session.execute(delete(table).where(of_a)).rowcount == 0
    assert {table: neighbours.how_many_of_a(table) for table in TENANT_TABLES} == before


def test_without_a_set_of_controllers_nothing_of_any_controller_can_be_asked(neighbours: Neighbours) -> None:
    for table in [*TENANT_TABLES, Controller]:
        for statement in (
            select(table),
            select(func.count()).select_from(table),
            update(table).values(),
            delete(table),
        ):
            with pytest.raises(TenancyError), neighbours.as_nobody() as uow:
                uow.session.execute(statement)


def test_without_a_set_a_join_finds_nothing(neighbours: Neighbours) -> None:
    for table in TENANT_TABLES:
        with neighbours.as_nobody() as uow:
            joined = select(User.id).join(table, table.controller_id == neighbours.a.id)
            assert uow.session.execute(joined).all() == []


def test_a_row_of_another_controller_cannot_be_written(neighbours: Neighbours) -> None:
    for table in TENANT_TABLES:
        values = {column.key: None for column in table.__table__.columns} | {"controller_id": neighbours.a.id}
        for scope in (frozenset({neighbours.b.id}), None):
            with pytest.raises(TenancyError), neighbours.town.uow(SYSTEM, scope) as uow:
                uow.add(table(**values))


def test_a_row_cannot_be_moved_to_another_controller(neighbours: Neighbours) -> None:
    with pytest.raises(TenancyError), neighbours.as_b() as uow:
        row = Processor(id=UUID(int=7), controller_id=neighbours.b.id, name="Példa Könyvelő Bt.")
        uow.add(row)
        row.controller_id = neighbours.a.id
        uow.session.flush()


def test_a_row_of_another_controller_cannot_be_removed(neighbours: Neighbours) -> None:
    row = neighbours.row_of_a(Processor)
    with pytest.raises(TenancyError), neighbours.as_b() as uow:
        uow.session.delete(row)
        uow.session.flush()


def test_bulk_inserts_into_the_tables_of_controllers_are_refused(neighbours: Neighbours) -> None:
    values = {"id": UUID(int=8), "controller_id": neighbours.a.id, "name": "Példa Könyvelő Bt."}
    with pytest.raises(TenancyError), neighbours.as_b() as uow:
        uow.session.execute(insert(Processor), [values])


@pytest.mark.parametrize("statement", ["SELECT * FROM incident", "DELETE FROM processor"])
def test_raw_text_is_refused(neighbours: Neighbours, statement: str) -> None:
    for scope in (frozenset({neighbours.b.id}), None):
        with pytest.raises(TenancyError), neighbours.town.uow(SYSTEM, scope) as uow:
            uow.session.execute(text(statement))


def test_a_statement_on_bare_tables_is_refused(neighbours: Neighbours) -> None:
    with pytest.raises(TenancyError), neighbours.as_b() as uow:
        uow.session.execute(select(Processor.__table__))


PREPARED = select(Processor.id).where(Processor.controller_id == bindparam("controller_id"))
PREPARED_FOR_SEVERAL = select(Processor.id).where(
    one_of(Processor.controller_id, bindparam("controllers", type_=Text()))
)
PREPARED_FOR_ALL = select(func.count(Processor.id))
PREPARED_CHANGE = (
    update(Processor.__table__).where(Processor.controller_id == bindparam("controller_id")).values(task="x")
)


def test_statements_made_beforehand_are_run_for_the_controllers_of_the_unit_of_work_only(
    neighbours: Neighbours,
) -> None:
    a, b = neighbours.a.id, neighbours.b.id
    with neighbours.as_b() as uow:
        assert uow.ask(PREPARED, controller_id=b) == uow.ask(PREPARED_FOR_SEVERAL, controllers={b})
    with neighbours.town.uow() as uow:
        assert len(uow.ask(PREPARED_FOR_SEVERAL, controllers={a, b})) == uow.ask(PREPARED_FOR_ALL)[0][0] > 0
    for scope in (frozenset({b}), None):
        for given in ({"controller_id": a}, {"controllers": {a, b}}, {"controllers": {a}}, {}):
            statement = PREPARED_FOR_SEVERAL if "controllers" in given else PREPARED if given else PREPARED_FOR_ALL
            with pytest.raises(TenancyError), neighbours.town.uow(SYSTEM, scope) as uow:
                uow.ask(statement, **given)
        with pytest.raises(TenancyError), neighbours.town.uow(SYSTEM, scope) as uow:
            uow.change(PREPARED_CHANGE, [{"controller_id": b}, {"controller_id": a}])


def test_a_statement_made_beforehand_that_names_no_controller_does_not_pass_with_one(neighbours: Neighbours) -> None:
    with pytest.raises(TypeError), neighbours.as_b() as uow:
        uow.ask(PREPARED_FOR_ALL, controller_id=neighbours.b.id)


def test_the_profile_of_another_controller_is_not_there(neighbours: Neighbours) -> None:
    with neighbours.as_b() as uow:
        assert [row.id for row in uow.session.scalars(select(Controller))] == [neighbours.b.id]
        assert uow.session.get(Controller, neighbours.a.id) is None
        with pytest.raises(NotFound):
            uow.require(neighbours.a.id)


def test_an_external_dpo_sees_exactly_the_firms_she_serves(town: Town) -> None:
    served, other = [town.found(staff=()) for _ in range(3)], town.found(staff=())
    for firm in (*served, other):
        firm.report()
    scope: Scope = frozenset(firm.id for firm in served)
    with town.uow(SYSTEM, scope, read_only=True) as uow:
        assert {row.id for row in uow.session.scalars(select(Controller))} == scope
        assert {row.controller_id for row in uow.session.scalars(select(Incident))} == scope


def refused(connection: Connection, statement: Any) -> str:
    """What the database itself says to a statement."""
    with pytest.raises(IntegrityError) as said, connection.begin_nested():
        connection.execute(statement)
    return str(said.value)


def test_the_database_itself_refuses_a_row_that_names_another_controller_than_its_case(neighbours: Neighbours) -> None:
    """Also where no unit of work looks: the tenant of a row about a case is the tenant of the case."""
    of_cases = [table for table in TENANT_TABLES if "incident_id" in table.__table__.columns]
    assert len(of_cases) >= 41
    with neighbours.town.database.connect() as connection:
        for table in (one.__table__ for one in of_cases):
            mine = table.c.controller_id == neighbours.a.id
            row = connection.execute(select(table).where(mine, table.c.incident_id.is_not(None))).mappings().first()
            assert row is not None, table.name
            told = refused(connection, insert(table).values(**{**row, "controller_id": neighbours.b.id}))
            assert f"{table.name} names another controller" in told
        case = select(Incident.__table__.c.id).where(Incident.__table__.c.controller_id == neighbours.a.id)
        move = update(Incident.__table__).where(Incident.__table__.c.id.in_(case)).values(controller_id=neighbours.b.id)
        assert "stays with its controller" in refused(connection, move)
        connection.rollback()
