"""Passwords for tests: a fixture that a conftest takes up for all its tests."""

import pytest
from argon2 import PasswordHasher

from incidents.steps import sessions

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODYS = QUICK.hash("nobody has this password")


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with less work: a quarter of a second a password is meant for attackers, not for tests."""
    monkeypatch.setattr(sessions, "_hasher", QUICK)
    monkeypatch.setattr(sessions, "_nobody", lambda: NOBODYS)
