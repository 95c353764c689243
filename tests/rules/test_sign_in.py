from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.browsers import browser_words
from incidents.rules.people import password_faults
from incidents.rules.sign_in import (
    ALPHABET,
    FREE_FOR_ACCOUNT,
    LONGEST_WAIT,
    Failures,
    demanded,
    event_words,
    minutes,
    spaced,
    typed_code,
)

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
A, B = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (10_000, 900)]
)
def test_each_failure_beyond_the_fifth_doubles_the_wait_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert Failures(failures, NOW).wait(FREE_FOR_ACCOUNT, NOW) == timedelta(seconds=seconds)


@given(st.integers(0, 10**9), st.timedeltas(timedelta(), timedelta(days=2)))
def test_nobody_is_ever_kept_waiting_for_longer_than_that(failures: int, passed: timedelta) -> None:
    wait = Failures(failures, NOW).wait(FREE_FOR_ACCOUNT, NOW + passed)
    assert timedelta() <= wait <= max(LONGEST_WAIT - passed, timedelta())


def test_a_wait_is_said_in_whole_minutes_and_never_as_none() -> None:
    assert [minutes(timedelta(seconds=one)) for one in (1, 30, 60, 61, 900)] == ["1", "1", "1", "2", "15"]


def test_a_second_step_is_demanded_by_the_role_at_the_controller_that_asks_for_it() -> None:
    rules = {A: ["dpo", "admin"]}
    assert demanded({A: frozenset({"dpo", "reporter"})}, rules)
    assert not demanded({A: frozenset({"reporter"}), B: frozenset({"dpo"})}, rules)
    assert not demanded({}, rules)


def test_a_recovery_code_may_be_typed_as_people_type() -> None:
    assert spaced("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
    assert typed_code(" abcd efgh–jkmn ") == "ABCDEFGHJKMN"
    assert not set("O0I1LU") & set(ALPHABET)


ABOUT = ("doktor.dora@futar.example", "Doktor Dóra", "Minta Futár Kft.")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("rövid", "too-short"),
        ("x" * 1001, "too-long"),
        ("Jelszó123456", "too-common"),
        ("Password1234!", "too-common"),
        ("QWERTZUIOPŐÚ", "too-common"),
        ("aaaaaaaaaaaaaaaa", "too-common"),
        ("alma1alma1alma1", "too-common"),
        ("doktor.dora2026", "too-near"),
        ("incidens72doktor", "too-near"),
        ("Minta Futár 26", "too-near"),
    ],
)
def test_a_password_everybody_tries_first_is_refused_by_its_reason(password: str, fault: str) -> None:
    assert [one.code for one in password_faults(password, ABOUT)] == [fault]


@pytest.mark.parametrize("password", ["négy szó egy sorban", "kék ló 7 hegy", "ttttttttttt ÁRVÍZ!", "hetvenketora72"])
def test_any_other_long_password_is_good_without_rules_of_signs(password: str) -> None:
    assert password_faults(password, ABOUT) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_know_it(line: str, words: str) -> None:
    assert browser_words(line) == words


def test_what_happened_with_an_account_has_words_in_both_languages() -> None:
    assert event_words("recovery_used", "hu") == "Helyreállító kóddal jelentkezett be"
    assert event_words("recovery_used", "en") == "A recovery code was used to sign in"
    assert event_words("nobody-knows-it", "hu") == "nobody-knows-it"
