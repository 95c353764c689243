"""Telling the people: from a file with a list to letters on their way, page by page."""

import io
import re
import zipfile
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from httpx import Response
from pypdf import PdfReader

from incidents.rules import letter_codes
from incidents.steps import sending
from incidents.store.tables import Mailing, Recipient, RecipientList, UploadChunk
from notifications import lists
from tests.letters_builders import Letters, csv_of, people
from tests.web.office import Office, text_of

PAPER = "Minta Béla;;1111;Budapest;Minta utca 2.;hu"


class Post:
    """The office with a case whose people are to be told, and the ways through the pages."""

    def __init__(self, office: Office) -> None:
        self.office, self.case = office, office.open_case()
        self.at = f"/incidents/{self.case}"
        office.sign_in("handler")
        self.letters = Letters(office.engine, office.clock, self.case)

    def upload(self, content: bytes, name: str = "lista.csv", **fields: str) -> Response:
        page = self.office.get(f"{self.at}/letters")
        token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
        assert token is not None
        data = {
            "_csrf_token": token[1],
            "purpose": "Tájékoztatás",
            "language": "hu",
            "delete_on": "2027-01-31",
            **fields,
        }
        return self.office.browser.post(f"{self.at}/letters", data=data, files={"file": (name, content)})

    def listed(self, *rows: str) -> str:
        """A list that is ready; its address."""
        at = where(self.upload(csv_of(*rows)))
        assert self.office.fill_in(at, {}, f"{at}/columns").status_code == 303
        assert self.office.fill_in(at, {}, f"{at}/import").status_code == 303
        lists.import_waiting(self.office.engine, self.office.clock, self.letters.vault)
        return at

    def prepared(self, *rows: str) -> str:
        """A mailing that was prepared; its address."""
        at = self.listed(*rows)
        self.letters.frozen()
        answer = self.office.fill_in(f"{at}/mailing", {})
        assert answer.status_code == 303, text_of(answer.text)
        return where(answer)

    def tested(self, at: str) -> None:
        with self.office.uow() as uow:
            sending.tested(uow, self.key(at), 1)

    def act(self, at: str, act: str, status: int = 303) -> Response:
        answer = self.office.fill_in(at, {}, f"{at}/{act}")
        assert answer.status_code == status, text_of(answer.text)
        return answer

    def started(self, *rows: str) -> str:
        """A mailing that has begun, the DPO signed in; its address."""
        at = self.prepared(*rows)
        self.tested(at)
        self.office.sign_in("dpo")
        self.act(at, "approve")
        self.act(at, "start")
        return at

    def mailed(self, at: str) -> None:
        with self.office.uow() as uow:
            while turn := sending.next_turn(uow, self.key(at), 50):
                for one in turn.claimed:
                    sending.sent(uow, one)

    def row(self, at: str) -> Mailing:
        with self.office.uow() as uow:
            return uow.session.get_one(Mailing, self.key(at))

    def rows(self, table: Any) -> list[Any]:
        with self.office.uow() as uow:
            return uow.session.query(table).all()

    @staticmethod
    def key(at: str) -> UUID:
        return UUID(at.rpartition("/")[2])


def where(answer: Response) -> str:
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"].partition("?")[0].partition("#")[0]


@pytest.fixture
def post(small_office: Office) -> Post:
    return Post(small_office)


@pytest.fixture
def both(office: Office) -> Post:
    """The same on each database."""
    return Post(office)


