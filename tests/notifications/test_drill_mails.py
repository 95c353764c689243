"""Mails and documents of a drill: nobody can take them for earnest, and the hours are those of the ladder."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from incidents.base.links import read_ack
from incidents.rules.drills import DrillForm
from incidents.steps import drills
from notifications.documents import drafts
from notifications.mails import compose
from tests.company import DEPUTY, DPO, SECRET_KEY, Company
from tests.fakes import FakeClock


@pytest.fixture
def company(sqlite_url: str, fake_clock: FakeClock, tmp_path: Path) -> Iterator[Company]:
    """The firm on one database only: the wording does not depend on it."""
    company = Company(sqlite_url, fake_clock, tmp_path / "data")
    yield company
    company.close()


def drill(company: Company, speed: str = "30") -> UUID:
    with company.uow() as uow:
        return drills.start(uow, company.id, DrillForm("laptop", speed)).incident_id


def newest(company: Company, case: UUID, who: str = DPO.email) -> EmailMessage:
    company.sweep()
    with company.uow(read_only=True) as uow:
        row = [mail for mail in company.mails(case) if mail.recipient == who][-1]
        return compose(uow, row, company.settings)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_subject_text_and_html_say_first_that_it_is_a_drill(company: Company) -> None:
    mail = newest(company, drill(company))
    assert str(mail["Subject"]).startswith("GYAKORLAT – 72 óra maradt")
    text = part(mail, "plain")
    assert text.index("GYAKORLAT") < text.index("Tisztelt Doktor Dóra!")
    assert "Ez gyakorlat, nem valódi incidens." in text
    html = part(mail, "html")
    assert html.index("GYAKORLAT") < html.index("Tisztelt Doktor Dóra!")
    assert "a 72 óra itt 30 perc alatt telik el" in html


def test_in_english_too(company: Company, fake_clock: FakeClock) -> None:
    case = drill(company)
    fake_clock.advance(minutes=20)
    mail = newest(company, case, DEPUTY.email)
    assert str(mail["Subject"]).startswith("DRILL – 24 hours left")
    assert "This is a drill, not a real incident." in part(mail, "plain")


@pytest.mark.parametrize(("minutes", "left"), [(10, "48 óra maradt"), (20, "24 óra maradt"), (30, "MOST JÁRT LE")])
def test_the_hours_are_those_of_the_ladder(company: Company, fake_clock: FakeClock, minutes: int, left: str) -> None:
    case = drill(company)
    fake_clock.advance(minutes=minutes)
    assert left in str(newest(company, case)["Subject"])


def test_a_reminder_after_the_deadline_counts_the_hours_of_the_ladder(company: Company, fake_clock: FakeClock) -> None:
    case = drill(company)
    fake_clock.advance(minutes=40)
    mail = newest(company, case)
    assert "24 ÓRÁJA LEJÁRT" in str(mail["Subject"])
    assert "A határidő 24 órája lejárt" in part(mail, "plain")


def test_a_drill_in_real_time_speaks_of_no_other_pace(company: Company) -> None:
    assert "itt" not in part(newest(company, drill(company, "4320")), "plain").split("Tisztelt")[0]


def test_the_acknowledgement_link_works(company: Company, fake_clock: FakeClock) -> None:
    case = drill(company)
    link = re.search(r"/ack/(\S+)", part(newest(company, case), "plain"))
    assert link
    assert read_ack(SECRET_KEY, link.group(1), fake_clock.now()).incident_id == case
    with company.site() as site:
        page = site.get(f"/ack/{link.group(1)}")
        assert "GYAKORLAT" in page.text
        token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
        assert token
        done = site.post(f"/ack/{link.group(1)}", data={"_csrf_token": token.group(1)})
    assert done.status_code == 303
    assert [one.name for one in company.case(case).acknowledgements] == [DPO.name]


def test_an_earnest_mail_says_nothing_of_drills(company: Company) -> None:
    mail = newest(company, company.open_case())
    assert str(mail["Subject"]).startswith("72 óra maradt")
    assert "GYAKORLAT" not in part(mail, "plain") + part(mail, "html")


@pytest.mark.parametrize("kind", ["authority", "subjects"])
@pytest.mark.parametrize(("lang", "mark"), [("hu", "GYAKORLAT"), ("en", "DRILL")])
def test_drafts_of_a_drill_are_marked_in_every_form(
    company: Company, fake_clock: FakeClock, kind: str, lang: str, mark: str
) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    case = drill(company)
    fake_clock.advance(minutes=1)
    with company.uow() as uow:
        frozen = drafts.freeze(uow, case, kind, lang)
        pdf = frozen.pdf
        assert f"{mark}:" in frozen.html
    assert f"{mark}:" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_a_mail_late_in_a_drill_is_late_by_the_clock_of_the_day(company: Company, fake_clock: FakeClock) -> None:
    case = drill(company)
    due = next(stage.due_at for stage in company.case(case).stages if stage.name == "t24")
    fake_clock.move_to(due + timedelta(minutes=7))
    assert "késés: 7 perc" in part(newest(company, case), "plain")
