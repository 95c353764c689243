"""Row keys in order of time, secrets nobody guesses, references people can say."""

from datetime import UTC, datetime, timedelta

from incidents.base.ids import new_id, new_token, reference

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


def test_a_later_row_has_a_greater_key() -> None:
    keys = [new_id(NOW + timedelta(milliseconds=step)) for step in range(200)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_keys_of_one_instant_differ_and_are_uuids_of_version_7() -> None:
    keys = {new_id(NOW) for _ in range(500)}
    assert len(keys) == 500
    assert {key.version for key in keys} == {7}
    assert {key.int >> 80 for key in keys} == {int(NOW.timestamp() * 1000)}


def test_keys_of_one_instant_keep_the_order_they_were_made_in() -> None:
    keys = [new_id(NOW) for _ in range(10_000)]
    assert keys == sorted(keys)


def test_a_token_is_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 43 for token in tokens)


def test_a_reference_can_be_said_on_the_phone() -> None:
    assert reference("FUT", 2026, 7) == "FUT-2026/0007"
    assert reference("FUT", 2026, 12345) == "FUT-2026/12345"
