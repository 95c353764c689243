"""The register handed out two years later: as it stood on a day, redacted or whole, with files and proof."""

import io
import json
import zipfile
from datetime import date
from hashlib import sha256

import openpyxl
import pytest
from pypdf import PdfReader

from incidents.base.errors import Forbidden
from incidents.rules.register_asof import Period
from incidents.steps import handout
from incidents.steps.handout import Handout, Wanted
from incidents.steps.register_asof import as_of, recorded_later
from incidents.store import audit
from notifications.documents import registerbook
from notifications.documents.handout import write
from tests.builders import Firm, busy_case

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), date(2026, 11, 20))


def gathered(firm: Firm, *, redacted: bool = True, role: str = "auditor") -> Handout:
    with firm.as_(role, read_only=True) as uow:
        return handout.gather(uow, Wanted([firm.id], YEAR, redacted), "k" * 40)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(files: dict[str, bytes]) -> str:
    """Everything the table and the print say."""
    book = openpyxl.load_workbook(io.BytesIO(files["nyilvantartas.xlsx"]))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(files["nyilvantartas.pdf"])).pages]
    return "\n".join([*cells, *pages])


def test_as_of_now_it_is_todays_register_line_by_line(firm: Firm) -> None:
    busy_case(firm)
    firm.report("Rossz címre ment egy levél.")
    found = gathered(firm)
    with firm.as_("auditor", read_only=True) as uow:
        from incidents.steps.register import RegisterFilter, entries

        today = entries(uow, RegisterFilter(controller_id=firm.id))
    for lang in ("hu", "en"):
        assert registerbook.book(found.cases, lang) == registerbook.book(today, lang)
    assert found.later == 0


def test_two_years_later_it_is_shown_as_it_stood_and_says_how_much_came_after(firm: Firm) -> None:
    case = firm.report()
    before = registerbook.cells(case.look(), "hu")
    friday = firm.town.clock.now()
    firm.town.clock.advance(days=2)
    case.decide("yes", "yes")
    case.amend(title="Utólag javított cím", systems="egy laptop")
    case.file()
    firm.town.clock.advance(days=700)
    late = case.look()
    then = as_of(late, friday)
    assert registerbook.cells(then, "hu") == before
    assert (then.state, then.clock.state) == ("reported", "running")
    assert recorded_later(late, friday) >= 3
    content = unpacked(write(gathered(firm), "hu"))
    assert "Utólag javított cím" not in words_of(content)
    assert "a megadott időpont után rögzítették" in words_of(content)


def test_redacted_no_name_leaves_the_house_in_table_or_print_and_no_file_does(firm: Firm) -> None:
    busy_case(firm)
    files = unpacked(write(gathered(firm), "hu"))
    said = words_of(files)
    for role in ("dpo", "manager", "handler"):
        assert firm.people[role].name not in said
    assert "[kitakarva: név]" in said
    assert "adattakarékosság" in said, "what is hidden is listed with its reason"
    assert not any(name.startswith("fajlok/") for name in files)
    kept = json.loads(files["manifest.json"])["kept"]
    assert kept
    assert all(one["name"] is None and len(one["sha256"]) == 64 for one in kept)


def test_whole_it_holds_the_files_and_every_hash_holds(firm: Firm) -> None:
    busy_case(firm)
    files = unpacked(write(gathered(firm, redacted=False, role="dpo"), "hu"))
    manifest = json.loads(files["manifest.json"])
    assert manifest["log_intact"] is True
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"}
    listed = {one["name"]: one["sha256"] for one in manifest["files"]}
    packed = [name for name in files if name.startswith("fajlok/")]
    assert packed
    assert all(listed[name] == sums[name] for name in packed)
    assert {one["kind"] for one in manifest["kept"]} == {"evidence", "document"}
    (checked,) = json.loads(files["verification.json"])
    assert (checked["intact"], checked["head"]["controller_id"]) == (True, str(firm.id))


def test_who_may_not_export_gets_nothing_and_each_handout_is_logged(firm: Firm) -> None:
    firm.report()
    with pytest.raises(Forbidden):
        gathered(firm, role="handler")
    found = gathered(firm)
    with firm.as_("auditor") as uow:
        handout.record(uow, found, b"zip")
    with firm.town.uow(read_only=True) as uow:
        assert audit.verify(uow, firm.id) == []
        from sqlalchemy import select

        from incidents.store.tables import Event

        event = uow.session.scalars(select(Event).where(Event.controller_id == firm.id).order_by(Event.seq)).all()[-1]
    assert (event.kind, event.data["redacted"], event.data["first"]) == ("register.exported", True, "2026-01-01")
