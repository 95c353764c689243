"""Return addresses: a bounce names its mail by itself, and nobody else can make one that counts."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import verp
from notifications.verp import Returned

ROW = UUID("0193504e-7c00-7000-8000-000000000042")
BOUNCES = "bounces@futar.example"


@given(row=st.uuids(), kind=st.sampled_from(["o", "l"]), local=st.from_regex(r"[a-z][a-z0-9+]{0,19}", fullmatch=True))
def test_what_was_put_in_comes_out_and_any_server_accepts_its_length(row: UUID, kind: verp.Kind, local: str) -> None:
    address = verp.encode("secret", f"{local}@futar.example", kind, row)
    assert verp.decode(["secret"], address) == Returned(kind, row)
    assert address.endswith("@futar.example")
    assert len(address.rpartition("@")[0]) <= verp.LOCAL_PART_LIMIT


def test_the_address_is_the_mailbox_with_a_tag() -> None:
    address = verp.encode("secret", BOUNCES, "o", ROW)
    local, _, signature = address.partition("@")[0].rpartition(".")
    assert local == f"bounces+o.{ROW.hex}"
    assert len(signature) == 8


def test_a_server_that_folds_the_case_or_adds_brackets_does_no_harm() -> None:
    address = verp.encode("secret", BOUNCES, "l", ROW)
    assert verp.decode(["secret"], f"<{address.upper()}>") == Returned("l", ROW)


def test_a_replaced_key_still_reads_what_was_sent_under_it() -> None:
    assert verp.decode(["new", "old"], verp.encode("old", BOUNCES, "o", ROW)) == Returned("o", ROW)


def test_nobody_makes_an_address_without_the_secret() -> None:
    forged = verp.encode("guessed", BOUNCES, "o", ROW)
    assert verp.decode(["secret"], forged) is None


@pytest.mark.parametrize("what", ["kind", "row"])
def test_a_signature_counts_for_one_row_of_one_kind_only(what: str) -> None:
    address = verp.encode("secret", BOUNCES, "o", ROW)
    other = address.replace("+o.", "+l.") if what == "kind" else address.replace(ROW.hex, uuid4().hex)
    assert verp.decode(["secret"], other) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bounces@futar.example",
        "bounces+o@futar.example",
        f"bounces+o.{ROW.hex}@x",
        f"b+x.{ROW.hex}.00000000@x",
        f"b+o.{'z' * 32}.00000000@x",
        f"b+o.{ROW.hex}.ékezetes@x",
    ],
)
def test_anything_else_names_nothing(address: str) -> None:
    assert verp.decode(["secret"], address) is None
