"""«I do not know» is an answer: it is kept with its name and time, and asked no second time."""

from tests.builders import Firm


def test_a_fact_said_to_be_unknown_for_the_first_time_is_recorded(firm: Firm) -> None:
    """The handler cannot tell the cause yet: the register shows who said so and when, and the version counts."""
    case = firm.report()
    assert case.amend(cause="unknown") == 2
    fact = case.look().facts.get("cause")
    assert fact is not None
    assert (str(fact.state), fact.version) == ("unknown", 2)
    assert case.amend(cause="unknown") == 2
