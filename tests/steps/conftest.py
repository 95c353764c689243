"""Each test has a firm of its own, on each database."""

from tests.passwords import quick_passwords
from tests.towns import empty_town, firm, shared_town, town

__all__ = ["empty_town", "firm", "quick_passwords", "shared_town", "town"]
