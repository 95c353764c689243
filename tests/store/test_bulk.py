"""The one door for thousands of rows at once: every row is looked at, and none slips in for another controller."""

import pytest

from incidents.base.errors import InvalidInput
from incidents.base.ids import new_id
from incidents.store.tables import Processor
from incidents.store.uow import SYSTEM, TenancyError
from tests.builders import Firm, Town


def rows_for(firm: Firm, count: int, name: str = "Példa Könyvelő Bt.") -> list[dict[str, object]]:
    now = firm.town.clock.now()
    fields = dict.fromkeys(("address", "task", "country", "safeguard", "contact"), "")
    known = {column.name for column in Processor.__table__.columns}
    row = {key: value for key, value in {**fields, "name": name, "controller_id": firm.id}.items() if key in known}
    return [{**row, "id": new_id(now)} for _ in range(count)]


def names(firm: Firm) -> list[str]:
    with firm.town.uow(read_only=True) as uow:
        return [row.name for row in uow.session.query(Processor).filter(Processor.controller_id == firm.id)]


def test_thousands_of_rows_of_ones_own_controller_are_written(firm: Firm) -> None:
    with firm.town.uow(SYSTEM, frozenset({firm.id})) as uow:
        uow.add_many(Processor, rows_for(firm, 2000))
        uow.add_many(Processor, [])
    assert len(names(firm)) == 2000


def test_one_row_of_another_controller_among_thousands_refuses_them_all(town: Town, firm: Firm) -> None:
    other = town.found(staff=())
    for scope in (frozenset({firm.id}), None):
        with pytest.raises(TenancyError), town.uow(SYSTEM, scope) as uow:
            uow.add_many(Processor, [*rows_for(firm, 3), *rows_for(other, 1)])
    assert names(firm) == names(other) == []


def test_a_row_that_names_no_controller_is_refused(firm: Firm) -> None:
    (row,) = rows_for(firm, 1)
    with pytest.raises(TenancyError), firm.town.uow() as uow:
        uow.add_many(Processor, [{**row, "controller_id": None}])


def test_a_text_with_a_nul_is_refused_as_it_is_one_by_one(firm: Firm) -> None:
    with pytest.raises(InvalidInput), firm.town.uow() as uow:
        uow.add_many(Processor, rows_for(firm, 1, "Példa\0Bt."))


def test_what_was_added_before_stays_in_one_transaction_with_the_many(firm: Firm) -> None:
    with pytest.raises(RuntimeError), firm.town.uow() as uow:
        uow.add_many(Processor, rows_for(firm, 5))
        raise RuntimeError
    assert names(firm) == []
