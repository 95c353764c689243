"""The register leaves the house as XLSX, CSV and PDF: real dates, and nothing a spreadsheet would run."""

import csv as plain_csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from notifications.documents import csv, pdf, xlsx
from notifications.documents.meta import DocumentMeta
from notifications.documents.register import RegisterCell, shown

MADE = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
COLUMNS = [
    ("reference", "Hivatkozási szám"),
    ("awareness", "Tudomásszerzés"),
    ("what", "Az incidens leírása"),
    ("people", "Érintettek száma"),
    ("high", "Magas kockázat"),
    ("hours", "Késedelem (óra)"),
    ("closed", "Lezárás napja"),
]
ROW: dict[str, RegisterCell] = {
    "reference": "FUT-2026/0001",
    "awareness": datetime(2026, 11, 20, 16, 50, tzinfo=UTC),
    "what": "Őrizetlen laptop tűnt el.",
    "people": 12_400,
    "high": True,
    "hours": 2.5,
    "closed": date(2026, 12, 1),
}
FORMULAS = ["=cmd()", "+36 1 391 1400", "-1+1", "@SUM(A1)", "\t=1+1", "  =HYPERLINK(1)", "https://example.org"]


def meta() -> DocumentMeta:
    return DocumentMeta("Adatvédelmi incidensek nyilvántartása", "hu", "FUT", "1", "ab" * 32, MADE, "Futárpont Kft.")


class TestSpreadsheet:
    def test_dates_and_numbers_are_real_and_in_hungarian_time(self) -> None:
        sheet = load_workbook(io.BytesIO(xlsx.write_register([ROW], COLUMNS, "hu"))).active
        assert [cell.value for cell in sheet[1]] == [heading for _, heading in COLUMNS]
        reference, awareness, _, people, high, hours, closed = (cell.value for cell in sheet[2])
        assert (reference, people, high, hours) == ("FUT-2026/0001", 12_400, "igen", 2.5)
        assert (awareness, closed) == (datetime(2026, 11, 20, 17, 50), datetime(2026, 12, 1))  # noqa: DTZ001

    def test_the_heading_stays_in_sight_and_filters(self) -> None:
        sheet = load_workbook(io.BytesIO(xlsx.write_register([ROW], COLUMNS, "hu"))).active
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == "A1:G2"

    @pytest.mark.parametrize("text", FORMULAS)
    def test_no_text_becomes_a_formula_or_a_link(self, text: str) -> None:
        cell = load_workbook(io.BytesIO(xlsx.write_register([{"what": text}], COLUMNS, "hu"))).active["C2"]
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)

    def test_not_known_is_an_empty_cell_and_not_zero(self) -> None:
        assert load_workbook(io.BytesIO(xlsx.write_register([{}], COLUMNS, "hu"))).active["D2"].value is None

    def test_a_text_longer_than_a_cell_ends_in_an_ellipsis(self) -> None:
        cell = load_workbook(io.BytesIO(xlsx.write_register([{"what": "ő" * 40_000}], COLUMNS, "hu"))).active["C2"]
        assert len(cell.value) == xlsx.MOST_CHARACTERS
        assert cell.value.endswith("…")

    def test_the_same_register_gives_the_same_bytes(self) -> None:
        first, second = (xlsx.write_register([ROW], COLUMNS, "hu", title="x", created_at=MADE) for _ in range(2))
        assert first == second

    def test_an_empty_register_still_has_its_heading(self) -> None:
        assert (
            load_workbook(io.BytesIO(xlsx.write_register([], COLUMNS, "hu"))).active["A1"].value == "Hivatkozási szám"
        )


class TestCsv:
    def test_hungarian_spreadsheets_open_it(self) -> None:
        data = csv.write([ROW], COLUMNS, "hu")
        assert data.startswith(b"\xef\xbb\xbf")
        lines = list(plain_csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
        assert lines[1] == [
            "FUT-2026/0001",
            "2026.11.20. 17:50",
            "Őrizetlen laptop tűnt el.",
            "12400",
            "igen",
            "2,5",
            "2026.12.01.",
        ]

    @pytest.mark.parametrize("text", FORMULAS[:-1])
    def test_a_text_that_looks_like_a_formula_is_made_harmless(self, text: str) -> None:
        lines = list(
            plain_csv.reader(io.StringIO(csv.write([{"what": text}], COLUMNS, "hu").decode("utf-8-sig")), delimiter=";")
        )
        assert lines[1][2] == f"'{text}"

    def test_separators_quotes_and_line_breaks_stay_inside_their_cell(self) -> None:
        typed = 'egy;"kettő"\nhárom'
        data = csv.write([{"what": typed}], COLUMNS, "hu").decode("utf-8-sig")
        assert list(plain_csv.reader(io.StringIO(data, newline=""), delimiter=";"))[1][2] == typed

    def test_a_negative_number_stays_a_number(self) -> None:
        assert csv.write([{"people": -1}], COLUMNS, "hu").decode("utf-8-sig").splitlines()[1] == ";;;-1;;;"


class TestPrint:
    def test_the_heading_repeats_on_every_page(self) -> None:
        reader = PdfReader(io.BytesIO(pdf.write_register([ROW] * 90, COLUMNS, meta())))
        assert len(reader.pages) > 1
        for number, page in enumerate(reader.pages, 1):
            printed = " ".join(page.extract_text().split())
            assert "Az incidens leírása" in printed
            assert f"{number}. oldal, összesen {len(reader.pages)}" in printed
            assert page.mediabox.width > page.mediabox.height

    def test_it_is_tagged_with_title_and_language(self) -> None:
        reader = PdfReader(io.BytesIO(pdf.write_register([ROW], COLUMNS, meta())))
        assert reader.trailer["/Root"]["/Lang"] == "hu-HU"
        assert "/StructTreeRoot" in reader.trailer["/Root"]
        assert reader.metadata.title == "Adatvédelmi incidensek nyilvántartása"

    def test_typed_text_is_printed_as_typed(self) -> None:
        typed = "*x* #panic() ] $y$ =cmd() 12 400"
        printed = PdfReader(io.BytesIO(pdf.write_register([{"what": typed}], COLUMNS, meta()))).pages[0].extract_text()
        assert typed in " ".join(printed.split())

    def test_an_empty_register_says_so(self) -> None:
        printed = PdfReader(io.BytesIO(pdf.write_register([], COLUMNS, meta()))).pages[0].extract_text()
        assert "Nincs megjeleníthető tétel." in printed


@pytest.mark.parametrize(
    ("cell", "hu", "en"),
    [
        (None, "", ""),
        (True, "igen", "yes"),
        (False, "nem", "no"),
        (0, "0", "0"),
        (120_000, "120\u00a0000", "120,000"),
        (2.5, "2,5", "2.5"),
        (date(2026, 11, 20), "2026.11.20.", "2026-11-20"),
        (datetime(2026, 11, 20, 16, 50, tzinfo=UTC), "2026.11.20. 17:50", "2026-11-20 17:50"),
    ],
)
def test_a_cell_reads_as_people_write_it(cell: RegisterCell, hu: str, en: str) -> None:
    assert (shown(cell, "hu"), shown(cell, "en")) == (hu, en)
