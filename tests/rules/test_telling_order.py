"""The authority orders that the people be told (Art. 34(4)): nobody decides otherwise, and the decision names it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from incidents.rules.decide import DecisionForm
from incidents.rules.lifecycle import Marks, next_act, obstacles_to_closing
from incidents.rules.telling_order import TellingOrder, citation, citing, order_faults, standing

RECEIVED = datetime(2026, 12, 1, 9, tzinfo=UTC)
ORDER = TellingOrder(RECEIVED, "NAIH-1234-2/2026", "Tájékoztatás elrendelése")
ON = date(2026, 12, 2)
DECIDED = Marks(acknowledged=True, awareness_set=True, notify="yes", tell="no", filed=True, filing_complete=True)


def decision(tell: str, exemption: str = "", reasons: str = "Megismételt értékelés.") -> DecisionForm:
    return DecisionForm("yes", tell, "", reasons, exemption)


def test_an_order_stands_until_people_are_told_after_its_receipt() -> None:
    assert standing([ORDER], []) == ORDER
    assert standing([ORDER], [RECEIVED - timedelta(hours=1)]) == ORDER
    assert standing([ORDER], [RECEIVED + timedelta(hours=1)]) is None
    assert standing([], []) is None


def test_of_several_orders_the_newest_counts() -> None:
    later = TellingOrder(RECEIVED + timedelta(days=3), "NAIH-1234-5/2026")
    assert standing([later, ORDER], [RECEIVED + timedelta(days=1)]) == later


@pytest.mark.parametrize(
    ("tell", "exemption", "obeys"),
    [("yes", "", True), ("exempt", "c", True), ("no", "", False), ("exempt", "a", False), ("exempt", "b", False)],
)
def test_only_telling_them_or_a_public_notice_obeys(tell: str, exemption: str, obeys: bool) -> None:
    assert (order_faults(decision(tell, exemption), ORDER) == []) is obeys
    assert order_faults(decision(tell, exemption), None) == []


def test_the_decision_cites_the_order_once() -> None:
    cited = citing(decision("yes"), ORDER, "hu", ON)
    assert cited.reasons_subjects == (
        "Megismételt értékelés.\nA Hatóság NAIH-1234-2/2026 számú, 2026. december 1-jén átvett végzésében elrendelte "
        "az érintettek tájékoztatását (GDPR 34. cikk (4) bekezdés)."
    )
    assert citing(cited, ORDER, "hu", ON) == cited
    assert citing(decision("yes"), None, "hu", ON) == decision("yes")
    own = decision("yes", reasons="A NAIH-1234-2/2026 végzés szerint.")
    assert citing(own, ORDER, "hu", ON) == own


def test_an_order_without_a_reference_is_cited_by_its_day_once() -> None:
    nameless = TellingOrder(RECEIVED)
    cited = citing(decision("yes", reasons=""), nameless, "en", ON)
    assert cited.reasons_subjects.endswith(" in its order received on 1 December 2026 (GDPR Art. 34(4)).")
    assert citing(cited, nameless, "en", ON) == cited


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (1, "1-jén"),
        (2, "2-án"),
        (5, "5-én"),
        (6, "6-án"),
        (8, "8-án"),
        (11, "11-én"),
        (13, "13-án"),
        (20, "20-án"),
        (22, "22-én"),
        (23, "23-án"),
        (30, "30-án"),
        (31, "31-én"),
    ],
)
def test_a_hungarian_day_has_its_ending_by_sound(day: int, said: str) -> None:
    order = TellingOrder(datetime(2026, 12, day, 9, tzinfo=UTC))
    assert f"A Hatóság 2026. december {said} átvett" in citation(order, "hu", ON)


def test_the_next_act_is_to_decide_as_ordered_then_to_tell_and_only_then_to_close() -> None:
    ordered = Marks(**{**vars(DECIDED), "ordered": True})
    assert next_act(DECIDED) == "close"
    assert next_act(ordered) == "decide"
    assert "The authority has ordered that the people be told: decide so, then tell them." in obstacles_to_closing(
        ordered
    )
    decided = Marks(**{**vars(ordered), "tell": "yes", "told": True})
    assert decided.must_tell
    assert next_act(decided) == "tell"
    assert obstacles_to_closing(decided)
    done = Marks(**{**vars(decided), "ordered": False})
    assert next_act(done) == "close"
