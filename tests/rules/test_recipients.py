"""Lists of people, read row by row: nobody is lost silently, nobody gets two letters, no address is guessed."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.errors import InvalidInput
from incidents.rules.recipients import Findings, Judge, Judged, Person, column_faults, guess
from incidents.rules.recipients.address import email_address
from incidents.rules.recipients.reading import encoding_of, rows, separator_of

HEADINGS = ["Ügyfél neve", "E-mail cím", "Irányítószám", "Település", "Cím", "Nyelv", "Megszólítás"]
ANNA = ["Minta Anna", "anna@pelda.example", "1111", "Budapest", "Minta utca 1.", "magyar", ""]


def look(*lines: Sequence[str], headings: Sequence[str] = HEADINGS) -> list[Judged]:
    judge = Judge(guess(headings))
    judged = (judge.judge(number, line) for number, line in enumerate(lines, 2))
    return [row for row in judged if row is not None]


def like_anna(**changes: str) -> list[str]:
    places = {"name": 0, "email": 1, "postcode": 2, "town": 3, "street": 4, "language": 5}
    row = list(ANNA)
    for key, value in changes.items():
        row[places[key]] = value
    return row


def test_hungarian_headings_are_understood() -> None:
    assert guess(HEADINGS) == {
        "name": 0,
        "email": 1,
        "postcode": 2,
        "town": 3,
        "street": 4,
        "language": 5,
        "salutation": 6,
    }


@pytest.mark.parametrize("heading", ["Név", "NÉV", " név ", "Teljes név", "Full name"])
def test_a_heading_is_known_by_its_letters_not_by_its_case_or_accents(heading: str) -> None:
    assert guess([heading]) == {"name": 0}


def test_what_no_heading_names_is_not_imported() -> None:
    assert guess(["Név", "Adóazonosító jel", "E-mail"]) == {"name": 0, "email": 2}


def test_a_list_needs_some_address_and_no_column_means_two_things() -> None:
    assert [fault.path for fault in column_faults({"name": 0}, 1)] == ["column.email"]
    assert [fault.code for fault in column_faults({"name": 0, "email": 0}, 2)] == ["twice"]
    assert [fault.code for fault in column_faults({"email": 7}, 2)] == ["no-such-column"]
    assert column_faults({"town": 0, "street": 1}, 2) == []


def test_a_row_becomes_a_person_who_is_written_to_by_e_mail() -> None:
    (row,) = look(ANNA)
    assert row.person == Person(
        "Minta Anna", "anna@pelda.example", "1111", "Budapest", "Minta utca 1.", language="hu", channel="email"
    )
    assert row.findings == ()


def test_without_an_e_mail_address_the_letter_goes_by_post_and_without_both_the_person_still_counts() -> None:
    post, none = look(like_anna(email=""), ["Minta Béla", "", "", "", "", "", ""])
    assert post.person is not None
    assert post.person.channel == "post"
    assert none.person is not None
    assert (none.person.channel, none.findings) == ("none", ("no-address",))


def test_a_wrong_e_mail_address_is_named_and_the_letter_goes_by_post() -> None:
    (row,) = look(like_anna(email="anna(kukac)pelda.example"))
    assert row.person is not None
    assert (row.person.channel, row.person.email, row.findings) == ("post", "", ("bad-email",))


def test_family_and_given_name_are_joined_in_hungarian_order() -> None:
    (row,) = look(["Minta", "Anna", "a@b.example"], headings=["Vezetéknév", "Keresztnév", "E-mail"])
    assert row.person is not None
    assert row.person.name == "Minta Anna"


def test_the_same_person_at_the_same_address_is_there_once() -> None:
    first, second = look(ANNA, like_anna(name="MINTA ANNA", email="Anna@Pelda.example"))
    assert first.person is not None
    assert (second.person, second.findings, second.line) == (None, ("duplicate",), 3)


def test_two_people_who_share_an_address_both_get_a_letter() -> None:
    _, second = look(ANNA, like_anna(name="Minta Béla"))
    assert second.person is not None
    assert second.findings == ("shared-email",)


def test_two_people_of_one_name_without_any_address_are_two_people() -> None:
    lines = look(["Minta Anna", "", "", "", "", "", ""], ["Minta Anna", "", "", "", "", "", ""])
    assert all(row.person for row in lines)
    assert len({row.identity for row in lines}) == 2


def test_names_in_other_letters_are_told_apart_as_well() -> None:
    lines = look(like_anna(name="Анна Петрова"), like_anna(name="Иван Петров"))
    assert all(row.person for row in lines)


@pytest.mark.parametrize("breaking", ["anna@pelda.example\r\nBcc: mindenki@pelda.example", "anna@pelda.example\nX: y"])
def test_a_header_smuggled_into_an_address_leaves_no_address(breaking: str) -> None:
    (row,) = look(like_anna(email=breaking))
    assert row.person is not None
    assert row.person.email == ""
    assert set(row.findings) == {"line-break", "bad-email"}


def test_a_line_break_in_a_name_becomes_a_space_and_is_named() -> None:
    (row,) = look(like_anna(name="Minta\r\nBcc: x@y.example"))
    assert row.person is not None
    assert row.person.name == "Minta Bcc: x@y.example"
    assert row.findings == ("line-break",)


def test_a_formula_in_a_name_stays_a_text_and_is_named() -> None:
    (row,) = look(like_anna(name="=HYPERLINK(1)"))
    assert row.person is not None
    assert (row.person.name, row.findings) == ("=HYPERLINK(1)", ("formula",))


def test_a_letter_without_a_postcode_cannot_be_posted_in_hungary() -> None:
    (row,) = look(like_anna(email="", postcode="ABC"))
    assert row.person is not None
    assert (row.person.channel, row.findings) == ("none", ("incomplete-address", "no-address"))


def test_a_letter_abroad_has_the_postcode_before_the_town_and_the_country_last() -> None:
    judge = Judge({"name": 0, "street": 1, "postcode": 2, "town": 3, "country": 4})
    row = judge.judge(2, ["Anna Muster", "Hauptstrasse 1", "01067", "Dresden", "Németország"])
    assert row is not None
    assert row.person is not None
    assert row.person.address_lines == ("Anna Muster", "Hauptstrasse 1", "01067 Dresden", "NÉMETORSZÁG")
    home = Person("Minta Anna", postcode="1111", town="Budapest", street="Minta utca 1.")
    assert home.address_lines == ("Minta Anna", "Budapest", "Minta utca 1.", "1111")


def test_a_language_we_have_no_letter_in_is_named() -> None:
    english, german = look(like_anna(language="angol"), like_anna(language="német", name="Minta Béla"))
    assert english.person is not None
    assert german.person is not None
    assert (english.person.language, german.person.language) == ("en", "hu")
    assert "unknown-language" in german.findings


def test_empty_rows_are_passed_over_and_a_row_of_nobody_is_named() -> None:
    (row,) = look(["", " ", "", "", "", "", ""], ["", "", "", "", "", "magyar", ""])
    assert (row.person, row.findings, row.line) == (None, ("nobody",), 3)


def test_a_cell_as_long_as_a_page_is_refused() -> None:
    (row,) = look(like_anna(name="x" * 201))
    assert (row.person, row.findings) == (None, ("too-long",))


def test_wrong_columns_show_before_anything_is_imported() -> None:
    headings = ["E-mail", "Név"]
    swapped = look(*[[f"Minta {n}", f"minta{n}@pelda.example"] for n in range(10)], headings=headings)
    found = Findings.of(swapped)
    assert found.doubtful
    right = look(*[[f"minta{n}@pelda.example", f"Minta {n}"] for n in range(10)], headings=headings)
    assert not Findings.of(right).doubtful


def test_what_was_found_is_counted_without_naming_anybody() -> None:
    found = Findings.of(look(ANNA, ANNA, like_anna(email="", name="Minta Béla")))
    assert found.summary() == {
        "rows": 3,
        "people": 2,
        "channels": {"email": 1, "post": 1},
        "languages": {"hu": 2},
        "findings": {"duplicate": 1},
        "doubtful": False,
    }
    assert "Minta" not in str(found.summary())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" anna@pelda.example ", "anna@pelda.example"),
        ("Anna.Minta+hirek@PELDA.example", "Anna.Minta+hirek@pelda.example"),
        ("anna@ékezet.example", "anna@xn--kezet-9ra.example"),
        ("anna@pelda", ""),
        ("anna@127.0.0.1", ""),
        ("anna@@pelda.example", ""),
        (".anna@pelda.example", ""),
        ("anna@pelda..example", ""),
        ("őr@pelda.example", ""),
        ("anna@pelda.example>", ""),
        ("anna@pelda.example, bela@pelda.example", ""),
        (f"{65 * 'a'}@pelda.example", ""),
    ],
)
def test_an_address_is_taken_as_it_is_or_not_at_all(typed: str, kept: str) -> None:
    assert email_address(typed) == kept


@given(st.text())
def test_no_text_makes_an_address_with_a_space_a_break_or_a_second_sign(text: str) -> None:
    address = email_address(text)
    assert address == "" or (
        address.isascii() and address.count("@") == 1 and not any(c in address for c in " \r\n,;<>")
    )


@given(st.lists(st.text(max_size=30), min_size=7, max_size=7))
def test_every_row_is_a_person_named_or_empty(cells: list[str]) -> None:
    row = Judge(guess(HEADINGS)).judge(2, cells)
    assert row is None or row.person is not None or row.findings
    if row and row.person:
        assert Person.unpacked(row.person.packed()) == row.person
        assert not any(sign in "".join(row.person.address_lines) + row.person.salutation for sign in "\r\n\x00")


TEXT = "Név;E-mail cím\r\nŐrült Űrhajós;ur@pelda.example\r\n"


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1250", "cp1250"),
        ("iso8859-2", "cp1250"),
    ],
)
def test_encodings_of_hungarian_programs_are_recognised_and_read(codec: str, found: str) -> None:
    content = TEXT.encode(codec)
    assert encoding_of([content[:3], content[3:]]) in {found, "utf-16"}
    assert encoding_of([content]) == found
    read = list(rows(io.BytesIO(content), found, ";"))
    assert read == [(1, ["Név", "E-mail cím"]), (2, ["Őrült Űrhajós", "ur@pelda.example"])]


def test_names_that_only_one_of_the_old_encodings_can_hold_tell_them_apart() -> None:
    assert encoding_of(["Šárka Žižková".encode("iso8859-2")]) == "iso8859-2"
    assert encoding_of(["Šárka Žižková „idézet”".encode("cp1250")]) == "cp1250"


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_the_sign_between_cells_is_found_although_addresses_hold_commas(sign: str) -> None:
    lines = [["Név", "Cím", "E-mail"], ["Minta Anna", '"Fő utca 1., 2. em."', "a@b.example"]]
    assert separator_of("\r\n".join(sign.join(line) for line in lines)) == sign


def test_a_quoted_line_break_keeps_the_row_together_and_lines_are_counted_as_an_editor_shows_them() -> None:
    content = 'Név;Cím\r\n"Minta\r\nAnna";"Fő utca 1.;2"\r\nMinta Béla;x\r\n'.encode()
    assert list(rows(io.BytesIO(content), "utf-8", ";")) == [
        (1, ["Név", "Cím"]),
        (2, ["Minta\r\nAnna", "Fő utca 1.;2"]),
        (4, ["Minta Béla", "x"]),
    ]


@pytest.mark.parametrize(
    ("content", "encoding", "path"),
    [
        ("Név\r\nŐr\r\n".encode("cp1250"), "utf-8", "encoding"),
        (b'a;b\r\n"' + 200_000 * b"x", "utf-8", "file"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(content: bytes, encoding: str, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        list(rows(io.BytesIO(content), encoding, ";"))
    assert [fault.path for fault in refused.value.errors] == [path]
    assert refused.value.errors[0].params["line"].isdigit()
