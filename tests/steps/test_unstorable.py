"""A sign PostgreSQL cannot hold (NUL): refused as a fault of its field, harmless in a search, the same on SQLite."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.base.errors import InvalidInput, NotFound
from incidents.steps import cases, controllers, people, report
from incidents.steps.controllers import ProcessorForm
from incidents.steps.people import SignInFailed
from incidents.steps.sessions import Visit
from incidents.store.incidents import BoardFilter
from tests.builders import GOOD_REASON, Firm, controller_form

NUL = "\0"


def save_processor(firm: Firm) -> None:
    with firm.as_("admin") as uow:
        controllers.save_processors(uow, firm.id, [ProcessorForm("x" + NUL)])


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("reasons_authority", lambda firm: firm.report().decide("no", reasons_authority=GOOD_REASON + NUL)),
        ("note", lambda firm: firm.report().file(note=NUL + "x")),
        ("note", lambda firm: firm.report().tell(note="x" + NUL + "x")),
        ("reason", lambda firm: firm.report().set_awareness(firm.town.now, "x" + NUL)),
        ("title", lambda firm: firm.report("x" + NUL + "x")),
        ("name", save_processor),
        ("seat", lambda firm: firm.town.found(controller_form(seat="x" + NUL + "x"))),
    ],
)
def test_it_cannot_be_written_down_anywhere(firm: Firm, path: str, act: Callable[[Firm], Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        act(firm)
    assert path in [error.path for error in refused.value.errors]


def test_it_can_be_searched_signed_in_and_linked_with_without_harm(firm: Firm) -> None:
    firm.report("Elveszett laptop")
    with firm.as_("dpo", read_only=True) as uow:
        assert len(cases.board(uow, BoardFilter(query="lap" + NUL + "top")).rows) == 1
    with firm.town.uow() as uow:
        answer = people.log_in(uow, "dpo" + NUL + "@futar.example", "x" + NUL, Visit(address="192.0.2.7"))
        assert isinstance(answer, SignInFailed)
        for token in ("x" + NUL, "árvíz"):
            with pytest.raises(NotFound):
                report.controller_of_link(uow, token)
            with pytest.raises(NotFound):
                report.receipt(uow, token)
