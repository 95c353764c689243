"""Nothing but a role, or the one act a secret link carries, opens a door; a wide unit of work opens none."""

from dataclasses import replace
from uuid import UUID

import pytest

from incidents.base.errors import Forbidden, NotFound
from incidents.rules.access import MATRIX
from incidents.steps.guard import require, require_operator, where_may
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor, Scope
from tests.builders import Firm

ACTS = sorted(set().union(*MATRIX.values()))


def allowed(firm: Firm, actor: Actor, scope: Scope | None, at: UUID | None = None) -> set[str]:
    """The acts a guard lets an actor do at the firm."""
    found = set()
    with firm.town.uow(actor, scope, read_only=True) as uow:
        for act in ACTS:
            try:
                require(uow, at or firm.id, act)
            except Forbidden:
                continue
            found.add(act)
    return found


def test_a_unit_of_work_over_every_controller_allows_nobody_anything(firm: Firm) -> None:
    visitor, person = Actor("visitor"), Actor("Másik Mária", UUID(int=5), {UUID(int=6): frozenset({"dpo"})})
    assert allowed(firm, visitor, EVERY_CONTROLLER) == set()
    assert allowed(firm, person, EVERY_CONTROLLER) == set()
    assert allowed(firm, SYSTEM, EVERY_CONTROLLER) == set(ACTS)
    with firm.town.uow(person, EVERY_CONTROLLER, read_only=True) as uow:
        assert where_may(uow, "read") == {UUID(int=6)}, "lists stay with the controllers of the person"
        with pytest.raises(Forbidden):
            require_operator(uow)


def test_each_role_may_do_what_the_matrix_says_and_only_at_its_own_controller(firm: Firm) -> None:
    other = firm.town.found()
    for role, acts in MATRIX.items():
        actor = Actor(role, UUID(int=7), {firm.id: frozenset({role})})
        assert allowed(firm, actor, frozenset({firm.id})) == acts
        assert allowed(firm, actor, EVERY_CONTROLLER) == acts
        assert allowed(firm, actor, EVERY_CONTROLLER, other.id) == set()
        with pytest.raises(NotFound):
            allowed(firm, actor, frozenset({firm.id}), other.id)


def test_a_link_carries_one_act_at_one_controller(firm: Firm) -> None:
    other = firm.town.found()
    behind_link = replace(Actor("visitor"), by_link={firm.id: frozenset({"report"})})
    assert allowed(firm, behind_link, frozenset({firm.id})) == {"report"}
    assert allowed(firm, behind_link, EVERY_CONTROLLER, other.id) == set()
    with firm.town.uow(behind_link, EVERY_CONTROLLER, read_only=True) as uow:
        assert where_may(uow, "report") == frozenset(), "a list is nothing a link opens"


def test_an_operator_runs_the_installation_and_reads_nobodys_cases(firm: Firm) -> None:
    operator = Actor("Operátor Olga", UUID(int=8), {}, is_operator=True)
    assert allowed(firm, operator, EVERY_CONTROLLER) == {"manage"}
