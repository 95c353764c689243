"""What is kept encrypted: opened only by the right key, for the right purpose, and never after a change."""

import pytest

from incidents.base.errors import SealBroken
from incidents.store.secrets import Seal


def test_what_was_sealed_opens_again_and_is_not_readable_in_between() -> None:
    seal = Seal(("egy hosszú kulcs",), "recipients")
    sealed = seal.close(b"Minta Anna")
    assert b"Minta" not in sealed
    assert seal.open(sealed).decode() == "Minta Anna"


def test_a_replaced_key_still_opens_what_it_sealed_and_seals_nothing_new() -> None:
    old, both, new = Seal(("régi",), "x"), Seal(("új", "régi"), "x"), Seal(("új",), "x")
    assert both.open(old.close(b"1")) == b"1"
    assert new.open(both.close(b"2")) == b"2"


@pytest.mark.parametrize("other", [Seal(("másik",), "recipients"), Seal(("kulcs",), "webhooks")])
def test_another_key_or_another_purpose_opens_nothing(other: Seal) -> None:
    with pytest.raises(SealBroken):
        other.open(Seal(("kulcs",), "recipients").close(b"1"))


def test_a_changed_record_is_refused() -> None:
    seal = Seal(("kulcs",), "recipients")
    sealed = bytearray(seal.close(b"1"))
    sealed[20] ^= 1
    with pytest.raises(SealBroken):
        seal.open(bytes(sealed))