def test_six_acts_from_the_file_to_letters_on_their_way(both: Post) -> None:
    at = where(both.upload(csv_of(*people(2), PAPER)))
    page = both.office.get(at)
    assert "Minta 1. Anna" in page, "the first rows are shown before anything is chosen"
    assert both.office.fill_in(at, {}, f"{at}/columns").status_code == 303
    assert "3 érintett beolvasása" in text_of(both.office.get(at))
    assert both.rows(Recipient) == [], "nothing is imported until somebody says so"
    both.office.fill_in(at, {}, f"{at}/import")
    lists.import_waiting(both.office.engine, both.office.clock, both.letters.vault)
    assert len(both.rows(Recipient)) == 3
    assert both.rows(UploadChunk) == [], "the file is gone once it is imported"

    both.letters.frozen()
    mailing = where(both.office.fill_in(f"{at}/mailing", {"waves": "", "rate": "600"}))
    page = both.office.get(mailing)
    assert len(re.findall(r"/preview/[0-9a-f-]+/letter\.pdf", page)) == 3
    both.act(mailing, "test")
    assert "Próbalevél úton" in text_of(both.office.get(mailing)).replace("A próbalevél", "Próbalevél")
    both.tested(mailing)
    assert f'action="{mailing}/approve"' not in both.office.get(mailing), "not for who prepared it"
    both.office.sign_in("dpo")
    both.act(mailing, "approve")
    both.act(mailing, "start")
    both.mailed(mailing)
    page = text_of(both.office.get(mailing))
    assert "2 elérve" in page
    assert "1 érintett vár postai levélre" in page
    assert both.row(mailing).state == "done"


def test_the_guessed_columns_can_be_corrected_and_what_was_found_is_listed_with_lines(post: Post) -> None:
    rows = ["anna@pelda.example;Minta Anna", "nem cím;=1+1", "anna@pelda.example;Minta Anna"]
    at = where(post.upload(csv_of(*rows, headings="Elérhetőség;Ügyfél")))
    fields = {"column.name": "1", "column.email": "0"}
    assert post.office.fill_in(at, fields, f"{at}/columns").status_code == 303
    page = text_of(post.office.get(at))
    for words in (
        "2 érintett kerülne",
        "az e-mail-cím nem lehet helyes: 1",
        "képletnek látszik",
        "kétszer: kimarad: 1",
    ):
        assert words in page, words
    csv = post.office.browser.get(f"{at}/findings.csv")
    assert csv.headers["content-disposition"].startswith("attachment")
    assert [line.partition(";")[0] for line in csv.text.strip().split("\r\n")[1:]] == ["3", "4"]
    assert "'=1+1" in csv.text


def test_without_an_address_column_nothing_is_imported(post: Post) -> None:
    at = where(post.upload(csv_of("Minta Anna", headings="Név")))
    answer = post.office.fill_in(at, {}, f"{at}/columns")
    assert answer.status_code == 422
    assert "Válassza ki az e-mail-cím oszlopát" in text_of(answer.text)


def test_wrong_columns_need_a_word_that_they_are_right(post: Post) -> None:
    rows = [f"Minta {n};minta{n}@pelda.example" for n in range(5)]
    at = where(post.upload(csv_of(*rows, headings="E-mail cím;Név")))
    post.office.fill_in(at, {}, f"{at}/columns")
    answer = post.office.fill_in(at, {}, f"{at}/import")
    assert answer.status_code == 422
    assert 'href="#f-all_the_same"' in answer.text
    assert post.office.fill_in(at, {"all_the_same": "on"}, f"{at}/import").status_code == 303


def test_a_spreadsheet_is_read_as_well(post: Post) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(
            [["Név", "Irányítószám", "Város", "Cím"], ["Őrült Ödön", 1111, "Budapest", "Fő utca 1."]]
        ):
            sheet.write_row(number, 0, cells)
    at = where(post.upload(made.getvalue(), "lista.xlsx"))
    assert "Őrült Ödön" in post.office.get(at)
    post.office.fill_in(at, {}, f"{at}/columns")
    assert "1 érintett beolvasása" in text_of(post.office.get(at))


def bomb(size: int = 60_000_000) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return made.getvalue()


def doctype() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>')
    return made.getvalue()


