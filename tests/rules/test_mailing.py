"""Sending: as fast as allowed and no faster, wave by wave; the code on a letter leads back to its row."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidents.rules import letter_codes, mailing
from incidents.rules.mailing import Counts

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


def test_without_a_limit_everything_may_leave() -> None:
    assert mailing.allowance(None, NOW, 0) is None


def test_a_limit_of_120_a_minute_lets_30_leave_at_once_and_30_more_each_quarter() -> None:
    assert mailing.allowance(None, NOW, 120) == 30
    paid = mailing.paid(None, NOW, 120, 30)
    assert mailing.allowance(paid, NOW, 120) == 0
    assert mailing.allowance(paid, NOW + timedelta(seconds=15), 120) == 30


def test_what_was_not_used_for_an_hour_is_no_more_than_a_minute_s_worth() -> None:
    assert mailing.allowance(NOW, NOW + timedelta(hours=1), 120) == 120


@given(st.integers(1, 5000), st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_however_often_one_asks_a_minute_never_holds_more_than_twice_the_limit(rate: int, waits: list[int]) -> None:
    paid, now, left = None, NOW, []
    for wait in waits:
        now += timedelta(seconds=wait)
        count = mailing.allowance(paid, now, rate)
        assert count is not None
        paid = mailing.paid(paid, now, rate, count)
        left.append((now, count))
    for start, _ in left:
        assert sum(count for at, count in left if start <= at < start + timedelta(minutes=1)) <= 2 * rate


def test_the_first_wave_is_500_people_then_the_rest() -> None:
    assert [mailing.upto([500], wave) for wave in (1, 2)] == [500, None]
    assert [mailing.upto([500, 2000], wave) for wave in (1, 2, 3)] == [500, 2500, None]
    assert mailing.upto([], 1) is None


def test_a_mailbox_that_says_later_is_tried_for_most_of_a_day_and_then_written_to_by_post() -> None:
    waits = [mailing.next_try(attempt) for attempt in range(1, 7)]
    assert waits[-1] is None
    assert sum((wait for wait in waits if wait), timedelta()) > timedelta(hours=16)


def test_the_end_is_expected_by_the_pace_so_far_but_not_before_the_limit_allows() -> None:
    after = NOW + timedelta(minutes=10)
    assert mailing.expected_end(NOW, after, done=600, left=600, rate=0) == after + timedelta(minutes=10)
    assert mailing.expected_end(NOW, after, done=600, left=600, rate=30) == after + timedelta(minutes=20)
    assert mailing.expected_end(NOW, after, done=0, left=600, rate=0) is None


def test_reached_is_who_was_written_to_and_whose_letter_did_not_come_back() -> None:
    counts = Counts(
        {"sent": 90, "posted": 7, "returned": 2, "post": 3, "unreachable": 1, "queued": 4, "deferred": 1}, 5
    )
    assert (counts.people, counts.reached, counts.by_mail, counts.by_post, counts.waiting) == (108, 97, 90, 7, 5)
    assert Counts.of_record(counts.kept()) == counts


def test_waves_and_rates_that_make_no_sense_are_named() -> None:
    assert [fault.path for fault in mailing.plan_faults([0], -1)] == ["waves", "rate"]
    assert mailing.plan_faults([500], 0) == []


@given(st.integers(0, 2**50 - 1))
def test_a_code_is_found_again_however_it_is_typed(random: int) -> None:
    made = letter_codes.code(random)
    typed = letter_codes.shown(made).lower().replace("1", "l").replace("0", "o")
    assert letter_codes.read(f"  {typed},\n{made}") == ([made], [])


@given(st.integers(0, 2**50 - 1), st.integers(0, 9), st.sampled_from(letter_codes.SIGNS))
def test_one_wrong_sign_is_never_another_letter(random: int, place: int, sign: str) -> None:
    made = letter_codes.code(random)
    wrong = made[:place] + sign + made[place + 1 :]
    assert wrong == made or letter_codes.read(wrong) == ([], [wrong])


def test_words_that_are_no_code_are_given_back() -> None:
    made = letter_codes.code(7)
    assert letter_codes.read(f"Feladó ismeretlen {made}") == ([made], ["Felad", "ismeretlen"])


def test_the_barcode_has_the_length_of_its_signs() -> None:
    widths = letter_codes.bars(letter_codes.code(123_456_789))
    assert len(widths) % 2 == 1
    assert sum(widths) == 11 * (1 + letter_codes.LENGTH + 1) + 13
