"""Whom to call when mail is down: a list that can be used in the dark, and a sheet that is not older than a quarter."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.rules import contacts
from incidents.rules.contacts import ContactForm

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    "way", [{"phone": "+36 30 555 0101"}, {"phone": "112"}, {"private_email": "dora@posta.example"}]
)
def test_a_name_and_one_way_to_reach_the_person_are_enough(way: dict[str, str]) -> None:
    assert contacts.faults([ContactForm("Doktor Dóra", **way)]) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": " ", "phone": "112"}, "contacts[0].name"),
        ({"name": "Doktor Dóra"}, "contacts[0].phone"),
        ({"name": "Doktor Dóra", "phone": "a portán"}, "contacts[0].phone"),
        ({"name": "Doktor Dóra", "private_email": "dora"}, "contacts[0].private_email"),
        ({"name": "Doktor Dóra", "phone": "112", "note": "x" * 201}, "contacts[0].note"),
    ],
)
def test_a_line_nobody_could_use_is_refused_at_its_field(fields: dict[str, str], path: str) -> None:
    assert [error.path for error in contacts.faults([ContactForm(**fields)])] == [path]


def test_thirty_people_are_enough_for_a_wall() -> None:
    assert [error.code for error in contacts.faults([ContactForm("x", phone="112")] * 31)] == ["too-many"]


def test_the_numbers_given_make_the_order_and_who_has_none_comes_last() -> None:
    names = [
        one.name
        for one in contacts.in_order([ContactForm("c"), ContactForm("b", order="2"), ContactForm("a", order="1")])
    ]
    assert names == ["a", "b", "c"]
    assert [one.name for one in contacts.in_order([ContactForm("a"), ContactForm("b", order="első")])] == ["a", "b"]


@pytest.mark.parametrize(
    ("changed_days_ago", "printed_days_ago", "state"),
    [
        (None, None, "never"),
        (3, None, "never"),
        (1, 2, "changed"),
        (2, 1, "fresh"),
        (None, 89, "fresh"),
        (100, 90, "old"),
    ],
)
def test_a_sheet_is_fresh_for_ninety_days_unless_the_list_changes(
    changed_days_ago: int | None, printed_days_ago: int | None, state: str
) -> None:
    changed, printed = (
        NOW - timedelta(days=ago) if ago is not None else None for ago in (changed_days_ago, printed_days_ago)
    )
    assert contacts.sheet_state(changed, printed, NOW) == state