@pytest.mark.parametrize("content", [bomb(), doctype()], ids=["bomb", "entities"])
def test_a_spreadsheet_built_to_do_harm_is_not_opened(post: Post, content: bytes) -> None:
    answer = post.office.get(where(post.upload(content, "lista.xlsx")))
    assert "egyetlen program sem teszi" in text_of(answer)


def test_a_broken_spreadsheet_says_the_way_out(post: Post) -> None:
    page = post.office.get(where(post.upload(b"PK\x03\x04" + bytes(100), "lista.xlsx")))
    assert "Mentse újra XLSX- vagy CSV-fájlként" in text_of(page)


def test_another_kind_of_file_is_refused_and_nothing_of_it_is_kept(post: Post) -> None:
    answer = post.upload(b"%PDF-1.7 " + bytes(2000), "lista.pdf", purpose="Amit beírtam")
    assert answer.status_code == 422
    assert "sem CSV-, sem XLSX-fájl" in text_of(answer.text)
    assert 'value="Amit beírtam"' in answer.text, "what was typed is kept"
    assert (post.rows(RecipientList), post.rows(UploadChunk)) == ([], [])


def test_a_form_without_a_file_or_with_a_bad_day_names_what_is_missing(post: Post) -> None:
    answer = post.upload(b"", "")
    assert (answer.status_code, 'href="#f-file"' in answer.text) == (422, True)
    answer = post.upload(csv_of(*people(1)), delete_on="2020-01-01", purpose="")
    assert answer.status_code == 422
    assert 'href="#f-delete_on"' in answer.text
    assert 'href="#f-purpose"' in answer.text


def test_an_upload_without_its_form_token_is_refused(post: Post) -> None:
    answer = post.upload(csv_of(*people(1)), _csrf_token="0" * 128)
    assert answer.status_code == 403
    assert post.rows(RecipientList) == []


def test_who_may_not_prepare_letters_cannot_upload(post: Post) -> None:
    page = post.office.get(f"{post.at}/letters")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token is not None
    post.office.sign_in("auditor")
    post.office.browser.cookies.set("csrf", token[1])
    data = {"_csrf_token": token[1], "purpose": "x", "language": "hu"}
    answer = post.office.browser.post(f"{post.at}/letters", data=data, files={"file": ("l.csv", csv_of(*people(1)))})
    assert answer.status_code == 403
    assert 'enctype="multipart/form-data"' not in post.office.get(f"{post.at}/letters")


def test_a_letter_can_be_looked_at_as_a_mail_and_on_paper(post: Post) -> None:
    at = post.prepared(*people(1))
    preview = re.search(rf"{at}/preview/[0-9a-f-]+", post.office.get(at))
    assert preview is not None
    assert "Tisztelt Minta 1. Anna!" in post.office.get(preview[0])
    html = post.office.browser.get(f"{preview[0]}/html")
    assert "Tisztelt Minta 1. Anna!" in html.text
    assert "frame-ancestors 'self'" in html.headers["content-security-policy"]
    pdf = post.office.browser.get(f"{preview[0]}/letter.pdf")
    assert "Minta utca 1." in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()


def test_an_auditor_sees_how_it_stands_and_nobody_s_name(post: Post) -> None:
    at = post.prepared(*people(1))
    post.office.sign_in("auditor")
    page = post.office.get(at)
    assert "előkészítve" in page
    assert "Minta 1. Anna" not in page
    assert f'action="{at}/' not in page


def test_an_act_out_of_turn_is_refused_in_words(post: Post) -> None:
    at = post.prepared(*people(1))
    post.office.sign_in("dpo")
    page = post.office.get(at)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token is not None
    for act in ("start", "approve", "pause", "resume"):
        answer = post.office.browser.post(f"{at}/{act}", data={"_csrf_token": token[1]})
        assert answer.status_code == 409, act
    assert post.office.browser.post(f"{at}/nonsense", data={"_csrf_token": token[1]}).status_code == 404


