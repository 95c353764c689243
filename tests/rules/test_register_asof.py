"""The register as it stood on a day, and what is blacked out of it when it leaves the house."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.register_asof import Period, Said, clock_then, closed_then, duty_then, known_by, period_of
from incidents.rules.register_redaction import Redaction

FRIDAY = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAID = (
    "Kelemen Katalinnak szóltunk: +36 30 555 0101, kk@futar.example, TAJ: 123 456 789, 120 000 fő, 2026. november 20."
)


def test_a_period_is_whole_days_in_budapest_and_ends_with_its_last_one() -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 20))
    assert period.since == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert period.before == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert period.instant(FRIDAY + timedelta(days=365)) == datetime(2026, 11, 20, 22, 59, 59, 999999, tzinfo=UTC)
    assert period.instant(FRIDAY) == FRIDAY, "a day that is not over ends now"


@pytest.mark.parametrize(
    ("typed", "at_fault"),
    [
        (("2026-01-01", "2026-12-31", "2026-11-20"), []),
        (("", "2026-12-31", "tegnap"), ["first", "as_of"]),
        (("2026-12-31", "2026-01-01", "2026-11-20"), ["last"]),
        (("2026-01-01", "2026-12-31", "2026-11-21"), ["as_of"]),
        (("0001-01-01", "9999-12-31", "2026-11-20"), ["first", "last"]),
    ],
)
def test_a_period_that_cannot_be_is_named_field_by_field(typed: tuple[str, str, str], at_fault: list[str]) -> None:
    period, errors = period_of(*typed, today=date(2026, 11, 20))
    assert [one.path for one in errors] == at_fault
    assert (period is None) == bool(at_fault)


def test_a_clock_that_was_stopped_later_still_ran() -> None:
    assert clock_then("stopped", FRIDAY + HOUR, "filed", FRIDAY) == ("running", "")
    assert clock_then("stopped", FRIDAY, "filed", FRIDAY) == ("stopped", "filed")
    assert clock_then("superseded", None, "", FRIDAY) == ("running", "")


def test_a_case_closed_and_opened_again_was_closed_in_between() -> None:
    log = [
        Said(FRIDAY, "incident.closed", {"note": "Megkerült."}),
        Said(FRIDAY + 2 * HOUR, "incident.reopened", {"note": "Mégsem."}),
    ]
    assert closed_then(log, FRIDAY - HOUR) == (None, "")
    assert closed_then(log, FRIDAY + HOUR) == (FRIDAY, "Megkerült.")
    assert closed_then(log, FRIDAY + 2 * HOUR) == (None, "")


def test_a_duty_that_was_declined_later_still_waited() -> None:
    eidas = {"regime": "eidas", "subject": ""}
    log = [Said(FRIDAY, "duty.proposed", eidas), Said(FRIDAY + HOUR, "duty.declined", {**eidas, "reason": "Nem az."})]
    assert duty_then(log, "eidas", "", FRIDAY) == ("proposed", "")
    assert duty_then(log, "eidas", "", FRIDAY + HOUR) == ("declined", "Nem az.")
    assert duty_then(log, "nis2", "", FRIDAY + HOUR) is None


@given(st.lists(st.integers(0, 50)), st.integers(0, 60))
def test_nothing_recorded_later_is_shown_and_nothing_earlier_is_lost(recorded: list[int], at: int) -> None:
    moments = [FRIDAY + number * HOUR for number in sorted(recorded)]
    shown = known_by(moments, lambda one: one, FRIDAY + at * HOUR)
    assert list(shown) == moments[: len(shown)]
    assert all(one > FRIDAY + at * HOUR for one in moments[len(shown) :])


def test_known_names_and_what_looks_personal_is_blacked_out_and_counted_the_rest_stays() -> None:
    redaction = Redaction(["Kelemen Katalin", "Bo"], "hu")
    assert redaction.text(SAID) == (
        "[kitakarva: név]nak szóltunk: [kitakarva: telefonszám], [kitakarva: e-mail-cím], TAJ: [kitakarva: azonosító], "
        "120 000 fő, 2026. november 20."
    )
    assert redaction.hidden == {"name": 1, "phone": 1, "email": 1, "identifier": 1, "account": 0}
    assert redaction.row({"number": 1200, "day": FRIDAY, "none": None}) == {"number": 1200, "day": FRIDAY, "none": None}


@given(st.text(max_size=60), st.sampled_from(["hu", "en"]))
def test_what_was_blacked_out_once_stays_as_it_is(said: str, lang: str) -> None:
    redaction = Redaction(["Kelemen Katalin"], lang)
    once = redaction.text(f"{said} Kelemen Katalin {said}")
    assert "Kelemen Katalin" not in once
    assert redaction.text(once) == once
