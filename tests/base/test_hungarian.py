"""Hungarian grammar and figures, read as a person would read them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.hungarian import (
    article,
    format_date,
    format_datetime,
    format_number,
    format_table_datetime,
    hours_in_words,
    join_words,
    with_article,
)
from incidents.base.time import NaiveDatetimeError

WORDS = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "articles.yaml").read_text(encoding="utf-8"))
PAIRS = [(expected, word) for expected, groups in WORDS.items() for group in groups.values() for word in group]
NOVEMBER = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


@pytest.mark.parametrize(("expected", "word"), PAIRS)
def test_the_article_follows_the_sound(expected: str, word: str) -> None:
    assert article(word) == expected


def test_the_article_is_joined_to_its_word_and_may_open_a_sentence() -> None:
    assert with_article("incidens") == "az incidens"
    assert with_article("NAIH", capital=True) == "A NAIH"
    assert with_article("MNB", capital=True) == "Az MNB"
    assert with_article("„Incidens” mező") == "az „Incidens” mező"


@given(st.text(max_size=30))
def test_any_text_at_all_gets_one_of_the_two_articles(text: str) -> None:
    assert article(text) in ("a", "az")


@given(st.integers(min_value=10_000, max_value=10**12))
def test_grouping_a_number_does_not_change_its_article(number: int) -> None:
    assert article(format_number(number)) == article(str(number))


def test_dates_are_read_in_budapest() -> None:
    assert format_date(date(2026, 11, 20)) == "2026. november 20."
    assert format_date(datetime(2026, 11, 20, 23, 30, tzinfo=UTC)) == "2026. november 21."
    assert format_date(date(2026, 11, 20), "en") == "20 November 2026"
    assert format_date(date(2026, 1, 5)) == "2026. január 5."


def test_an_instant_has_a_form_for_text_and_one_for_tables() -> None:
    assert format_datetime(NOVEMBER) == "2026. november 20. 17:50"
    assert format_datetime(NOVEMBER, "en") == "20 November 2026, 17:50"
    assert format_table_datetime(NOVEMBER) == "2026.11.20. 17:50"
    assert format_table_datetime(NOVEMBER, "en") == "2026-11-20 17:50"


def test_an_early_hour_is_bare_in_text_and_aligned_in_tables() -> None:
    early = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
    assert format_datetime(early) == "2026. november 20. 9:05"
    assert format_table_datetime(early) == "2026.11.20. 09:05"


def test_another_zone_can_be_asked_for() -> None:
    assert format_datetime(NOVEMBER, zone_name="Europe/London") == "2026. november 20. 16:50"


def test_the_repeated_hour_of_autumn_says_which_one_is_meant() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert format_datetime(first) == "2026. október 25. 2:30 (nyári idő)"
    assert format_datetime(first + timedelta(hours=1)) == "2026. október 25. 2:30 (téli idő)"
    assert format_datetime(first + timedelta(hours=2)) == "2026. október 25. 3:30"
    assert format_table_datetime(first, "en") == "2026-10-25 02:30 (summer time)"


def test_a_time_without_a_zone_is_refused() -> None:
    for write in (format_date, format_datetime, format_table_datetime):
        with pytest.raises(NaiveDatetimeError):
            write(datetime(2026, 11, 20, 17, 50))  # noqa: DTZ001  the fault under test


@pytest.mark.parametrize(
    ("number", "hungarian", "english"),
    [
        (0, "0", "0"),
        (1733, "1733", "1,733"),
        (10_000, "10\u00a0000", "10,000"),
        (120_000, "120\u00a0000", "120,000"),
        (-1_234_567, "-1\u00a0234\u00a0567", "-1,234,567"),
    ],
)
def test_long_numbers_are_grouped_and_never_broken_over_lines(number: int, hungarian: str, english: str) -> None:
    assert format_number(number) == hungarian
    assert format_number(number, "en") == english


@pytest.mark.parametrize(
    ("hours", "hungarian", "english"),
    [
        (71, "71 óra", "71 hours"),
        (71 + 1 / 3, "71 óra 20 perc", "71 hours 20 minutes"),
        (72, "72 óra", "72 hours"),
        (1, "1 óra", "1 hour"),
        (1 / 60, "1 perc", "1 minute"),
        (0.5, "30 perc", "30 minutes"),
        (0.01, "kevesebb mint 1 perc", "less than 1 minute"),
        (0, "kevesebb mint 1 perc", "less than 1 minute"),
        (-0.01, "most járt le", "has just expired"),
        (-3, "3 órája lejárt", "overdue by 3 hours"),
        (-0.5, "30 perce lejárt", "overdue by 30 minutes"),
        (-100 - 1 / 3, "100 óra 20 perce lejárt", "overdue by 100 hours 20 minutes"),
    ],
)
def test_the_time_left_is_told_in_hours_and_minutes(hours: float, hungarian: str, english: str) -> None:
    assert hours_in_words(timedelta(seconds=round(hours * 3600))) == hungarian
    assert hours_in_words(timedelta(seconds=round(hours * 3600)), "en") == english


@given(st.timedeltas(min_value=timedelta(days=-60), max_value=timedelta(days=60)))
def test_the_time_left_is_never_told_in_days(remaining: timedelta) -> None:
    assert " nap" not in hours_in_words(remaining)
    assert "day" not in hours_in_words(remaining, "en")


def test_the_time_left_is_never_more_than_there_is() -> None:
    assert hours_in_words(timedelta(hours=3) - timedelta(seconds=1)) == "2 óra 59 perc"


def test_lists_are_joined_as_a_sentence_says_them() -> None:
    assert join_words(["a", "b", "c"]) == "a, b és c"
    assert join_words(["a", "b"]) == "a és b"
    assert join_words(["a"]) == "a"
    assert join_words([]) == ""
    assert join_words(["names", "phone numbers", "addresses"], "en") == "names, phone numbers and addresses"
