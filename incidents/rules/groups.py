"""Groups of people within a breach: what may be said of one by itself, and what its name must be (GDPR 34(1))."""

from collections.abc import Iterable

from incidents.base.errors import FieldError
from incidents.rules.vocabulary import vocabulary

LONGEST_NAME = 80
ALSO_BY_GROUP = frozenset({"subject_categories"})
OF_EVERYBODY = frozenset({"mitigations"})


def by_group(key: str) -> bool:
    """Whether a fact may differ from one group of people to another: what the risk test reads, and who they are."""
    field = vocabulary().get(key)
    return field is not None and (field.risk or key in ALSO_BY_GROUP) and key not in OF_EVERYBODY


def group_faults(name: str) -> list[FieldError]:
    """What is wrong with the name of a group."""
    if len(name) > LONGEST_NAME:
        return [
            FieldError(
                "group", "too-long", "This is too long: at most {limit} characters.", {"limit": str(LONGEST_NAME)}
            )
        ]
    return []


def not_by_group(keys: Iterable[str]) -> list[FieldError]:
    """An error for each known fact that is one and the same for everybody concerned."""
    return [
        FieldError(f"facts.{key}", "not-by-group", "This is one fact for everybody: record it for the whole case.")
        for key in keys
        if key in vocabulary() and not by_group(key)
    ]
