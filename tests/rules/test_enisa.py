"""ENISA's severity method of 2013: the formula, the examples of its authors, and its place beside the rules."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.errors import InvalidInput
from incidents.rules.assess import assess
from incidents.rules.enisa import (
    CB_VALUES,
    EI_VALUES,
    Circumstances,
    DataContext,
    Identification,
    Steps,
    band_of,
    method,
    score,
)
from incidents.rules.vocabulary import vocabulary

CASES = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "cases.yaml").read_text(encoding="utf-8"))["cases"]
SCORED = [case for case in CASES if case.get("enisa")]
NOTHING = Decimal(0)
CALM = Circumstances(NOTHING, NOTHING, NOTHING, False, "a letter went astray")


def steps(*contexts: tuple[str, int], ei: str = "1", circumstances: Circumstances = CALM) -> Steps:
    data = tuple(
        DataContext(category, adjustment, "nature", "because of its nature") for category, adjustment in contexts
    )
    return Steps(data, (Identification("full name", Decimal(ei), "rare name"),), circumstances)


@pytest.mark.parametrize(
    ("category", "adjustment", "dpc"),
    [
        ("simple", 0, 1),  # customer list of a supermarket
        ("simple", 1, 2),  # customers of a luxury shop
        ("simple", 3, 4),  # names of undercover officers
        ("behavioural", -1, 1),  # calls to a help desk
        ("behavioural", 2, 4),  # calls to a psychological help line
        ("financial", -2, 1),  # a letter showing that somebody is a client of a bank
        ("financial", 1, 4),  # full card details
        ("sensitive", -3, 1),  # "had a general blood test"
        ("sensitive", 0, 4),  # test results
    ],
)
def test_the_worked_examples_of_the_method(category: str, adjustment: int, dpc: int) -> None:
    assert score(steps((category, adjustment))).dpc == dpc


def test_the_highest_kind_of_data_counts_and_kinds_are_never_added() -> None:
    assert score(steps(("simple", 0), ("financial", 0), ("behavioural", 0))).dpc == 3


def test_identification_lowers_and_circumstances_raise() -> None:
    stolen = Circumstances(Decimal("0.5"), Decimal("0.25"), Decimal("0.5"), True, "stolen and published")
    result = score(steps(("financial", 1), ei="0.25", circumstances=stolen))

    assert (result.dpc, result.ei, result.cb, result.se) == (4, Decimal("0.25"), Decimal("1.75"), Decimal("2.75"))
    assert result.band == "medium"


@pytest.mark.parametrize(
    ("se", "band"),
    [("1.99", "low"), ("2", "medium"), ("2.99", "medium"), ("3", "high"), ("3.99", "high"), ("4", "very_high")],
)
def test_the_bands_begin_at_two_three_and_four(se: str, band: str) -> None:
    assert band_of(Decimal(se)) == band


def test_the_range_says_how_unsure_the_assessor_is() -> None:
    result = score(steps(("simple", 1)), low=steps(("simple", 0)), high=steps(("simple", 3)))
    assert (result.low, result.se, result.high) == (1, 2, 4)


def test_the_flags_stand_beside_the_number_and_never_change_it() -> None:
    plain, flagged = score(steps(("simple", 0))), score(steps(("simple", 0)), over_100=True, unintelligible=True)
    assert plain.se == flagged.se


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (Steps((DataContext("simple", 0, "", " "),), steps(("simple", 0)).identifications, CALM), "contexts[0]"),
        (steps(("simple", -1)), "contexts[0].adjustment"),
        (steps(("sensitive", 1)), "contexts[0].adjustment"),
        (steps(("secret", 0)), "contexts[0].category"),
        (
            Steps((DataContext("simple", 1, "mood", "felt so"),), steps(("simple", 0)).identifications, CALM),
            "contexts[0]",
        ),
        (steps(("simple", 0), ei="0.6"), "identifications[0].value"),
        (Steps((), steps(("simple", 0)).identifications, CALM), "contexts"),
        (steps(("simple", 0), circumstances=Circumstances(Decimal(1), NOTHING, NOTHING, False, "x")), "circumstances"),
    ],
)
def test_a_step_without_a_reason_or_outside_the_method_is_refused(wrong: Steps, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        score(wrong)
    assert [error.path for error in refused.value.errors if error.path.startswith(path)]


_CONTEXT = st.sampled_from(
    [
        (category, adjustment)
        for category, (least, most) in method()["adjustments"].items()
        for adjustment in range(least, most + 1)
    ]
)


@given(
    st.lists(_CONTEXT, min_size=1, max_size=4),
    st.sampled_from(EI_VALUES),
    st.tuples(*[st.sampled_from(CB_VALUES)] * 3),
    st.booleans(),
)
def test_the_score_lies_between_a_quarter_and_six(
    contexts: list[tuple[str, int]], ei: Decimal, losses: tuple[Decimal, Decimal, Decimal], malicious: bool
) -> None:
    result = score(steps(*contexts, ei=str(ei), circumstances=Circumstances(*losses, malicious, "example")))

    assert Decimal("0.25") <= result.se <= 6
    assert 1 <= result.dpc <= 4


def test_every_kind_of_data_has_its_place_in_the_method() -> None:
    assert set(method()["data"]) == set(vocabulary()["data_categories"].codes)
    for category, adjustment, factor, low, high, reason in method()["data"].values():
        least, most = method()["adjustments"][category]
        likely = method()["base"][category] + adjustment
        assert least <= adjustment <= most
        assert low <= likely <= high
        assert reason
        assert bool(factor) == (adjustment != 0)


@pytest.mark.parametrize("case", SCORED, ids=lambda case: case["id"])
def test_the_score_of_a_published_case_overlaps_the_range_a_careful_assessor_found(case: dict[str, Any]) -> None:
    ours, (low, high) = assess(case["fields"]).enisa, case["enisa"]["plausible_range"]
    assert float(ours.low) <= high
    assert low <= float(ours.high)
    assert float(ours.low) <= case["enisa"]["se"] <= float(ours.high)


def test_most_scores_of_published_cases_are_those_computed_by_hand() -> None:
    same = [case["id"] for case in SCORED if float(assess(case["fields"]).enisa.se) == case["enisa"]["se"]]
    assert len(same) >= len(SCORED) * 2 // 3
