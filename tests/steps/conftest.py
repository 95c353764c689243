"""Each test has a firm of its own, on each database."""

import pytest
from argon2 import PasswordHasher

from incidents.steps import sessions
from tests.towns import empty_town, firm, shared_town, town

__all__ = ["empty_town", "firm", "quick_passwords", "shared_town", "town"]


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with less work: a quarter of a second a password is meant for attackers, not for tests."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(sessions, "_hasher", quick)
    monkeypatch.setattr(sessions, "_NOBODY", quick.hash("nobody has this password"))