def test_letters_are_printed_posted_and_come_back(both: Post) -> None:
    at = both.started(PAPER, "Minta Cili;;1111;Budapest;Minta utca 3.;hu")
    both.act(at, "print")
    page = both.office.get(at)
    run = re.search(rf"{at}/runs/[0-9a-f-]+", page)
    assert run is not None
    pdf = both.office.browser.get(f"{run[0]}/letters")
    assert pdf.headers["content-type"] == "application/pdf"
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages]
    assert sum("Tisztelt Minta" in text for text in texts) == 2
    assert "Minta utca 3." in both.office.browser.get(f"{run[0]}/addresses").text

    posted = {"posted_on": "2026-11-20", "method": "registered"}
    assert both.office.fill_in(at, posted, f"{run[0]}/posted").status_code == 303
    code = letter_codes.shown(both.rows(Recipient)[0].letter_code)
    answer = both.office.fill_in(at, {"codes": f"{code} valami"}, f"{at}/returned")
    assert "1 levelet rögzítettünk" in text_of(answer.text)
    assert "valami</textarea>" in answer.text, "what was no code is there to be corrected"
    assert "1 elérve" in text_of(both.office.get(at))


def test_one_person_is_found_by_address_and_written_to_again(post: Post) -> None:
    at = post.started(*people(2))
    post.mailed(at)
    answer = post.office.fill_in(at, {"email": "ANNA2@pelda.example"}, f"{at}/find")
    assert "Minta 2. Anna" in text_of(answer.text)
    again = re.search(rf"{at}/people/[0-9a-f-]+/again", answer.text)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', answer.text)
    assert again is not None
    assert token is not None
    assert post.office.browser.post(again[0], data={"_csrf_token": token[1]}).status_code == 303
    assert post.row(at).state == "running"
    nobody = post.office.fill_in(at, {"email": "senki@pelda.example"}, f"{at}/find")
    assert nobody.status_code == 422


def test_the_certificate_is_in_the_file_and_in_the_case(both: Post) -> None:
    at = both.started(*people(2))
    both.mailed(at)
    both.act(at, "certificate")
    link = re.search(rf"{at}/certificates/[0-9a-f-]+", both.office.get(at))
    assert link is not None
    text = PdfReader(io.BytesIO(both.office.browser.get(link[0]).content)).pages[0].extract_text()
    assert "Igazolás az érintettek tájékoztatásáról" in text
    (told,) = both.office.case(both.case).communications
    assert (told.form, told.reached) == ("email", 2)


def test_the_live_bar_comes_alone_for_the_page_that_asks_again(post: Post) -> None:
    at = post.started(*people(3))
    assert f'data-live="{at}/live"' in post.office.get(at)
    bar = post.office.get(f"{at}/live")
    assert "<html" not in bar
    assert 'data-state="running' in bar


def test_a_list_and_a_mailing_exist_only_under_their_own_case(post: Post) -> None:
    at = post.prepared(*people(1))
    other = post.office.open_case()
    post.office.get(at.replace(str(post.case), str(other)), 404)
    (row,) = post.rows(RecipientList)
    post.office.get(f"/incidents/{other}/lists/{row.id}", 404)


def test_a_list_is_erased_before_its_day_unless_letters_are_on_their_way(post: Post) -> None:
    at = post.listed(*people(2))
    assert post.office.fill_in(at, {}, f"{at}/erase").status_code == 303
    assert post.rows(Recipient) == []
    assert "2 érintett" in text_of(post.office.get(f"{post.at}/letters")), "the count stays"

    busy = post.listed(*people(2))
    post.letters.frozen()
    post.office.fill_in(f"{busy}/mailing", {})
    (mailing,) = [row for row in post.rows(Mailing) if str(row.list_id) in busy]
    at = f"{post.at}/mailings/{mailing.id}"
    post.tested(at)
    post.office.sign_in("dpo")
    post.act(at, "approve")
    assert post.office.fill_in(busy, {}, f"{busy}/erase").status_code == 409
