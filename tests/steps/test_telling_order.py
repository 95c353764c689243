"""A real order under Art. 34(4): a duty with its deadline, the next act of the case, cited by the decision."""

import pytest

from incidents.base.errors import InvalidInput
from incidents.rules.lifecycle import obstacles_to_closing
from incidents.rules.thread import OrderForm
from incidents.steps import orders
from incidents.store.tables import AuthorityOrder, Decision
from tests.builders import CaseFile, Firm


def ordered(firm: Firm) -> tuple[CaseFile, AuthorityOrder]:
    """A case decided and filed without telling anybody; then the order comes, with eight days."""
    case = firm.report().encrypted()
    case.acknowledge()
    case.set_awareness(case.town.now)
    case.assess()
    case.decide("yes", "no")
    case.file()
    told = OrderForm("tell_people", "Tájékoztatás elrendelése", "Tájékoztassa az érintetteket.", case.town.now)
    with firm.as_("dpo") as uow:
        form = OrderForm(**{**vars(told), "authority_reference": "NAIH-1234-2/2026", "days": 8})
        return case, orders.receive(uow, case.id, form)


def test_an_order_makes_deciding_again_the_next_act_and_keeps_the_case_open(firm: Firm) -> None:
    case, _ = ordered(firm)
    seen = case.look()
    assert seen.telling_order is not None
    assert seen.next_act == "decide"
    assert "The authority has ordered that the people be told: decide so, then tell them." in obstacles_to_closing(
        seen.marks
    )


def test_against_the_order_nothing_can_be_decided(firm: Firm) -> None:
    case, _ = ordered(firm)
    with pytest.raises(InvalidInput) as refused:
        case.decide("yes", "no")
    assert [(fault.path, fault.code) for fault in refused.value.errors] == [("tell", "ordered")]


def test_the_decision_to_tell_cites_the_order_and_telling_ends_it(firm: Firm) -> None:
    case, order = ordered(firm)
    decision = case.decide("yes", "yes")
    assert isinstance(decision, Decision)
    assert "NAIH-1234-2/2026 számú" in decision.reasons_subjects
    assert case.look().next_act == "tell"
    case.tell()
    seen = case.look()
    assert seen.telling_order is None
    assert not seen.marks.must_tell
    assert order.kind == "tell_people"
