"""«I do not know» is an answer: it is kept with its name and time, and asked no second time."""

from incidents.rules.draft import authority_draft
from incidents.rules.facts import vocabulary
from incidents.steps import draft as draft_step
from tests.builders import Firm


def test_a_fact_said_to_be_unknown_for_the_first_time_is_recorded(firm: Firm) -> None:
    """The handler cannot tell the cause yet: the register shows who said so and when, and the version counts."""
    case = firm.report()
    assert case.amend(cause="unknown") == 2
    fact = case.look().facts.get("cause")
    assert fact is not None
    assert (str(fact.state), fact.version) == ("unknown", 2)
    assert case.amend(cause="unknown") == 2


def test_the_case_and_its_draft_agree_on_what_is_missing(firm: Firm) -> None:
    """The page, the mail and the notification speak of the same facts, so none contradicts another."""
    case = firm.report()
    with firm.as_("dpo", read_only=True) as uow:
        draft = authority_draft(draft_step.case_file(uow, case.id), "hu")
    asked = {item.fact_key for item in draft.items if item.to_follow and item.fact_key in vocabulary()}
    assert set(case.look().missing) == asked
    assert {"cause", "subjects_count", "measures_taken"} <= asked
