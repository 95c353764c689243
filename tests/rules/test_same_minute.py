"""Forms are filled in minutes: what is typed in the minute of the first signal is not before it."""

from datetime import UTC, datetime

from incidents.base.time import ZonedInstant, to_the_minute
from incidents.rules.send import CommunicationForm, FilingForm, ThreadSoFar, communication_faults, filing_faults

SIGNAL = datetime(2026, 11, 20, 16, 50, 42, tzinfo=UTC)
TYPED = ZonedInstant(datetime(2026, 11, 20, 16, 50, tzinfo=UTC))
NOW = datetime(2026, 11, 20, 16, 55, tzinfo=UTC)


def test_a_filing_typed_in_the_minute_of_the_signal_is_not_too_early() -> None:
    """Reported at 17:50:42 with «now», filed by phone at once: the form says 17:50."""
    thread = ThreadSoFar(SIGNAL, SIGNAL, NOW, has_first=False, identifier_known=False, withdrawn=False)
    assert filing_faults(FilingForm("new", True, "online", TYPED), thread, NOW) == []


def test_people_told_in_the_minute_of_the_signal_are_not_told_too_early() -> None:
    """The same for the communication."""
    assert communication_faults(CommunicationForm(TYPED, "in_person"), SIGNAL, NOW) == []


def test_the_minute_before_is_still_too_early() -> None:
    """A minute earlier is a slip."""
    earlier = ZonedInstant(datetime(2026, 11, 20, 16, 49, tzinfo=UTC))
    assert [one.code for one in communication_faults(CommunicationForm(earlier, "in_person"), SIGNAL, NOW)] == [
        "too-early"
    ]
    assert to_the_minute(SIGNAL) == TYPED.at
