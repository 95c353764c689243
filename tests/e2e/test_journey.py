"""The whole way on the running product, as people walk it: a stolen laptop, from the staff form to the closed case.

The pictures of the user guide are taken on the way when `GUIDE_SHOTS=docs/guide/kepek` names the folder for them. With
Debian's chromium-l10n and `LANGUAGE=hu` the date fields are Hungarian as well; reduce the pictures to 256 colours
before they are committed (tests/test_guide.py watches their size).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.e2e import other_roles
from tests.e2e.service import Service
from tests.e2e.visitor import DESK, PHONE, Visitor, Watch, picture_folder
from tests.processes import Processes
from tests.servers import Received, SmtpServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WHAT = "Feltörték a céges autót, és elvitték belőle a laptopomat. Rajta volt az ügyfelek listája."
CONTACT = "Raktáros Rezső, 06 30 555 0102"
OPERATOR = "rendszergazda@futar.example"
DPO = "dpo@futar.example"
PASSWORD = "négy lila kacsa úszik"
TITLE = "Ellopott laptop az ügyféllistával"
TAKEN = "A laptop távoli törlését elindítottuk, a hozzáféréseit visszavontuk."
DUE_TO_THEFT = "A laptopot ellopták, a lemeze nem volt titkosítva, és rajta volt 1200 ügyfél személyazonosító adata."
HIGH_RISK = "A tolvaj a személyazonosító adatokkal visszaélhet, ezért a kockázat magas, mindenkinek írunk."
IDENTIFIER = "NAIH-MINTA-1/2026"


@pytest.fixture
def service(processes: Processes, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Service]:
    yield Service.start(processes, smtp_server, tmp_path / "data")


def now() -> datetime:
    """What the clock on the wall shows in Hungary."""
    return datetime.now(ZoneInfo("Europe/Budapest"))


@pytest.mark.browser
def test_from_the_staff_report_to_the_closed_case(browser: "Browser", service: Service) -> None:
    watch = Watch(service.address, picture_folder())
    operator = watch.visitor(browser, DESK)
    set_up(operator, service.setup_link())
    report_link = take_the_firm_in(operator)
    other_roles.look_after_the_doors(operator)

    dpo = watch.visitor(browser, DESK)
    accept_the_invitation(dpo, link_in(service.mail_to(DPO, "Meghívó"), "/invite/"))

    reference = report(watch.visitor(browser, PHONE, javascript=False), report_link)

    phone = watch.visitor(browser, PHONE)
    mail = service.mail_to(DPO, reference)
    read_the_mail(phone, mail, reference)
    take_the_case(phone, dpo, link_in(mail, "/ack/"))

    find_the_case(dpo, reference)
    set_awareness(dpo)
    record_the_facts(dpo)
    other_roles.work_through_the_list(dpo)
    answer_the_risk_questions(dpo)
    decide(dpo)
    freeze_both_drafts(dpo, reference)
    record_the_filing(dpo)
    record_the_communication(dpo)
    fill_in_the_form(dpo)
    other_roles.ask_for_a_sign_off(dpo)
    manager = watch.visitor(browser, DESK)
    other_roles.accept(manager, link_in(service.mail_to(other_roles.MANAGER, "Meghívó"), "/invite/"), PASSWORD)
    other_roles.look_at_what_is_asked(manager, link_in(service.mail_to(other_roles.MANAGER, reference), "/incidents/"))
    record_the_follow_up(dpo)
    look_into_the_register(dpo, reference)
    other_roles.read_one_entry(dpo, reference)
    close(dpo, reference)

    assert watch.faults == []
    assert len(watch.refused) == 3  # the staff form came back twice, and the filing was not complete yet
    assert "Traceback" not in service.stop()
    assert "FUT: intact" in service.command("verify-register")


def link_in(mail: Received, path: str) -> str:
    """The address in a mail that leads to such a page."""
    found = re.search(rf"http://127\.0\.0\.1:\d+{path}\S+", mail.text())
    assert found, mail.text()
    return found[0]


def set_up(operator: Visitor, link: str) -> None:
    operator.open(link)
    operator.picture("elso-beallitas")
    operator.type("Az Ön neve", "Rendszergazda Réka")
    operator.type("E-mail-cím", OPERATOR)
    operator.type("Jelszó", PASSWORD)
    operator.press("Fiók létrehozása")


def take_the_firm_in(operator: Visitor) -> str:
    """The controller with its DPO, who is invited; the report link for the staff."""
    operator.follow("Új adatkezelő")
    firm, officer = operator.group("Az adatkezelő"), operator.group("Adatvédelmi tisztviselő")
    operator.type("Név", "Futár Példa Kft.", firm)
    operator.type("Rövid kód", "FUT", firm)
    operator.type("Székhely", "1111 Budapest, Minta utca 1.", firm)
    operator.type("E-mail-cím", "iroda@futar.example", firm)
    operator.type("Telefonszám", "+36 1 555 0100", firm)
    operator.type("Képviselő", "Kelemen Katalin ügyvezető", firm)
    operator.type("Név", "Doktor Dóra", officer)
    operator.type("E-mail-cím", DPO, officer)
    operator.type("Telefonszám", "+36 30 555 0101", officer)
    operator.picture("adatkezelo")
    operator.press("Adatkezelő felvétele")
    operator.type("Név", "Doktor Dóra")
    operator.type("E-mail-cím", DPO)
    operator.choose("Szerepkör", "adatvédelmi tisztviselő")
    operator.picture("szerepkor")
    operator.press("Szerepkör megadása")
    operator.sees("meghívva")
    operator.follow("Bejelentő hivatkozás")
    operator.picture("bejelento-hivatkozas")
    link = operator.page.locator("a.secret").inner_text()
    operator.follow("Kifüggeszthető plakát")
    operator.picture("plakat")
    return link


def accept_the_invitation(dpo: Visitor, link: str) -> None:
    dpo.open(link)
    dpo.type("Jelszó", PASSWORD)
    dpo.picture("meghivo")
    dpo.press("Jelszó mentése és bejelentkezés")
    dpo.open("/")
    dpo.sees("Nincs nyitott ügy.")


def report(driver: Visitor, link: str) -> str:
    """Four answers on a phone, without an account and without JavaScript; the receipt number."""
    driver.open(link)
    driver.picture("bejelentes-urlap", 1700)
    noticed = now() - timedelta(hours=3)
    answer_the_four_questions(driver, noticed)
    driver.picture("bejelentes-kitoltve", 1700)
    refuse_half_a_report(driver, link)
    answer_the_four_questions(driver, noticed)
    driver.press("Bejelentés elküldése")
    driver.sees("Mit tegyen most?")
    driver.sees("+36 30 555 0101")
    driver.picture("bejelentes-szama", 1500)
    found = re.search(r"FUT-\d{4}/\d{4}", driver.heading())
    assert found, driver.heading()
    return found[0]


def answer_the_four_questions(driver: Visitor, noticed: datetime) -> None:
    driver.type("1. Mi történt?", WHAT)
    driver.choose("2. Mikor vette észre?", "Korábban")
    driver.moment("Mikor volt ez?", noticed)
    driver.choose("3. Mi a baj?", "Elveszett vagy ellopott eszköz")
    driver.type("4. Hol érjük el Önt?", CONTACT)


def refuse_half_a_report(driver: Visitor, link: str) -> None:
    """Every question without an answer is named, and what was answered stays."""
    driver.open(link)
    driver.press("Bejelentés elküldése")
    summary = driver.page.get_by_role("alert")
    assert re.findall("#f-[a-z_]+", summary.inner_html()) == ["#f-what_happened", "#f-kind", "#f-contact"]
    assert summary.get_by_role("link").all_inner_texts() == [
        "Kérjük, írja le egy-két mondatban, mi történt.",
        "Kérjük, válassza ki, milyen jellegű dolog történt.",
        "Kérjük, írja meg, hol érjük el: név, telefonszám vagy e-mail-cím.",
    ]

    driver.choose("2. Mikor vette észre?", "Korábban")
    driver.type("4. Hol érjük el Önt?", CONTACT)
    driver.press("Bejelentés elküldése")
    assert re.findall("#f-[a-z_]+", summary.inner_html()) == ["#f-what_happened", "#f-noticed_at", "#f-kind"]
    assert driver.page.get_by_label("4. Hol érjük el Önt?").input_value() == CONTACT
    assert driver.group("2. Mikor vette észre?").get_by_label("Korábban").is_checked()
    driver.picture("bejelentes-javitando", 1380)


def read_the_mail(dpo: Visitor, mail: Received, reference: str) -> None:
    """Who gets the warning knows at once: which case, how many hours are left, what is missing, where to go."""
    assert mail.tls
    assert re.fullmatch(rf"6[89] óra \d+ perc maradt – Új incidens – {reference}", mail.subject)
    for kind in ("plain", "html"):
        text = mail.text(kind)
        assert re.search(r"Hátralévő idő: 6[89] óra \d+ perc", text)
        assert not re.search(r"\d\s*nap", text)
        assert "/incidents/" in text
        assert "Az érintettek száma" in text.partition("Ami még hiányzik")[2]
    dpo.page.set_content(mail.text("html"))
    dpo.picture("ertesito-level")


def take_the_case(phone: Visitor, desk: Visitor, link: str) -> None:
    """Looking at the link takes nothing, the button does; the board shows both."""
    phone.open(link)
    assert phone.heading() == "Átveszi ezt az ügyet?"
    phone.picture("atvetel")
    desk.open("/")
    desk.sees("még senki sem vette át")
    desk.picture("ugyek")
    phone.press("Átveszem az ügyet")
    assert phone.heading() == "Az ügyet átvették"
    phone.picture("atveve")
    desk.open("/")
    desk.sees_no("még senki sem vette át")

    phone.follow("Az ügy megnyitása")
    phone.type("E-mail-cím", DPO)
    phone.type("Jelszó", PASSWORD)
    phone.press("Bejelentkezés")
    phone.sees("Mi a következő lépés?")
    phone.picture("ugy-telefonon")


def find_the_case(dpo: Visitor, reference: str) -> None:
    dpo.open("/")
    dpo.page.get_by_role("searchbox").fill(reference)
    dpo.press("Mutatás")
    dpo.page.locator(".board").get_by_role("link").click()
    dpo.sees("Tudomásszerzés rögzítése")
    dpo.picture("ugy", 1500)


def set_awareness(dpo: Visitor) -> None:
    dpo.follow("Tudomásszerzés rögzítése")
    dpo.moment("A tudomásszerzés időpontja", now() - timedelta(hours=1))
    dpo.type("Miért ekkor?", "Ekkor derült ki, hogy a lemez nem volt titkosítva, és rajta volt az ügyféllista.")
    dpo.picture("tudomasszerzes")
    dpo.press("Rögzítés és a határidő újraszámítása")
    dpo.sees("70 óra")


def record_the_facts(dpo: Visitor) -> None:
    dpo.follow("Tények")
    dpo.type("Az incidens rövid megnevezése", TITLE)
    dpo.type("Ki és hogyan vette észre?", "A futár, amikor visszament az autóhoz.")
    dpo.moment("Az incidens kezdete", now() - timedelta(hours=4))
    dpo.type("Érintett rendszerek", "futár laptopja, ügyféllista (táblázat)")
    dpo.type("Érintett adatkezelési tevékenység", "csomagkézbesítés")
    dpo.choose("Az érintettek kategóriái", "ügyfelek, vásárlók")
    for question, number, precision in (
        ("Az érintettek száma", "1 200", "hozzávetőleges"),
        ("Az érintett adatrekordok száma", "1 200", "pontos"),
    ):
        dpo.group(question).get_by_role("textbox").fill(number)
        dpo.choose(question, precision)
    dpo.choose(
        "Az érintett személyes adatok fajtái",
        "név, lakcím, telefonszám",
        "e-mail-cím",
        "igazolvány vagy útlevél száma",
    )
    dpo.type("Érintett országok", "HU")
    dpo.choose("Valószínűsíthető következmények", "személyazonosság-lopás", "csalás")
    dpo.type("Megtett intézkedések", TAKEN)
    dpo.type("Tervezett intézkedések", "Minden laptop lemezét titkosítjuk.")
    dpo.choose("Megtett intézkedések", "távoli törlés", "rendőrségi feljelentés")
    dpo.type("Hol kérdezhetnek az érintettek?", "+36 1 555 0199, munkanapokon 8 és 16 óra között")
    dpo.type("További tanács az érintetteknek", "Ha gyanús hívást kap, tegye le, és szóljon nekünk.")
    dpo.type("Miért változik?", "A futárral és az informatikussal beszéltem.")
    dpo.picture("tenyek")
    dpo.press("Tények rögzítése")
    dpo.sees(TITLE)


def answer_the_risk_questions(dpo: Visitor) -> None:
    dpo.follow("Kockázat")
    dpo.picture("kockazat-kerdesek")
    dpo.choose("Mi sérült?", "bizalmasság")
    dpo.choose("Kikerültek az adatok?", "valószínűleg")
    dpo.pick("Az incidens oka", "ellopott eszköz")
    dpo.choose("Olvashatatlanok az adatok?", "nem")
    dpo.choose("Ki a címzett?", "támadó, tolvaj")
    dpo.choose("Mi bizonyítja, hogy nem él vissza vele?", "semmi")
    dpo.choose("Különleges vagy bűnügyi adatok", "egyik sem")
    dpo.choose("Mennyire azonosíthatók az érintettek?", "közvetlenül (név, azonosító)")
    dpo.choose("Szándékos, rosszhiszemű volt valaki?", "igen")
    dpo.choose("Van mentés az adatokról?", "van, teljes")
    dpo.choose("Mit okozott az érintetteknek?", "semmit")
    dpo.choose("Kiszolgáltatott érintettek", "egyik sem")
    dpo.choose("További körülmények", "egyik sem")
    dpo.press("Válaszok rögzítése")
    opinion = dpo.region("A kockázati teszt javaslata")
    assert opinion.locator("dd").all_inner_texts() == ["igen", "igen"]
    dpo.picture("kockazat-javaslat", 1500)


def decide(dpo: Visitor) -> None:
    dpo.follow("Döntés")
    dpo.choose("Bejelentik a Hatóságnak (NAIH)?", "Igen")
    dpo.type("A bejelentésről szóló döntés indokolása", DUE_TO_THEFT)
    dpo.choose("Tájékoztatják az érintetteket?", "Igen, mindegyiküket közvetlenül")
    dpo.type("Az érintettek tájékoztatásáról szóló döntés indokolása", HIGH_RISK)
    dpo.picture("dontes", 1560)
    dpo.press("Döntés rögzítése")
    dpo.sees(DUE_TO_THEFT)


def freeze_both_drafts(dpo: Visitor, reference: str) -> None:
    dpo.follow("Tervezetek")
    for kind, picture, facts in (
        ("Bejelentés a Hatóságnak", "tervezet-hatosag", (reference, "Futár Példa Kft.", "1200", "Doktor Dóra", TAKEN)),
        (
            "Levél az érintetteknek",
            "tervezet-erintettek",
            (reference, "igazolvány", "+36 1 555 0199", "Falk Miksa", TAKEN),
        ),
    ):
        dpo.follow(f"{kind}, magyarul")
        dpo.picture(picture)
        shown = plain(dpo.page.locator("article.paper").inner_text())
        dpo.press("Véglegesítés")
        frozen = dpo.page.locator(".frozen").first
        assert "pótlandó" not in frozen.inner_text()  # every question was answered
        docx = words_of_docx(dpo.save(frozen.get_by_role("link", name="DOCX")))
        pdf = words_of_pdf(dpo.save(frozen.get_by_role("link", name="PDF")))
        for text in (shown, docx, pdf):
            assert [fact for fact in facts if plain(fact) not in text] == []
    dpo.picture("veglegesitett", 1300)


def plain(text: str) -> str:
    """A text without what only its layout needs: spaces, line ends and hyphens at them."""
    return re.sub(r"[\s\u00ad-]", "", text)


def words_of_docx(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return plain(" ".join([paragraph.text for paragraph in document.paragraphs] + cells))


def words_of_pdf(content: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def record_the_filing(dpo: Visitor) -> None:
    """Not everything is known: it cannot be called complete, and goes out incomplete with a promise."""
    dpo.follow("Benyújtás")
    form = dpo.region("Bejelentés a Hatóságnak")
    dpo.choose("Teljes?", "Teljes: nem kell pótolni semmit", within=form)
    dpo.pick("Csatorna", "NAIH Incidensbejelentő Rendszer", form)
    dpo.moment("Mikor küldte el?", now(), form)
    dpo.type("A NAIH által adott azonosító", IDENTIFIER, form)
    dpo.pick("Melyik véglegesített változatot küldte el?", re.compile(r"1\. változat"), form)
    dpo.press("Benyújtás rögzítése", form)
    dpo.sees("Ez akadályozza, hogy teljes legyen:")
    dpo.picture("benyujtas-hianyos", 1900)
    dpo.choose("Teljes?", "Hiányos: a többit pótoljuk", within=form)
    dpo.type("Mikorra ígéri a pótlást?", f"{now() + timedelta(days=10):%Y-%m-%d}", form)
    dpo.picture("benyujtas", 1900)
    dpo.press("Benyújtás rögzítése", form)
    dpo.sees("határidőben")


def record_the_communication(dpo: Visitor) -> None:
    dpo.follow("Benyújtás")
    form = dpo.region("Az érintettek tájékoztatása")
    dpo.pick("Forma", "levél", form)
    dpo.moment("Mikor tájékoztatták őket?", now(), form)
    dpo.type("Hány embert értek el?", "1187", form)
    dpo.pick("Melyik véglegesített levelet küldték el?", re.compile(r"1\. változat"), form)
    dpo.type("Megjegyzés", "13 levél visszajött, a címzetteket telefonon keressük.", form)
    dpo.picture("tajekoztatas", 1380)
    dpo.press("Tájékoztatás rögzítése", form)
    dpo.sees("Elért érintettek: 1187")


def fill_in_the_form(dpo: Visitor) -> None:
    """What the case does not know is answered in the form; fields come and go with the answers."""
    dpo.follow("Űrlap")
    dpo.picture("urlap", 1500)
    dpo.pick("38. Közreműködik-e más fél, például adatfeldolgozó vagy közös adatkezelő?", "b) Nem")
    dpo.pick("50. Hogyan derült fény az adatvédelmi incidensre?", re.compile("adatkezelő"))
    dpo.type("76. Az incidenskor érvényben lévő intézkedések leírása", "Évente oktatás, belső szabályzat.")
    dpo.pick("87. A lehetséges hatások súlyossága", "c) Súlyos")
    dpo.pick("102. Hány érintettet tájékoztattak?", "b) Nem minden érintettet tájékoztattak")
    dpo.type("103. Miért nem tájékoztattak minden érintettet?", "13 levél visszajött, telefonon keressük őket.")
    dpo.type("106. Az érintetteknek adott tájékoztatás tartalma", "A csatolt levél szerint.")
    dpo.choose("A hasonló incidensek megelőzésére tett releváns intézkedések", "d) Adatok titkosítása")
    police = "További információ a más hatóságnál tett bejelentésről, feljelentésről"
    dpo.type(f"111. {police}", "Budapesti rendőrkapitányság, feljelentés.")
    dpo.press("Válaszok mentése")
    dpo.sees("Nincs akadálya, hogy teljesként nyújtsák be")


def record_the_follow_up(dpo: Visitor) -> None:
    dpo.follow("Benyújtás")
    form = dpo.region("Bejelentés a Hatóságnak")
    dpo.choose("Teljes?", "Teljes: nem kell pótolni semmit", within=form)
    dpo.pick("Csatorna", "NAIH Incidensbejelentő Rendszer", form)
    dpo.moment("Mikor küldte el?", now(), form)
    dpo.type("Megjegyzés", "Az intézkedéseket és az értesítés eredményét pótoljuk.", form)
    dpo.type("Jóváhagyás nélkül nyújtjuk be, mert …", "A vezető repülőn ül, a pótlás nem várhat.", form)
    dpo.press("Benyújtás rögzítése", form)
    dpo.follow("Benyújtás")
    dpo.sees("Kiegészítő bejelentés")
    dpo.sees("teljesítve")
    dpo.picture("bejelentes-menete", 1300)


def look_into_the_register(dpo: Visitor, reference: str) -> None:
    dpo.follow("Nyilvántartás")
    line = dpo.page.get_by_role("row").filter(has_text=reference).inner_text()
    assert TITLE in line
    assert "bejelentve" in line
    assert "tájékoztatva" in line
    sheet = load_workbook(BytesIO(dpo.save(dpo.page.get_by_role("button", name="XLSX")))).worksheets[0]
    rows = [[str(cell) for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    entry = next(row for row in rows if reference in row)
    assert {TITLE, DUE_TO_THEFT, HIGH_RISK, IDENTIFIER, TAKEN} <= set(entry)
    dpo.press("Ellenőrzés most")
    dpo.sees("változatlan")
    dpo.picture("nyilvantartas")


def close(dpo: Visitor, reference: str) -> None:
    dpo.open("/")
    dpo.follow(TITLE)
    dpo.follow("Az ügy lezárása")
    dpo.type("Milyen eredménnyel?", "A bejelentés teljes, az érintetteket tájékoztattuk, a lemezeket titkosítjuk.")
    dpo.press("Az ügy lezárása")
    dpo.sees("Az ügyet lezártuk.")
    dpo.picture("lezarva")
    dpo.open("/")
    dpo.sees_no(reference)
