"""A notification says of itself whether it is complete: it is, once nothing is to follow (Art. 33(4))."""

from notifications.documents import drafts
from tests.form_cases import STOLEN_LAPTOP, a_case


def test_a_notification_with_nothing_to_follow_calls_itself_complete() -> None:
    """Every fact of Art. 33(3) is there: NAIH reads «Teljes», not «Hiányos»."""
    wording = drafts.preview(a_case(), "authority", "hu")
    assert "Teljes" in wording
    assert "Hiányos" not in wording


def test_one_fact_to_follow_makes_it_incomplete() -> None:
    """The number of people is not known yet: the notification says that more will come."""
    wording = drafts.preview(a_case({**STOLEN_LAPTOP, "subjects_count": None}), "authority", "hu")
    assert "Hiányos" in wording
