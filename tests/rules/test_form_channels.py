"""Which way a notification may go: the electronic duty (Dáptv. 19. §), the risk of an e-mail, what nobody entered."""

from datetime import date

import pytest

from incidents.rules.channels import channel_advice, kinds_of_controller, likely_kind
from incidents.rules.draft import ControllerProfile
from incidents.rules.send import CHANNELS

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "obliged"),
    [
        ("company", True),
        ("public_body", True),
        ("association_with_tax_number", True),
        ("association_without_tax_number", False),
        ("natural_person", False),
        ("law_enforcement", True),
        ("unknown", True),
    ],
)
def test_who_must_use_the_electronic_way(kind: str, obliged: bool) -> None:
    advice = channel_advice(kind, ON)
    assert advice.obliged == obliged
    assert advice.channel("post").verdict == ("never" if obliged else "allowed")
    assert advice.channel("online").verdict == "proper"


def test_every_kind_has_advice_on_every_channel_a_filing_can_name() -> None:
    for kind in kinds_of_controller(ON):
        assert tuple(one.id for one in channel_advice(kind, ON).channels) == CHANNELS


def test_a_company_is_told_what_a_plain_e_mail_risks() -> None:
    email = channel_advice("company", ON).channel("email")
    said = " ".join(words.hu for words in email.warnings)
    assert email.verdict == "emergency"
    assert "érvénytelen" in said
    assert "19. § (5)" in said
    assert "titkosítás nélkül" in said


def test_a_person_is_not_told_that_an_e_mail_is_invalid() -> None:
    email = channel_advice("natural_person", ON).channel("email")
    assert [words.hu[:10] for words in email.warnings] == ["Az e-mail "]


def test_what_nobody_could_read_is_visibly_unfilled_and_never_guessed() -> None:
    advice = channel_advice("company", ON)
    (krid,), (topic,) = advice.channel("krid").details, advice.channel("epapir").details
    assert krid.unfilled
    assert "nincs megadva" in krid.value.hu
    assert topic.unfilled


def test_an_operator_enters_the_krid_once() -> None:
    (krid,) = channel_advice("company", ON, {"krid": "000000000"}).channel("krid").details
    assert (krid.value.hu, krid.unfilled) == ("000000000", False)


def test_the_address_is_the_current_one() -> None:
    details = {one.name: one.value.hu for one in channel_advice("natural_person", ON).channel("post").details}
    assert details == {
        "postal_address": "1363 Budapest, Pf. 9.",
        "seat": "1055 Budapest, Falk Miksa utca 9-11.",
    }


def test_law_enforcement_has_one_way_and_classified_data_none() -> None:
    advice = channel_advice("law_enforcement", ON)
    assert [one.id for one in advice.channels if one.verdict == "proper"] == ["online"]
    assert any("Minősített" in note.hu for note in advice.notes)


def test_who_is_obliged_is_told_to_watch_the_mailbox() -> None:
    assert any("5. munkanapon" in note.hu for note in channel_advice("company", ON).notes)
    assert channel_advice("natural_person", ON).notes == ()


def test_a_profile_suggests_its_kind_and_does_not_guess() -> None:
    assert likely_kind(ControllerProfile(is_public_body=True, company_number="1")) == "public_body"
    assert likely_kind(ControllerProfile(company_number="06-09-000000")) == "company"
    assert likely_kind(ControllerProfile(tax_number="00000000-2-06")) == "unknown"


def test_an_unknown_kind_or_channel_is_an_error() -> None:
    with pytest.raises(KeyError):
        channel_advice("guild", ON)
    with pytest.raises(KeyError):
        channel_advice("company", ON).channel("pigeon")
