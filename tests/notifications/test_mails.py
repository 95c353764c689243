"""What a warning says: hours and never days, what is missing, where to click; and that no typed text can bend it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents.base.links import read_ack
from incidents.base.time import ZonedInstant
from incidents.rules.decide import DecisionForm
from incidents.steps import cases, clock, decide, people, report
from incidents.store import incidents, outbox
from incidents.store.tables import OutboxMail
from notifications import mails
from notifications.mails import compose
from tests.company import DEPUTY, DPO, LOST_LAPTOP, MAIL_FROM, PUBLIC_URL, SECRET_KEY, Colleague, Company
from tests.fakes import FakeClock
from tests.servers import SmtpServer


@pytest.fixture
def company(sqlite_url: str, fake_clock: FakeClock, tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Company]:
    """The firm on one database only: the wording does not depend on it."""
    company = Company(sqlite_url, fake_clock, tmp_path / "data", smtp_server.url)
    yield company
    company.close()


DAYS = re.compile(r"\b(nap|napja|napot|napos|napon|naptári|days?)\b", re.IGNORECASE)
ENGLISH_DPO = Colleague("english@futar.example", "Daisy Dalton", "dpo", "en")
EVERY_STAGE = {
    "opened": (0, "72 óra maradt", "72 hours left"),
    "unacknowledged": (2, "70 óra maradt", "70 hours left"),
    "t24": (24, "48 óra maradt", "48 hours left"),
    "t48": (48, "24 óra maradt", "24 hours left"),
    "t60": (60, "12 óra maradt", "12 hours left"),
    "t66": (66, "6 óra maradt", "6 hours left"),
    "t70": (70, "2 óra maradt", "2 hours left"),
    "t71": (71, "1 óra maradt", "1 hour left"),
    "deadline": (72, "MOST JÁRT LE", "HAS JUST EXPIRED"),
    "overdue-1": (96, "24 ÓRÁJA LEJÁRT", "OVERDUE BY 24 HOURS"),
    "overdue-2": (120, "48 ÓRÁJA LEJÁRT", "OVERDUE BY 48 HOURS"),
}


def _newest(company: Company, case: UUID, who: str = DPO.email) -> EmailMessage:
    """The newest warning of a case to somebody, written now and read back as a mailbox would."""
    with company.uow(read_only=True) as uow:
        row = [mail for mail in company.mails(case) if mail.recipient == who][-1]
        written = compose(uow, row, company.settings)
    return _read(written)


def _read(written: EmailMessage) -> EmailMessage:
    parsed = message_from_bytes(written.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def _words(mail: EmailMessage) -> list[str]:
    """Subject, text and the visible words of the HTML."""
    return [
        str(mail["Subject"]),
        _part(mail, "plain"),
        unescape(re.sub(r"<[^>]*>", " ", _part(mail, "html"))),
    ]


def _walk_to(company: Company, clock_: FakeClock, stage: str) -> UUID:
    """A case nobody touches, up to the moment a stage falls due."""
    case = company.open_case()
    begun = clock_.now()
    for name, (hours, _, _) in EVERY_STAGE.items():
        clock_.move_to(begun + timedelta(hours=hours))
        company.sweep()
        if name == stage:
            break
    return case


@pytest.mark.parametrize("stage", EVERY_STAGE)
def test_the_time_left_is_said_in_hours_and_never_in_days(company: Company, fake_clock: FakeClock, stage: str) -> None:
    company.employ(ENGLISH_DPO)
    case = _walk_to(company, fake_clock, stage)
    _, hungarian, english = EVERY_STAGE[stage]
    for who, wanted in ((DPO.email, hungarian), (ENGLISH_DPO.email, english)):
        mail = _newest(company, case, who)
        subject, text, html = _words(mail)
        assert subject.startswith(wanted)
        assert not [found for said in (subject, text, html) if (found := DAYS.search(said))]
        left = wanted.removesuffix(" maradt").removesuffix(" left").lower()
        assert left in text
        assert left in html


def test_a_warning_can_be_read_as_text_and_as_html_and_both_say_the_same(company: Company) -> None:
    case = company.open_case(title="Elveszett laptop")
    company.sweep()
    reference = company.case(case).incident.reference
    mail = _newest(company, case)
    assert mail.get_content_type() == "multipart/alternative"
    _, text, html = _words(mail)
    for said in (reference, "Futár Példa Kft.", "Elveszett laptop", "2026. november 23. 17:50", "72 óra"):
        assert said in text
        assert said in html


def test_a_hungarian_warning_reads_as_people_speak(company: Company) -> None:
    case = company.open_case()
    company.sweep()
    mail = _newest(company, case)
    assert str(mail["Subject"]) == "72 óra maradt – Új incidens – FUT-2026/0001"
    assert mail["Content-Language"] == "hu"
    text = _part(mail, "plain")
    assert text.startswith("Tisztelt Doktor Dóra!\n\nÚj incidens.\n")
    assert "Határidő: 2026. november 23. 17:50\nHátralévő idő: 72 óra\n" in text
    assert "A határidő egyelőre az első észleléstől fut" in text
    assert "Az ügyet még senki nem vette át." in text


def test_an_english_speaker_gets_english(company: Company, fake_clock: FakeClock) -> None:
    case = company.open_case()
    company.sweep()
    fake_clock.advance(hours=2)
    company.sweep()
    mail = _newest(company, case, DEPUTY.email)
    assert str(mail["Subject"]).startswith("70 hours left – Nobody acknowledged it within two hours – FUT-2026/0001")
    assert "Deadline: 23 November 2026, 17:50\nTime left: 70 hours\n" in _part(mail, "plain")


def test_the_mail_lists_the_facts_of_article_33_3_that_are_still_missing(company: Company) -> None:
    case = company.open_case(subjects_count=120, breach_types=["confidentiality"])
    company.sweep()
    text, html = _words(_newest(company, case))[1:]
    for missing in ("Az incidens oka", "Az érintett személyes adatok fajtái"):
        assert f"- {missing}\n" in text
        assert missing in html
    for known in ("Mi sérült?", "Érintettek száma", "Mi történt?"):
        assert f"- {known}\n" not in text


def test_the_mail_leads_to_the_case_and_to_one_signed_button(company: Company, fake_clock: FakeClock) -> None:
    case = company.open_case()
    company.sweep()
    mail = _newest(company, case)
    text, html = _part(mail, "plain"), _part(mail, "html")
    assert f"{PUBLIC_URL}/incidents/{case}\n" in text
    assert f'href="{PUBLIC_URL}/incidents/{case}"' in html
    [in_text] = re.findall(rf"{PUBLIC_URL}/ack/(\S+)", text)
    [in_html] = re.findall(rf'href="{PUBLIC_URL}/ack/([^"]+)"', html)
    for token in (in_text, unescape(in_html)):
        link = read_ack(SECRET_KEY, token, fake_clock.now())
        assert (link.incident_id, link.recipient, link.stage) == (case, DPO.email, "opened")


def test_nothing_in_a_mail_is_fetched_from_anywhere(company: Company) -> None:
    case = company.open_case()
    company.sweep()
    html = _part(_newest(company, case), "html")
    assert not re.search(r"<(img|script|link|iframe|style)\b|url\(", html)


def _button(company: Company, case: UUID, who: str = DPO.email) -> str:
    found = re.search(rf"{PUBLIC_URL}(/ack/\S+)", _part(_newest(company, case, who), "plain"))
    assert found is not None
    return found.group(1)


def test_looking_at_the_link_acknowledges_nothing_because_link_scanners_look(company: Company) -> None:
    case = company.open_case()
    company.sweep()
    link = _button(company, case)
    with company.site() as site:
        for _ in range(3):
            assert site.get(link).status_code == 200
        site.head(link)
    assert company.case(case).incident.acknowledged_at is None
    assert company.case(case).acknowledgements == ()


def test_pressing_the_button_takes_the_case_once_in_the_name_of_the_person(
    company: Company, fake_clock: FakeClock
) -> None:
    case = company.open_case()
    company.sweep()
    link = _button(company, case)
    with company.site() as site:
        token, *_ = re.findall(r'name="_csrf_token"[^>]*value="([^"]+)"', site.get(link).text)
        for _ in range(2):
            assert site.post(link, data={"_csrf_token": token}).status_code == 303
    [taken] = company.case(case).acknowledgements
    assert (taken.name, taken.via, taken.stage) == (DPO.name, "mail", "opened")
    fake_clock.advance(hours=2)
    company.sweep()
    assert "unacknowledged" not in {mail.payload["stage"] for mail in company.mails(case)}


def test_a_link_that_was_changed_or_has_expired_acknowledges_nothing(company: Company, fake_clock: FakeClock) -> None:
    case = company.open_case()
    company.sweep()
    link = _button(company, case)
    with company.site() as site:
        assert site.get(link[:-3] + "abc").status_code in {401, 403, 404}
        fake_clock.advance(hours=97)
        page = site.get(link)
        assert page.status_code in {401, 403, 410}
        found = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', page.text)
        site.post(link, data={"_csrf_token": found.group(1) if found else ""})
    assert company.case(case).acknowledgements == ()


def test_after_the_acknowledgement_the_mail_names_who_has_the_case_and_asks_nobody_else(
    company: Company, fake_clock: FakeClock
) -> None:
    case = company.open_case()
    company.sweep()
    with company.uow() as uow:
        clock.acknowledge(uow, case, via="page", name="Doktor Dóra")
    fake_clock.advance(hours=24)
    company.sweep()
    text = _part(_newest(company, case), "plain")
    assert "Az ügyet átvette: Doktor Dóra" in text
    assert "/ack/" not in text


def test_after_an_outage_one_mail_says_how_late_it_is_and_what_else_fell_due(
    company: Company, fake_clock: FakeClock, smtp_server: SmtpServer
) -> None:
    case = company.open_case()
    fake_clock.advance(hours=50, minutes=30)
    company.sweep()
    company.deliver()
    [mail] = [mail for mail in smtp_server.received() if mail.recipients == (DPO.email,)]
    assert mail.subject.startswith("21 óra 30 perc maradt – 48 óra eltelt – ")
    text = mail.text()
    assert "Ez az értesítés később ment ki a tervezettnél (késés: 2 óra 30 perc)" in text
    _, _, folded = text.partition("Közben ezek a fokozatok is esedékessé váltak, külön levél nélkül:\n")
    assert folded.splitlines()[:3] == [
        "- Új incidens",
        "- Két óra alatt senki sem vette át",
        "- 24 óra eltelt, még nincs döntés",
    ]
    [mail] = [mail for mail in smtp_server.received() if mail.recipients == (DEPUTY.email,)]
    assert "This notice left later than planned (delay: 2 hours 30 minutes)" in mail.text()
    assert "without a mail of their own:\n- Nobody acknowledged it within two hours\n" in mail.text()
    assert {mail.state for mail in company.mails(case)} == {"sent", "folded"}


def test_a_mail_in_time_says_nothing_of_lateness(company: Company, fake_clock: FakeClock) -> None:
    case = company.open_case()
    fake_clock.advance(seconds=45)
    company.sweep()
    assert "késés" not in _part(_newest(company, case), "plain")


def test_past_the_deadline_the_mail_says_that_the_duty_goes_on_and_needs_reasons(
    company: Company, fake_clock: FakeClock
) -> None:
    case = _walk_to(company, fake_clock, "overdue-1")
    _, text, html = _words(_newest(company, case))
    for said in (text, html):
        assert "A bejelentés 72 óra után is kötelező" in said
        assert "24 órája lejárt" in said


def test_a_mail_that_waited_speaks_of_the_case_as_it_stands_when_it_leaves(
    company: Company, fake_clock: FakeClock
) -> None:
    case = company.open_case()
    company.sweep()
    fake_clock.advance(hours=1, minutes=20)
    with company.uow() as uow:
        report.amend_facts(uow, case, {"cause": "lost_device"}, "")
        clock.set_awareness(uow, case, ZonedInstant(uow.now), "Ekkorra derült ki biztosan, hogy a laptop nincs meg.")
        decide.record_decision(
            uow, case, DecisionForm("yes", "yes", "A lemez nem volt titkosítva.", "Az ügyfelek adatai olvashatók.")
        )
    subject, text, _ = _words(_newest(company, case))
    assert subject.startswith("72 óra maradt")
    assert "Az incidens oka" not in text
    assert "Még nincs döntés" not in text
    assert "A határidő egyelőre" not in text


def test_an_invitation_is_one_button_and_says_how_many_hours_it_is_good_for(company: Company) -> None:
    with company.uow() as uow:
        people.invite(uow, company.id, people.NewPerson("uj@futar.example", "Új Ubul", "handler"))
    with company.uow(read_only=True) as uow:
        [row] = uow.session.query(OutboxMail).filter_by(template="invite")
        mail = _read(compose(uow, row, company.settings))
    assert "Futár Példa Kft." in str(mail["Subject"])
    for said in (_part(mail, "plain"), _part(mail, "html")):
        assert re.search(rf"{PUBLIC_URL}/invite/\S+", said)
        assert re.search(r"\d+ óráig érvényes", said)


def test_typed_text_is_text_in_the_html_part(company: Company) -> None:
    case = company.open_case(title="<script>alert(1)</script> & <b>társai</b>")
    company.sweep()
    html = _part(_newest(company, case), "html")
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in html


HEADERS = {
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=80), title=st.text(max_size=80), firm=st.text(max_size=80))
@example("Dóra\r\nBcc: mallory@evil.example", "Laptop\r\nBcc: mallory@evil.example", "Kft.\r\nBcc: m@evil.example")
@example("Dóra <mallory@evil.example>, x", "Laptop\x0bTo: m@evil.example", "Kft.\u2028Bcc: m@evil.example")
@example('"', "\x00", "\ud800")
@example("=?utf-8?q?Bcc=3A_m=40evil.example?=", "ő" * 80, "\x85Bcc: m@evil.example")
def test_no_name_and_no_title_adds_a_header_or_a_recipient(
    company_of_names: Company, name: str, title: str, firm: str
) -> None:
    with company_of_names.uow(read_only=True) as uow:
        row = uow.session.query(OutboxMail).filter_by(recipient=DPO.email).one()
        uow.session.expunge(row)
        row.name, row.template = name, "invite"
        row.payload = {"controller": firm + title, "hours": 72, "token": "t"}
        try:
            written = compose(uow, row, company_of_names.settings).as_bytes()
        except mails.UNWRITABLE:
            return  # refused as a whole: nothing leaves
    mail = message_from_bytes(written, policy=policy.default)
    assert set(mail.keys()) == HEADERS
    assert [one.addr_spec for one in mail["To"].addresses] == [DPO.email]
    assert [one.addr_spec for one in mail["From"].addresses] == ["incidens@futar.example"]


@pytest.fixture
def company_of_names(company: Company) -> Company:
    """With one mail waiting, whose names the test exchanges."""
    company.open_case(title=LOST_LAPTOP)
    company.sweep()
    return company


def test_a_key_has_one_message_id_for_ever_in_the_domain_of_the_sender() -> None:
    first = mails.message_id("stage:a:1:t24:dpo@futar.example", MAIL_FROM)
    assert first == mails.message_id("stage:a:1:t24:dpo@futar.example", MAIL_FROM)
    assert first != mails.message_id("stage:a:2:t24:dpo@futar.example", MAIL_FROM)
    assert re.fullmatch(r"<[0-9a-f]{40}@futar\.example>", first)


def test_the_date_of_a_mail_is_the_moment_it_was_written(company: Company, fake_clock: FakeClock) -> None:
    case = company.open_case()
    company.sweep()
    fake_clock.advance(minutes=3)
    assert _newest(company, case)["Date"].datetime == datetime(2026, 11, 20, 16, 53, tzinfo=UTC)


def test_an_address_of_a_rare_form_still_gets_its_mail(company: Company, smtp_server: SmtpServer) -> None:
    case = company.open_case()
    company.sweep()
    like = company.mails(case)[0]
    with company.uow() as uow:
        mail = outbox.NewMail(
            "k", "stage", '"two words"@futar.example', "Ritka Rita", "hu", like.payload, company.id, case
        )
        outbox.add(uow, mail)
    company.deliver()
    assert ('"two words"@futar.example',) in [one.recipients for one in smtp_server.received()]


def test_rows_nobody_asked_for_are_not_taken_for_none(company: Company) -> None:
    """A warning reads a part of the case; who wrote of the rest would hear it, and not tell that there is nothing."""
    opened = company.open_case()
    with company.uow(read_only=True) as uow:
        case = cases.warned_of(uow, incidents.load(uow, opened))
    assert case.facts.value("what_happened") == LOST_LAPTOP
    for left_out in (case.filings, case.mails, case.events):
        with pytest.raises(RuntimeError, match="not read"):
            list(left_out)
        with pytest.raises(RuntimeError, match="not read"):
            bool(left_out)


def test_no_line_of_a_plain_mail_runs_into_the_next_one() -> None:
    """A tag at the end of a line takes the line break with it."""
    texts = sorted((mails.TEMPLATES / "mail").glob("*/*.txt"))
    glued = [
        f"{text.parent.name}/{text.name}: {line}"
        for text in texts
        for line in text.read_text(encoding="utf-8").splitlines()
        if re.search(r"[^\s].*\{% end\w+ %\}$", line) and not line.lstrip().startswith("{%")
    ]
    assert texts
    assert glued == []
