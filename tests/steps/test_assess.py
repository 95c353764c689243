"""Assess: each run of the risk test is kept with what it was run on (Art. 33(5))."""

import pytest

from incidents.base.errors import Conflict, Forbidden
from incidents.steps import assess
from incidents.steps.register import close_incident
from tests.builders import Firm


def test_each_run_is_kept_with_its_facts_its_rules_and_its_author(firm: Firm) -> None:
    case = firm.report()
    first = case.assess()
    case.amend(subjects_count=400)
    second = case.assess()
    rows = case.look().assessments
    assert [(row.version, row.facts_version) for row in rows] == [(1, 1), (2, 2)]
    assert rows[0].outcome == first.outcome
    assert (second.made_by, second.made_at, bool(second.rule_set)) == ("Halmos Hanna", firm.town.clock.now(), True)


def test_nothing_known_never_says_that_nobody_need_be_told(firm: Firm) -> None:
    outcome = firm.report().assess().outcome
    assert outcome["notify_authority"] in {"yes", "review"}
    assert outcome["tell_subjects"] in {"yes", "review"}


@pytest.mark.parametrize("role", ["reporter", "auditor", "admin"])
def test_who_only_reads_or_reports_runs_none(firm: Firm, role: str) -> None:
    case = firm.report()
    with firm.as_(role) as uow, pytest.raises(Forbidden):
        assess.run(uow, case.id)


def test_a_closed_case_is_not_assessed_again(firm: Firm) -> None:
    case = firm.report()
    case.decide("no")
    with firm.as_("dpo") as uow:
        close_incident(uow, case.id, "Nem járt kockázattal.")
    with pytest.raises(Conflict):
        case.assess()
