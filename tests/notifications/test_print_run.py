"""Letters on paper: everybody on their own sheets, with an address for the window and a code that leads back."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from incidents.rules import letter_codes
from incidents.rules.recipients import Judge, Person, guess
from notifications import mailing_house, print_run
from notifications.documents.meta import DocumentMeta
from notifications.print_run import Addressed, Sheet

MADE = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
ANNA = Person("Minta Anna", "", "1111", "Budapest", "Minta utca 1.")
LETTER = (
    '<article lang="{lang}"><dl class="reference"><dt>Szám</dt><dd>FUT-2026/0001</dd></dl><h1>Tájékoztatás</h1>'
    '<p class="salutation">Tisztelt Ügyfelünk!</p>{body}</article>'
)


def sheet(lang: str = "hu", paragraphs: int = 3) -> Sheet:
    html = LETTER.format(lang=lang, body="".join(f"<p>{n}. bekezdés a levélben.</p>" for n in range(paragraphs)))
    meta = DocumentMeta("Tájékoztatás", lang, "FUT-2026/0001", "1", "ab" * 32, MADE, "Futár Példa Kft.")
    return print_run.sheet(html, meta, "Futár Példa Kft., 1111 Budapest, Minta utca 1.")


def addressed(*people: Person) -> list[Addressed]:
    return [Addressed(person, letter_codes.code(number)) for number, person in enumerate(people, 1)]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def printed(sheets: Sequence[Sheet], *people: Person) -> list[str]:
    return pages(print_run.compile_letters(sheets, addressed(*people), MADE))


@pytest.fixture(scope="module")
def short() -> Sheet:
    return sheet()


def test_a_letter_has_its_address_its_code_and_its_greeting_on_the_first_page(short: Sheet) -> None:
    first = printed([short], ANNA)[0]
    for words in ("Minta Anna", "Budapest", "Minta utca 1.", "1111", "Tisztelt Minta Anna!"):
        assert words in first
    assert letter_codes.shown(letter_codes.code(1)) in first
    assert "Tisztelt Ügyfelünk!" not in first


def test_every_letter_begins_on_a_sheet_of_its_own(short: Sheet) -> None:
    assert short.pages == 1
    both_sides = printed([short], ANNA, Person("Minta Béla", "", "1111", "Budapest", "Minta utca 2."))
    assert ["Tisztelt" in page for page in both_sides] == [True, False, True, False]
    assert both_sides[1].strip() == ""


def test_a_long_letter_keeps_its_pages_in_order() -> None:
    long = sheet(paragraphs=60)
    assert long.pages == 2
    assert len(printed([long], ANNA, ANNA)) == 4


def test_each_language_is_set_on_its_own_letter(short: Sheet) -> None:
    english = Person("Sample Anna", "", "1111", "Budapest", "Minta utca 1.", language="en")
    first, _, second, _ = printed([short, sheet("en")], ANNA, english)
    assert "Tisztelt Minta Anna!" in first
    assert "Dear Sample Anna," in second


@pytest.mark.parametrize(
    "name", ["#panic() *vastag* $x$ \\par", "<b>Anna</b> & Társa", "Анна 😀", "Ű" * 150, "Windischgrätz " * 12]
)
def test_no_name_breaks_a_letter_or_is_read_as_markup(short: Sheet, name: str) -> None:
    first = printed([short], Person(name, "", "1111", "Budapest", "Minta utca 1."))[0]
    assert "Minta utca 1." in first
    if name.startswith(("#", "<")):
        assert name in first


def test_the_same_letters_give_the_same_bytes(short: Sheet) -> None:
    one, two = (print_run.compile_letters([short], addressed(ANNA), MADE) for _ in range(2))
    assert one == two


def test_many_letters_come_as_a_zip_of_pdfs_made_in_a_process_of_its_own(short: Sheet) -> None:
    batches = [addressed(ANNA, ANNA), addressed(ANNA)]
    parts = list(print_run.zipped("FUT", print_run.pdfs([short], batches, MADE), MADE))
    assert len(parts) == 3, "handed on as each is ready, and the directory last"
    with ZipFile(io.BytesIO(b"".join(parts))) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["FUT-000001-000002.pdf", "FUT-000003-000003.pdf"]
        assert [len(pages(packed.read(name))) for name in packed.namelist()] == [4, 2]


def test_the_mailing_house_gets_a_list_no_cell_of_which_is_a_formula() -> None:
    evil = Person('=HYPERLINK("x")', "", "1111", "Budapest", "+Minta utca; 1.", salutation="Kedves Anna")
    text = b"".join(mailing_house.addresses(addressed(evil), "hu")).decode("utf-8-sig")
    head, row, _ = text.split("\r\n")
    assert head.startswith("Kód;Név;Település")
    assert '"\'=HYPERLINK(""x"")"' in row
    assert '"\'+Minta utca; 1."' in row
    assert row.endswith(";hu;Kedves Anna!")


def test_rows_to_look_at_are_listed_with_their_lines_and_what_stood_there() -> None:
    judge = Judge(guess(["Név", "E-mail"]))
    rows = [judge.judge(line, cells) for line, cells in ((2, ["=1+1", "nem cím"]), (3, ["Anna", "a@b.example"]))]
    said = {"formula": "képletnek látszik", "bad-email": "hibás e-mail-cím", "no-address": "nincs cím"}
    text = b"".join(mailing_house.findings([row for row in rows if row], ["Sor", "Mi", "Név"], said)).decode(
        "utf-8-sig"
    )
    _, row, end = text.split("\r\n")
    assert row.startswith('2;"képletnek látszik; hibás')
    assert "'=1+1;" in row
    assert "nem cím" in row
    assert end == ""
