"""What comes back: a report moves the person on, and nobody else's word does."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from incidents.store.tables import Mailing, Recipient
from notifications import bounces, letters, verp
from notifications.bounces import Report, read_message
from notifications.verp import Returned
from tests.company import DPO, SECRET_KEY, Company
from tests.letters_builders import Letters, people
from tests.servers import SmtpServer

KEY = UUID(int=7)
BOX = "vissza@futar.example"


def address(kind: verp.Kind = "l", key: UUID = KEY, secret: str = SECRET_KEY) -> str:
    return verp.encode(secret, BOX, kind, key)


def report(to: str, action: str = "failed", status: str = "5.1.1", *, header: str = "To") -> bytes:
    """A delivery report as mail servers write them (RFC 3464)."""
    lines = [
        "From: MAILER-DAEMON@mx.pelda.example",
        f"{header}: <{to}>",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "I am sorry.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.pelda.example",
        "",
        "Final-Recipient: rfc822; anna1@pelda.example",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 <anna1@pelda.example>: no such mailbox",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def auto_reply(to: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "anna1@pelda.example", to, "Szabadságon vagyok"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Augusztus 20-án jövök vissza.")
    return message.as_bytes()


def test_a_report_names_the_mail_its_fate_and_the_reason() -> None:
    said = read_message(report(address()), (SECRET_KEY,))
    assert said == Report(
        Returned("l", KEY), True, False, "5.1.1", "smtp; 550 5.1.1 <anna1@pelda.example>: no such mailbox"
    )


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "To"])
def test_the_address_is_found_where_mail_servers_note_it(header: str) -> None:
    assert read_message(report(address(), header=header), (SECRET_KEY,)) is not None


def test_a_delay_is_no_failure_and_a_success_is_neither() -> None:
    delayed = read_message(report(address(), "delayed", "4.4.1"), (SECRET_KEY,))
    delivered = read_message(report(address(), "delivered", "2.0.0"), (SECRET_KEY,))
    assert delayed is not None
    assert delivered is not None
    assert [(one.final, one.delayed) for one in (delayed, delivered)] == [(False, True), (False, False)]


def test_a_forged_return_address_a_holiday_greeting_and_rubbish_say_nothing() -> None:
    for content in (report(address(secret="x" * 40)), report(BOX), auto_reply(address()), b"", b"\xff\x00\r\n\r\n"):
        assert read_message(content, (SECRET_KEY,)) is None


def test_a_report_under_a_replaced_key_still_counts() -> None:
    assert read_message(report(address(secret="o" * 40)), (SECRET_KEY, "o" * 40)) is not None


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def firm(company: Company, box: Path) -> Company:
    """The firm with a mailbox for what comes back."""
    company.settings = replace(company.settings, bounce_address=BOX, bounce_mailbox=f"maildir:{box}")
    return company


def came_back(box: Path, content: bytes, name: str = "1") -> None:
    (box / "new" / name).write_bytes(content)


def read(company: Company) -> int:
    return bounces.read(company.engine, company.clock, company.settings)


def sent(company: Company, *rows: str) -> tuple[Letters, Mailing, list[Recipient]]:
    post = Letters(company.engine, company.clock, company.open_case())
    made = post.started(*rows)
    letters.run(company.engine, company.clock, company.settings)
    return post, made, post.people_of(made)


def test_who_has_a_postal_address_is_written_to_by_post_and_who_has_none_is_unreachable(
    firm: Company, box: Path, smtp_server: SmtpServer
) -> None:
    post, made, rows = sent(firm, *people(2), "Minta Béla;bela@pelda.example;;;;hu")
    for row in rows[1:]:
        came_back(box, report(address(key=row.id)), row.id.hex)
    assert read(firm) == 2
    assert [(row.state, row.answer) for row in post.people_of(made)] == [
        ("sent", ""),
        ("post", "5.1.1"),
        ("unreachable", "5.1.1"),
    ]
    counts = post.look(made).counts
    assert (counts.reached, counts.bounced) == (1, 2)
    assert not list((box / "new").iterdir()), "a report names a person: it is deleted once it is understood"


def test_what_is_not_understood_stays_for_a_person_and_is_not_read_again(
    firm: Company, box: Path, smtp_server: SmtpServer
) -> None:
    post, made, (row,) = sent(firm, *people(1))
    came_back(box, auto_reply(address(key=row.id)), "1")
    came_back(box, report(address(key=row.id, secret="x" * 40)), "2")
    assert [read(firm), read(firm)] == [0, 0]
    assert [row.state for row in post.people_of(made)] == ["sent"]
    assert sorted(path.name for path in (box / "cur").iterdir()) == ["1:2,S", "2:2,S"]


def test_a_report_about_somebody_erased_meanwhile_changes_nothing(
    firm: Company, box: Path, smtp_server: SmtpServer
) -> None:
    came_back(box, report(address()))
    assert read(firm) == 1


def test_a_warning_that_comes_back_is_told_to_the_next_contact(
    firm: Company, box: Path, smtp_server: SmtpServer
) -> None:
    case = firm.open_case()
    firm.sweep()
    firm.deliver()
    mail = next(one for one in firm.mails(case) if one.recipient == DPO.email)
    came_back(box, report(address("o", mail.id)))
    assert read(firm) == 1
    assert [one.state for one in firm.mails(case) if one.id == mail.id] == ["bounced"]


def test_without_a_mailbox_nothing_is_read_and_a_missing_one_stops_nobody(company: Company, tmp_path: Path) -> None:
    assert read(company) == 0
    company.settings = replace(company.settings, bounce_address=BOX, bounce_mailbox=f"maildir:{tmp_path / 'none'}")
    assert read(company) == 0
